"""The live overlay in a terminal.

Finished turns are printed once and scroll away like any output; below them a small live region holds
what still changes: the words being spoken, the ring, the cue, the phase. When the output is no
terminal, or when lines are asked for, there is no live region, only the finished turns and what else
is news, line by line.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from voice_coach.coaching.turn import Speaker
from voice_coach.counterpart.reply import RingSegment, SegmentState
from voice_coach.moves.move import Family
from voice_coach_client.call_view import CallView, Line, reduce
from voice_coach_client.connection import Received
from voice_coach_client.debrief_text import Indented, debrief_lines, result_lines, verdict_lines
from voice_coach_client.strokes import UNDERSTOOD, first_name, other_moves, phase_words, strokes

__all__ = ["TerminalOverlay", "line_text", "live_region", "ring_text"]

_ACCENT = {
    Family.REFLECTION: "green",
    Family.QUESTION: "cyan",
    Family.EMPATHY: "magenta",
    Family.PRESSURE: "red",
    Family.SOLUTION: "yellow",
    Family.FLOW: "blue",
}
_MARK = {
    SegmentState.UNSPOKEN: "( )",
    SegmentState.HINTED: "(.)",
    SegmentState.DISCLOSED: "(o)",
    SegmentState.LABELLED: "(+)",
    SegmentState.SUMMARISED: "(#)",
}
"""Shapes that differ without colour and in any encoding."""


class TerminalOverlay:
    """Shows a call while it happens. A context manager; call `show` with everything that is received."""

    def __init__(self, console: Console, *, plain: bool = False) -> None:
        """Draw on this console; its colours are its own to know.

        Args:
            console: A terminal, or something that takes lines.
            plain: No live region, also on a terminal: every line is printed once.
        """
        self.view = CallView()
        self._console = console
        self._plain = plain or not console.is_terminal
        self._live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False)

    def __enter__(self) -> Self:
        if not self._plain:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def show(self, message: Received) -> None:
        """Take in a message, print what has become final and draw the rest anew."""
        before, self.view = self.view, reduce(self.view, message)
        if self.view == before:
            return
        for news in _news(before, self.view, plain=self._plain):
            self._console.print(news)
        if self._live.is_started:
            self._live.update(live_region(self.view), refresh=True)


def live_region(view: CallView) -> RenderableType:
    """Draw what still changes."""
    name = first_name(view.scenario)
    parts: list[RenderableType] = [
        _turn(line, name) for line in view.lines if not line.settled and line.text
    ]
    parts.append(Text())
    if view.ring:
        parts.append(ring_text(view.ring, view.opened))
    if view.cue is not None:
        parts.append(Text.assemble(("cue  ", "bold"), (view.cue.text, "italic")))
    parts.append(Text(f"-- {phase_words(view)}", style="dim"))
    return Group(*parts)


def line_text(line: Line) -> Text:
    """Draw the words of one turn: strokes under labels and summaries, each with its name.

    A stroke is colour, underline, brackets and a word, so that it is seen without any one of them.
    """
    text = Text()
    position = 0
    for stroke in strokes(line.moves):
        accent = _ACCENT[stroke.family]
        text.append_text(_words(line, position, stroke.start))
        words = Text("[") + _words(line, stroke.start, stroke.end) + Text("]")
        words.stylize(f"{accent} underline")
        text.append_text(words).append(f" {stroke.names}", style=f"{accent} bold")
        position = stroke.end
    text.append_text(_words(line, position, len(line.text)))
    if line.interrupted and line.speaker is Speaker.COUNTERPART:
        text.append(" -- (talked over)", style="dim")
    for word, family in other_moves(line).items():
        text.append(f"  ({word})", style=_ACCENT[family])
    return text


def ring_text(segments: tuple[RingSegment, ...], opened: tuple[str, ...] = ()) -> Text:
    """Draw the ring as a row of segments. What is unspoken keeps its title to itself."""
    understood = sum(segment.state in UNDERSTOOD for segment in segments)
    text = Text.assemble(("understood ", "bold"), f"{understood} of {len(segments)} ")
    for segment in segments:
        mark = _MARK[segment.state]
        named = segment.state is not SegmentState.UNSPOKEN and segment.title
        style = "bold green" if segment.state in UNDERSTOOD else "green" if named else "dim"
        if segment.topic in opened:
            style += " reverse"
        # A no-break space holds a mark and its title together when the row is folded.
        title = segment.title.replace(" ", "\N{NO-BREAK SPACE}")
        text.append(" ").append(f"{mark}\N{NO-BREAK SPACE}{title}" if named else mark, style=style)
    return text


def _news(before: CallView, after: CallView, *, plain: bool) -> Iterator[RenderableType]:
    """Give what is printed for good because of one message."""
    if before.scenario is None and after.scenario is not None:
        card = after.scenario
        if after.drill is None:
            yield Text.assemble((card.title, "bold"), f": you meet {card.person}. {card.stake}")
        else:
            yield Text.assemble((after.drill.title, "bold"), f": {after.drill.how}")
    yield from _drill_news(before, after)
    known = {(line.speaker, line.number) for line in before.lines if line.settled}
    for line in after.lines:
        if line.settled and line.text and (line.speaker, line.number) not in known:
            yield _turn(line, first_name(after.scenario))
    if after.notice != before.notice and after.notice:
        yield Text.assemble(("note ", "yellow bold"), after.notice)
    if after.ended is not None and before.ended is None:
        yield Text()
        drill = after.ended.drill
        yield from result_lines(drill) if drill else debrief_lines(after.ended.debrief)
    if plain:
        yield from _plain_news(before, after)


def _plain_news(before: CallView, after: CallView) -> Iterator[RenderableType]:
    """Give what a live region would show."""
    if after.away != before.away:
        yield Text("The connection broke; coming back." if after.away else "The connection is back.")
    if after.ring != before.ring:
        yield ring_text(after.ring)
    if after.cue is not None and after.cue != before.cue:
        yield Text(f"cue {after.cue.text}")


def _drill_news(before: CallView, after: CallView) -> Iterator[RenderableType]:
    """Give a verdict, and the round that begins."""
    if len(after.verdicts) > len(before.verdicts):
        yield from verdict_lines(after.verdicts[-1])
    if after.round is not None and after.round != before.round:
        yield Text.assemble(
            (f"Round {after.round.number} of {after.round.rounds}: ", "bold"), after.round.task
        )


def _turn(line: Line, name: str) -> RenderableType:
    """Set one turn: the speaker's name at the margin, both sides told apart by side and weight."""
    mine = line.speaker is Speaker.TRAINEE
    who = "You" if mine else name
    text = Text.assemble((f"{who}: ", "bold" if mine else "bold cyan"), line_text(line))
    if line.thats_right:
        text.append("  ").append("* that's right *", style="bold green reverse")
    return Indented(text, columns=4 if mine else 0)


def _words(line: Line, start: int, end: int) -> Text:
    """Give a piece of the text: what may still change is dim."""
    firm = Text(line.text[start : max(start, min(end, line.firm))])
    return firm.append(line.text[max(start, min(end, line.firm)) : end], style="dim")
