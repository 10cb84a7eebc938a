"""What shows a call to a person and brings back what they want: a whole screen, or lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from voice_coach.messages import Ended
from voice_coach_client.connection import Received
from voice_coach_client.live_call import Gauge, LiveCall

__all__ = ["Choice", "Stage"]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One of several things a person can choose."""

    id: str
    title: str
    about: str = ""
    """One sentence."""


class Stage(Protocol):
    """A person in front of a terminal. Used by one task, the flow of what happens."""

    async def choose(self, question: str, choices: Sequence[Choice]) -> str | None:
        """Let the person choose; gives the id, `None` when they would rather leave."""
        ...

    async def ask(self, question: str) -> bool:
        """Ask for yes or no."""
        ...

    def say(self, text: str) -> None:
        """Say one sentence that stays in sight until there is another."""
        ...

    def warn(self, trouble: str) -> None:
        """Say what went wrong, in one sentence."""
        ...

    def begin(self, call: LiveCall, gauge: Gauge) -> None:
        """A call begins: from now on keys are for it, and what it receives comes by `show`."""
        ...

    def show(self, message: Received) -> None:
        """Take in what the call received."""
        ...

    async def debrief(self, ended: Ended | None) -> None:
        """The call is over: show what there is to take home until the person has seen it.

        `None` when the trainee left before the server could say how it went.
        """
        ...
