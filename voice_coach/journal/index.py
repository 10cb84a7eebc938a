"""The library's database file: opened when it is sound and ours, begun anew when it is not."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from voice_coach.journal.store import store_trouble

__all__ = ["open_index", "remove_index"]

_VERSION = 2
_TABLE = """
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
    journal_bytes INTEGER NOT NULL
) WITHOUT ROWID
"""
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PRIMARY_CODE = 0xFF
"""The low byte of an extended SQLite error code is the error's kind."""
_WAIT_SECONDS = 5.0
"""How long another program may hold the index."""
_ASK_AGAIN_SECONDS = 0.02


def open_index(path: Path) -> tuple[sqlite3.Connection, str]:
    """Connect to the index; a missing, damaged or differently made one is begun anew, empty.

    Args:
        path: The database file.

    Returns:
        The connection, and what the old index was if it had to be begun anew: `missing`, `damaged`
        or `of another version`; empty when it is in use as it was.

    Raises:
        sqlite3.Error: The file cannot be opened or written for another reason.
        StoreError: A useless file cannot be removed.
    """
    db = _connect(path)
    try:
        sound = _is_sound(db)
        if not sound:
            db.close()
            remove_index(path)
            db = _connect(path)
            _is_sound(db)
        before = _begin(db)
        with store_trouble(f"The index {path} cannot be kept private"):
            path.chmod(0o600)
    except BaseException:
        db.close()
        raise
    if before == _VERSION:
        return db, ""
    return db, "of another version" if before else "missing" if sound else "damaged"


def _begin(db: sqlite3.Connection) -> int:
    """Make the table if it is not there in today's form; give the version that was found.

    Others may open the index at this moment: who is first makes it, the rest find it made.
    """
    with db:
        db.execute("BEGIN IMMEDIATE")
        version = int(db.execute("PRAGMA user_version").fetchone()["user_version"])
        if version != _VERSION:
            db.execute("DROP TABLE IF EXISTS sessions")
            db.execute(_TABLE)
            db.execute(f"PRAGMA user_version = {_VERSION}")
    return version


def remove_index(path: Path) -> None:
    """Remove the database file and what SQLite keeps beside it; missing is fine.

    Raises:
        StoreError: It cannot be removed.
    """
    with store_trouble(f"The index {path} cannot be rebuilt"):
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


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
