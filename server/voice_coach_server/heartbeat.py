"""Websockets that notice within seconds that nobody is at the other end any more.

A link that goes down says nothing: the socket stays open until somebody asks. uvicorn asks (a ping), but
then closes politely, and under TLS waits half a minute for the farewell of one who is not there.
"""

from __future__ import annotations

from typing import Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

__all__ = ["PING_SECONDS", "PONG_SECONDS", "PromptWebSocket"]

PING_SECONDS: Final = 5.0
"""Between an answer and the next question."""
PONG_SECONDS: Final = 10.0
"""How long an answer may take. A page in the background answers too: its browser does it."""


class PromptWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's own, which drops a connection whose ping was not answered."""

    def keepalive_timeout(self) -> None:
        """Nobody answered: say so, and do not wait for anything."""
        super().keepalive_timeout()
        self.transport.abort()
