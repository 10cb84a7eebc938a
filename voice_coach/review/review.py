"""What the review page shows of one call: the shape that is served, exported and compared.

Derived from the session's folder whenever it is asked for, and never stored: the journal (or the
record of a heard call), the sound, and the reviewer's notes are the truth. All times are seconds on
the session's time line, on which both tracks begin at 0.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from voice_coach.coaching.drill import DrillResult, Verdict
from voice_coach.coaching.turn import Debrief, Speaker, Turn
from voice_coach.counterpart.reply import Outcome, RingSegment
from voice_coach.journal.kind import Kind

__all__ = [
    "SOMEBODY",
    "Comment",
    "Course",
    "Figure",
    "Interruption",
    "Kind",
    "LabelPitch",
    "Origin",
    "Overrule",
    "PitchEnd",
    "Review",
    "ReviewTurn",
    "Silence",
    "SoundTrack",
    "TimedWord",
]


SOMEBODY: Final = "The other side"
"""What a person of no name is called."""


class TimedWord(msgspec.Struct, frozen=True, kw_only=True):
    """One word of a turn and when it was spoken."""

    start: int
    """Character offsets into the turn's text."""
    end: int
    start_seconds: float
    end_seconds: float
    measured: bool = True
    """False: estimated from where the word stands in the turn."""


class ReviewTurn(msgspec.Struct, frozen=True, kw_only=True):
    """A turn, its words in time, and what a reviewer may do with it."""

    turn: Turn
    words: tuple[TimedWord, ...] = ()
    speaker_known: bool = True
    """False in a mono recording until somebody marks whose turn it is."""
    can_branch: bool = False
    """A line of the counterpart from which the call can be tried again."""


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody spoke for two seconds or more."""

    start_seconds: float
    end_seconds: float
    after_turn: int
    after_label: bool
    """The trainee had just named a feeling: a silence that works."""


class Interruption(msgspec.Struct, frozen=True, kw_only=True):
    """One side began to talk while the other did."""

    at_seconds: float
    by: Speaker
    turn: int
    """The turn that was talked over."""


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """Where the counterpart stood after one of their answers."""

    turn: int
    at_seconds: float
    trust: float
    """0 to 1, as are the next three."""
    tension: float
    patience: float
    understood: float
    ring: tuple[RingSegment, ...]


class SoundTrack(msgspec.Struct, frozen=True, kw_only=True):
    """One side's sound; a mono recording has the trainee's only."""

    side: Speaker
    seconds: float


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measure of how a person spoke. None is a grade."""

    id: str
    name: str
    value: float | None
    """None when it cannot be known from this call; `meaning` says why."""
    unit: str
    meaning: str
    """One sentence: what it is and how far it can be trusted."""
    good: str
    """One sentence: what good looks like."""


class PitchEnd(StrEnum):
    """How the voice ended a label."""

    FELL = "fell"
    ROSE = "rose"
    LEVEL = "level"
    UNCLEAR = "unclear"
    """Too short, too quiet or unvoiced."""


class LabelPitch(msgspec.Struct, frozen=True, kw_only=True):
    """How the pitch went at the end of one label."""

    turn: int
    start: int
    """Of the label, as a character offset into the turn's text."""
    ended: PitchEnd
    semitones: float | None
    """Change over the label's last voiced half second; negative fell."""


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer wrote to a moment."""

    id: str
    at_seconds: float
    text: str
    created: datetime


class Overrule(msgspec.Struct, frozen=True, kw_only=True):
    """A reviewer sees a check otherwise. The check's own verdict stays beside it."""

    check: str
    """Id of the check."""
    passed: bool
    reason: str
    created: datetime


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The session and the line from which this call was tried again."""

    session: str
    turn: int
    """Index of the counterpart's line; both sessions have it, and all before it."""
    at_seconds: float


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One call, ready to be looked at."""

    session: str
    kind: Kind
    title: str
    person: str
    """The other side's name; "The other side" when there is none."""
    created: datetime | None
    seconds: float
    complete: bool
    """The call came to its end; a cancelled or cut one keeps what there is."""
    outcome: Outcome | None
    model: str
    turns: tuple[ReviewTurn, ...]
    silences: tuple[Silence, ...]
    interruptions: tuple[Interruption, ...]
    course: tuple[Course, ...]
    """Empty for a recorded call, since nobody knows what a real person felt, and for a drill."""
    debrief: Debrief | None
    figures: tuple[Figure, ...]
    label_pitches: tuple[LabelPitch, ...]
    tracks: tuple[SoundTrack, ...]
    comments: tuple[Comment, ...] = ()
    overrules: tuple[Overrule, ...] = ()
    origin: Origin | None = None
    branches: tuple[str, ...] = ()
    """Sessions that were tried again from this one, oldest first."""
    verdicts: tuple[Verdict, ...] = ()
    """Drills: those of all rounds that were answered."""
    drill: DrillResult | None = None
    """Drills: what it came to; null when it was cut off."""
    remarks: tuple[str, ...] = ()
    """What a reader must know, one sentence each: torn journal, speakers that cannot be told apart."""
