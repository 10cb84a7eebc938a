"""The sound of one call: what the trainee says, and what they hear."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Self

from voice_coach.messages import ClientMessage
from voice_coach_client.connection import Received
from voice_coach_client.headset.devices import Device
from voice_coach_client.headset.options import HeadsetOptions
from voice_coach_client.headset.player import Player
from voice_coach_client.headset.pump import Pump
from voice_coach_client.headset.watch import Watch

__all__ = ["Headset"]

_POLL_SECONDS = 0.01
"""How often the call looks at what the sound threads left: they must not wake it themselves."""
_TAIL_SECONDS = 0.25
"""On speakers: how long the room still carries the counterpart's last word."""
_SENTENCES_LIMIT = 100
_HALF_DUPLEX = "On speakers you are not heard while they speak: let them finish. A headset lifts that."


class Headset:
    """A microphone and a loudspeaker, open for one call. Make one with `Headset.open`.

    Use it as an async context manager; it is what `CallSound` asks for, and more::

        async with await Headset.open(HeadsetOptions(input="jabra")) as headset:
            async for pcm in headset.microphone(): ...      # one task: 20 ms, 16 kHz
            async for message in headset.reports(): ...     # another: to Connection.send
            async for sentence in headset.troubles(): ...   # a third: to the screen
            headset.hear(message)                           # each thing that the server sends

    A device that vanishes ends none of this: its trouble is said, the microphone goes on with silence,
    replies go on unheard, and the device is used again when it is back.
    """

    def __init__(self, options: HeadsetOptions) -> None:
        """Prepare; see `open`."""
        self._speakers = options.speakers
        self._pump = Pump()
        self._player = Player()
        self._troubles: deque[str] = deque(maxlen=_SENTENCES_LIMIT)
        self._watch = Watch(options, self._pump, self._player, self._troubles.append)
        self._closed = False
        if self._speakers:
            self._troubles.append(_HALF_DUPLEX)

    @classmethod
    async def open(cls, options: HeadsetOptions | None = None) -> Self:
        """Open both devices.

        Raises:
            SoundError: There is no PortAudio or no device, or one does not open.
            DeviceChoiceError: A name fits none, or several; the sentence lists what there is.
        """
        headset = cls(options or HeadsetOptions())
        await asyncio.to_thread(headset._watch.open)
        return headset

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Give both devices back; the iterators end. Idempotent."""
        self._closed = True
        await asyncio.to_thread(self._watch.close)

    @property
    def level(self) -> float:
        """Loudness of the microphone at this moment, 0 (60 dB below full scale, or less) to 1.

        It moves only while `microphone` is iterated.
        """
        return self._pump.level

    @property
    def input(self) -> Device | None:
        """The microphone in use; `None` while it is gone."""
        return self._watch.input

    @property
    def output(self) -> Device | None:
        """The loudspeaker in use; `None` while it is gone."""
        return self._watch.output

    def take_defaults(self) -> None:
        """Use the system's default devices in place of those that are gone."""
        self._watch.take_defaults()

    def hear(self, message: Received) -> None:
        """Take anything that the server sends; what is not about sound changes nothing."""
        self._player.hear(message)

    async def microphone(self) -> AsyncIterator[bytes]:
        """Give the microphone in real time: 20 ms at a time, 16-bit mono at 16 kHz, without a gap."""
        while not self._closed:
            now = time.monotonic()
            for block in self._pump.take(now):
                unheard = self._speakers and now < self._player.audible_until + _TAIL_SECONDS
                yield bytes(len(block)) if unheard else block
            await asyncio.sleep(_POLL_SECONDS)

    async def reports(self) -> AsyncIterator[ClientMessage]:
        """Give `PlaybackStarted` and `PlaybackEnded`, each when it is true for the ear."""
        while not self._closed:
            for message in self._player.reports(time.monotonic()):
                yield message
            await asyncio.sleep(_POLL_SECONDS)

    async def troubles(self) -> AsyncIterator[str]:
        """Give what a person should know of their sound, one sentence at a time."""
        while not self._closed:
            while self._troubles:
                yield self._troubles.popleft()
            await asyncio.sleep(_POLL_SECONDS)
