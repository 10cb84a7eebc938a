"""Stretches of a kept track, read where they are wanted: a long call is never in memory as a whole."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import soundfile

from voice_coach.errors import AudioError
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["TrackSound"]


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

        Raises:
            AudioError: The file is damaged there.
        """
        start = min(max(0, round(start_seconds * SAMPLE_RATE_HZ)), self._file.frames)
        stop = min(max(start, round(end_seconds * SAMPLE_RATE_HZ)), self._file.frames)
        try:
            self._file.seek(start)
            found: Audio = self._file.read(stop - start, dtype="float32")
        except soundfile.SoundFileError as error:
            raise AudioError(
                f"{self._file.name} is damaged near {start_seconds:.1f} s: {error}."
            ) from error
        return np.ascontiguousarray(found)
