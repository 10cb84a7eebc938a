"""Changes of sample rate, by FFmpeg's resampler, which comes with the speech recogniser."""

from __future__ import annotations

import itertools

import numpy as np

__all__ = ["resample"]


def resample(pcm: bytes, from_hz: int, to_hz: int) -> bytes:
    """Bring a whole piece of 16-bit mono sound to another rate.

    The result is as long as the original, to the sample.
    """
    if from_hz == to_hz or not pcm:
        return pcm
    import av  # noqa: PLC0415 - a heavy import that only a change of rate needs

    samples = np.frombuffer(pcm, "<i2")
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = from_hz
    resampler = av.AudioResampler(format="s16", layout="mono", rate=to_hz)
    # The closing None gives what the resampler still holds.
    pieces = itertools.chain.from_iterable(resampler.resample(given) for given in (frame, None))
    resampled = b"".join(piece.to_ndarray().astype("<i2").tobytes() for piece in pieces)
    length = 2 * round(len(samples) * to_hz / from_hz)
    return resampled[:length].ljust(length, b"\0")
