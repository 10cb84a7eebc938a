"""A file that must survive whatever happens to the program: the ground under journals and sound.

Each write goes to the operating system at once, unbuffered, so `kill -9` loses nothing that was
written. It is whole or not there at all: a write that fails half-way (a full disk) is taken back,
and the file stays readable. Against a power cut a single background thread asks the disk, every
half second, to keep what is new; the caller never waits for that.

A file that is being written is locked, so that a second program does not write, mend or delete it.
The operating system drops the lock when its owner dies. (On Windows, where an open file cannot be
deleted or replaced anyway, no lock is taken.)
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import BinaryIO, Self, cast

from voice_coach.errors import StoreError
from voice_coach.journal.store import store_trouble

if sys.platform != "win32":
    import fcntl

__all__ = ["DurableFile", "is_being_written"]

_SYNC_SECONDS = 0.5


class DurableFile:
    """One file with one writing thread. `sync` alone may be called from any thread."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        """Take over an open, unbuffered stream; use `create` or `reopen`."""
        self._path = path
        self._stream = stream
        self._size = stream.seek(0, os.SEEK_END)
        self._syncing = threading.Lock()
        self._dirty = False
        self._damage: OSError | None = None
        self._lock()
        _syncer.add(self)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Create a file that must not exist yet, readable by its owner only.

        Raises:
            StoreError: It exists, or cannot be created.
        """
        with store_trouble(f"{path} cannot be created"):
            return cls(path, _open(path, "x+b"))

    @classmethod
    def reopen(cls, path: Path) -> Self:
        """Open an existing file to go on at its end.

        Raises:
            StoreError: It does not exist, cannot be opened, or another writer holds it.
        """
        with store_trouble(f"{path} cannot be opened"):
            return cls(path, _open(path, "r+b"))

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._size

    def append(self, data: bytes) -> None:
        """Write at the end: all of `data`, or nothing.

        Raises:
            StoreError: The disk is full or broken; the file is as it was before.
        """
        self.replace_tail(self._size, data)

    def replace_tail(self, offset: int, data: bytes) -> None:
        """Make `data` what the file holds from `offset` on. A gap before it reads as zeros.

        Raises:
            StoreError: The disk is full or broken; the file ends at `offset`, or where it ended
                before if that was earlier.
        """
        kept = min(offset, self._size)
        with store_trouble(f"{self._path} cannot be written"):
            self._raise_damage()
            try:
                if offset < self._size:
                    self._cut(offset)
                self._stream.seek(offset)
                rest = memoryview(data)
                while rest:
                    rest = rest[self._stream.write(rest) :]
            except OSError:
                self._cut(kept)
                raise
        self._size = offset + len(data)
        self._dirty = True

    def read(self, size: int = -1) -> bytes:
        """Give the first `size` bytes, or the whole content."""
        with store_trouble(f"{self._path} cannot be read"):
            self._stream.seek(0)
            return self._stream.read(size)

    def sync(self) -> None:
        """Wait until the disk has everything. A failure is raised by the next write."""
        with self._syncing:
            if self._stream.closed or not self._dirty:
                return
            self._dirty = False
            try:
                os.fsync(self._stream.fileno())
            except OSError as error:
                self._damage = error

    def close(self) -> None:
        """Sync and close. Idempotent. May wait for the disk: keep it out of an event loop.

        Raises:
            StoreError: The disk could not keep what was written.
        """
        _syncer.discard(self)
        self.sync()
        with self._syncing:
            self._stream.close()
        with store_trouble(f"{self._path} may be incomplete"):
            self._raise_damage()

    def _lock(self) -> None:
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._stream.close()
            raise StoreError(f"{self._path} is being written by a running call; end it first.") from None

    def _cut(self, size: int) -> None:
        try:
            self._stream.truncate(size)
        except OSError as error:
            self._damage = error
        self._size = size

    def _raise_damage(self) -> None:
        damage, self._damage = self._damage, None
        if damage is not None:
            raise damage


class _Syncer:
    """The one thread that syncs all open files; it lives as long as there are any."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._files: set[DurableFile] = set()
        self._idle = threading.Event()

    def add(self, file: DurableFile) -> None:
        with self._changing:
            if not self._files:
                self._idle = threading.Event()
                threading.Thread(
                    target=self._run, args=(self._idle,), name="voice-coach-sync", daemon=True
                ).start()
            self._files.add(file)

    def discard(self, file: DurableFile) -> None:
        with self._changing:
            self._files.discard(file)
            if not self._files:
                self._idle.set()

    def _run(self, idle: threading.Event) -> None:
        while not idle.wait(_SYNC_SECONDS):
            with self._changing:
                files = tuple(self._files)
            for file in files:
                file.sync()


_syncer = _Syncer()


def is_being_written(path: Path) -> bool:
    """Whether a `DurableFile` in any program has this file open (on Windows: always False)."""
    if sys.platform == "win32":
        return False
    with store_trouble(f"{path} cannot be opened"):
        try:
            with path.open("rb") as stream:
                fcntl.flock(stream.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
    return False


def _open(path: Path, mode: str) -> BinaryIO:
    private = 0o600
    stream = open(path, mode, buffering=0, opener=lambda name, flags: os.open(name, flags, private))  # noqa: SIM115 - Path.open has no opener; the DurableFile closes it
    return cast("BinaryIO", stream)
