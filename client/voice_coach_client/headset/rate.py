"""Changes of sample rate inside a stream, by soxr: its output is aligned with its input in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import soxr

__all__ = ["RateChange"]

_QUALITY = "MQ"
"""Flat to 7.5 kHz of 8 kHz, as the ears need it (the next lower one is 13 dB down at 7 kHz), and its
output comes in pieces of 33 ms, not of 52 ms and more like that of the better ones."""


class RateChange:
    """Brings one stream of 16-bit mono sound to another rate, piece by piece and without clicks."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        """Prepare for one stream; equal rates change nothing."""
        self._stream: soxr.ResampleStream | None = None
        if from_hz != to_hz:
            import soxr  # noqa: PLC0415 - most devices and voices need no change

            self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16", quality=_QUALITY)

    def feed(self, pcm: bytes, *, last: bool = False) -> bytes:
        """Give what is ready after these samples; with the last ones, everything."""
        if self._stream is None:
            return pcm
        changed = self._stream.resample_chunk(np.frombuffer(pcm, "<i2"), last=last)
        return bytes(changed.astype("<i2").tobytes())
