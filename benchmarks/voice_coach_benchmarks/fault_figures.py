"""What the fault suite found, as figures that can be added up over runs, and as a table."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

__all__ = ["CallOutcome", "FaultFigures", "add_up", "read_figures", "table", "write_figures"]


class CallOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one call came to."""

    fault: str
    words_lost: int
    words_twice: int
    events_lost: int
    """Turns that the client was shown as settled and that the journal does not hold."""
    audio_lost_seconds: float
    """Of the trainee's track, at the end."""
    back_seconds: float | None
    """From the moment the way was free again to the welcome; None where no connection was lost."""
    told: bool
    """Whether the trainee was told: that the connection broke, or by a notice."""
    wrong: str = ""
    """What else was not as it must be; empty when all was."""


class FaultFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What calls with one fault came to, all runs together."""

    fault: str
    tried: int
    words_lost: int
    words_twice: int
    events_lost: int
    audio_lost_worst_seconds: float
    back_seconds: tuple[float, ...]
    """Of each call that came back, rising."""
    told: int
    wrong: int


def add_up(before: Iterable[FaultFigures], outcomes: Iterable[CallOutcome]) -> list[FaultFigures]:
    """Add calls to figures."""
    figures = {one.fault: one for one in before}
    for outcome in outcomes:
        now = _of(outcome)
        old = figures.get(outcome.fault)
        figures[outcome.fault] = now if old is None else _sum(old, now)
    return list(figures.values())


def _of(outcome: CallOutcome) -> FaultFigures:
    return FaultFigures(
        fault=outcome.fault,
        tried=1,
        words_lost=outcome.words_lost,
        words_twice=outcome.words_twice,
        events_lost=outcome.events_lost,
        audio_lost_worst_seconds=round(outcome.audio_lost_seconds, 3),
        back_seconds=() if outcome.back_seconds is None else (round(outcome.back_seconds, 2),),
        told=int(outcome.told),
        wrong=int(bool(outcome.wrong)),
    )


def _sum(one: FaultFigures, other: FaultFigures) -> FaultFigures:
    return FaultFigures(
        fault=one.fault,
        tried=one.tried + other.tried,
        words_lost=one.words_lost + other.words_lost,
        words_twice=one.words_twice + other.words_twice,
        events_lost=one.events_lost + other.events_lost,
        audio_lost_worst_seconds=max(one.audio_lost_worst_seconds, other.audio_lost_worst_seconds),
        back_seconds=tuple(sorted(one.back_seconds + other.back_seconds)),
        told=one.told + other.told,
        wrong=one.wrong + other.wrong,
    )


def read_figures(file: Path) -> list[FaultFigures]:
    """Read figures; there are none where there is no file."""
    return msgspec.json.decode(file.read_bytes(), type=list[FaultFigures]) if file.exists() else []


def write_figures(file: Path, figures: Sequence[FaultFigures]) -> None:
    """Write figures, one fault a line."""
    lines = ",\n".join(msgspec.json.encode(one).decode() for one in figures)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"[\n{lines}\n]\n", "utf-8")


def table(figures: Sequence[FaultFigures]) -> str:
    """Give the table in Markdown, a row a fault."""
    head = (
        "| fault | tried | words lost | heard twice | events lost | audio lost, s (worst) "
        "| back after, s (median / worst) | told | wrong |"
    )
    lines = [head, "|---|---|---|---|---|---|---|---|---|"]
    for one in figures:
        back = "-"
        if one.back_seconds:
            back = f"{statistics.median(one.back_seconds):.2f} / {max(one.back_seconds):.2f}"
        lines.append(
            f"| {one.fault} | {one.tried} | {one.words_lost} | {one.words_twice} | {one.events_lost} "
            f"| {one.audio_lost_worst_seconds:.2f} | {back} | {one.told} | {one.wrong} |"
        )
    return "\n".join(lines) + "\n"
