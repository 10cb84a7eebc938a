"""The application: it runs the flow of what happens, and shows one screen at a time."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence

from textual.app import App, ComposeResult
from textual.widget import AwaitMount
from textual.widgets import Static

from voice_coach.messages import Ended
from voice_coach_client.connection import Received
from voice_coach_client.live_call import Gauge, LiveCall
from voice_coach_client.overlay.call_screen import CallScreen
from voice_coach_client.overlay.debrief import DebriefScreen
from voice_coach_client.overlay.palette import DARK, LIGHT, Palette, theme
from voice_coach_client.overlay.questions import ChoiceScreen, YesNoScreen
from voice_coach_client.overlay.room_screens import LobbyScreen, RoomCallScreen
from voice_coach_client.room.lobby_view import LobbyView
from voice_coach_client.room.stay import RoomKeys, RoomStage
from voice_coach_client.stage import Choice

__all__ = ["OverlayApp"]


class OverlayApp(App[None]):
    """A `RoomStage` on the whole terminal. It ends with its flow."""

    CSS_PATH = "overlay.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "voice_coach"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (112, "-wide")]  # noqa: RUF012 - Textual declares its type

    def __init__(
        self,
        flow: Callable[[RoomStage], Awaitable[None]],
        palette: Palette = DARK,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare to run a flow, in the colours that suit the terminal; `now` never goes back."""
        super().__init__()
        for known in (LIGHT, DARK):
            self.register_theme(theme(known))
        self.theme = palette.name
        self.palette = palette
        self.failure: BaseException | None = None
        """What ended the flow, to be raised by whoever ran the application."""
        self._flow = flow
        self._now = now
        self._call: LiveCall | None = None
        self._call_screen: CallScreen | None = None
        self._pushed: AwaitMount | None = None
        self._room = LobbyView()
        self._room_keys: RoomKeys | None = None
        self._lobby_screen: LobbyScreen | None = None

    def compose(self) -> ComposeResult:
        """Lay out the first screen: one sentence."""
        yield Static("Connecting ...", id="waiting")

    def on_mount(self) -> None:
        """Begin."""
        self.run_worker(self._live(), name="flow")

    async def choose(self, question: str, choices: Sequence[Choice]) -> str | None:
        """See `Stage`."""
        return await self.push_screen_wait(ChoiceScreen(question, choices))

    async def ask(self, question: str) -> bool:
        """See `Stage`."""
        return await self.push_screen_wait(YesNoScreen(question))

    def say(self, text: str) -> None:
        """See `Stage`."""
        self._say(text, trouble=False)

    def warn(self, trouble: str) -> None:
        """See `Stage`."""
        self._say(trouble, trouble=True)

    def begin(self, call: LiveCall, gauge: Gauge) -> None:
        """See `Stage`."""
        self._call = call
        if self._room_keys is None:
            self._call_screen = CallScreen(call, gauge, self._colours, self._now)
        else:
            self._call_screen = RoomCallScreen(
                call, gauge, self._colours, self._now, keys=self._room_keys, view=self._room
            )
        self._pushed = self.push_screen(self._call_screen)

    def show(self, message: Received) -> None:
        """See `Stage`."""
        if self._call_screen is not None:
            self._call_screen.show(message)

    async def debrief(self, ended: Ended | None) -> None:
        """See `Stage`."""
        screen, self._call_screen = self._call_screen, None
        call, self._call = self._call, None
        if screen is not None and self._pushed is not None:
            await self._pushed
            while self.screen is not screen:
                self.pop_screen()  # Whatever was opened over the call is over with it.
            self.pop_screen()
        if ended is None or call is None:
            return
        look = "" if self._room_keys else f"  Look again: voice-coach replay {call.session}"
        debrief = DebriefScreen(ended, self.palette, f"Enter closes this.{look}")
        try:
            await self.push_screen_wait(debrief)
        finally:
            if debrief in self.screen_stack:
                debrief.dismiss()  # Something else is to happen: the flow does not wait any more.

    def enter_room(self, keys: RoomKeys) -> None:
        """See `RoomStage`."""
        self._room_keys = keys
        self._lobby_screen = LobbyScreen(keys, self._colours)
        self.push_screen(self._lobby_screen)

    def show_room(self, view: LobbyView) -> None:
        """See `RoomStage`."""
        self._room = view
        if self._lobby_screen is not None:
            self._lobby_screen.show_room(view)
        if isinstance(self._call_screen, RoomCallScreen):
            self._call_screen.show_room(view)

    def action_swap_light(self) -> None:
        """Swap light and dark."""
        self.palette = LIGHT if self.palette.dark else DARK
        self.theme = self.palette.name
        for screen in (self._call_screen, self._lobby_screen):
            if screen is not None and screen.is_mounted:
                screen.draw()

    async def action_quit(self) -> None:
        """End what is going on; with nothing going on, leave. Ctrl+Q and Ctrl+C come here."""
        if self._call_screen is not None:
            await self._call_screen.action_end()
        elif self._room_keys is not None:
            self._room_keys.leave()
        else:
            self.exit()

    def action_help_quit(self) -> None:
        """Ctrl+C ends the call as Ctrl+Q does, instead of explaining how to."""
        self.call_later(self.action_quit)

    def _colours(self) -> Palette:
        return self.palette

    def _say(self, text: str, *, trouble: bool) -> None:
        shown = self._call_screen or self._lobby_screen
        if shown is not None:
            shown.say(text, trouble=trouble)
        else:
            self.screen_stack[0].query_one("#waiting", Static).update(text)

    async def _live(self) -> None:
        try:
            await self._flow(self)
        except Exception as error:  # noqa: BLE001 - raised again outside, once the terminal is its old self
            self.failure = error
        self.exit()
