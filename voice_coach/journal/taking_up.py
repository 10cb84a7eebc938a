"""A call whose program died, taken up from its journal: to go on, or to be ended properly.

A call is a pure function of its journal, so a fresh session that is fed the journal is where the call
was. The last event may stand there without all of its commands: they are written first, so that the
journal replays whatever byte the crash came at.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.session import Session
from voice_coach.errors import InputError
from voice_coach.journal.durable import is_being_written
from voice_coach.journal.format import Exchange, Journal, JournalHeader
from voice_coach.journal.journal import JOURNAL_NAME, JournalWriter
from voice_coach.journal.library import Library
from voice_coach.journal.played import played_session
from voice_coach.journal.recording import recover
from voice_coach.journal.replay import replay
from voice_coach.journal.store import session_folder
from voice_coach.moves.recognizer import Recognizer

__all__ = ["TakenUp", "end_call", "take_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """A call that was cut off, where it was."""

    journal: JournalWriter
    """Open: whoever has it must close it."""
    header: JournalHeader
    exchanges: tuple[Exchange, ...]
    session: Session

    @property
    def at(self) -> float:
        """Seconds since session start of the last thing that happened."""
        return max((exchange.event.at for exchange in self.exchanges), default=0.0)


class _Told:
    """A session that is told what happened; remembers what the last event led to."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.last: list[c.Command] = []

    def handle(self, event: e.Event) -> list[c.Command]:
        self.last = self.session.handle(event)
        return self.last


def take_up(store: Path, session: str, recognizer: Recognizer) -> TakenUp:
    """Take a call up. Takes tenths of a second.

    Args:
        store: The store's folder.
        session: Its id.
        recognizer: Finds the moves.

    Raises:
        InputError: It has come to its end or still runs (`not-cut-off`), or today's rules do not lead to
            where it was (`call-diverged`); or there is no such session (`unknown-session`).
        JournalError, ScenarioError, StoreError: It cannot be read or kept.
    """
    folder = session_folder(store, session)
    file = folder / JOURNAL_NAME
    if not file.exists() or is_being_written(file):
        raise _not_cut_off(session)
    writer, journal = JournalWriter.reopen(folder)
    try:
        told = _told(journal, recognizer)
        exchanges = tuple(journal.exchanges())
        if exchanges:
            for command in told.last[len(exchanges[-1].commands) :]:
                writer.command(command)
    except BaseException:
        writer.close()
        raise
    return TakenUp(journal=writer, header=journal.header, exchanges=exchanges, session=told.session)


def end_call(store: Path, session: str, recognizer: Recognizer) -> None:
    """End a call that was cut off: it has its outcome, its debrief and its sound then.

    Raises:
        As `take_up` does.
    """
    taken = take_up(store, session, recognizer)
    try:
        event = e.CallEnded(at=taken.at, reason=e.EndReason.CONNECTION_LOST)
        taken.journal.event(event)
        for command in taken.session.handle(event):
            taken.journal.command(command)
    finally:
        taken.journal.close()
    recover(session_folder(store, session))
    with Library(store) as library:
        library.add_or_update(session)


def _told(journal: Journal, recognizer: Recognizer) -> _Told:
    if journal.complete:
        raise _not_cut_off(journal.header.session)
    told = _Told(played_session(journal.header, recognizer))
    divergence = replay(journal, lambda _: told).divergence
    if divergence is not None:
        raise InputError(
            "This call cannot go on, because the rules have changed since; what was said is kept: "
            f"{divergence}",
            code="call-diverged",
        )
    return told


def _not_cut_off(session: str) -> InputError:
    return InputError(
        f"Session {session} was not cut off: it has come to its end, or goes on somewhere right now.",
        code="not-cut-off",
    )
