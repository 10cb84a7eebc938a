"""The screens of a table in a training room: waiting, and a call with the trainer's line."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static

from voice_coach.room_messages import Listening
from voice_coach_client.live_call import Gauge, LiveCall
from voice_coach_client.overlay.call_screen import CallScreen
from voice_coach_client.overlay.palette import Palette
from voice_coach_client.overlay.questions import YesNoScreen
from voice_coach_client.room.lobby_view import LobbyView, room_words
from voice_coach_client.room.stay import RoomKeys

__all__ = ["LobbyScreen", "RoomCallScreen"]

_ASKED = "The trainer would like to listen in: y lets them hear both sides, n does not."


class LobbyScreen(Screen[None]):
    """Between calls: what to do next, what the trainer says, what is kept and who may see it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "begin", "begin"),
        Binding("r", "record", "keep sound or not"),
        Binding("h", "share", "words shared or not"),
        Binding("x", "delete", "delete last call"),
        Binding("l", "app.swap_light", "light", show=False),
        Binding("y", "answer(True)", "let listen", show=False),
        Binding("n", "answer(False)", "do not", show=False),
        Binding("escape,q", "leave", "leave", key_display="esc"),
    ]

    def __init__(self, keys: RoomKeys, palette: Callable[[], Palette]) -> None:
        """Prepare to show how it stands.

        Args:
            keys: What the keys act on.
            palette: Gives the colours of the moment.
        """
        super().__init__()
        self.view = LobbyView()
        self._keys = keys
        self._palette = palette
        self._said = Text()

    def compose(self) -> ComposeResult:
        """Lay out one text after the other."""
        with VerticalScroll(id="lobby"):
            yield Static(id="place")
            yield Static(id="activity")
            yield Static(id="note")
            yield Static(id="said")
            yield Static(id="consent")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Draw once all parts are there."""
        self.call_after_refresh(self.draw)

    def on_screen_resume(self) -> None:
        """Draw what changed while a call was over this."""
        self.call_after_refresh(self.draw)

    def show_room(self, view: LobbyView) -> None:
        """Take in how it stands."""
        self.view = view
        self.call_after_refresh(self.draw)

    def say(self, text: str, *, trouble: bool = False) -> None:
        """Say a sentence that stays until there is another."""
        self._said = Text(text, style=f"bold {self._palette().bad}" if trouble else "bold")
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Draw everything anew."""
        palette = self._palette()
        self._part("place").update(_place(self.view, palette))
        self._part("activity").update(_activity(self.view, palette))
        self._part("note").update(_note(self.view, palette))
        self._part("said").update(self._said)
        kept = Text("\n".join(room_words(self.view)), style=palette.soft)
        self._part("consent").update(kept)

    def action_begin(self) -> None:
        """Begin what the trainer has sent."""
        self._said = Text()
        self._keys.begin()

    def action_leave(self) -> None:
        """Leave the room, if that is meant."""
        self._ask("Leave the room for good?", self._keys.leave)

    def action_delete(self) -> None:
        """Delete the last call, if that is meant."""

        def delete() -> None:
            self.run_worker(self._keys.delete_last())

        self._ask("Delete your last call for good, its sound and its words?", delete)

    async def action_record(self) -> None:
        """Have sound kept, or not."""
        if self.view.state is not None:
            await self._keys.keep_sound(on=not self.view.state.consent.record)

    async def action_share(self) -> None:
        """Let the trainer read along, or not."""
        if self.view.state is not None:
            await self._keys.share(on=not self.view.state.consent.share)

    async def action_answer(self, allow: bool) -> None:  # noqa: FBT001 - as the binding says
        """Let the trainer listen, or not."""
        await self._keys.answer(allow=allow)

    def _ask(self, question: str, do: Callable[[], None]) -> None:
        def answered(yes: bool | None) -> None:  # noqa: FBT001 - Textual calls it with the answer
            if yes:
                do()

        self.app.push_screen(YesNoScreen(question), answered)

    def _part(self, name: str) -> Static:
        return self.query_one(f"#{name}", Static)


class RoomCallScreen(CallScreen):
    """A call at a table: with the trainer's line, and whether somebody listens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "record", "keep sound"),
        Binding("y", "answer(True)", "let listen", show=False),
        Binding("n", "answer(False)", "do not", show=False),
    ]

    def __init__(  # noqa: PLR0913 - what every call needs, and two of the room
        self,
        call: LiveCall,
        gauge: Gauge,
        palette: Callable[[], Palette],
        now: Callable[[], float],
        *,
        keys: RoomKeys,
        view: LobbyView,
    ) -> None:
        """Prepare to show a call.

        Args:
            call: As for `CallScreen`.
            gauge: As for `CallScreen`.
            palette: As for `CallScreen`.
            now: As for `CallScreen`.
            keys: What the keys of the room act on.
            view: How it stands in the room.
        """
        super().__init__(call, gauge, palette, now)
        self._keys = keys
        self._room = view

    def show_room(self, view: LobbyView) -> None:
        """Take in how it stands."""
        if self._room.state and view.state and self._room.state.consent != view.state.consent:
            record = view.state.consent.record
            self.say(f"Sound is {'' if record else 'not '}kept from the next call on.")
        self._room = view
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Draw everything anew, the room's line too."""
        super().draw()
        line = _line(self._room, self._palette())
        self._part("room").display = bool(line)
        self._part("room").update(line)

    async def action_record(self) -> None:
        """Have sound kept from the next call on, or not."""
        if self._room.state is not None:
            await self._keys.keep_sound(on=not self._room.state.consent.record)

    async def action_answer(self, allow: bool) -> None:  # noqa: FBT001 - as the binding says
        """Let the trainer listen, or not."""
        await self._keys.answer(allow=allow)


def _place(view: LobbyView, palette: Palette) -> Text:
    if view.state is None:
        return Text("Coming in ...", style="bold")
    text = Text().append(view.state.room, style="bold").append("   table ", style=palette.soft)
    text.append(view.state.name, style="bold")
    if view.away:
        text.append("   the room is away; coming back", style=f"bold {palette.bad}")
    return text


def _activity(view: LobbyView, palette: Palette) -> Text:
    if view.activity is None:
        return Text("The trainer will send you something to do. You need not do anything.")
    title = view.activity.title or view.activity.scenario or view.activity.drill
    text = Text.assemble(("Next: ", palette.soft), (title, f"bold {palette.good}"))
    return text.append("\nEnter begins it; or wait until the trainer begins for everybody.")


def _note(view: LobbyView, palette: Palette) -> Text:
    text = Text()
    if view.listening is Listening.ASKED:
        text.append(_ASKED, style=f"bold reverse {palette.bad}")
    if view.note:
        text.append("\n" if text else "").append("trainer: ", style=palette.soft)
        text.append(view.note, style="bold")
    return text


def _line(view: LobbyView, palette: Palette) -> Text:
    text = _note(view, palette)
    if view.listening is Listening.YES:
        text.append("\n" if text else "")
        text.append(" The trainer is listening. n stops that. ", style=f"bold reverse {palette.good}")
    if view.away:
        text.append("\n" if text else "").append("The room is away; the call goes on.")
    return text
