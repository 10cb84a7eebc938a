"""Who answers in a call: a scenario's person, or a drill. The session knows them by this alone.

A partner is a frozen value. Each answer comes with the partner as it is afterwards, so whatever was
said can be taken back by going on with the partner from before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from voice_coach.coaching.drill import DrillResult, DrillRound, Verdict
from voice_coach.coaching.turn import Cue, Debrief, Turn
from voice_coach.counterpart.moment import TraineeTurn
from voice_coach.counterpart.reply import Outcome, Reply, RingSegment
from voice_coach.moves.move import Topic

__all__ = ["Answered", "Partner", "TakenHome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of a turn, or of a silence."""

    partner: Partner
    """Who goes on."""
    reply: Reply
    verdict: Verdict | None = None
    """Drills: what the turn was worth."""
    round: DrillRound | None = None
    """Drills: the round that the reply begins, or what the one that goes on asks for now."""
    holds: bool = False
    """The silence that follows is asked of the trainee: words soon after it began were still the turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenHome:
    """What the trainee is left with when the call is over."""

    debrief: Debrief
    drill: DrillResult | None = None


class Partner(Protocol):
    """Answers what the trainee says and does not say. Pure: the same words get the same answers."""

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What the recogniser may look for in what is said next."""
        ...

    @property
    def ring(self) -> tuple[RingSegment, ...]:
        """How far the partner is understood; empty where nothing is to be found out."""
        ...

    def opening(self) -> Answered:
        """Speak first."""
        ...

    def react(self, heard: TraineeTurn) -> Answered:
        """Answer a turn."""
        ...

    def is_answer(self, text: str) -> bool:
        """Whether these words may be taken for a whole answer without waiting for what may follow."""
        ...

    def fill_silence(self) -> Answered:
        """The silence that the last reply asked for (`Reply.follow_up`) was left alone."""
        ...

    def ask_after_silence(self) -> Answered:
        """The trainee has been silent for long."""
        ...

    def backchannel(self, number: int) -> tuple[str, ...]:
        """Give the sign of listening for the `number`-th moment of a call; empty for none."""
        ...

    def cue(self, turns: Sequence[Turn], shown: Sequence[str], *, wanted: bool) -> Cue | None:
        """Choose the hint for a trainee who is about to speak.

        Args:
            turns: The call so far, both sides.
            shown: Rules of the cues shown so far, oldest first.
            wanted: False for a trainee who chose to see none.
        """
        ...

    def take_home(self, turns: Sequence[Turn], outcome: Outcome) -> TakenHome:
        """Sum the call up for the trainee, however far it came."""
        ...
