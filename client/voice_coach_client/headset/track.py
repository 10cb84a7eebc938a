"""One reply on its way to the ear, at the loudspeaker's rate: taken sample by sample, and counted."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["RATE_HZ", "Samples", "Track"]

RATE_HZ = 48_000
"""Of all mixing: what practically every device takes."""
_FADE = RATE_HZ // 200
"""Samples (5 ms) over which a reply is faded when it is cut or held, so that nothing clicks."""
_PREBUFFER = RATE_HZ // 25
"""Samples (40 ms) that must be there before a reply begins: enough to bridge the next frame's way."""
_STALL = 10 * RATE_HZ
"""A reply whose sound stops coming for so long is given up, so that the call can go on."""

Samples = npt.NDArray[np.float32]


@dataclass(slots=True, kw_only=True)
class Track:
    """A reply. `give` is called by the sound thread alone, like everything here."""

    reply: int
    rate_hz: int
    """The reply's own, in which the server counts."""
    pieces: deque[Samples] = field(default_factory=deque)
    waiting: int = 0
    """Samples that can be played."""
    played: int = 0
    length: int | None = None
    """Of the whole reply at its own rate, once all of it is here."""
    held: bool = False
    stopped: bool = False
    gain: float = 1.0
    starved: int = 0
    """Samples for which nothing came although something was due."""

    @property
    def heard(self) -> int:
        """Samples of the reply, at its own rate, that were given out."""
        heard = round(self.played * self.rate_hz / RATE_HZ)
        return heard if self.length is None else min(heard, self.length)

    @property
    def complete(self) -> bool:
        """Whether all of it was given out."""
        return not self.stopped and self.length is not None and not self.waiting

    @property
    def over(self) -> bool:
        """Whether nothing more will be given."""
        if self.length is not None and not self.waiting:
            return True
        if self.stopped:
            return not self.played or self.gain <= 0 or not self.waiting
        return self.starved >= _STALL

    def add(self, samples: Samples) -> None:
        """Append sound."""
        if len(samples):
            self.pieces.append(samples)
            self.waiting += len(samples)
            self.starved = 0

    def give(self, most: int) -> Samples:
        """Give what is to be heard next: at most so many samples, fewer when less is due."""
        if self.over or self._keeps_silent():
            return np.zeros(0, np.float32)
        falling = self.stopped or self.held
        if not self.played and self.length is None and self.waiting < _PREBUFFER:
            self.starved += most
            return np.zeros(0, np.float32)
        count = min(most, self.waiting, round(self.gain * _FADE) if falling else most)
        if count < most and not falling:
            self.starved += most - count
        return self._faded(self._next(count), falling=falling)

    def _keeps_silent(self) -> bool:
        if not self.held or self.stopped:
            return False
        if not self.played:
            self.gain = 0.0
        return self.gain <= 0

    def _faded(self, samples: Samples, *, falling: bool) -> Samples:
        if not falling and self.gain >= 1:
            return samples
        step = (-1 if falling else 1) / _FADE
        gains = np.clip(self.gain + step * np.arange(1, len(samples) + 1), 0, 1)
        if len(gains):
            # Whole steps only: what is left is a whole number of samples.
            self.gain = round(float(gains[-1]) * _FADE) / _FADE
        faded: Samples = (samples * gains).astype(np.float32)
        return faded

    def _next(self, count: int) -> Samples:
        taken: list[Samples] = []
        missing = count
        while missing:
            piece = self.pieces.popleft()
            if len(piece) > missing:
                self.pieces.appendleft(piece[missing:])
                piece = piece[:missing]
            taken.append(piece)
            missing -= len(piece)
        self.waiting -= count
        self.played += count
        return np.concatenate(taken) if taken else np.zeros(0, np.float32)
