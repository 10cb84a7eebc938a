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
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec

from voice_coach.coaching.drill import DrillScore
from voice_coach.coaching.drill_score import score_of
from voice_coach.coaching.spacing import Asked, DrillMemory
from voice_coach.counterpart.reply import Outcome
from voice_coach.errors import InputError, StoreError, VoiceCoachError
from voice_coach.journal.account import give_account, title_and_person
from voice_coach.journal.durable import is_being_written
from voice_coach.journal.heard import HeardCall, read_heard
from voice_coach.journal.index import open_index
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.kind import HEARD_NAME, Kind, kind_of, truth_of
from voice_coach.journal.recording import find_tracks, recover
from voice_coach.journal.store import (
    finish_removals,
    named_folder,
    open_store,
    remove_session,
    session_created,
    session_folder,
    session_ids,
)

__all__ = ["INDEX_NAME", "Library", "SessionRow"]

INDEX_NAME = "library.sqlite"

_RUNS_REMEMBERED = 30
"""The latest runs of a drill that the next one knows of: the longest waits are over by then."""

_log = logging.getLogger(__name__)


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the library knows of one session."""

    id: str
    kind: Kind = Kind.REHEARSAL
    parent: str = ""
    """The session from which this one was tried again; empty for one that began by itself."""
    created: datetime | None
    """In UTC; None when neither journal nor id tells."""
    scenario_id: str
    """The drill's id for a drill; empty for a recorded call without a scenario."""
    title: str
    """The scenario's or the drill's title, or the name of the recorded file."""
    seconds: float
    turns: int
    """Of both sides."""
    labels: int
    summaries: int
    thats_right: bool
    moves: dict[str, int] = {}
    """How often the trainee made each kind of move."""
    checks: dict[str, bool] = {}
    """The debrief's checks, by id; empty until there is one."""
    outcome: Outcome | None
    """None when the call was cut off, or still runs."""
    model: str
    """The speech model that heard it."""
    has_audio: bool
    complete: bool
    """The call came to its end."""
    problem: str = ""
    """Why the journal cannot be read; empty when it can."""
    running: bool = False
    """The call goes on at this moment."""
    room_table: str = ""
    """The table of a training room at which it was held; empty outside of one."""
    score: DrillScore | None = None
    """Drills: how it went."""
    asked: tuple[Asked, ...] = ()
    """Drills: the rounds that were answered."""


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
        row = _describe(folder)
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

    def delete(self, session: str) -> None:
        """Remove a session for good: journal, sound and row. There is no way back.

        Raises:
            InputError: There is no such session (code `unknown-session`).
            StoreError: The call still runs (code `still-running`), or something cannot be removed.
        """
        if _is_running(session_folder(self._store, session)):
            raise StoreError(
                f"Session {session} is a call that still runs; end it, then delete it.",
                code="still-running",
            )
        remove_session(self._store, session)
        self._forget(session)

    def delete_branches(self, session: str) -> None:
        """Remove, as `delete` does, all that was tried again from a session, and from those again."""
        for branch in self.branches(session):
            self.delete_branches(branch)
            self.delete(branch)

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


def _describe(folder: Path) -> SessionRow:
    """Derive the row from the session's folder."""
    has_audio = bool(find_tracks(folder))
    try:
        if kind_of(folder) is Kind.RECORDED:
            return _describe_heard(read_heard(folder / HEARD_NAME), has_audio=has_audio)
        journal = read_journal(folder / JOURNAL_NAME)
    except VoiceCoachError as error:
        return SessionRow(
            id=folder.name,
            kind=kind_of(folder),
            created=session_created(folder.name),
            scenario_id="",
            title="",
            seconds=0.0,
            turns=0,
            labels=0,
            summaries=0,
            thats_right=False,
            outcome=None,
            model="",
            has_audio=has_audio,
            complete=False,
            problem=str(error),
        )
    account = give_account(journal)
    drill = bool(journal.header.drill_source)
    return SessionRow(
        id=folder.name,
        kind=Kind.DRILL if drill else Kind.REHEARSAL,
        parent=journal.header.parent.session if journal.header.parent else "",
        created=journal.header.created,
        scenario_id=journal.header.scenario_id,
        title=account.title,
        seconds=account.seconds,
        turns=len(account.turns),
        labels=account.labels,
        summaries=account.summaries,
        thats_right=account.thats_right,
        moves=account.moves,
        checks={check.id: check.passed for check in account.debrief.checks} if account.debrief else {},
        outcome=account.outcome,
        model=journal.header.model,
        has_audio=has_audio,
        complete=journal.complete,
        room_table=journal.header.table,
        score=score_of(account.verdicts) if drill else None,
        asked=tuple(Asked(prompt=each.prompt, passed=each.passed) for each in account.verdicts),
    )


def _describe_heard(heard: HeardCall, *, has_audio: bool) -> SessionRow:
    """Derive the row of a recorded call; what was counted at its end is taken from there."""
    header, ended = heard.header, heard.ended
    title, _ = title_and_person(header.scenario_source)
    return SessionRow(
        id=header.session,
        kind=Kind.RECORDED,
        created=header.created,
        scenario_id=header.scenario_id,
        title=title or header.title,
        seconds=heard.seconds,
        turns=ended.turns if ended else len(heard.utterances),
        labels=ended.labels if ended else 0,
        summaries=ended.summaries if ended else 0,
        thats_right=ended.thats_right if ended else False,
        moves=ended.moves if ended else {},
        checks=ended.checks if ended else {},
        outcome=None,
        model=header.model,
        has_audio=has_audio,
        complete=heard.complete,
    )
