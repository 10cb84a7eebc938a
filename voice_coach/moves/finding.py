"""What was found and what was not: a found move on the line of words, and the reasons against."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_coach.moves.move import Coverage
from voice_coach.moves.rulebook import MoveRules

__all__ = ["Finding", "Refusal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A move, in words of the line; the recogniser turns it into a `Move` on the raw text."""

    move: MoveRules
    rule: str
    first: int
    """Index of the first highlighted word."""
    last: int
    """One past the last highlighted word."""
    cue_first: int
    cue_last: int
    confidence: float
    rival: str = ""
    covers: tuple[Coverage, ...] = ()
    reasons: tuple[str, ...] = field(default=(), compare=False)
    """Evidence in words, for explanations."""

    @property
    def kind(self) -> str:
        """The move's id."""
        return self.move.kind

    def is_inside(self, other: Finding) -> bool:
        """True when most of this move's cue lies in the words that the other highlights."""
        shared = min(self.cue_last, other.last) - max(self.cue_first, other.first)
        return 2 * shared > self.cue_last - self.cue_first


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A rule that nearly fired, and the reading that was preferred."""

    kind: str
    rule: str
    words: str
    """The words that looked like the move, as they stand in the raw text."""
    reading: str
    """What they are instead."""
