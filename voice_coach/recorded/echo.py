"""Is an utterance only the other side, heard through? Telephones and loudspeakers leak.

A leak is quieter than its source, at most a fraction of a second late, and else the same: laid over its
source at the right delay the two go up and down together, sample by sample. Two people who speak at the
same time do not, however alike they talk.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from voice_coach.recorded.cutting import AROUND_SAMPLES, Cut
from voice_coach.speech.transcriber import Audio

__all__ = ["is_echo"]

_QUIETER_DB: Final = 6.0
"""How much quieter than its source a leak is at least."""
_LIKENESS: Final = 0.4
"""Correlation at the best delay; of two people's speech it is below 0.1."""
_SILENT: Final = 1e-5


def is_echo(cut: Cut) -> bool:
    """Say whether an utterance is nothing but what the other channel said."""
    if len(cut.beside) <= AROUND_SAMPLES:
        return False
    heard, source = cut.audio, cut.beside
    level, source_level = _level(heard), _level(source[AROUND_SAMPLES:])
    if source_level < _SILENT or level > source_level * 10 ** (-_QUIETER_DB / 20):
        return False
    return _likeness(heard, source) > _LIKENESS


def _level(audio: Audio) -> float:
    return float(np.sqrt(np.mean(np.square(audio)))) if len(audio) else 0.0


def _likeness(heard: Audio, source: Audio) -> float:
    """The highest correlation over all delays from none to `AROUND_SAMPLES`."""
    count = len(heard)
    size = 1 << (len(source) + count - 1).bit_length()
    spectrum = np.fft.rfft(source, size) * np.conj(np.fft.rfft(heard, size))
    products = np.fft.irfft(spectrum, size)[: len(source) - count + 1]
    # The energy of the source under the utterance at each delay.
    sums = np.concatenate([[0.0], np.cumsum(np.square(source, dtype=np.float64))])
    energies = (sums[count:] - sums[:-count]) * float(np.dot(heard, heard))
    return float(np.max(np.abs(products) / np.sqrt(energies + _SILENT**2)))
