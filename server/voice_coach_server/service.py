"""How the recogniser kept up: how busy it was, how long finals waited and took. Counts, has no clock."""

from __future__ import annotations

from typing import Final

__all__ = ["Service"]

_MEMORY_SECONDS: Final = 30.0
"""How long the share of finals is remembered: about as long as a call needs to show what it asks for."""
_NEW_WEIGHT: Final = 0.1
"""How much the newest final counts in the mean time of a final."""


class Service:
    """Told of every decode; asked about once a second. All times are seconds on one clock."""

    def __init__(self, workers: int, now: float = 0.0) -> None:
        """Begin idle.

        Args:
            workers: Decodes that may run at the same time.
            now: The present.
        """
        self.busy_share = 0.0
        """Share (0 to 1) of the workers' time that was used between the last two looks."""
        self.final_wait_seconds = 0.0
        """The longest that a final waited between the last two looks."""
        self.finals_share = 0.0
        """Share (0 to 1) of the workers' time that finals used, over the last half minute or so."""
        self.final_seconds = 0.0
        """Mean time of one final of late; 0 before the first."""
        self._workers = workers
        self._looked_at = now
        self._counted_to = now
        self._running = 0
        self._running_finals = 0
        self._busy_seconds = 0.0
        self._finals_seconds = 0.0
        self._longest_wait = 0.0

    def started(self, *, final: bool, waited_seconds: float, now: float) -> None:
        """A worker has begun to decode."""
        self._count(now)
        self._running += 1
        self._running_finals += final
        if final:
            self._longest_wait = max(self._longest_wait, waited_seconds)

    def ended(self, *, final: bool, each_seconds: float, now: float) -> None:
        """A worker is done; `each_seconds` is what one clip took."""
        self._count(now)
        self._running -= 1
        self._running_finals -= final
        if final:
            weight = _NEW_WEIGHT if self.final_seconds else 1.0
            self.final_seconds += weight * (each_seconds - self.final_seconds)

    def look(self, *, waiting_seconds: float, now: float) -> None:
        """Bring the figures up to date; `waiting_seconds` is how long the oldest final waits already."""
        self._count(now)
        elapsed = max(now - self._looked_at, 1e-6)
        capacity = elapsed * self._workers
        self.busy_share = min(self._busy_seconds / capacity, 1.0)
        self.final_wait_seconds = max(self._longest_wait, waiting_seconds)
        weight = min(elapsed / _MEMORY_SECONDS, 1.0)
        self.finals_share += weight * (self._finals_seconds / capacity - self.finals_share)
        self._busy_seconds = self._finals_seconds = self._longest_wait = 0.0
        self._looked_at = now

    def _count(self, now: float) -> None:
        self._busy_seconds += self._running * (now - self._counted_to)
        self._finals_seconds += self._running_finals * (now - self._counted_to)
        self._counted_to = now
