"""Trouble that is counted: said once when it is worth it, and again only after a while of quiet."""

from __future__ import annotations

__all__ = ["Counted"]

_QUIET_SECONDS = 30.0


class Counted:
    """One kind of trouble."""

    def __init__(self, sentence: str, *, worth: int = 1) -> None:
        """Begin without trouble.

        Args:
            sentence: What to say, with `{count}` where the number of times stands.
            worth: From how many times on, without a while of quiet between them, it is said.
        """
        self._sentence = sentence
        self._worth = worth
        self._known = 0
        self._count = 0
        self._last_at = 0.0

    def sentence(self, count: int, now: float) -> str | None:
        """Give the sentence when there is reason to say it.

        Args:
            count: How often it has happened on this stream; a smaller count is that of a new stream.
            now: Seconds of a clock that never goes back.
        """
        new = count - self._known if count >= self._known else count
        self._known = count
        if not new:
            return None
        if now - self._last_at >= _QUIET_SECONDS:
            self._count = 0
        before, self._count, self._last_at = self._count, self._count + new, now
        said = before < self._worth <= self._count
        return self._sentence.format(count=self._count) if said else None
