"""A session's journal on disk: written as things happen, read back at any time.

What stands in it is described in `format.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from voice_coach.conversation.commands import Command
from voice_coach.conversation.events import Event
from voice_coach.errors import JournalError
from voice_coach.journal.durable import DurableFile
from voice_coach.journal.format import (
    Entry,
    Journal,
    JournalHeader,
    Parent,
    encode_entry,
    encode_header,
    parse,
    whole_end,
)
from voice_coach.journal.store import check_session_id, store_trouble, sync_folder
from voice_coach.journal.upgrade import JOURNAL_VERSION, STEPS, Step

__all__ = [
    "JOURNAL_NAME",
    "Entry",
    "Journal",
    "JournalHeader",
    "JournalWriter",
    "Parent",
    "read_journal",
]

JOURNAL_NAME = "journal.jsonl"
"""The file's name inside a session's folder."""


class JournalWriter:
    """Writes one session's journal, line by line. Used by one thread; a line costs some 10 us.

    When the disk refuses a line the writer keeps it and tries again with the next one, so that the
    call can go on and nothing is missing from the middle of its journal.
    """

    def __init__(self, file: DurableFile, *, seq: int = 0) -> None:
        """Go on after entry `seq`; use `create` or `reopen`."""
        self._file = file
        self._seq = seq
        self._unwritten = b""

    @classmethod
    def create(cls, folder: Path, header: JournalHeader) -> JournalWriter:
        """Begin the journal of a new session in its folder, which is created if need be.

        Raises:
            StoreError: The folder has a journal already, or cannot be written.
            InputError: The header's session id is malformed.
        """
        check_session_id(header.session)
        with store_trouble(f"The session folder {folder} cannot be created"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = DurableFile.create(folder / JOURNAL_NAME)
        writer = cls(file)
        try:
            writer._append(encode_header(header))
            file.sync()
            sync_folder(folder)
            sync_folder(folder.parent)
        except BaseException:
            file.close()
            raise
        return writer

    @classmethod
    def reopen(cls, folder: Path) -> tuple[JournalWriter, Journal]:
        """Go on with the journal of a session that was cut off; a torn last line is taken away.

        Raises:
            StoreError: The journal is missing, cannot be written, or another program writes it.
            JournalError: It cannot be read, or is of an older version.
        """
        file = DurableFile.reopen(folder / JOURNAL_NAME)
        try:
            data = file.read()
            journal = parse(data, file.path, STEPS)
            _check_current(journal, file.path)
            if journal.torn:
                file.replace_tail(whole_end(data), b"")
        except BaseException:
            file.close()
            raise
        return cls(file, seq=len(journal.entries)), journal

    @property
    def seq(self) -> int:
        """Number of the last entry; 0 before the first."""
        return self._seq

    def event(self, event: Event) -> None:
        """Write an event, before its commands.

        Raises:
            StoreError: The disk refused; the line is kept and written together with the next one.
            JournalError: The value cannot be read back (a number that is not finite, broken text).
        """
        self._entry(event)

    def command(self, command: Command) -> None:
        """Write a command, after its event. Raises as `event` does."""
        self._entry(command)

    def sync(self) -> None:
        """Wait until the disk has all lines. It is done every half second anyway. Any thread."""
        self._file.sync()

    def close(self) -> None:
        """Write what is left, sync and close. Idempotent. May wait for the disk.

        Raises:
            StoreError: The disk refused.
        """
        last, self._unwritten = self._unwritten, b""
        try:
            if last:
                self._file.append(last)
        finally:
            self._file.close()

    def _entry(self, value: Event | Command) -> None:
        line = encode_entry(self._seq + 1, value)
        self._seq += 1
        self._append(line)

    def _append(self, line: bytes) -> None:
        self._unwritten += line
        self._file.append(self._unwritten)
        self._unwritten = b""


def read_journal(path: Path, *, steps: Mapping[int, Step] = STEPS) -> Journal:
    """Read a journal of any version that is known.

    Args:
        path: The journal file.
        steps: The upgrade steps of older versions.

    Raises:
        JournalError: It is missing, no journal, newer than this voice_coach, or damaged; the sentence
            names the line.
        StoreError: The file cannot be read.
    """
    with store_trouble(f"{path} cannot be read"):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise JournalError(f"There is no journal at {path}.") from None
    return parse(data, path, steps)


def _check_current(journal: Journal, path: Path) -> None:
    if journal.file_version != JOURNAL_VERSION:
        raise JournalError(
            f"{path} was made by an older voice_coach (journal version {journal.file_version}): it can be"
            " read and replayed, but not continued."
        )
