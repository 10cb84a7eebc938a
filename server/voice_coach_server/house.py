"""What all calls of a server share, and what makes one of them this call."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from voice_coach.settings import Settings, TurnSettings
from voice_coach_server.branching import BranchStart
from voice_coach_server.cast import Cast
from voice_coach_server.engines import Engines
from voice_coach_server.load_watch import LoadWatch
from voice_coach_server.metrics import Metrics
from voice_coach_server.turn_listening import TurnListening
from voice_coach_server.workers import RecognitionQueue

__all__ = ["Call", "House"]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What all sessions of a server share."""

    engines: Engines
    queue: RecognitionQueue
    load: LoadWatch
    turn_listening: TurnListening
    metrics: Metrics
    settings: Settings
    tasks: asyncio.TaskGroup
    """Where the sessions' own tasks run; ends with the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What makes one call this call."""

    id: str
    cast: Cast
    """Who answers."""
    record: bool
    settings: TurnSettings
    start: BranchStart | None = None
    """For a call that is tried again from a line of another."""
    table: str = ""
    """In a training room: id of the table it belongs to."""

    @property
    def first_sample(self) -> int:
        """Offset of the first microphone frame; the time line goes on there."""
        return self.start.first_sample if self.start else 0
