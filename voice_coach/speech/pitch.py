"""How high a voice speaks, moment by moment, by SwiftF0: a small network that tells voice from noise.

It was chosen over Praat (whose Python binding is under the GPL) and over WORLD (no wheel for every
platform): it is MIT, needs only what the recogniser needs anyway, and reads a second in a few ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from swift_f0 import FRAME_PERIOD, SwiftF0

from voice_coach.speech.audio import checked
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["FRAME_SECONDS", "Contour", "PitchTracker", "SwiftPitchTracker"]

FRAME_SECONDS: Final = FRAME_PERIOD
"""Between two moments of a contour in an unbroken voice."""
_LOWEST_HZ: Final = 60.0
_HIGHEST_HZ: Final = 500.0
"""Between them lies every speaking voice; a wider range only finds overtones."""
_VOICED: Final = 0.5
"""SwiftF0 calibrates its confidence so that a frame is voiced from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contour:
    """The pitch of the voiced moments of a stretch of sound."""

    seconds: NDArray[np.float64]
    """When, from the start of the sound; only moments with a voice in them, in order."""
    hz: NDArray[np.float64]


class PitchTracker(Protocol):
    """Hears how high a voice speaks."""

    def contour(self, audio: Audio) -> Contour:
        """Give the pitch of float32 samples at 16 kHz.

        Raises:
            AudioError: What was given is no audio.
        """
        ...


class SwiftPitchTracker:
    """The network; loaded when it is first asked (20 ms), safe to ask from several threads."""

    @cached_property
    def _network(self) -> SwiftF0:
        return SwiftF0(threads=1, spin=False)

    def contour(self, audio: Audio) -> Contour:
        """Give the pitch where there is a voice."""
        if not len(checked(audio)):
            return Contour(seconds=np.zeros(0), hz=np.zeros(0))
        found = self._network.detect(audio, SAMPLE_RATE_HZ, fmin=_LOWEST_HZ, fmax=_HIGHEST_HZ)
        voiced = found.confidence >= _VOICED
        return Contour(seconds=found.timestamps[voiced], hz=found.pitch_hz[voiced])
