"""The values that leave this room: what the counterpart says, how, and why."""

from __future__ import annotations

from enum import StrEnum

import msgspec

__all__ = [
    "Because",
    "Delivery",
    "FollowUp",
    "Outcome",
    "Reply",
    "RingSegment",
    "SegmentState",
    "TopicChange",
]


class Delivery(StrEnum):
    """How a line is spoken; the voice engine turns it into rate, pitch and volume."""

    CALM = "calm"
    GUARDED = "guarded"
    IRRITATED = "irritated"
    WARM = "warm"
    DELIGHTED = "delighted"


class Outcome(StrEnum):
    """How a call can end."""

    AGREEMENT = "agreement"
    NOT_TODAY = "not_today"
    HUNG_UP = "hung_up"
    TRAINEE_LEFT = "trainee_left"
    INTERRUPTED = "interrupted"
    DRILLED = "drilled"
    """A drill came to its last round."""


class SegmentState(StrEnum):
    """How far one topic is understood; the ring draws it. Order matters: it mostly grows."""

    UNSPOKEN = "unspoken"
    HINTED = "hinted"
    DISCLOSED = "disclosed"
    LABELLED = "labelled"
    SUMMARISED = "summarised"


class RingSegment(msgspec.Struct, frozen=True, kw_only=True):
    """One segment of the ring: a topic and how far it is understood."""

    topic: str
    title: str
    """Shown only once the topic is no longer unspoken; never gives a secret away before."""
    state: SegmentState


class TopicChange(msgspec.Struct, frozen=True, kw_only=True):
    """A topic that a turn opened, closed or made understood."""

    topic: str
    title: str
    """Empty for a topic that has not been spoken of."""
    before: SegmentState
    after: SegmentState


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """Why the counterpart answered so: the named rule, its reasons, the state before and after.

    Journals from before `patience_before` was kept read with the defaults.
    """

    rule: str
    reasons: tuple[str, ...]
    trust_before: float
    trust_after: float
    tension_before: float
    tension_after: float
    patience_before: float = 0.0
    patience_after: float = 0.0
    understood_before: float = 0.0
    """Share of what there is to understand, 0 to 1; what is secret does not count."""
    understood_after: float = 0.0
    topics: tuple[TopicChange, ...] = ()
    origins: tuple[str, ...] = ()
    """For each sentence of the reply, which lines of the scenario it was taken from."""


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """What the counterpart adds by itself if the trainee leaves the silence alone."""

    after_seconds: float
    """Length of the silence, counted from the end of the reply (2 to 6 s)."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of the counterpart."""

    sentences: tuple[str, ...]
    """Never empty strings; empty tuple means it stays silent (an encourager, a held pause)."""
    delivery: Delivery
    because: Because
    thats_right: bool = False
    follow_up: FollowUp | None = None
    opened: tuple[str, ...] = ()
    """Topics whose state rose because of this turn: their ring segments glow once."""
    ends: Outcome | None = None

    @property
    def text(self) -> str:
        """The sentences as one line."""
        return " ".join(self.sentences)
