"""Try again from here: what a new call needs to go on from a line of one that is kept.

Today's rules must lead to that line as they did then, so the call is replayed up to it; a call of ten
minutes takes half a second. That and reading it run beside the event loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voice_coach.conversation import events as e
from voice_coach.conversation.session import Session
from voice_coach.conversation.utterance import SAMPLE_RATE_HZ
from voice_coach.errors import InputError
from voice_coach.journal.branch_point import BranchPoint, find_branch_point
from voice_coach.journal.durable import is_being_written
from voice_coach.journal.format import Exchange, JournalHeader
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.journal.store import session_folder
from voice_coach.messages import Branch, CueShown, Ring, ServerMessage, TurnSettled
from voice_coach.moves.recognizer import Recognizer

__all__ = ["BranchStart", "read_branch_point", "session_at", "start_from"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchStart:
    """How a call begins that is tried again from a line of another."""

    branch: Branch
    line: Exchange
    """What begins the line. The session has taken its event; its commands are still to be done."""
    then: tuple[e.Event, ...]
    """What happens right after it."""
    earlier: tuple[ServerMessage, ...]
    """What a page needs to show the call so far."""
    first_sample: int
    """Offset of the first microphone frame; both clocks go on there."""


def read_branch_point(store: Path, branch: Branch) -> BranchPoint:
    """Find the line.

    Raises:
        InputError: There is no such session (`unknown-session`), it still runs (`session-running`), was
            made elsewhere (`recorded-call`), is a drill (`drill-call`) or has no such line
            (`unknown-turn`, `not-their-line`).
        JournalError, StoreError: It cannot be read.
    """
    folder = session_folder(store, branch.session)
    file = folder / JOURNAL_NAME
    if not file.exists() and (folder / "heard.jsonl").exists():
        raise InputError(
            f"Session {branch.session} was recorded elsewhere, with a person: only a rehearsal can be"
            " tried again.",
            code="recorded-call",
        )
    if file.exists() and is_being_written(file):
        raise InputError(
            f"Session {branch.session} still runs: end that call, then try again from its lines.",
            code="session-running",
        )
    journal = read_journal(file)
    if journal.header.drill_source:
        raise InputError(
            f"Session {branch.session} is a drill: run the drill again instead, and what you missed comes"
            " back.",
            code="drill-call",
        )
    return find_branch_point(journal, branch.turn)


def session_at(point: BranchPoint, recognizer: Recognizer) -> Session:
    """Give a session that has taken all events up to the one that begins the line.

    Raises:
        InputError: Today's rules do not lead to the line as they did then (`branch-diverged`).
        ScenarioError: The scenario's text is none that today's voice_coach can read.
    """
    made: list[Session] = []

    def make(header: JournalHeader) -> Session:
        made.append(played_session(header, recognizer))
        return made[0]

    divergence = replay(point.journal, make, until=point.line.seq).divergence
    if divergence is not None:
        raise InputError(
            f"This line cannot be reached any more, because the rules have changed since: {divergence}",
            code="branch-diverged",
        )
    return made[0]


def start_from(point: BranchPoint, branch: Branch, *, cues: bool) -> BranchStart:
    """Say how the new call begins.

    Args:
        point: Where it goes on.
        branch: How the client named that line.
        cues: Whether the trainee wants cues now.
    """
    at = point.resumes_at_sample / SAMPLE_RATE_HZ
    then: list[e.Event] = [
        e.WordsTimed(at=at, utterance=x.utterance, words=x.words) for x in point.timed_later
    ]
    if cues is not point.cues:
        then.append(e.CuesSwitched(at=at, on=cues))
    if not point.connected:
        then.append(e.Reconnected(at=at))
    return BranchStart(
        branch=branch,
        line=point.line,
        then=tuple(then),
        earlier=(
            *(TurnSettled(utterance=shown.utterance, turn=shown.turn) for shown in point.turns),
            Ring(segments=point.ring),
            CueShown(cue=point.cue),
        ),
        first_sample=point.resumes_at_sample,
    )
