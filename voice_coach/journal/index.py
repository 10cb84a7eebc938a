"""The library's database file: opened when it is sound and ours, begun anew when it is not."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voice_coach.journal.store import store_trouble

if sys.platform != "win32":
    import fcntl

__all__ = ["open_index", "remove_index"]

_VERSION = 4
_SCHEMA = f"""
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    parent TEXT NOT NULL,
    created TEXT,
    scenario_id TEXT NOT NULL,
    title TEXT NOT NULL,
    seconds REAL NOT NULL,
    turns INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    summaries INTEGER NOT NULL,
    thats_right INTEGER NOT NULL,
    moves TEXT NOT NULL,
    checks TEXT NOT NULL,
    outcome TEXT,
    model TEXT NOT NULL,
    has_audio INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    problem TEXT NOT NULL,
    room_table TEXT NOT NULL,
    score TEXT NOT NULL,
    asked TEXT NOT NULL,
    journal_bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX drills ON sessions (scenario_id, room_table) WHERE kind = 'drill';
CREATE INDEX children ON sessions (parent) WHERE parent != '';
PRAGMA user_version = {_VERSION};
"""
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PRIMARY_CODE = 0xFF
"""The low byte of an extended SQLite error code is the error's kind."""
_WAIT_SECONDS = 5.0
"""How long another program may hold the index."""
_ASK_AGAIN_SECONDS = 0.02


def open_index(path: Path) -> tuple[sqlite3.Connection, str]:
    """Connect to the index; a missing, damaged or differently made one is begun anew, empty.

    Any number of threads and programs may do so at once: one of them begins it, and the others wait.

    Args:
        path: The database file.

    Returns:
        The connection, and what the old index was if it had to be begun anew: `missing`, `damaged`
        or `of another version`; empty when it is in use as it was.

    Raises:
        sqlite3.Error: The file cannot be opened or written for another reason.
        StoreError: A useless file cannot be removed.
    """
    with _alone(path):
        fresh = not path.exists() or not path.stat().st_size
        db = _connect(path)
        try:
            was = "missing" if fresh else _useless(db)
            if was:
                db.close()
                remove_index(path)
                db = _connect(path)
                _is_sound(db)
                db.executescript(_SCHEMA)
                with store_trouble(f"The index {path} cannot be kept private"):
                    path.chmod(0o600)
        except BaseException:
            db.close()
            raise
    return db, was


def remove_index(path: Path) -> None:
    """Remove the database file and what SQLite keeps beside it; missing is fine.

    Raises:
        StoreError: It cannot be removed.
    """
    with store_trouble(f"The index {path} cannot be rebuilt"):
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


_opening = threading.Lock()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let nobody else, of this program or another, find out at the same moment that there is no index.

    Each would begin one anew and take the other's away. (On Windows, where an open file cannot be
    removed, threads alone wait for each other.)
    """
    with _opening, store_trouble(f"The index {path} cannot be opened"):
        handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform != "win32":
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _useless(db: sqlite3.Connection) -> str:
    """Say why an index cannot be used: empty when it can."""
    if not _is_sound(db):
        return "damaged"
    version = db.execute("PRAGMA user_version").fetchone()["user_version"]
    if version == _VERSION:
        return ""
    return "of another version" if version else "damaged"


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_WAIT_SECONDS)
    db.row_factory = sqlite3.Row
    return db


def _is_sound(db: sqlite3.Connection) -> bool:
    """Set the connection up, and say whether the file holds an undamaged database."""
    try:
        _write_ahead(db)
        db.execute("PRAGMA synchronous = NORMAL")
        # A deleted session leaves no trace in free pages.
        db.execute("PRAGMA secure_delete = ON")
        return tuple(db.execute("PRAGMA quick_check(1)").fetchone()) == ("ok",)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & _PRIMARY_CODE in _CORRUPT:
            return False
        raise


def _write_ahead(db: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. SQLite does not wait for others here, so we do."""
    give_up = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & _PRIMARY_CODE == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > give_up:
                raise
            time.sleep(_ASK_AGAIN_SECONDS)
        else:
            return
