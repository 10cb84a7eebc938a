"""One call in progress: a microphone and a loudspeaker on one side, a connection on the other.

The loop knows no screen: whoever shows the call gives it a function for what is received, and calls its
few methods when a key is pressed. It knows no sound card either: see `CallSound`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from voice_coach.messages import ClientMessage, CueSwitch, EndCall, Ended, Mute, Welcome
from voice_coach_client.connection import Connection, Received

__all__ = ["CallSound", "Gauge", "LiveCall"]

_GOODBYE_SECONDS = 10.0
"""For the server to end a call that the trainee has ended; then the client leaves without a debrief."""


class CallSound(Protocol):
    """Both directions of a call's sound: a headset, or something scripted."""

    def microphone(self) -> AsyncIterator[bytes]:
        """Give the microphone in real time, 16-bit mono at 16 kHz; its end means that the call is left.

        Trouble with the device must not end it: silence goes on in its place.
        """
        ...

    def reports(self) -> AsyncIterator[ClientMessage]:
        """Give what the server must know of the playback, as it happens."""
        ...

    def hear(self, message: Received) -> None:
        """Take anything that the server sends; what is not about sound changes nothing."""
        ...


class Gauge(Protocol):
    """What a person should see of real sound devices, and may do about them."""

    @property
    def level(self) -> float:
        """How loud the microphone is at the moment, 0 to 1."""
        ...

    def troubles(self) -> AsyncIterator[str]:
        """Give what went wrong with a device, as it happens, in sentences."""
        ...

    def take_defaults(self) -> None:
        """Use the system's default devices in place of those that are gone."""
        ...


class LiveCall:
    """One call on an open connection. `run` lives through it; the rest may be called meanwhile."""

    def __init__(
        self, connection: Connection, sound: CallSound, show: Callable[[Received], None]
    ) -> None:
        """Prepare.

        Args:
            connection: A fresh call. Its owner closes it.
            sound: The trainee's ears and mouth. Its owner closes it.
            show: Called with everything that is received, in order.
        """
        self.muted = False
        self.ending = False
        """The trainee has asked for the end."""
        self._connection = connection
        self._sound = sound
        self._show = show
        self._left = asyncio.Event()
        self._ended: Ended | None = None

    @property
    def welcome(self) -> Welcome:
        """What the server said first."""
        return self._connection.welcome

    @property
    def session(self) -> str:
        """The id under which the call is kept."""
        return self._connection.welcome.session

    async def run(self) -> Ended | None:
        """Live through the call; gives its end, `None` when the trainee left before the server said it.

        Raises:
            VoiceCoachError: As for `Connection.received` and `Connection.send`.
        """
        over = {asyncio.create_task(part()) for part in (self._listen, self._speak, self._left.wait)}
        tasks = over | {asyncio.create_task(self._report())}
        running = set(tasks)
        try:
            while over <= running:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return self._ended

    async def mute(self, *, on: bool) -> None:
        """Send silence from now on, or the microphone again."""
        self.muted = on
        await self._connection.send(Mute(on=on))

    async def want_cues(self, *, on: bool) -> None:
        """Have cues from now on, or none."""
        await self._connection.send(CueSwitch(on=on))

    async def end(self) -> None:
        """End the call and wait for its debrief; asked a second time, leave at once."""
        if self.ending:
            self.leave()
            return
        self.ending = True
        asyncio.get_running_loop().call_later(_GOODBYE_SECONDS, self._left.set)
        await self._connection.send(EndCall())

    def leave(self) -> None:
        """Go without waiting for anything; the server keeps the call up to here."""
        self._left.set()

    async def _listen(self) -> None:
        async for message in self._connection.received():
            self._sound.hear(message)
            self._show(message)
            if isinstance(message, Ended):
                self._ended = message
                return

    async def _speak(self) -> None:
        async for pcm in self._sound.microphone():
            await self._connection.send_microphone(bytes(len(pcm)) if self.muted else pcm)

    async def _report(self) -> None:
        async for message in self._sound.reports():
            await self._connection.send(message)
