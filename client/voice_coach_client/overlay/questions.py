"""The small screens that ask one thing or say one thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from voice_coach_client.stage import Choice

__all__ = ["KEYS", "ChoiceScreen", "HelpScreen", "YesNoScreen"]

KEYS = (
    ("space, m", "mute the microphone, or not any more"),
    ("c", "cues on or off"),
    ("s", "say under which session the call is kept"),
    ("d", "default devices in place of those that are gone"),
    ("l", "light or dark"),
    ("up, down, page up", "read back; end returns to the newest"),
    ("esc, q, Ctrl+C", "end the call; a second time leaves at once"),
)
"""The keys of a call and what they do."""


class HelpScreen(ModalScreen[None]):
    """What the keys do; any of the usual keys closes it. The call goes on beneath."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,space,question_mark", "dismiss", "close", key_display="esc")
    ]

    def compose(self) -> ComposeResult:
        """Lay out a table of keys."""
        text = Text().append("Keys\n", style="bold")
        for key, meaning in KEYS:
            text.append(f"\n{key:<19}", style="bold").append(meaning)
        text.append("\n\nThe call goes on. Esc closes this.")
        with Vertical(classes="box"):
            yield Static(text)


class YesNoScreen(ModalScreen[bool]):
    """One question. `y` is yes; `n` and escape are no; nothing else answers it by accident."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes"),
        Binding("n,escape", "answer(False)", "no", key_display="n"),
    ]

    def __init__(self, question: str) -> None:
        """Ask this."""
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Lay out the question and its keys."""
        with Vertical(classes="box"):
            yield Static(self._question)
            yield Static(Text.assemble("\n", ("y", "bold"), " yes    ", ("n", "bold"), " no"))

    def action_answer(self, answer: bool) -> None:  # noqa: FBT001 - Textual calls it with what the binding says
        """Close with this answer."""
        self.dismiss(answer)


class ChoiceScreen(Screen[str | None]):
    """A list to choose from: arrows and enter, or the mouse."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", "leave", key_display="esc")]

    def __init__(self, question: str, choices: Sequence[Choice]) -> None:
        """Ask which of these."""
        super().__init__()
        self._question = question
        self._choices = choices

    def compose(self) -> ComposeResult:
        """Lay out the question and the list."""
        yield Static(f"{self._question}  (arrows, then Enter)", classes="question")
        yield OptionList(
            *(Option(_described(choice), id=choice.id) for choice in self._choices), id="choices"
        )
        yield Footer(show_command_palette=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close with what was chosen."""
        self.dismiss(event.option.id)

    def action_leave(self) -> None:
        """Close without a choice."""
        self.dismiss(None)


def _described(choice: Choice) -> Text:
    text = Text().append(choice.title, style="bold")
    return text.append(f"\n{choice.about}\n") if choice.about else text
