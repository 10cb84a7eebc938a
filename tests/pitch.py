"""How high a voice speaks, for every test that listens to one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice_coach.speech.voice import Spoken

__all__ = ["pitches_hz"]


def pitches_hz(spoken: Spoken) -> NDArray[np.float64]:
    """The pitch of each voiced 40 ms, by autocorrelation between 60 and 400 Hz."""
    samples, rate_hz = np.frombuffer(spoken.pcm, "<i2") / 32768, spoken.sample_rate_hz
    width = int(0.04 * rate_hz)
    shortest, longest = rate_hz // 400, rate_hz // 60
    found = []
    for start in range(0, len(samples) - width - longest, width // 2):
        window = samples[start : start + width]
        shifted = np.array(
            [np.dot(window, samples[start + lag : start + lag + width]) for lag in range(longest + 1)]
        )
        if shifted[0] < 0.0005 * width:
            continue
        best = shortest + int(np.argmax(shifted[shortest:]))
        if shifted[best] > 0.6 * shifted[0]:
            found.append(rate_hz / best)
    return np.array(found)
