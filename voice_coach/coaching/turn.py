"""What coaching looks at: the call so far as a list of turns of both sides, with their evidence."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from voice_coach.counterpart.reply import Because, Delivery
from voice_coach.moves.move import Coverage, Move

__all__ = ["Check", "Cue", "Debrief", "Evidence", "Speaker", "Turn", "TurningPoint"]


class Speaker(StrEnum):
    """Whose turn it was."""

    TRAINEE = "trainee"
    COUNTERPART = "counterpart"


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One turn of either side as it was heard."""

    index: int
    """Position in the call, counted over both sides from 0."""
    speaker: Speaker
    text: str
    """For the counterpart: cut to what was heard before it was talked over."""
    start_seconds: float
    """Since session start."""
    end_seconds: float
    moves: tuple[Move, ...] = ()
    covers: tuple[Coverage, ...] = ()
    delivery: Delivery | None = None
    because: Because | None = None
    thats_right: bool = False
    interrupted: bool = False
    """Counterpart: it was talked over. Trainee: this turn began by talking over."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The sentence and the second that prove a check."""

    turn: int
    quote: str
    start_seconds: float
    end_seconds: float


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One yes/no question about the call, with its proof."""

    id: str
    question: str
    passed: bool
    evidence: Evidence | None = None
    you_said: str = ""
    you_could_have_said: str = ""


class TurningPoint(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange at which the call turned, for better or worse."""

    turn: int
    """The counterpart's turn in which it showed."""
    at_seconds: float
    rule: str
    what: str
    """One sentence: what happened there, and why."""
    you_said: str
    """What the trainee had just said; empty when it was a silence."""
    better: bool


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """The one sparse live hint, at most one line."""

    rule: str
    text: str


class Debrief(msgspec.Struct, frozen=True, kw_only=True):
    """What the trainee takes home from one call."""

    headline: str
    """One sentence: how it ended and what led there."""
    checks: tuple[Check, ...]
    labels: int
    summaries: int
    thats_right: bool
    talk_share: float
    """Trainee's share of all speaking time, 0 to 1."""
    turning_points: tuple[TurningPoint, ...] = ()
    """What led to the end, in the order of the call; six at most."""
