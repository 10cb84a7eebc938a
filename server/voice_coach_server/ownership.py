"""Whose a kept session is: the table's that played it, and nobody else's in a training room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from voice_coach.journal.journal import JOURNAL_NAME
from voice_coach.journal.library import SessionRow
from voice_coach.journal.store import named_folder
from voice_coach_server.visitor import Visitor

__all__ = ["Ownership"]


class _Played(msgspec.Struct, frozen=True):
    table: str = ""


_header = msgspec.json.Decoder(_Played)


class Ownership:
    """Says who may know of which session. To the owner of the machine all belongs."""

    def __init__(self, store: Path, shares: Callable[[str], bool] = lambda _: False) -> None:
        """Look into a store.

        Args:
            store: The store's folder.
            shares: Says whether a table lets the trainer see its sessions.
        """
        self._store = store
        self._shares = shares
        self._tables: dict[str, str] = {}

    def may_know(self, visitor: Visitor, session: str) -> bool:
        """Say whether somebody may know of a session. Reads the disk once for each.

        Raises:
            InputError: This is no session id (code `unknown-session`).
        """
        if self.is_own(visitor, session):
            return True
        table = self._table_of(session)
        return bool(table) and visitor.is_trainer and self._shares(table)

    def is_own(self, visitor: Visitor, session: str) -> bool:
        """Say whether a session is somebody's own. Raises as `may_know`."""
        if visitor.is_owner:
            return True
        return bool(visitor.table) and self._table_of(session) == visitor.table

    def known(
        self, visitor: Visitor, rows: Callable[[int], tuple[SessionRow, ...]], limit: int = -1
    ) -> tuple[SessionRow, ...]:
        """Give of a list of sessions those that somebody may know of.

        Args:
            visitor: Who asks.
            rows: Gives so many rows of the list from its beginning; all, for -1.
            limit: At most so many are wanted; negative for all.
        """
        if visitor.is_owner:
            return rows(limit)
        own = tuple(row for row in rows(-1) if self.may_know(visitor, row.id))
        return own if limit < 0 else own[:limit]

    def _table_of(self, session: str) -> str:
        known = self._tables.get(session)
        if known is not None:
            return known
        try:
            with (named_folder(self._store, session) / JOURNAL_NAME).open("rb") as file:
                table = _header.decode(file.readline()).table
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return ""  # none of the room's: a recorded call, a damaged one, or not there
        self._tables[session] = table
        return table
