"""How a call begins that is not new: tried again from a line of another, or taken up after a crash."""

from __future__ import annotations

from dataclasses import dataclass

from voice_coach.conversation import events as e
from voice_coach.journal.format import Exchange
from voice_coach.messages import Branch, ServerMessage

__all__ = ["CallStart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStart:
    """The session has taken all that was before; this is what happens first."""

    then: tuple[e.Event, ...]
    """What happens right after the line, or first of all when there is none."""
    earlier: tuple[ServerMessage, ...]
    """What a page needs to show the call so far."""
    first_sample: int
    """Offset of the first microphone frame."""
    at: float
    """Seconds on the session's time line, which goes on there."""
    line: Exchange | None = None
    """What begins the line. The session has taken its event; its commands are still to be done."""
    branch: Branch | None = None
    """Of a call that is tried again: the line."""
