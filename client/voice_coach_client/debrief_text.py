"""What there is to take home from a call or a drill, as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from voice_coach.coaching.drill import DrillResult, Verdict
from voice_coach.coaching.turn import Debrief

__all__ = ["Indented", "debrief_lines", "result_lines", "verdict_lines"]


@dataclass(frozen=True, slots=True)
class Indented:
    """A paragraph set in from the left, without the trailing blanks of a rich `Padding`."""

    text: Text
    columns: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for row in self.text.wrap(console, max(20, options.max_width - self.columns)):
            row.rstrip()
            yield Text(" " * self.columns).append_text(row)


def debrief_lines(debrief: Debrief) -> Iterator[RenderableType]:
    """Draw what the trainee takes home."""
    yield Text(debrief.headline, style="bold")
    for check in debrief.checks:
        mark, style = ("yes", "green") if check.passed else ("no ", "yellow")
        yield Text.assemble("  ", (mark, f"{style} bold"), f"  {check.question}")
        if check.evidence is not None:
            yield Indented(Text(f'"{check.evidence.quote}"', style="dim"), columns=7)
        if check.you_could_have_said:
            better = Text(f'you could have said: "{check.you_could_have_said}"', style="italic")
            yield Indented(better, columns=7)


def verdict_lines(verdict: Verdict) -> Iterator[RenderableType]:
    """Draw what an answer in a drill was worth."""
    mark, style = ("passed", "green") if verdict.passed else ("not yet", "yellow")
    yield Text.assemble("  ", (mark, f"{style} bold"), f"  {verdict.reason}")
    if verdict.you_could_have_said and not verdict.passed:
        better = Text(f'you could have said: "{verdict.you_could_have_said}"', style="italic")
        yield Indented(better, columns=7)


def result_lines(result: DrillResult) -> Iterator[RenderableType]:
    """Draw what the trainee takes home from a drill."""
    score, last = result.score, result.last
    yield Text(result.headline, style="bold")
    row = f"  {score.passed} of {score.rounds} passed, {score.longest_streak} in a row at best"
    yield Text(row + (f"; last time {last.passed} of {last.rounds}" if last else ""))
    if result.work_on:
        yield Text(f"  {result.work_on}")
