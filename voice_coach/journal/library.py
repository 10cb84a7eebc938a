"""The library: an index of all sessions, in SQLite, that can be deleted at any time.

The journals are the truth. The index is derived from them alone, catches up with the folders whenever
it is opened (sessions that appeared, vanished or were cut off), and is rebuilt, with a notice, when
its file is missing, damaged or of another version. It holds figures and titles, never what was said.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import msgspec

from voice_coach.coaching.drill import DrillScore
from voice_coach.coaching.spacing import Asked, DrillMemory
from voice_coach.errors import InputError, StoreError, VoiceCoachError
from voice_coach.journal.durable import is_being_written
from voice_coach.journal.index import open_index
from voice_coach.journal.kind import truth_of
from voice_coach.journal.recording import recover
from voice_coach.journal.session_row import SessionRow, describe
from voice_coach.journal.store import (
    finish_removals,
    named_folder,
    open_store,
    remove_session,
    session_folder,
    session_ids,
)

__all__ = ["INDEX_NAME", "Library", "SessionRow"]

INDEX_NAME = "library.sqlite"

_RUNS_REMEMBERED = 30
"""The latest runs of a drill that the next one knows of: the longest waits are over by then."""

_log = logging.getLogger(__name__)


class Library:
    """The index of one store. Belongs to the thread that made it; opening one takes milliseconds."""

    def __init__(self, store: Path, *, notify: Callable[[str], None] = _log.warning) -> None:
        """Open the store and its index, and catch up with the session folders.

        Args:
            store: The store's folder; created if need be.
            notify: Is told, in a sentence, what a person should know (the index was rebuilt).

        Raises:
            StoreError: The store or the index cannot be used.
        """
        self._store = open_store(store)
        self._path = store / INDEX_NAME
        self._notify = notify
        with self._index_trouble():
            self._db, was = open_index(self._path)
        try:
            self._catch_up(was)
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index. Idempotent."""
        self._db.close()

    def add_or_update(self, session: str) -> SessionRow:
        """Read a session's journal and write its row. A journal that cannot be read gets one too.

        Raises:
            InputError: There is no such session (code `unknown-session`).
            StoreError: The index cannot be written.
        """
        folder = session_folder(self._store, session)
        size = _journal_bytes(folder)
        row = describe(folder)
        with self._index_trouble(), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO sessions VALUES (:id, :kind, :parent, :created, :scenario_id,"
                " :title, :seconds, :turns, :labels, :summaries, :thats_right, :moves, :checks, :outcome,"
                " :model, :has_audio, :complete, :problem, :room_table, :score, :asked, :journal_bytes)",
                {
                    **msgspec.to_builtins(row),
                    "moves": msgspec.json.encode(row.moves).decode(),
                    "checks": msgspec.json.encode(row.checks).decode(),
                    "score": msgspec.json.encode(row.score).decode(),
                    "asked": msgspec.json.encode(row.asked).decode(),
                    "journal_bytes": size,
                },
            )
        return self._with_running(row)

    def list(self, limit: int = -1, *, before: str = "") -> tuple[SessionRow, ...]:
        """Give the newest sessions, newest first.

        Args:
            limit: At most so many; negative for all.
            before: Only sessions older than this id: the last one of the page before.

        Raises:
            StoreError: The index cannot be read.
        """
        with self._index_trouble():
            rows = self._db.execute(
                "SELECT * FROM sessions WHERE :before = '' OR id < :before ORDER BY id DESC LIMIT :limit",
                {"before": before, "limit": limit},
            ).fetchall()
        return tuple(self._with_running(_as_row(row)) for row in rows)

    def show(self, session: str) -> SessionRow:
        """Give one session as its journal is now. Raises as `add_or_update` does."""
        return self.add_or_update(session)

    def branches(self, session: str) -> tuple[str, ...]:
        """Give the sessions that were tried again from this one, oldest first.

        Raises:
            StoreError: The index cannot be read.
        """
        with self._index_trouble():
            rows = self._db.execute(
                "SELECT id FROM sessions WHERE parent != '' AND parent = ? ORDER BY id", (session,)
            ).fetchall()
        return tuple(row["id"] for row in rows)

    def drill_memory(self, drill: str, table: str = "") -> DrillMemory:
        """Give what is known of the latest runs of a drill.

        Args:
            drill: Its id.
            table: The table of a training room whose runs count; outside of one only those outside do.

        Raises:
            StoreError: The index cannot be read.
        """
        with self._index_trouble():
            rows = self._db.execute(
                "SELECT score, asked FROM sessions WHERE kind = 'drill' AND scenario_id = ?"
                " AND room_table = ? AND asked != '[]' ORDER BY id DESC LIMIT ?",
                (drill, table, _RUNS_REMEMBERED),
            ).fetchall()
        runs = [msgspec.json.decode(row["asked"], type=tuple[Asked, ...]) for row in reversed(rows)]
        last = msgspec.json.decode(rows[0]["score"], type=DrillScore | None) if rows else None
        return DrillMemory(asked=tuple(each for run in runs for each in run), last=last)

    def descendants(self, session: str) -> tuple[str, ...]:
        """Give all that was tried again from a session, and from those again, nearest first.

        Raises:
            StoreError: The index cannot be read.
        """
        # Imported journals may name each other in a circle.
        family = [session]
        for member in family:
            family += [branch for branch in self.branches(member) if branch not in family]
        return tuple(family[1:])

    def delete(self, session: str, *, with_branches: bool = False) -> tuple[str, ...]:
        """Remove a session for good: journal, sound and row. There is no way back.

        Args:
            session: Its id.
            with_branches: Remove its descendants too: they begin with what was said in it.

        Returns:
            The ids of what was removed.

        Raises:
            InputError: There is no such session (code `unknown-session`).
            StoreError: One of them still runs (code `still-running`; then nothing is removed), or
                something cannot be removed.
        """
        doomed = (session, *(self.descendants(session) if with_branches else ()))
        for each in doomed:
            self.demand_ended(each)
        # The last ones first: if this is cut off, what is left still leads from call to branch.
        for each in reversed(doomed):
            remove_session(self._store, each)
            self._forget(each)
        return doomed

    def demand_ended(self, session: str) -> None:
        """Refuse a session that still runs, or is not there. Raises as `delete` does."""
        if _is_running(session_folder(self._store, session)):
            raise StoreError(
                f"Session {session} is a call that still runs; end it, then delete it.",
                code="still-running",
            )

    def reindex(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Forget the index, mend recordings that a crash cut off, and read every journal again.

        Args:
            progress: Called after each session with how many are done and how many there are.

        Returns:
            The number of sessions.

        Raises:
            StoreError: The store or the index cannot be used.
        """
        with self._index_trouble(), self._db:
            self._db.execute("DELETE FROM sessions")
        sessions = session_ids(self._store)
        for done, session in enumerate(sessions, start=1):
            self.mend(session)
            self.add_or_update(session)
            if progress is not None:
                progress(done, len(sessions))
        return len(sessions)

    def mend(self, session: str) -> None:
        """Finish a recording that a crash cut off; its call can be reviewed then, but not resumed.

        A running call is left alone. What cannot be mended is said to `notify`, and stays as it is.

        Raises:
            InputError: There is no such session (code `unknown-session`).
        """
        folder = session_folder(self._store, session)
        try:
            if not _is_running(folder):
                recover(folder)
        except VoiceCoachError as error:
            self._notify(f"The recording of session {session} cannot be mended: {error}")

    def _catch_up(self, index_was: str) -> None:
        finish_removals(self._store)
        # The index first: what another program adds meanwhile is then no row without a folder.
        with self._index_trouble():
            rows = self._db.execute("SELECT id, complete, journal_bytes FROM sessions").fetchall()
        sessions = session_ids(self._store)
        # The first call of a new store finds no index: that is as it should be.
        if index_was and len(sessions) > (index_was == "missing"):
            self._notify(
                f"The index {self._path} was {index_was}; it is rebuilt from {len(sessions)} journals."
            )
        known = {row["id"]: row for row in rows}
        for gone in known.keys() - set(sessions):
            self._forget(gone)
        for session in sessions:
            row = known.get(session)
            if row is None or (not row["complete"] and self._has_grown(session, row["journal_bytes"])):
                # It may be deleted at this very moment.
                with suppress(InputError):
                    self.add_or_update(session)

    def _has_grown(self, session: str, known_bytes: int) -> bool:
        """Whether a call that was incomplete has new lines; one that runs is read at its end."""
        folder = named_folder(self._store, session)
        return _journal_bytes(folder) != known_bytes and not _is_running(folder)

    def _forget(self, session: str) -> None:
        with self._index_trouble():
            with self._db:
                self._db.execute("DELETE FROM sessions WHERE id = ?", (session,))
            # The row may still stand in the write-ahead log: empty that as well.
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _with_running(self, row: SessionRow) -> SessionRow:
        running = not row.complete and _is_running(named_folder(self._store, row.id))
        return msgspec.structs.replace(row, running=running)

    @contextmanager
    def _index_trouble(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                f"The index {self._path} cannot be used: {error}. It may be deleted: it is rebuilt from"
                " the journals."
            ) from error


_AS_JSON = ("moves", "checks", "score", "asked")
"""Columns that hold more than one value."""


def _as_row(row: sqlite3.Row) -> SessionRow:
    plain = {**dict(row), **{name: msgspec.json.decode(row[name]) for name in _AS_JSON}}
    return msgspec.convert(plain, SessionRow, strict=False)


def _is_running(folder: Path) -> bool:
    return is_being_written(truth_of(folder))


def _journal_bytes(folder: Path) -> int:
    try:
        return truth_of(folder).stat().st_size
    except FileNotFoundError:
        return -1
