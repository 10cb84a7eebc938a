"""What the library knows of one session: a row, derived from the session's folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from voice_coach.coaching.drill import DrillScore
from voice_coach.coaching.drill_score import score_of
from voice_coach.coaching.spacing import Asked
from voice_coach.counterpart.reply import Outcome
from voice_coach.errors import VoiceCoachError
from voice_coach.journal.account import give_account, title_and_person
from voice_coach.journal.heard import HeardCall, read_heard
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.kind import HEARD_NAME, Kind, kind_of
from voice_coach.journal.recording import find_tracks
from voice_coach.journal.store import session_created

__all__ = ["SessionRow", "describe"]


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


def describe(folder: Path) -> SessionRow:
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
