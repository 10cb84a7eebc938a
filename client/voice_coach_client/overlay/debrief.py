"""What there is to take home, when the call is over."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static

from voice_coach.coaching.drill import DrillResult, Verdict
from voice_coach.coaching.turn import Check, Debrief
from voice_coach.messages import Ended
from voice_coach_client.overlay.palette import Palette

__all__ = ["DebriefScreen"]


class DebriefScreen(Screen[None]):
    """The headline, then each check or round with its proof, then what to do next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape,q", "dismiss", "close", key_display="enter")
    ]

    def __init__(self, ended: Ended, palette: Palette, next_steps: str) -> None:
        """Show how a call or a drill went.

        Args:
            ended: What the server said at its end.
            palette: The colours.
            next_steps: One or two sentences, shown last.
        """
        super().__init__()
        self._ended = ended
        self._palette = palette
        self._next_steps = next_steps

    def compose(self) -> ComposeResult:
        """Lay out one block after the other."""
        drill, palette = self._ended.drill, self._palette
        with VerticalScroll(id="debrief"):
            if drill is None:
                yield Static(_counts(self._ended.debrief, palette), classes="headline")
                for check in self._ended.debrief.checks:
                    mark = _mark(palette, passed=check.passed)
                    yield Static(mark.append(check.question), classes="check")
                    yield Static(_proof(check, palette), classes="detail")
            else:
                yield Static(_result(drill, palette), classes="headline")
                for verdict in drill.verdicts:
                    mark = _mark(palette, passed=verdict.passed)
                    line = mark.append(f"{verdict.round}. {verdict.reason}")
                    yield Static(line, classes="check")
                    yield Static(_answer(verdict, palette), classes="detail")
            yield Static(Text(self._next_steps, style=palette.soft), classes="next")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one(VerticalScroll).focus()


def _counts(debrief: Debrief, palette: Palette) -> Text:
    parts = (
        f"labels {debrief.labels}",
        f"summaries {debrief.summaries}",
        f"“that's right” {'yes' if debrief.thats_right else 'not yet'}",
        f"you spoke {debrief.talk_share:.0%} of the time",
    )
    text = Text().append(debrief.headline, style="bold")
    return text.append("\n" + "   ".join(parts), style=palette.soft)


def _proof(check: Check, palette: Palette) -> Text:
    text = Text()
    if check.evidence is not None:
        text.append(f"“{check.evidence.quote}”", style=palette.soft)
    return _better(text, check.you_could_have_said, palette)


def _result(result: DrillResult, palette: Palette) -> Text:
    text = Text().append(f"{result.headline}\n\n", style="bold")
    for verdict in result.verdicts:
        mark, style = ("✓ ", palette.good) if verdict.passed else ("✗ ", palette.bad)
        text.append(mark, style=style)
    score = result.score
    text.append(f"  {score.passed} of {score.rounds}", style="bold")
    text.append(f"   longest run {score.longest_streak}", style=palette.soft)
    if result.last is not None:
        text.append(f"   last time {result.last.passed} of {result.last.rounds}", style=palette.soft)
    if result.work_on:
        text.append(f"\n{result.work_on}")
    return text


def _answer(verdict: Verdict, palette: Palette) -> Text:
    text = Text()
    if verdict.you_said:
        text.append("you said ", style=palette.soft).append(f"“{verdict.you_said}”")
    return text if verdict.passed else _better(text, verdict.you_could_have_said, palette)


def _better(text: Text, better: str, palette: Palette) -> Text:
    if better:
        text.append("\n" if text else "").append("you could have said ", style=palette.soft)
        text.append(f"“{better}”", style=palette.good)
    return text


def _mark(palette: Palette, *, passed: bool) -> Text:
    mark, style = (" ✓ ", palette.good) if passed else (" ✗ ", palette.bad)
    return Text.assemble((mark, f"bold {style}"), "  ")
