"""Looks at the load once a second and lets things give way: the clock and the effects of `load`."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from typing import Final

from voice_coach.errors import ProtocolError
from voice_coach.messages import Notice
from voice_coach_server.load import Degradation, Level, Load, can_carry_another
from voice_coach_server.metrics import Metrics
from voice_coach_server.workers import RecognitionQueue

__all__ = ["LoadWatch"]

_log = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 1.0


class LoadWatch:
    """Where one server stands in the order of what gives way."""

    def __init__(self, queue: RecognitionQueue, metrics: Metrics, *, workers: int) -> None:
        """Begin with everything.

        Args:
            queue: Whose load it is, and whose partials give way.
            metrics: Where the level is shown.
            workers: Decodes at the same time.
        """
        self._queue = queue
        self._metrics = metrics
        self._degradation = Degradation()
        self._carriers = min(workers, os.cpu_count() or workers)

    @property
    def level(self) -> Level:
        """How much has given way."""
        return self._degradation.level

    @property
    def notice(self) -> Notice | None:
        """What a page that joins now should know; None when everything is as usual."""
        return None if self.level is Level.EVERYTHING else _notice(self.level)

    async def run(self, tell: Callable[[Notice], None]) -> None:
        """Look for as long as the server runs.

        Args:
            tell: Called with what every trainee's page should say.
        """
        while True:
            due = time.monotonic() + _LOOK_SECONDS
            await asyncio.sleep(_LOOK_SECONDS)
            self.look(max(time.monotonic() - due, 0.0), tell)

    def look(self, loop_lag_seconds: float, tell: Callable[[Notice], None]) -> None:
        """Take one look; a step down or up is told once."""
        service = self._queue.look()
        self._metrics.loop_lag_seconds.set(loop_lag_seconds)
        before = self.level
        load = Load(
            busy_share=service.busy_share,
            final_wait_seconds=service.final_wait_seconds,
            loop_lag_seconds=loop_lag_seconds,
        )
        if not self._degradation.observe(load):
            return
        level = self.level
        self._queue.partials_every = level.partials_every
        self._metrics.load_level.set(level)
        _log.warning(
            "load: %s, now at step %d of %d: %s",
            "more gives way" if level > before else "recovering",
            level,
            max(Level),
            level.meaning,
        )
        if level.notice != before.notice:
            tell(_notice(level))

    def demand_room(self, calls: int) -> None:
        """Refuse a new call that the machine cannot carry beside `calls` others.

        Raises:
            ProtocolError: `machine-busy`.
        """
        service = self._queue.service
        fits = can_carry_another(
            calls,
            finals_share=service.finals_share,
            final_seconds=service.final_seconds,
            workers=self._carriers,
        )
        # Whatever keeps the machine busy when nobody calls, one call harms no other.
        if not fits or (calls and self.level is Level.NO_NEW_CALLS):
            raise ProtocolError(
                f"This machine is busy with {calls} calls and cannot carry another well; "
                "try again when one has ended.",
                code="machine-busy",
            )


def _notice(level: Level) -> Notice:
    code, text = level.notice
    return Notice(code=code, text=text)
