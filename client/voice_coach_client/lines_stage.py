"""A `Stage` of plain lines, for screen readers and pipes: keys are letters and Enter."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.console import Console

from voice_coach.messages import Ended
from voice_coach.room_messages import Consent, Listening
from voice_coach_client.connection import Received
from voice_coach_client.live_call import Gauge, LiveCall
from voice_coach_client.room.lobby_view import LobbyView, room_words
from voice_coach_client.room.stay import RoomKeys
from voice_coach_client.stage import Choice
from voice_coach_client.terminal import TerminalOverlay
from voice_coach_client.typed_lines import TypedLines

__all__ = ["LinesStage"]

_KEYS = "Keys, each with Enter: m mutes, c cues, s session, d default devices, q ends the call."
_ROOM_KEYS = (
    "Between calls, each with Enter: only Enter begins what the trainer has sent, r keeps sound or not, "
    "h shares words or not, y and n answer the trainer, delete removes your last call, leave leaves."
)


class LinesStage:
    """Everything is a line that is printed once. Make it inside the running event loop."""

    def __init__(self, console: Console, typed: TextIO | None = None) -> None:
        """Print on this console, and read what is typed: standard input, if nothing else is given."""
        self._console = console
        self._typed = TypedLines(typed or sys.stdin)
        self._overlay: TerminalOverlay | None = None
        self._call: LiveCall | None = None
        self._gauge: Gauge | None = None
        self._room = LobbyView()
        self._room_keys: RoomKeys | None = None
        self._cues = True
        self._pressing: asyncio.Task[None] | None = None

    @property
    def calling(self) -> bool:
        """Whether a call is going on."""
        return self._call is not None

    async def choose(self, question: str, choices: Sequence[Choice]) -> str | None:
        """See `Stage`: a numbered list, answered by a number; an empty line leaves."""
        for number, choice in enumerate(choices, 1):
            self._console.print(f"{number:>3}  {choice.title}. {choice.about}", markup=False)
        while True:
            self.say(f"{question} Type a number, or only Enter to leave.")
            answer = await self._typed.next()
            if not answer:
                return None
            if answer.isdecimal() and 1 <= int(answer) <= len(choices):
                return choices[int(answer) - 1].id

    async def ask(self, question: str) -> bool:
        """See `Stage`: `y` or `yes` is yes, anything else is no."""
        self.say(f"{question} Type y or n.")
        return (await self._typed.next() or "").lower() in ("y", "yes")

    def say(self, text: str) -> None:
        """See `Stage`."""
        self._console.print(text, markup=False)

    def warn(self, trouble: str) -> None:
        """See `Stage`."""
        self._console.print(f"note {trouble}", markup=False)

    def begin(self, call: LiveCall, gauge: Gauge) -> None:
        """See `Stage`."""
        self._call, self._gauge = call, gauge
        self._overlay = TerminalOverlay(self._console, plain=True)
        self.say(_KEYS)
        if self._room_keys is None:
            self._pressing = asyncio.create_task(self._press_keys())

    def show(self, message: Received) -> None:
        """See `Stage`."""
        if self._overlay is not None:
            self._overlay.show(message)

    async def debrief(self, ended: Ended | None) -> None:
        """See `Stage`: the overlay has printed it already, as the last thing it was shown."""
        del ended
        if self._pressing is not None and self._room_keys is None:
            self._pressing.cancel()
            await asyncio.gather(self._pressing, return_exceptions=True)
        self._call = self._overlay = None

    def enter_room(self, keys: RoomKeys) -> None:
        """See `RoomStage`."""
        self._room_keys = keys
        self.say(_ROOM_KEYS)
        self._pressing = asyncio.create_task(self._press_keys())

    def show_room(self, view: LobbyView) -> None:
        """See `RoomStage`: only what is news is printed."""
        before, self._room = self._room, view
        for news in _room_news(before, view):
            self.say(news)

    async def end_call(self) -> None:
        """End the call that is going on, if there is one; a second time, leave at once."""
        if self._call is not None:
            self.say("Leaving." if self._call.ending else "Ending the call; once more leaves at once.")
            await self._call.end()

    async def _press_keys(self) -> None:
        while (typed := await self._typed.next()) is not None:
            key = typed.lower()
            if self._room_keys is not None and await self._press_in_room(self._room_keys, key):
                continue
            if self._call is not None and self._gauge is not None:
                await self._press(self._call, self._gauge, key)

    async def _press(self, call: LiveCall, gauge: Gauge, key: str) -> None:
        match key:
            case "m":
                await call.mute(on=not call.muted)
                self.say("The microphone is muted." if call.muted else "The microphone is on.")
            case "c":
                self._cues = not self._cues
                await call.want_cues(on=self._cues)
                self.say("Cues are on." if self._cues else "Cues are off.")
            case "s":
                self.say(f"This call is kept as session {call.session}.")
            case "d":
                gauge.take_defaults()
            case "q":
                await self.end_call()
            case _:
                self.say(_KEYS)

    async def _press_in_room(self, keys: RoomKeys, key: str) -> bool:
        """Do what a key means in the room; false when it is a key of the call."""
        consent = self._room.state.consent if self._room.state else Consent()
        match key:
            case "y" | "n":
                await keys.answer(allow=key == "y")
            case "r":
                await keys.keep_sound(on=not consent.record)
            case "h":
                await keys.share(on=not consent.share)
            case "" if self._call is None:
                keys.begin()
            case "delete" if self._call is None:
                await keys.delete_last()
            case "leave" if self._call is None:
                keys.leave()
            case _ if self._call is None:
                self.say(_ROOM_KEYS)
            case _:
                return False
        return True


def _room_news(before: LobbyView, after: LobbyView) -> Iterator[str]:
    """Give what a change in the room is in sentences."""
    if before.state is None and after.state is not None:
        yield f"You are in {after.state.room} as {after.state.name}."
    if after.away != before.away:
        yield "The room is away; coming back." if after.away else "The room is back."
    if room_words(after) != room_words(before):
        yield from room_words(after)
    if after.listening is Listening.ASKED and before.listening is not Listening.ASKED:
        yield "The trainer would like to listen in: y lets them hear both sides, n does not."
    if after.note and after.note != before.note:
        yield f"The trainer says: {after.note}"
    if after.activity is not None and after.activity != before.activity:
        title = after.activity.title or after.activity.scenario or after.activity.drill
        yield f"Next: {title}. Enter begins it; or wait until the trainer begins for everybody."
