"""A heard call as a review: its turns with their moves by today's rules, and a scorecard."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from voice_coach.coaching.scorecard import debrief_heard
from voice_coach.coaching.turn import Debrief, Speaker, Turn
from voice_coach.counterpart.scenario import parse_scenario
from voice_coach.counterpart.story import Scenario
from voice_coach.errors import ScenarioError, VoiceCoachError
from voice_coach.journal.durable import is_being_written
from voice_coach.journal.heard import HeardCall, read_heard
from voice_coach.journal.kind import HEARD_NAME, Kind
from voice_coach.journal.recording import find_tracks, recover
from voice_coach.moves.move import Family, Heard
from voice_coach.moves.recognizer import Recognizer, load_recognizer
from voice_coach.recorded.floor import (
    as_interruption,
    interruptions,
    previous_words,
    silences,
)
from voice_coach.recorded.turns import SpokenTurn, spoken_turns
from voice_coach.review.review import SOMEBODY, Review, ReviewTurn, SoundTrack
from voice_coach.review.timing import timed_debrief

__all__ = ["Counts", "count_moves", "tell_recorded"]

_THATS_RIGHT = re.compile(
    r"\W*(?:(?:yeah|yes|oh|well|um|uh)\W+)*(?:that's|that is) (?:exactly )?(?:right|it)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the library shows of a call."""

    turns: int
    labels: int
    summaries: int
    thats_right: bool
    moves: dict[str, int]
    """The trainee's, by kind."""
    checks: dict[str, bool]
    """By id, whether it was passed."""


def count_moves(folder: Path) -> Counts:
    """Count what the library shows, by today's rules.

    Raises:
        JournalError: The record cannot be read.
        StoreError: As above, by the disk's fault.
    """
    told = _told(read_heard(folder / HEARD_NAME), {})
    mine = [
        turn
        for turn, one in zip(told.turns, told.spoken, strict=True)
        if one.known and turn.speaker is Speaker.TRAINEE
    ]
    debrief = told.debrief
    return Counts(
        turns=len(told.turns),
        labels=debrief.labels if debrief else 0,
        summaries=debrief.summaries if debrief else 0,
        thats_right=debrief.thats_right if debrief else False,
        moves=dict(Counter(move.kind for turn in mine for move in turn.moves)),
        checks={check.id: check.passed for check in debrief.checks} if debrief else {},
    )


def tell_recorded(folder: Path, marks: Mapping[int, Speaker] | None = None) -> Review:
    """Make the review of a call that was heard from a file, as far as it has been heard.

    Args:
        folder: The session's folder, with `heard.jsonl`.
        marks: Whose turn it is by a reviewer's word, by the turn's index; moves follow the speaker.

    Returns:
        A review without notes, figures and pitch, which do not depend on where the call came from.

    Raises:
        JournalError: The record cannot be read.
        StoreError: As above, by the disk's fault.
    """
    path = folder / HEARD_NAME
    running = path.is_file() and is_being_written(path)
    heard = read_heard(path)
    told = _told(heard, marks or {})
    header = heard.header
    words = {turn.index: one.words for turn, one in zip(told.turns, told.spoken, strict=True)}
    return Review(
        session=header.session,
        kind=Kind.RECORDED,
        title=told.scenario.title if told.scenario else header.title,
        person=told.scenario.name if told.scenario else SOMEBODY,
        created=header.created,
        seconds=heard.seconds,
        complete=heard.complete,
        outcome=None,
        model=header.model,
        turns=tuple(
            ReviewTurn(turn=turn, words=spoken.words, speaker_known=spoken.known)
            for turn, spoken in zip(told.turns, told.spoken, strict=True)
        ),
        silences=tuple(silences(told.turns)),
        interruptions=tuple(as_interruption(told.spoken, over) for over in told.over),
        course=(),
        debrief=timed_debrief(told.debrief, told.turns, words) if told.debrief else None,
        figures=(),
        label_pitches=(),
        tracks=() if running else _tracks(folder, heard),
        remarks=(*header.remarks, *_remarks(heard, told)),
    )


def _tracks(folder: Path, heard: HeardCall) -> tuple[SoundTrack, ...]:
    """The sound there is; what a crash cut off is finished first, if the disk allows."""
    with suppress(VoiceCoachError):
        recover(folder)
    return tuple(SoundTrack(side=side, seconds=heard.seconds) for side in find_tracks(folder))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """Everything that is derived from a record."""

    scenario: Scenario | None
    spoken: Sequence[SpokenTurn]
    over: Sequence[tuple[int, int]]
    """Positions: who talked over whom."""
    turns: tuple[Turn, ...]
    debrief: Debrief | None
    """None while it is known of nobody who said what."""


@cache
def _recognizer() -> Recognizer:
    return load_recognizer()


def _told(heard: HeardCall, marks: Mapping[int, Speaker]) -> _Told:
    scenario = _scenario(heard)
    spoken = spoken_turns(heard, marks)
    over = list(interruptions(spoken))
    turns = [_turn(spoken, position, scenario) for position in range(len(spoken))]
    for later, earlier in over:
        # As in a live call, only the trainee's talking over is an interruption of either turn.
        if turns[later].speaker is Speaker.TRAINEE:
            for position in (later, earlier):
                turns[position] = msgspec.structs.replace(turns[position], interrupted=True)
    turns = _with_thats_right(turns, spoken)
    known = [turn for turn, one in zip(turns, spoken, strict=True) if one.known]
    both = {turn.speaker for turn in known} == set(Speaker)
    return _Told(
        scenario=scenario,
        spoken=spoken,
        over=over,
        turns=tuple(turns),
        debrief=debrief_heard(known, scenario) if both else None,
    )


def _scenario(heard: HeardCall) -> Scenario | None:
    """The scenario as it was on the day; None when there was none, or today's rules cannot read it."""
    if not heard.header.scenario_source:
        return None
    try:
        return parse_scenario(heard.header.scenario_source, f"the scenario of {heard.header.session}")
    except ScenarioError:
        return None


def _turn(spoken: Sequence[SpokenTurn], position: int, scenario: Scenario | None) -> Turn:
    one = spoken[position]
    mine = one.known and one.speaker is Speaker.TRAINEE
    moves = _recognizer().recognize(
        Heard(
            text=one.text,
            previous=previous_words(spoken, position),
            topics=scenario.topics if scenario and mine else (),
        )
    )
    return Turn(
        index=position,
        speaker=one.speaker,
        text=one.text,
        start_seconds=one.start_seconds,
        end_seconds=one.end_seconds,
        moves=moves,
        covers=tuple({k.topic: k for move in moves for k in move.covers}.values()),
    )


def _with_thats_right(turns: Sequence[Turn], spoken: Sequence[SpokenTurn]) -> list[Turn]:
    """Mark where the other side said "that's right" to what was given back to them, not to a question."""
    marked = list(turns)
    before: Turn | None = None
    for position, (turn, one) in enumerate(zip(turns, spoken, strict=True)):
        if not one.known:
            before = None
        elif turn.speaker is Speaker.TRAINEE:
            before = turn
        elif before is not None:
            if _gives_back(before) and _THATS_RIGHT.match(turn.text):
                marked[position] = msgspec.structs.replace(turn, thats_right=True)
            before = None
    return marked


def _gives_back(turn: Turn) -> bool:
    families = {move.family for move in turn.moves}
    return Family.REFLECTION in families and Family.QUESTION not in families


def _remarks(heard: HeardCall, told: _Told) -> list[str]:
    remarks = list(heard.ended.remarks) if heard.ended else []
    if heard.ended is None:
        remarks.append(
            "This call is still being heard, or its hearing was cut off; this is how far it came."
        )
    if heard.header.scenario_source and told.scenario is None:
        remarks.append("The scenario that was chosen cannot be read any more; its facts are left out.")
    if not told.turns:
        remarks.append("No speech was heard in this recording.")
    elif told.debrief is None:
        remarks.append(
            "There is no scorecard yet: it needs turns of both sides, and it is not known who is who."
        )
    return remarks
