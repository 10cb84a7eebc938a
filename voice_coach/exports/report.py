"""One call as one HTML file that needs nothing else: to print, to send, to keep for years.

It shows what the review page shows, in reading order. With the sound in it, a line is heard by
clicking its time; a few lines of script do that, and the report can be read whole without them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import jinja2
from markupsafe import Markup, escape

from voice_coach.coaching.turn import Speaker
from voice_coach.counterpart.reply import SegmentState
from voice_coach.moves.move import Move
from voice_coach.review.review import Comment, Course, LabelPitch, Overrule, Review, ReviewTurn

__all__ = ["as_html"]

_STRONG: Final = frozenset({"summary", "label", "missing_piece_label", "i_label"})
_CURVE_WIDTH: Final = 720.0
_CURVE_HEIGHT: Final = 120.0
_UNDERSTOOD: Final = frozenset({SegmentState.LABELLED, SegmentState.SUMMARISED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One turn as the report shows it."""

    row: ReviewTurn
    who: str
    text: Markup
    reasons: tuple[str, ...]
    pitches: tuple[LabelPitch, ...]
    comments: tuple[Comment, ...]


def as_html(review: Review, sound: bytes | None = None) -> str:
    """Give the report.

    Args:
        review: The call.
        sound: An MP3 of both sides from the call's start; None leaves the sound out.
    """
    encoded = base64.b64encode(sound).decode("ascii") if sound else ""
    overruled: dict[str, Overrule] = {overrule.check: overrule for overrule in review.overrules}
    return _template().render(
        review=review,
        lines=list(_lines(review)),
        overruled=overruled,
        figures=[figure for figure in review.figures if figure.value is not None],
        sound=f"data:audio/mpeg;base64,{encoded}" if sound else "",
        curves=_curves(review),
        ring=review.course[-1].ring if review.course else (),
        understood=_UNDERSTOOD,
    )


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("voice_coach.exports", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = _clock
    environment.filters["day"] = _day
    environment.filters["plain"] = lambda name: str(name).replace("_", " ")
    return environment.get_template("report.html.jinja")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _day(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC" if when else ""


def _lines(review: Review) -> Iterator[_Line]:
    ends = [row.turn.start_seconds for row in review.turns[1:]] + [float("inf")]
    start = 0.0
    for row, until in zip(review.turns, ends, strict=True):
        turn = row.turn
        mine = turn.speaker is Speaker.TRAINEE
        yield _Line(
            row=row,
            who=("You" if mine else review.person) if row.speaker_known else "Somebody",
            text=_stroked(turn.text, turn.moves),
            reasons=turn.because.reasons if turn.because else (),
            pitches=tuple(p for p in review.label_pitches if p.turn == turn.index),
            comments=tuple(c for c in review.comments if start <= c.at_seconds < until),
        )
        start = until


def _stroked(text: str, moves: tuple[Move, ...]) -> Markup:
    """The text with its moves marked; where two claim the same words, the more telling one has them."""
    taken: list[Move] = []
    for move in sorted(moves, key=lambda m: (m.kind not in _STRONG, m.start)):
        if move.start < move.end and not any(
            move.start < other.end and other.start < move.end for other in taken
        ):
            taken.append(move)
    parts, at = [], 0
    for move in sorted(taken, key=lambda m: m.start):
        name = move.kind.replace("_", " ")
        parts += [
            escape(text[at : move.start]),
            Markup('<mark class="{}">{}<small>{}</small></mark>').format(
                move.family.value, text[move.start : move.end], name
            ),
        ]
        at = move.end
    return Markup("").join([*parts, escape(text[at:])])


def _curves(review: Review) -> dict[str, str]:
    """Trust, tension and what is understood over the call, as points of polylines."""
    if len(review.course) < 2 or review.seconds <= 0:  # noqa: PLR2004 - a line needs two points
        return {}
    return {
        name: " ".join(_point(review, point, getattr(point, name)) for point in review.course)
        for name in ("trust", "tension", "understood")
    }


def _point(review: Review, point: Course, value: float) -> str:
    across = _CURVE_WIDTH * point.at_seconds / review.seconds
    down = _CURVE_HEIGHT * (1 - min(max(value, 0.0), 1.0))
    return f"{across:.1f},{down:.1f}"
