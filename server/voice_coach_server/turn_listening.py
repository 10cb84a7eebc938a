"""Judging pauses by their sound, off the event loop: one thread for all calls.

A judgement is of use for a fraction of a second only, so nothing queues: what would come too late is not
begun, and the words decide alone. That is also what gives way first on a busy machine.
"""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from voice_coach.speech.transcriber import Audio
from voice_coach.speech.turn_end import TurnMelody
from voice_coach_server.wordless_logs import place_of

__all__ = ["TurnListening"]

_log = logging.getLogger(__name__)

_TOO_LATE_SECONDS: Final = 0.3
"""A pause this old has been decided by its words."""


class TurnListening:
    """The one thread that asks a `TurnMelody`."""

    def __init__(self, melody: TurnMelody) -> None:
        """Start no thread yet: the first pause does."""
        self._melody = melody
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="turn-end")

    async def judge(self, audio: Audio) -> float | None:
        """Give the probability that the turn is over; None when it would come too late, or failed.

        Args:
            audio: Up to the moment the pause was noticed, as `TurnMelody.probability` takes it.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._ask, audio, time.monotonic())

    def close(self) -> None:
        """Begin nothing more; what is being judged ends by itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _ask(self, audio: Audio, asked_at: float) -> float | None:
        if time.monotonic() - asked_at > _TOO_LATE_SECONDS:
            return None
        try:
            return self._melody.probability(audio)
        except Exception as error:  # noqa: BLE001 - all calls share this: a pause that nobody judged is no harm
            _log.error("a pause could not be judged by its sound: %s", place_of(error))
            return None
