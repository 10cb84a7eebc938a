"""Which part of a clip is loud: a cheap look at sound before a network looks at it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["sounding_part", "sounding_seconds"]

_STEP_SAMPLES: Final = 320
_KEPT_SAMPLES: Final = round(0.2 * SAMPLE_RATE_HZ)
"""Left on both sides of what sounds, for soft consonants and breath."""
_LOUDEST_PERCENT: Final = 98
_ANY_SOUND: Final = 10 ** (-38 / 20)
"""38 dB below the loudest moments lies under the softest consonant, above a quiet room."""
_VOICE: Final = 10 ** (-30 / 20)
"""30 dB below the loudest moments: a voice is above it for most of the time it speaks."""


def sounding_part(audio: Audio) -> slice:
    """Give the samples from the first sound to the last, with a little quiet around them.

    In a loud room nothing is quiet enough to be left out, and the whole clip is given back.
    """
    loudness = _loudness(audio)
    if not len(loudness):
        return slice(0, len(audio))
    sounding = np.flatnonzero(loudness >= _loudest(loudness) * _ANY_SOUND)
    start = int(sounding[0]) * _STEP_SAMPLES - _KEPT_SAMPLES
    stop = (int(sounding[-1]) + 1) * _STEP_SAMPLES + _KEPT_SAMPLES
    return slice(max(0, start), min(len(audio), stop))


def sounding_seconds(audio: Audio) -> float:
    """Give the time in which the clip is as loud as a voice; a noisy room counts too."""
    loudness = _loudness(audio)
    if not len(loudness):
        return 0.0
    sounding = int(np.count_nonzero(loudness >= _loudest(loudness) * _VOICE))
    return sounding * _STEP_SAMPLES / SAMPLE_RATE_HZ


def _loudness(audio: Audio) -> NDArray[np.float32]:
    """Root mean square of each 20 ms; a constant offset of a cheap microphone is no sound."""
    steps = audio[: len(audio) // _STEP_SAMPLES * _STEP_SAMPLES].reshape(-1, _STEP_SAMPLES)
    centred = steps - steps.mean() if len(steps) else steps
    loudness: NDArray[np.float32] = np.sqrt(np.mean(np.square(centred), axis=1, dtype=np.float32))
    return loudness


def _loudest(loudness: NDArray[np.float32]) -> float:
    return float(np.percentile(loudness, _LOUDEST_PERCENT))
