"""The values of this room: a `Move` that was made, and the `Heard` context it was made in."""

from __future__ import annotations

from enum import StrEnum

import msgspec

__all__ = ["Coverage", "Family", "Heard", "Move", "Topic", "TopicRole"]


class Family(StrEnum):
    """The coarse family a move belongs to: each has one accent colour and pattern in the overlay."""

    REFLECTION = "reflection"
    QUESTION = "question"
    EMPATHY = "empathy"
    PRESSURE = "pressure"
    SOLUTION = "solution"
    FLOW = "flow"


class TopicRole(StrEnum):
    """What a topic is to the counterpart: what they say, what happened, what they feel, why they came."""

    POSITION = "position"
    FACT = "fact"
    FEELING = "feeling"
    REASON = "reason"


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the counterpart has on their mind that a trainee can name or sum up."""

    id: str
    role: TopicRole
    evidence: tuple[tuple[str, ...], ...]
    """Groups of phrases. A group is met when any of its phrases is said (in any inflection); a topic
    is covered when all its groups are met. So a keyword alone does not count, a paraphrase does."""


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """A topic that the utterance covered, and the words that prove it."""

    topic: str
    role: TopicRole
    spans: tuple[tuple[int, int], ...]
    """Character offsets (start, end) in the raw text, one per piece of evidence, in text order."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """All that the recogniser may look at. The text is as recognised: nothing is normalised away."""

    text: str
    previous: str = ""
    """The counterpart's last words, empty at the start."""
    topics: tuple[Topic, ...] = ()
    """The scenario's topics, empty when no scenario is known (a recorded call)."""
    partial: bool = False
    """True while the person still talks: only moves that more words cannot take back are given."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One conversational move, with the evidence for it."""

    kind: str
    """The move's id in MOVES: `label`, `summary`, `mirror`, `calibrated_question`, `leverage` ..."""
    family: Family
    start: int
    """First character of the highlighted span in the raw text."""
    end: int
    """One past the last character of the span."""
    cue: str
    """The words that gave it away, as they stand in the raw text."""
    confidence: float
    """0 to 1."""
    rule: str
    """Name of the rule that fired, as `file.rule`."""
    rival: str = ""
    """The reading it beat, in words; empty when there was none."""
    covers: tuple[Coverage, ...] = ()
    """For labels and summaries: which of the scenario's topics it named."""
