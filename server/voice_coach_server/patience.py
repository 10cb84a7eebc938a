"""How long a peer may take over one request before it is sent away. Is told the time, has no clock."""

from __future__ import annotations

from enum import Enum
from typing import Final

__all__ = ["HEAD_SECONDS", "STUCK_SECONDS", "Patience", "Stage"]

HEAD_SECONDS: Final = 10.0
"""From the connection, or the first byte of a later request, to the end of the request's head."""
_BODY_GRACE_SECONDS: Final = 10.0
_BODY_BYTES_PER_SECOND: Final = 1_000
"""Slower than any network somebody would bring a recorded call over."""
STUCK_SECONDS: Final = 60.0
"""Of an answer, without room for more of it. A browser that plays sound reads no further for a while."""


class Stage(Enum):
    """Whose turn it is on a connection."""

    HEAD = "head"
    """The peer's: its request has not come yet, or not all of it."""
    BODY = "body"
    """The peer's: what it brings has not come yet, or not all of it."""
    OURS = "ours"
    """The server's, or a pause between requests that has a limit of its own."""


class Patience:
    """With one connection, which is looked at every few seconds."""

    def __init__(self, now: float) -> None:
        """Begin with a peer that has said nothing; `now` is in seconds of any clock that goes forward."""
        self._turn: tuple[Stage, int] = (Stage.HEAD, 0)
        self.since = now
        """When this turn began."""
        self._stuck_since: float | None = None

    def writing_paused(self, now: float) -> None:
        """The peer reads more slowly than it is answered."""
        self._stuck_since = now

    def writing_resumed(self) -> None:
        """The peer has read on."""
        self._stuck_since = None

    def begin(self, stage: Stage, request: int, now: float) -> None:
        """Say whose turn it is, in which request of the connection; said again, it changes nothing."""
        if self._turn != (stage, request):
            self._turn, self.since = (stage, request), now

    def complaint(self, now: float, *, received: int) -> str:
        """Say in one sentence why the peer has to go; empty while it may stay.

        Args:
            now: The present.
            received: Bytes that came since the request's head.
        """
        stage, took = self._turn[0], now - self.since
        if self._stuck_since is not None and now - self._stuck_since > STUCK_SECONDS:
            return f"An answer was not read for {STUCK_SECONDS:.0f} s."
        if stage is Stage.HEAD and took > HEAD_SECONDS:
            return f"No request came within {HEAD_SECONDS:.0f} s; connect again to ask."
        if stage is Stage.BODY and took > _BODY_GRACE_SECONDS + received / _BODY_BYTES_PER_SECOND:
            return (
                f"The request came more slowly than {_BODY_BYTES_PER_SECOND} bytes a second; "
                "send it again over a better line."
            )
        return ""
