"""Websockets that notice within seconds that nobody is at the other end any more, and end floods.

A link that goes down says nothing: the socket stays open until somebody asks. uvicorn asks (a ping), but
then closes politely, and under TLS waits half a minute for the farewell of one who is not there. It also
answers pings that nobody reads the answers of, and keeps each piece of a message that never ends.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn._types import ASGISendEvent
from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame
from websockets.protocol import State

from voice_coach.messages import Failed, encode
from voice_coach_server.access import RateLimit

__all__ = ["PING_SECONDS", "PONG_SECONDS", "PromptWebSocket"]

PING_SECONDS: Final = 5.0
"""Between an answer and the next question."""
PONG_SECONDS: Final = 10.0
"""How long an answer may take. A page in the background answers too: its browser does it."""
_SMALL_PER_SECOND: Final = 100.0
_SMALL_BURST: Final = 1_000.0
"""Pings, pongs and pieces of messages: nobody who means well sends more than a few."""
_FAREWELL_SECONDS: Final = 10.0
"""How long a peer may take to answer a close, before it is dropped."""
_NOT_TEXT: Final = 1007
_TRY_LATER: Final = 1013
_TOO_MUCH: Final = 4429
_CALLS: Final = "/ws"
"""Where a peer has to speak first; in a room's other sockets it may just look on."""


class PromptWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's own, which drops who does not answer, and sends away who floods."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """As uvicorn makes it."""
        super().__init__(config, server_state, app_state, _loop)
        self._small = RateLimit(_SMALL_PER_SECOND, _SMALL_BURST, self.loop.time)
        self._came_at = self.loop.time()
        self._has_spoken = False

    @property
    def silent_since(self) -> float | None:
        """When this peer came, if it wants a call and has not said which; otherwise None."""
        wants_call = self.handshake_initiated and self.request.path.partition("?")[0] == _CALLS
        return self._came_at if wants_call and not self._has_spoken and not self.close_sent else None

    def make_way(self) -> None:
        """Go, for somebody who may have something to ask."""
        self._send_away(_TRY_LATER, "too-many-connections", "Too many connections are open; try again.")
        self.transport.close()

    def keepalive_timeout(self) -> None:
        """Nobody answered: say so, and do not wait for anything."""
        super().keepalive_timeout()
        self.transport.abort()

    async def send(self, message: ASGISendEvent) -> None:
        """Send; after a close, do not wait for ever for what the peer has not read."""
        await super().send(message)
        if message["type"] == "websocket.close":
            self.loop.call_later(_FAREWELL_SECONDS + 1, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """Take what came; the first is the whole handshake, and one that is none ends here."""
        super().data_received(data)
        if not self.handshake_initiated and not self.transport.is_closing():
            # uvicorn would wait for more of it, for ever, and keep the refusal to itself.
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    def handle_cont(self, event: Frame) -> None:
        """Keep a piece of a message, unless there are too many."""
        if self._takes_small():
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Answer, unless the answers are not read: the answer to a later ping will do."""
        if not self._takes_small():
            return
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_pong(self, event: Frame) -> None:
        """Take an answer, unless there are too many."""
        if self._takes_small():
            super().handle_pong(event)

    def handle_parser_exception(self) -> None:
        """Close after what is no websocket; one whose handshake is none has nobody to be told of it."""
        if self.conn.close_sent is None:
            self.transport.close()
            return
        if not self.close_sent:
            super().handle_parser_exception()
        elif self.conn.close_rcvd is not None:
            # It answered our close in the middle of a message, which is no clean end but the end.
            self.transport.close()

    def send_receive_event_to_app(self) -> None:
        """Pass a whole message on; text that is none ends the connection, and fills no log."""
        self._has_spoken = True
        if self.curr_msg_data_type == "text" and not self.close_sent and not _is_text(self.frames):
            self.frames = []
            self._send_away(_NOT_TEXT, "bad-text", "Text frames must be UTF-8; this one is not.")
            return
        super().send_receive_event_to_app()

    def _takes_small(self) -> bool:
        if self.close_sent or self.transport.is_closing():
            self.frames = []
            self.conn.data_to_send()
            return False
        if self._small.allows():
            return True
        self.frames = []
        self._send_away(
            _TOO_MUCH,
            "too-many-pieces",
            f"Too many pings or pieces of messages: at most {_SMALL_PER_SECOND:.0f} a second are taken.",
        )
        return False

    def _send_away(self, code: int, word: str, sentence: str) -> None:
        """Say why and close, without the application, which is told that the peer has gone."""
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": word})
        self.close_sent = True
        if not self.handshake_complete or self.conn.state is not State.OPEN:
            self.transport.abort()
            return
        self.conn.send_text(encode(Failed(code=word, text=sentence, fatal=True)).encode())
        self.conn.send_close(code, word)
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        # Whatever it still sends is read and dropped, so that our last word is not lost on the way.
        self.close_timer = self.loop.call_later(_FAREWELL_SECONDS, self.transport.abort)


def _is_text(frames: list[bytes]) -> bool:
    try:
        b"".join(frames).decode()
    except UnicodeDecodeError:
        return False
    return True
