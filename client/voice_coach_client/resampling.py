"""Changes of sample rate, by FFmpeg's resampler, which comes with the speech recogniser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import av

__all__ = ["Resampler", "resample"]


class Resampler:
    """Brings a stream of 16-bit mono sound to another rate, piece by piece and without clicks."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        """Prepare for one stream."""
        import av  # noqa: PLC0415 - a heavy import that only a change of rate needs

        self._new_frame = av.AudioFrame.from_ndarray
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=to_hz)
        self._from_hz = from_hz

    def feed(self, pcm: bytes) -> bytes:
        """Give what is ready after these samples; a few milliseconds stay inside."""
        if not pcm:
            return b""
        samples = np.frombuffer(pcm, "<i2").reshape(1, -1)
        frame = self._new_frame(samples, format="s16", layout="mono")
        frame.sample_rate = self._from_hz
        return self._resampled(frame)

    def finish(self) -> bytes:
        """Give what is still inside; the stream is over."""
        return self._resampled(None)

    def _resampled(self, frame: av.AudioFrame | None) -> bytes:
        pieces = self._resampler.resample(frame)
        return b"".join(piece.to_ndarray().astype("<i2").tobytes() for piece in pieces)


def resample(pcm: bytes, from_hz: int, to_hz: int) -> bytes:
    """Bring a whole piece of 16-bit mono sound to another rate.

    The result is as long as the original, to the sample.
    """
    if from_hz == to_hz or not pcm:
        return pcm
    resampler = Resampler(from_hz, to_hz)
    resampled = resampler.feed(pcm) + resampler.finish()
    length = 2 * round(len(pcm) // 2 * to_hz / from_hz)
    return resampled[:length].ljust(length, b"\0")
