"""What sets one person's voice apart from another's, in every mood: a part of the scenario."""

from __future__ import annotations

from enum import StrEnum

import msgspec

__all__ = ["Pace", "Register", "VoiceStyle"]


class Register(StrEnum):
    """How high a person speaks."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


class Pace(StrEnum):
    """How fast a person speaks."""

    SLOW = "slow"
    EVEN = "even"
    QUICK = "quick"


class VoiceStyle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's own voice. The delivery changes from line to line, this never does."""

    register: Register = Register.MIDDLE
    pace: Pace = Pace.EVEN
