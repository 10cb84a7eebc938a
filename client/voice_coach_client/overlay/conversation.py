"""The conversation as generous text: both sides told apart by side, name and weight."""

from __future__ import annotations

from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Static

from voice_coach.coaching.turn import Speaker
from voice_coach_client.call_view import CallView, Line
from voice_coach_client.overlay.palette import Palette
from voice_coach_client.overlay.words import line_words, ring_words
from voice_coach_client.strokes import first_name

__all__ = ["Conversation"]

_Key = tuple[Speaker, int]


class Conversation(VerticalScroll):
    """All turns, the newest at the bottom. It follows the newest unless somebody scrolls up."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__(id="conversation")
        self._drawn: dict[_Key, tuple[Line, Palette, Static]] = {}

    def on_mount(self) -> None:
        """Follow the newest line."""
        self.anchor()

    def draw(self, view: CallView, palette: Palette) -> None:
        """Show the view's lines; only what has changed is drawn anew."""
        name = first_name(view.scenario)
        lines = {(line.speaker, line.number): line for line in view.lines if line.text}
        for key in [key for key in self._drawn if key not in lines]:
            self._drawn.pop(key)[2].remove()
        for key, line in lines.items():
            known = self._drawn.get(key)
            if known is None:
                turn = Static(_turn(line, name, palette), classes=f"turn {line.speaker}")
                self.mount(turn)
            else:
                turn = known[2]
                if known[:2] != (line, palette):
                    turn.update(_turn(line, name, palette))
            self._drawn[key] = (line, palette, turn)


class SidePanel(VerticalScroll):
    """On a wide terminal: the ring as a list with words."""

    def draw(self, view: CallView, palette: Palette) -> None:
        """Show the view's ring."""
        if view.ring:
            words = ring_words(view.ring, view.opened, palette, wide=True)
            self.query_one(Static).update(words)


def _turn(line: Line, name: str, palette: Palette) -> Text:
    mine = line.speaker is Speaker.TRAINEE
    who = ("You", "bold") if mine else (name, f"bold {palette.good}")
    return Text.assemble(who, "\n", line_words(line, palette))
