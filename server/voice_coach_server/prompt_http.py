"""HTTP that does not wait for ever: slow peers are sent away, and so are those too many.

uvicorn limits only the pause between two requests of a connection. A peer that connects and says nothing,
says its request a byte at a time, or never reads the answer would stay as long as it likes.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from voice_coach_server.heartbeat import PromptWebSocket
from voice_coach_server.patience import Patience, Stage

__all__ = ["LOOK_SECONDS", "PromptHttp"]

LOOK_SECONDS: Final = 2.0
"""Between two looks at a connection."""
_REASONS: Final = {408: "Request Timeout", 503: "Service Unavailable"}
_CODES: Final = {408: "too-slow", 503: "too-many-connections"}
_FULL: Final = "Too many connections are open; close some, or try again in a moment."


class PromptHttp(H11Protocol):
    """uvicorn's own, with patience that ends, and a limit on all connections (`limit_concurrency`).

    When the limit is reached, whoever has waited for longest without having asked anything goes first.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """As uvicorn makes it."""
        super().__init__(config, server_state, app_state, _loop)
        self._patience = Patience(self.loop.time())
        self._requests = 0
        self._received = 0
        self._look: asyncio.TimerHandle | None = None

    @property
    def silent_since(self) -> float | None:
        """When this peer fell silent without having asked; None when it is being answered."""
        return self._patience.since if self._stage() is Stage.HEAD else None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the peer in, if there is room or can be made."""
        super().connection_made(transport)
        limit = self.limit_concurrency
        if limit is not None and len(self.connections) >= limit and not self._make_room():
            self._send_away(503, _FULL)
            return
        self._look = self.loop.call_later(LOOK_SECONDS, self._look_at_it)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop looking."""
        self._stop_looking()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes; the first bytes of a request begin its time."""
        self._received += len(data)
        super().data_received(data)
        stage = self._stage()
        if stage is Stage.HEAD:
            self._received = 0
        self._patience.begin(stage, self._requests, self.loop.time())

    def on_response_complete(self) -> None:
        """The next request is another."""
        self._requests += 1
        self._received = 0
        super().on_response_complete()
        self._patience.begin(self._stage(), self._requests, self.loop.time())

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """From here on it is the websocket's to look after."""
        self._stop_looking()
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """The peer reads too slowly."""
        self._patience.writing_paused(self.loop.time())
        super().pause_writing()

    def resume_writing(self) -> None:
        """The peer has read on."""
        self._patience.writing_resumed()
        super().resume_writing()

    def make_way(self) -> None:
        """Go, for somebody who may have something to ask."""
        self._send_away(503, _FULL)

    def _make_room(self) -> bool:
        """Send away who has been silent for longest, this one apart; False when all are busy."""
        silent: list[tuple[float, PromptHttp | PromptWebSocket]] = []
        for peer in self.connections:
            if peer is not self and isinstance(peer, PromptHttp | PromptWebSocket):
                since = peer.silent_since
                if since is not None:
                    silent.append((since, peer))
        if not silent:
            return False
        min(silent, key=lambda each: each[0])[1].make_way()
        return True

    def _stage(self) -> Stage:
        if self.timeout_keep_alive_task is not None:
            return Stage.OURS
        if self.conn.their_state is h11.IDLE:
            return Stage.HEAD
        if self.conn.their_state is h11.SEND_BODY and not self.flow.read_paused:
            return Stage.BODY
        return Stage.OURS

    def _look_at_it(self) -> None:
        now = self.loop.time()
        self._patience.begin(self._stage(), self._requests, now)
        sentence = self._patience.complaint(now, received=self._received)
        if sentence:
            self._send_away(408, sentence)
        else:
            self._look = self.loop.call_later(LOOK_SECONDS, self._look_at_it)

    def _stop_looking(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _send_away(self, status: int, sentence: str) -> None:
        """Say why, if nothing else is being said, and close; who does not read that is dropped."""
        self._stop_looking()
        # At once: until the loop comes round, it would count as one that can make way.
        self.connections.discard(self)
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            body = json.dumps({"code": _CODES[status], "text": sentence}).encode()
            head = (
                f"HTTP/1.1 {status} {_REASONS[status]}\r\ncontent-type: application/json\r\n"
                f"content-length: {len(body)}\r\nconnection: close\r\nretry-after: 5\r\n\r\n"
            )
            self.transport.write(head.encode() + body)
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()
