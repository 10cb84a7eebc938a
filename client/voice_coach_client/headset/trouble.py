"""Trouble that is counted: said when it begins, and again only after it has been quiet for a while."""

from __future__ import annotations

__all__ = ["Counted"]

_QUIET_SECONDS = 30.0


class Counted:
    """One kind of trouble."""

    def __init__(self, sentence: str) -> None:
        """Take the sentence, with `{count}` where the number of times stands."""
        self._sentence = sentence
        self._count = 0
        self._last_at = -_QUIET_SECONDS

    def sentence(self, count: int, now: float) -> str | None:
        """Give the sentence when there is reason to say it.

        Args:
            count: How often it has happened on this stream; a smaller count is that of a new stream.
            now: Seconds of a clock that never goes back.
        """
        new = count - self._count if count >= self._count else count
        self._count = count
        if not new:
            return None
        quiet = now - self._last_at >= _QUIET_SECONDS
        self._last_at = now
        return self._sentence.format(count=count) if quiet else None
