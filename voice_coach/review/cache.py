"""What is derived from a track takes a while, so it is kept beside it; it may be deleted at any time."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from voice_coach import __version__
from voice_coach.journal.store import store_trouble

__all__ = ["Kept"]

_KEY_BYTES: Final = 32


class Kept:
    """One file that holds what was derived from a track and from whatever else it depends on."""

    def __init__(self, path: Path, track: Path, *others: object) -> None:
        """Prepare; nothing is read yet.

        Args:
            path: The file.
            track: What it is derived from: its size and time of change are looked at.
            *others: Values that JSON can hold, on which it depends too.

        Raises:
            StoreError: The track cannot be looked at.
        """
        with store_trouble(f"The recording {track} cannot be read"):
            state = track.stat()
        depends = msgspec.json.encode((__version__, state.st_size, state.st_mtime_ns, others))
        self._path = path
        self._key = blake2b(depends, digest_size=_KEY_BYTES).digest()

    def read(self) -> bytes | None:
        """Give what is kept; None when there is nothing, or it was derived from something else."""
        try:
            data = self._path.read_bytes()
        except OSError:
            return None
        return data[_KEY_BYTES:] if data.startswith(self._key) else None

    def write(self, data: bytes) -> None:
        """Keep it: written beside and renamed, so that nobody reads half of it.

        A disk that is full or read-only costs the next reader the same time again, and nothing else.
        """
        with suppress(OSError):
            handle, part = tempfile.mkstemp(dir=self._path.parent, prefix=f"{self._path.name}.")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(self._key + data)
                Path(part).replace(self._path)
            finally:
                Path(part).unlink(missing_ok=True)
