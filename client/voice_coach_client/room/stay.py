"""A table's stay in a room: it waits, calls when it is told or likes to, and comes back to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from voice_coach.errors import VoiceCoachError
from voice_coach.messages import Ended, Hello
from voice_coach.room_messages import (
    Activity,
    AnswerListening,
    Consent,
    ConsentChanged,
    Leave,
    Removed,
    StartActivity,
    StopActivity,
)
from voice_coach_client.live_call import LiveCall
from voice_coach_client.rehearsing import HeadsetSound, call_up
from voice_coach_client.room.lobby import Lobby
from voice_coach_client.room.lobby_view import LobbyView, reduce_lobby
from voice_coach_client.server_address import Server
from voice_coach_client.stage import Stage

__all__ = ["OpenSound", "RoomKeys", "RoomStage", "Stay"]

OpenSound = Callable[[], Awaitable[AbstractAsyncContextManager[HeadsetSound]]]
"""Opens the headset for one call."""


class RoomKeys(Protocol):
    """What a table may wish for in a room, besides what it may in a call."""

    def begin(self) -> None:
        """Begin what the trainer has sent."""
        ...

    def leave(self) -> None:
        """Leave the room for good."""
        ...

    async def answer(self, *, allow: bool) -> None:
        """Let the trainer listen, or not (any more)."""
        ...

    async def keep_sound(self, *, on: bool) -> None:
        """Have the sound of the calls kept from the next one on, or not."""
        ...

    async def share(self, *, on: bool) -> None:
        """Let the trainer read along, or not."""
        ...

    async def delete_last(self) -> None:
        """Delete the last call for good."""
        ...


class RoomStage(Stage, Protocol):
    """A person in front of a terminal, in a room."""

    def enter_room(self, keys: RoomKeys) -> None:
        """The table is in: from now on keys are for the room too."""
        ...

    def show_room(self, view: LobbyView) -> None:
        """Show how it stands in the room, in a call and between calls."""
        ...


class Stay:
    """One table in one room. `run` lives through it; the rest is what `RoomKeys` promises."""

    def __init__(
        self, stage: RoomStage, server: Server, lobby: Lobby, open_sound: OpenSound, hello: Hello
    ) -> None:
        """Prepare.

        Args:
            stage: The person.
            server: The room's, with the table's token.
            lobby: The table's socket. Its owner closes it.
            open_sound: Opens the headset for a call.
            hello: The greeting of every call, without what the call is about.
        """
        self.view = LobbyView()
        self._stage = stage
        self._server = server
        self._lobby = lobby
        self._open_sound = open_sound
        self._hello = hello
        self._wanted = asyncio.Event()
        """Something else than what is going on is to happen."""
        self._next: Activity | None = None
        self._call: LiveCall | None = None
        self._last_session = ""

    async def run(self) -> None:
        """Stay until the table leaves or is taken out of the room.

        Raises:
            VoiceCoachError: As for `Lobby.received`.
        """
        self._stage.enter_room(self)
        tasks = {asyncio.create_task(part()) for part in (self._listen, self._live)}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def begin(self) -> None:
        """Begin what the trainer has sent, if anything, unless a call is going on."""
        if self._call is None and self.view.activity is not None:
            self._want(self.view.activity)

    def leave(self) -> None:
        """Leave the room for good."""
        self._want(None)

    async def answer(self, *, allow: bool) -> None:
        """Let the trainer listen, or not (any more)."""
        await self._lobby.send(AnswerListening(allow=allow))

    async def keep_sound(self, *, on: bool) -> None:
        """Have the sound of the calls kept from the next one on, or not."""
        await self._change(msgspec.structs.replace(self._consent, record=on))

    async def share(self, *, on: bool) -> None:
        """Let the trainer read along, or not."""
        await self._change(msgspec.structs.replace(self._consent, share=on))

    async def delete_last(self) -> None:
        """Delete the last call for good."""
        session, self._last_session = self._last_session, ""
        if not session:
            self._stage.say("There is no call to delete.")
            return
        try:
            await self._server.delete(f"/api/sessions/{session}")
        except VoiceCoachError as error:
            self._stage.warn(str(error))
        else:
            self._stage.say("Your last call is deleted.")

    @property
    def _consent(self) -> Consent:
        return self.view.state.consent if self.view.state else Consent()

    async def _change(self, consent: Consent) -> None:
        await self._lobby.send(ConsentChanged(consent=consent))

    def _want(self, activity: Activity | None) -> None:
        self._next = activity
        self._wanted.set()

    async def _listen(self) -> None:
        async for message in self._lobby.received():
            self.view = reduce_lobby(self.view, message)
            self._stage.show_room(self.view)
            match message:
                case StartActivity():
                    self._want(message.activity)
                    await self._end_call()
                case StopActivity():
                    await self._end_call()
                case Removed():
                    if self._call is not None:
                        self._call.leave()
                    self._stage.warn(message.text)
                case _:
                    pass

    async def _end_call(self) -> None:
        if self._call is not None and not self._call.ending:
            await self._call.end()

    async def _live(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if self._next is None:
                await self._lobby.send(Leave())
                return
            try:
                await self._make_call(self._next)
            except VoiceCoachError as error:
                # A headset that is missing or a call that broke off is no reason to leave the room.
                self._stage.warn(str(error))
            self._stage.show_room(self.view)

    async def _make_call(self, activity: Activity) -> None:
        hello = msgspec.structs.replace(
            self._hello,
            scenario=activity.scenario,
            drill=activity.drill,
            guardedness=activity.guardedness,
            record=self._hello.record and self._consent.record,
        )
        try:
            async with await self._open_sound() as sound:
                over = await call_up(self._stage, self._server, hello, sound, began=self._began)
        finally:
            self._call = None
        self._last_session = over.session
        await self._debrief(over.ended)

    def _began(self, call: LiveCall) -> None:
        self._call = call

    async def _debrief(self, ended: Ended | None) -> None:
        """Show how it went until it was seen, or until something else is to happen."""
        seen = asyncio.create_task(self._stage.debrief(ended))
        other = asyncio.create_task(self._wanted.wait())
        try:
            await asyncio.wait({seen, other}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            seen.cancel()
            other.cancel()
            await asyncio.gather(seen, other, return_exceptions=True)
