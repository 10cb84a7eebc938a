"""One side's sound while it grows, and its final form.

While a call runs a track is a WAV file; when the call is over it becomes FLAC, at about a third of
the size. Not FLAC from the start, because (tried with libsndfile 1.2.2 and `kill -9`):

- a FLAC that was not closed has no length in its header, and libsndfile then reports 2**63 - 1 frames
  and cannot read the file in one go; up to a block of 4,096 samples that it held back is lost;
- a reply that is talked over is cut to what was heard, and FLAC cannot be cut or written at a place.

A WAV whose header leaves the length open (0xFFFFFFFF) is read to its end by libsndfile and by
players, loses nothing that was handed to the operating system, and can be written anywhere. Encoding
ten minutes afterwards takes 0.12 s. The WAV is removed only when the FLAC, read back from disk, has
given the same samples.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from voice_coach.errors import AudioError, StoreError
from voice_coach.journal.durable import DurableFile
from voice_coach.journal.store import store_trouble

__all__ = ["Track"]

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
"""RIFF, fmt and data chunk heads of a mono 16-bit WAV: 44 bytes."""
_OPEN = 0xFFFFFFFF
_SAMPLE_BYTES = 2
_BLOCK_SAMPLES = 65_536
_HIGHEST_RATE_HZ = 384_000
_LONGEST_SAMPLES = (_OPEN - _HEADER.size) // _SAMPLE_BYTES


class Track:
    """Mono 16-bit sound that grows on disk. Used by one thread."""

    def __init__(self, file: DurableFile, sample_rate_hz: int) -> None:
        """Go on with an open file; use `create` or `reopen`."""
        self._file = file
        self._sample_rate_hz = sample_rate_hz
        self._samples = (file.size - _HEADER.size) // _SAMPLE_BYTES

    @classmethod
    def create(cls, path: Path, sample_rate_hz: int) -> Self:
        """Begin an empty track in a new file.

        Raises:
            StoreError: The file exists or cannot be written.
        """
        file = DurableFile.create(path)
        try:
            file.append(_header(sample_rate_hz))
        except StoreError:
            file.close()
            raise
        return cls(file, sample_rate_hz)

    @staticmethod
    def begun(path: Path) -> bool:
        """Whether there is a track to reopen.

        A file without a whole header, left by a crash in the first millisecond, holds no sound: it is
        removed.

        Raises:
            StoreError: The file cannot be looked at or removed, or a running call writes it.
        """
        with store_trouble(f"{path} cannot be opened"):
            if not path.exists() or path.stat().st_size >= _HEADER.size:
                return path.exists()
            DurableFile.reopen(path).close()
            path.unlink()
        return False

    @classmethod
    def reopen(cls, path: Path) -> Self:
        """Go on with a track that was cut off.

        Raises:
            StoreError: The file is missing, cannot be opened, or a running call writes it.
            AudioError: It is not a track that this class began.
        """
        file = DurableFile.reopen(path)
        head = file.read(_HEADER.size)
        rate = _HEADER.unpack(head)[7] if len(head) == _HEADER.size else 0
        if not 0 < rate <= _HIGHEST_RATE_HZ or head != _header(rate):
            file.close()
            raise AudioError(
                f"{path} is not a recording that voice_coach began; its sound is left as it is."
            )
        return cls(file, rate)

    @property
    def sample_rate_hz(self) -> int:
        """Samples per second."""
        return self._sample_rate_hz

    @property
    def samples(self) -> int:
        """How long the track is, a piece that the disk refused included."""
        return self._samples

    @property
    def seconds(self) -> float:
        """How long the track is."""
        return self._samples / self._sample_rate_hz

    def write(self, start_sample: int, pcm: bytes) -> None:
        """Make `pcm` what sounds from `start_sample` on, and its end the end. A gap before is silence.

        Args:
            start_sample: 0 or more.
            pcm: Signed 16-bit little-endian samples.

        Raises:
            AudioError: Half a sample, or longer than a WAV can be (37 hours at 16 kHz).
            StoreError: The disk refused. The piece is silence then, and the rest stays in its place.
        """
        if len(pcm) % _SAMPLE_BYTES:
            raise AudioError(f"Sound of {len(pcm)} bytes ends inside a 16-bit sample.")
        end = start_sample + len(pcm) // _SAMPLE_BYTES
        if end > _LONGEST_SAMPLES:
            raise AudioError(f"{self._file.path} has become too long for one recording.")
        self._samples = end
        self._file.replace_tail(_HEADER.size + start_sample * _SAMPLE_BYTES, pcm)

    def close(self) -> None:
        """Leave the track as it is, to be reopened or finished later. Idempotent."""
        self._file.close()

    def discard(self) -> None:
        """Close the track and remove its file.

        Raises:
            StoreError: The file cannot be removed.
        """
        self._file.close()
        with store_trouble(f"{self._file.path} cannot be removed"):
            self._file.path.unlink()

    def finish(self, path: Path, *, samples: int) -> None:
        """Close the track and turn it into the FLAC file `path`, filled up with silence to `samples`.

        Raises:
            StoreError: The disk refused; the track stays, and nothing is lost.
        """
        part = path.with_suffix(".part")
        with store_trouble(f"The recording {path} cannot be finished"):
            try:
                self._encode(part, samples)
                self._compare(part, samples)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        self.discard()

    def _blocks(self, samples: int) -> Iterator[NDArray[np.int16]]:
        """The whole track in pieces, silence up to `samples` included."""
        with self._file.path.open("rb") as stream:
            stream.seek(_HEADER.size)
            for at in range(0, samples, _BLOCK_SAMPLES):
                size = min(_BLOCK_SAMPLES, samples - at) * _SAMPLE_BYTES
                yield np.frombuffer(stream.read(size)[: size & ~1].ljust(size, b"\0"), dtype="<i2")

    def _encode(self, path: Path, samples: int) -> None:
        import soundfile  # noqa: PLC0415 - a slow import that listing sessions does not need

        # The encoder would let others read it.
        path.touch(mode=0o600)
        try:
            with soundfile.SoundFile(
                path, "w", self._sample_rate_hz, 1, subtype="PCM_16", format="FLAC"
            ) as flac:
                for block in self._blocks(samples):
                    flac.write(block)
        except (soundfile.SoundFileError, AssertionError) as error:
            raise OSError(f"it could not be encoded ({error})") from error
        with path.open("rb+") as written:
            os.fsync(written.fileno())

    def _compare(self, path: Path, samples: int) -> None:
        import soundfile  # noqa: PLC0415 - as above

        try:
            with soundfile.SoundFile(path) as flac:
                same = flac.frames == samples and all(
                    np.array_equal(flac.read(len(block), dtype="int16"), block)
                    for block in self._blocks(samples)
                )
        except soundfile.SoundFileError as error:
            raise OSError(f"it could not be read back ({error})") from error
        if not same:
            raise OSError("what was read back is not what was recorded")


def _header(sample_rate_hz: int) -> bytes:
    byte_rate = sample_rate_hz * _SAMPLE_BYTES
    return _HEADER.pack(
        b"RIFF", _OPEN, b"WAVE", b"fmt ", 16, 1, 1, sample_rate_hz, byte_rate, 2, 16, b"data", _OPEN
    )
