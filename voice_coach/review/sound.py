"""Stretches of a kept track, read where they are wanted: a long call is never in memory as a whole."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import soundfile

from voice_coach.errors import AudioError
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["TrackSound"]

_BLOCK_SAMPLES: Final = 10 * SAMPLE_RATE_HZ
_READ_THROUGH_BLOCKS: Final = 9
_BLOCKS_KEPT: Final = 3


class TrackSound:
    """An open track of one side at 16 kHz. Belongs to one thread; close it, or use it with `with`."""

    def __init__(self, path: Path) -> None:
        """Open a FLAC or WAV file.

        Raises:
            AudioError: It cannot be read, or is not mono at 16 kHz.
        """
        try:
            self._file = soundfile.SoundFile(path)
        except (soundfile.SoundFileError, OSError) as error:
            raise AudioError(f"{path} cannot be read as sound: {error}.") from error
        self._blocks: dict[int, Audio] = {}
        self._next = 0
        """The block that the file reads next."""
        rate, channels = self._file.samplerate, self._file.channels
        if (rate, channels) != (SAMPLE_RATE_HZ, 1):
            self._file.close()
            raise AudioError(
                f"{path} has {channels} channel(s) at {rate} Hz; a trainee's track has one at 16,000 Hz."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Idempotent."""
        self._file.close()

    def read(self, start_seconds: float, end_seconds: float) -> Audio:
        """Give float32 samples between two times; shorter, or none, where the track ends.

        Reading on is cheap, and going back or far ahead is not: ask in the order of the call.

        Raises:
            AudioError: The file is damaged there.
        """
        start = min(max(0, round(start_seconds * SAMPLE_RATE_HZ)), self._file.frames)
        stop = min(max(start, round(end_seconds * SAMPLE_RATE_HZ)), self._file.frames)
        try:
            blocks = [
                self._block(number)
                for number in range(start // _BLOCK_SAMPLES, -(-stop // _BLOCK_SAMPLES))
            ]
        except soundfile.SoundFileError as error:
            raise AudioError(
                f"{self._file.name} is damaged near {start_seconds:.1f} s: {error}."
            ) from error
        if not blocks:
            return np.zeros(0, np.float32)
        first = start // _BLOCK_SAMPLES * _BLOCK_SAMPLES
        found: Audio = np.concatenate(blocks)[start - first : stop - first]
        return found

    def _block(self, number: int) -> Audio:
        """Give one block of the track, decoding what lies before it rather than searching for it.

        A search for a place in a FLAC takes as long as decoding a minute or two.
        """
        if number in self._blocks:
            return self._blocks[number]
        if not self._next <= number <= self._next + _READ_THROUGH_BLOCKS:
            self._file.seek(number * _BLOCK_SAMPLES)
            self._next = number
        while self._next <= number:
            self._blocks[self._next] = self._file.read(_BLOCK_SAMPLES, dtype="float32")
            self._next += 1
        for old in sorted(self._blocks, key=lambda at: abs(at - number))[_BLOCKS_KEPT:]:
            del self._blocks[old]
        return self._blocks[number]
