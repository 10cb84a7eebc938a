"""The loudspeaker of the demo, on which both voices of its call are heard."""

from __future__ import annotations

import threading
from typing import Self

import numpy as np

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_client.connection import Received
from voice_coach_client.headset.devices import Side, choose
from voice_coach_client.headset.player import Player
from voice_coach_client.headset.portaudio import present_devices
from voice_coach_client.headset.rate import RateChange
from voice_coach_client.headset.streams import OutputStream
from voice_coach_client.headset.track import RATE_HZ

__all__ = ["Speaker"]

_LONGEST_SECONDS = 120
"""Sound of the trainee that waits; what would be more is dropped from its end."""


class Speaker:
    """Plays the trainee and the counterpart on the default output, mixed."""

    def __init__(self) -> None:
        """Open the default output and begin to play silence.

        Raises:
            SoundError: There is no PortAudio or no output device, or it does not open.
        """
        self._counterpart = Player()
        self._change = RateChange(SAMPLE_RATE_HZ, RATE_HZ)
        self._lock = threading.Lock()
        self._trainee = bytearray()
        self._stream = OutputStream(choose(present_devices(), "", Side.OUTPUT), self._fill)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def trainee(self, pcm: bytes) -> None:
        """Play a frame of the trainee's microphone (16 kHz) after what waits already."""
        ready = self._change.feed(pcm)
        with self._lock:
            self._trainee += ready[: max(0, 2 * _LONGEST_SECONDS * RATE_HZ - len(self._trainee))]

    def hear(self, message: Received) -> None:
        """Take anything that the server sends, and play what is sound."""
        self._counterpart.hear(message)

    def _fill(self, count: int, audible_at: float) -> bytes:
        """Give the device its next samples; called in the device's own thread."""
        with self._lock:
            trainee = bytes(self._trainee[: 2 * count]).ljust(2 * count, b"\0")
            del self._trainee[: 2 * count]
        voices = (trainee, self._counterpart.fill(count, audible_at))
        mixed = sum(np.frombuffer(voice, "<i2").astype(np.int32) for voice in voices)
        return np.clip(mixed, -32_768, 32_767).astype("<i2").tobytes()
