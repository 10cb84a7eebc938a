"""Is what one channel says only the other side, heard through? Telephones and loudspeakers leak.

A leak is quieter than its source, at most a fraction of a second late, and else the same: laid over its
source at the right delay the two go up and down together, sample by sample. Two people who speak at the
same time do not, however alike they talk.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["LATEST_SAMPLES", "is_echo"]

LATEST_SAMPLES: Final = round(0.4 * SAMPLE_RATE_HZ)
"""An echo may come so much later than what it is the echo of."""
_QUIETER_DB: Final = 6.0
"""How much quieter than its source a leak is at least."""
_LIKENESS: Final = 0.5
"""Correlation at the best delay; of two people's speech it is below 0.2, even over a single word."""
_SILENT: Final = 1e-5


def is_echo(heard: Audio, beside: Audio) -> bool:
    """Say whether a stretch of speech is nothing but what the other channel said.

    Args:
        heard: The speech.
        beside: The other channel over the same time, from `LATEST_SAMPLES` before.
    """
    level, source_level = _level(heard), _level(beside)
    if source_level < _SILENT or level > source_level * 10 ** (-_QUIETER_DB / 20):
        return False
    return _likeness(heard, beside) > _LIKENESS


def _level(audio: Audio) -> float:
    return float(np.sqrt(np.mean(np.square(audio)))) if len(audio) else 0.0


def _likeness(heard: Audio, source: Audio) -> float:
    """The highest correlation over all delays from none to `LATEST_SAMPLES`."""
    count = len(heard)
    size = 1 << (len(source) + count - 1).bit_length()
    spectrum = np.fft.rfft(source, size) * np.conj(np.fft.rfft(heard, size))
    products = np.fft.irfft(spectrum, size)[: len(source) - count + 1]
    # The energy of the source under the speech at each delay.
    sums = np.concatenate([[0.0], np.cumsum(np.square(source, dtype=np.float64))])
    energies = (sums[count:] - sums[:-count]) * float(np.dot(heard, heard))
    return float(np.max(np.abs(products) / np.sqrt(np.maximum(energies, 0.0) + _SILENT**2)))
