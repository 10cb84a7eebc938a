"""The last stretch of microphone audio, kept so that a lost connection loses no word."""

from __future__ import annotations

from voice_coach.errors import AudioError

__all__ = ["KeptAudio"]

_SAMPLE_BYTES = 2


class KeptAudio:
    """A window onto the end of one microphone stream, addressed by sample offset.

    Audio goes in at the end and is forgotten at the start once the window is full. What was
    forgotten reads as silence, so that every offset of the stream can always be sent.
    """

    def __init__(self, limit_samples: int, start_sample: int = 0) -> None:
        """Keep at most `limit_samples`, of a stream whose first sample is `start_sample`."""
        self._limit_bytes = limit_samples * _SAMPLE_BYTES
        self._start = start_sample
        self._pcm = bytearray()

    @property
    def start_sample(self) -> int:
        """Offset of the oldest sample that is still kept."""
        return self._start

    @property
    def end_sample(self) -> int:
        """Offset that the next sample will have."""
        return self._start + len(self._pcm) // _SAMPLE_BYTES

    def append(self, pcm: bytes) -> None:
        """Add 16-bit mono samples at the end.

        Raises:
            AudioError: The length is odd, so a sample is cut in half.
        """
        if len(pcm) % _SAMPLE_BYTES:
            raise AudioError(
                f"Microphone audio comes in 16-bit samples, so its length must be even; "
                f"{len(pcm)} bytes were given."
            )
        self._pcm += pcm
        surplus = len(self._pcm) - self._limit_bytes
        if surplus > 0:
            del self._pcm[:surplus]
            self._start += surplus // _SAMPLE_BYTES

    def read(self, from_sample: int, most_samples: int) -> bytes:
        """Give at most `most_samples` from an offset on; forgotten samples are zero."""
        length = max(0, min(most_samples, self.end_sample - from_sample)) * _SAMPLE_BYTES
        first = (from_sample - self._start) * _SAMPLE_BYTES
        silence = bytes(min(max(0, -first), length))
        return silence + bytes(self._pcm[max(0, first) : max(0, first + length)])
