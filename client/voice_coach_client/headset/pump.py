"""The microphone as the call needs it: 20 ms at a time, 16 kHz, and never a gap.

Pure: it has a ring to read and is told the time. What the ring lost becomes silence of the same length;
while the device is away, silence goes on in real time, so that the server's count of samples stays true.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_client.headset.rate import RateChange
from voice_coach_client.headset.ring import Ring

__all__ = ["BLOCK_SAMPLES", "BLOCK_SECONDS", "Pump"]

BLOCK_SAMPLES = 320
BLOCK_SECONDS = BLOCK_SAMPLES / SAMPLE_RATE_HZ
_BLOCK_BYTES = 2 * BLOCK_SAMPLES
_QUIETEST_DB = -60.0
"""What the meter shows as nothing; full scale is 0 dB."""


@dataclass(slots=True, kw_only=True)
class _Source:
    """A microphone that is read."""

    ring: Ring
    change: RateChange
    next: int = 0
    """Index of the sample that comes next, at the device's rate; 0 until it has given any."""


class Pump:
    """Turns what the sound thread left into blocks."""

    def __init__(self) -> None:
        """Begin without a microphone: silence, from the first `take` on."""
        self.level = 0.0
        """Loudness of the last block, 0 to 1: 60 dB below full scale is 0."""
        self._source: _Source | None = None
        self._ready = bytearray()
        self._filled_until: float | None = None

    def connect(self, ring: Ring, rate_hz: int) -> None:
        """Read from a microphone; silence goes on until its first block is there. For any thread."""
        self._source = _Source(ring=ring, change=RateChange(rate_hz, SAMPLE_RATE_HZ))

    def disconnect(self) -> None:
        """The microphone is gone: silence from where its sound ended. For any thread."""
        self._source = None

    def take(self, now: float) -> list[bytes]:
        """Give the whole blocks that are due.

        Args:
            now: Seconds of a clock that never goes back.

        Returns:
            Blocks of 20 ms, 16-bit mono at 16 kHz, oldest first.
        """
        if not self._drain(now):
            self._fill(now)
        blocks = []
        while len(self._ready) >= _BLOCK_BYTES:
            blocks.append(bytes(self._ready[:_BLOCK_BYTES]))
            del self._ready[:_BLOCK_BYTES]
        if blocks:
            self.level = _level(blocks[-1])
        return blocks

    def _drain(self, now: float) -> bool:
        """Take what the microphone gave; whether it is one that has given sound."""
        source = self._source
        if source is None:
            return False
        while (block := source.ring.take()) is not None:
            lost = bytes(2 * (block.start - source.next))
            self._ready += source.change.feed(lost + block.pcm)
            source.next = block.end
            self._filled_until = now
        return source.next > 0

    def _fill(self, now: float) -> None:
        """Add silence up to now."""
        if self._filled_until is None:
            self._filled_until = now
        samples = int((now - self._filled_until) * SAMPLE_RATE_HZ)
        if samples > 0:
            self._ready += bytes(2 * samples)
            self._filled_until += samples / SAMPLE_RATE_HZ


def _level(pcm: bytes) -> float:
    loudness = float(np.sqrt(np.mean(np.square(np.frombuffer(pcm, "<i2").astype(np.float64) / 32_768))))
    decibels = 20 * math.log10(loudness) if loudness else _QUIETEST_DB
    return min(1.0, max(0.0, 1 - decibels / _QUIETEST_DB))
