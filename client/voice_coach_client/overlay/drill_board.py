"""A drill at a glance: what to do, the line, your answer, and what the last one was worth."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from voice_coach.coaching.drill import DrillCard, Verdict
from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach_client.call_view import CallView, Line
from voice_coach_client.overlay.palette import Palette
from voice_coach_client.overlay.words import line_words, marks_words, score_words, silence_words
from voice_coach_client.strokes import first_name

__all__ = ["DrillBoard"]

_HEARS = frozenset({Phase.TRAINEE_SPEAKING, Phase.TRAINEE_PAUSING})


class DrillBoard(VerticalScroll):
    """The body of the call screen when the call is a drill."""

    def __init__(self, card: DrillCard) -> None:
        """Show this drill."""
        super().__init__(id="drill")
        self._card = card

    def compose(self) -> ComposeResult:
        """Lay out the board from top to bottom."""
        yield Static(id="marks")
        yield Static(self._card.how, id="task")
        yield Static(id="prompt")
        yield Static(id="answer")
        yield Static(id="hold")
        yield Static(id="verdict")

    def draw(self, view: CallView, palette: Palette) -> None:
        """Show the view's round, words and last verdict."""
        self._part("marks").update(self._score(view, palette))
        if view.round is not None:
            self._part("task").update(Text.assemble(("▶ ", palette.good), (view.round.task, "bold")))
        prompt, answer = _exchange(view)
        self._part("prompt").update(_said(first_name(view.scenario), prompt, palette))
        self._part("answer").update(_said("You", answer, palette))
        self._part("hold").display = bool(view.round and view.round.hold_seconds)
        verdict = view.verdicts[-1] if view.verdicts else None
        box = self._part("verdict")
        box.display = verdict is not None
        if verdict is not None:
            box.set_class(verdict.passed, "passed")
            box.border_title = _title(verdict)
            box.update(_reason(verdict, palette))

    def draw_silence(self, view: CallView, held_seconds: float, palette: Palette) -> None:
        """Show how much of the silence that is asked for has been held."""
        asked = view.round.hold_seconds if view.round else None
        if not asked:
            return
        if view.phase in _HEARS:
            words = Text("the silence is broken", style=palette.bad)
        elif view.phase is Phase.COUNTERPART_SPEAKING and held_seconds >= asked:
            words = Text("held", style=f"bold {palette.good}")
        else:
            words = Text.assemble(("silence ", palette.soft), silence_words(held_seconds, asked, palette))
        self._part("hold").update(words)

    def _part(self, name: str) -> Static:
        return self.query_one(f"#{name}", Static)

    def _score(self, view: CallView, palette: Palette) -> Text:
        count = f"Round {view.round.number} of {view.round.rounds}" if view.round else self._card.title
        text = Text.assemble((f"{count}   ", "bold"), marks_words(view.round, view.verdicts, palette))
        if view.verdicts and view.verdicts[-1].streak > 1:
            text.append(f"   {view.verdicts[-1].streak} in a row", style=palette.good)
        last = score_words(self._card.last)
        return text.append(f"   {last}" if last else "", style=palette.soft)


def _exchange(view: CallView) -> tuple[Line | None, Line | None]:
    """Give the last line that was said to the trainee, and what they have answered so far."""
    prompt = answer = None
    for line in view.lines:
        if line.speaker is Speaker.COUNTERPART:
            prompt, answer = line, None
        else:
            answer = line
    return prompt, answer


def _said(who: str, line: Line | None, palette: Palette) -> Text:
    if line is None or not line.text:
        return Text()
    return Text.assemble((who, f"bold {palette.soft}"), "\n", line_words(line, palette))


def _title(verdict: Verdict) -> str:
    return f" {'✓ PASSED' if verdict.passed else '✗ NOT YET'}   round {verdict.round} "


def _reason(verdict: Verdict, palette: Palette) -> Text:
    text = Text().append(verdict.reason, style="bold")
    if verdict.you_said:
        text.append("\nyou said ", style=palette.soft).append(f"“{verdict.you_said}”")
    if verdict.you_could_have_said:
        text.append("\nyou could have said ", style=palette.soft)
        text.append(f"“{verdict.you_could_have_said}”", style=palette.good)
    return text
