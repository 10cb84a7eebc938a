"""Rumble out of a stream of sound: what lies below any voice.

Wind on a microphone, a desk that is knocked or a lorry outside is often stronger than the voice, and a
network that listens may be put where it hears nobody for half a minute, however clear the voice is.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["RumbleFilter"]

_LOWEST_HZ: Final = 60.0
"""A deep voice begins at 80 Hz and loses 2 dB there; mains hum and rumble lie below."""
_KEPT: Final = math.exp(-2 * math.pi * _LOWEST_HZ / SAMPLE_RATE_HZ)
"""Of the last result in the next: a high-pass of one pole."""
_GAIN: Final = (1 + _KEPT) / 2
"""So that high sounds keep their level."""
_NOTHING: Final = 1e-8


class RumbleFilter:
    """A gentle high-pass at 60 Hz that remembers where the last block ended."""

    __slots__ = ("_last_in", "_last_out")

    def __init__(self) -> None:
        """Begin; an offset of the microphone is no step at the first sample."""
        self._last_in: float | None = None
        self._last_out = 0.0

    def process(self, block: Audio) -> Audio:
        """Give the block without its rumble.

        Args:
            block: Shape (samples,), float32, 16 kHz, the next samples without gap or overlap.
        """
        if not len(block):
            return block
        before = float(block[0]) if self._last_in is None else self._last_in
        steps: NDArray[np.float64] = _GAIN * np.diff(block.astype(np.float64), prepend=before)
        steps[0] += _KEPT * self._last_out
        # Each result is its step and a part of the result before. To add up 1, 2, 4, ... results at a
        # time comes to the same, and spares a loop over single samples.
        reach = 1
        while reach < len(steps) and _KEPT**reach > _NOTHING:
            steps[reach:] += _KEPT**reach * steps[:-reach]
            reach *= 2
        self._last_in, self._last_out = float(block[-1]), float(steps[-1])
        return steps.astype(np.float32)
