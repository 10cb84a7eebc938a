"""What the counterpart carries through a call: a small frozen state, and the few ways it changes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from voice_coach.counterpart.reply import SegmentState

__all__ = ["LEVEL", "Disclosure", "Mind", "Stage"]

LEVEL: Mapping[SegmentState, int] = {state: level for level, state in enumerate(SegmentState)}
"""Order of the states, from unspoken up."""


class Stage(StrEnum):
    """How far the call has come."""

    TALKING = "talking"
    UNDERSTOOD = "understood"
    """It said "that's right" and is about to lay out its terms."""
    PROPOSED = "proposed"
    """Its terms are on the table."""


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """A topic that the last reply opened, so that it can be taken back if nobody heard it."""

    topic: str
    before: SegmentState
    sentence: str
    """Last sentence of the disclosure; it was heard when this was heard."""


class Mind(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the counterpart between two turns. Numbers run from 0 to 1."""

    trust: float
    tension: float
    patience: float
    topics: Mapping[str, SegmentState]
    """State of every topic of the scenario; never changed in place."""
    stage: Stage = Stage.TALKING
    turn: int = 0
    """Turns of the trainee and silences so far."""
    current: str = ""
    """The topic spoken of last."""
    pending: str = ""
    """The topic it will disclose by itself if the silence is left alone."""
    invited: tuple[str, ...] = ()
    """What it said before a sign of listening left it the floor: it may go on from there."""
    said: tuple[str, ...] = ()
    """Every sentence it has said: none is said twice."""
    rules: tuple[str, ...] = ()
    """The rules that applied so far, oldest first."""
    stems: tuple[str, ...] = ()
    """How the labels of the last turns began; a turn without a label clears it."""
    given_back: Mapping[str, int] = {}
    """The turn in which the trainee last gave a topic back in a paraphrase or a summary."""
    false_starts: tuple[int, ...] = ()
    """Turns in which it broke off a sentence of its own."""
    pressed: tuple[str, ...] = ()
    """Rules of pressure it remembers, oldest first."""
    grudge: int = 0
    """How much pressure is not made good yet."""
    closed: Mapping[str, SegmentState] = {}
    """Topics that pressure closed, and how far they had been open."""
    restarted: frozenset[str] = frozenset()
    """Topics that were begun again once already; the empty name stands for the call as a whole."""
    last_sentences: tuple[str, ...] = ()
    """What it said last; what of it nobody heard may be said again."""
    last_disclosures: tuple[Disclosure, ...] = ()
    forfeits: int = 0
    """Disclosures lost because a silence was stepped on."""
    interruptions: int = 0
    silences: int = 0
    """Long silences of the trainee in a row."""
    refusals: int = 0
    thats_right: bool = False
    """Whether it was earned at any time."""
    warned: bool = False

    def level(self, topic: str) -> int:
        """How far a topic is understood, 0 (unspoken) to 4 (summarised)."""
        return LEVEL[self.topics[topic]]

    def is_open(self, topic: str) -> bool:
        """Whether the topic has been disclosed, or more."""
        return self.level(topic) >= LEVEL[SegmentState.DISCLOSED]

    def raised(self, states: Mapping[str, SegmentState]) -> Mind:
        """The mind with topics raised to these states; a topic never falls here."""
        higher = {topic: state for topic, state in states.items() if LEVEL[state] > self.level(topic)}
        if not higher:
            return self
        closed = {topic: state for topic, state in self.closed.items() if topic not in higher}
        return msgspec.structs.replace(self, topics={**self.topics, **higher}, closed=closed)

    def shut(self, kept: frozenset[str]) -> Mind:
        """The mind after pressure: what was opened falls back to a hint, what was hinted is gone."""
        fallen: dict[str, SegmentState] = {}
        for topic, state in self.topics.items():
            if topic in kept or state is SegmentState.UNSPOKEN:
                continue
            hinted = state is SegmentState.HINTED
            fallen[topic] = SegmentState.UNSPOKEN if hinted else SegmentState.HINTED
        before = {topic: self.topics[topic] for topic in fallen if topic not in self.closed}
        return msgspec.structs.replace(
            self,
            topics={**self.topics, **fallen},
            closed={**self.closed, **before},
            pending="",
        )

    def rose_since(self, before: Mind) -> tuple[str, ...]:
        """Topics that are further understood than they were."""
        return tuple(topic for topic in self.topics if self.level(topic) > before.level(topic))
