"""A room on a plain socket for tests of what happens inside: who is who is said by a header.

Its door (TLS, code, tokens) is tested elsewhere. `Table` and `TrainerPage` are the clients.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

import msgspec
import uvicorn
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from voice_coach.messages import AudioFrame, decode_audio
from voice_coach.room_messages import (
    Activity,
    Consent,
    TableChanged,
    TableMessage,
    TableState,
    ToTable,
    ToTrainer,
    TrainerMessage,
)
from voice_coach.settings import Settings
from voice_coach_server.app import create_app
from voice_coach_server.connection import serve_websocket
from voice_coach_server.engines import Engines
from voice_coach_server.heartbeat import PING_SECONDS, PromptWebSocket
from voice_coach_server.room.host import RoomHost, Signs
from voice_coach_server.room.room import Room
from voice_coach_server.room.sockets import serve_page, serve_table
from voice_coach_server.sessions import Sessions

__all__ = ["RoomServer", "TableClient", "TrainerPage", "running_room"]

M = TypeVar("M")

_WEB = Path(__file__).parents[1] / "client" / "web"
_PATIENCE_SECONDS = 20.0
_to_table: msgspec.json.Decoder[ToTable] = msgspec.json.Decoder(ToTable)
_to_trainer: msgspec.json.Decoder[ToTrainer] = msgspec.json.Decoder(ToTrainer)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomServer:
    """A room that runs."""

    url: str
    """Such as `ws://127.0.0.1:12345`."""
    host: RoomHost
    sessions: Sessions

    @asynccontextmanager
    async def table(self, name: str, consent: Consent | None = None) -> AsyncIterator[TableClient]:
        """Join, and keep the lobby open."""
        joined = self.host.room.join(name, "test", consent or Consent())
        async with self.lobby(joined.id) as client:
            yield client

    @asynccontextmanager
    async def lobby(self, table: str) -> AsyncIterator[TableClient]:
        """Open the lobby of a table that is in."""
        async with TableClient(f"{self.url}/room/table", {"x-table": table}, _to_table) as client:
            client.id = table
            yield client

    @asynccontextmanager
    async def page(self) -> AsyncIterator[TrainerPage]:
        """Open a trainer's page."""
        async with TrainerPage(f"{self.url}/room/watch", {}, _to_trainer) as page:
            yield page

    def call_url(self, table: str) -> str:
        """Where a table's calls go."""
        return f"{self.url}/ws?table={table}"


class _Socket:
    """One socket of the room; notes everything that comes."""

    def __init__(self, url: str, headers: dict[str, str], decoder: msgspec.json.Decoder[object]) -> None:
        self._url = url
        self._headers = headers
        self._decoder = decoder
        self.messages: list[object] = []
        self.times: list[float] = []
        self.audio: list[AudioFrame] = []
        self.socket: ClientConnection
        self._seen_up_to: dict[str, int] = {}
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        self.socket = await connect(
            self._url, additional_headers=self._headers, compression=None, max_size=None
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self.socket:
                if isinstance(frame, str):
                    self.messages.append(self._decoder.decode(frame))
                    self.times.append(time.monotonic())
                else:
                    self.audio.append(decode_audio(frame))
                self._news.set()
        self._news.set()

    def seen(self, kind: type[M]) -> list[M]:
        """All messages of a kind so far."""
        return [message for message in self.messages if isinstance(message, kind)]

    async def wait_for(self, kind: type[M], wanted: Callable[[M], bool] = lambda _: True) -> M:
        """Give the newest message of a kind that is wanted, seen already or still to come."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                self._news.clear()
                for message in reversed(self.seen(kind)):
                    if wanted(message):
                        return message
                await self._news.wait()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds of what has come."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def closed(self) -> tuple[int, str]:
        """Wait for the server to close; give code and word."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self.socket.wait_closed()
        return self.socket.close_code or 0, self.socket.close_reason or ""


class TableClient(_Socket):
    """A table's lobby."""

    id: str

    async def send(self, message: TableMessage) -> None:
        await self.socket.send(msgspec.json.encode(message).decode())


class TrainerPage(_Socket):
    """A trainer's page."""

    async def send(self, message: TrainerMessage) -> None:
        await self.socket.send(msgspec.json.encode(message).decode())

    async def sees(self, table: str, wanted: Callable[[TableState], bool]) -> TableState:
        """Wait until a table is shown so, now or later than what was seen of it before."""
        at = self._seen_up_to.get(table, 0)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                self._news.clear()
                while at < len(self.messages):
                    message = self.messages[at]
                    if isinstance(message, TableChanged) and _shows(message, table, wanted):
                        self._seen_up_to[table] = at
                        return message.table
                    at += 1
                await self._news.wait()


def _shows(changed: TableChanged, table: str, wanted: Callable[[TableState], bool]) -> bool:
    return changed.table.id == table and wanted(changed.table)


def _titled(activity: Activity) -> str:
    return activity.scenario or activity.drill


@asynccontextmanager
async def running_room(
    settings: Settings, engines: Engines, *, ping_seconds: float = PING_SECONDS
) -> AsyncIterator[RoomServer]:
    """Run a room on a free port."""
    room = Room("Tuesday", now=time.monotonic, titled=_titled)
    host = RoomHost(room, signs=lambda: Signs(code="c", address="a", fingerprint="f"))
    app = create_app(settings, engines, _WEB)

    async def call(websocket: WebSocket) -> None:
        await serve_websocket(websocket, app.state.sessions, websocket.query_params["table"])

    async def lobby(websocket: WebSocket) -> None:
        await serve_table(websocket, host, websocket.headers["x-table"])

    async def watch(websocket: WebSocket) -> None:
        await serve_page(websocket, host)

    app.router.routes[:] = [
        *(route for route in app.router.routes if getattr(route, "path", "") != "/ws"),
        WebSocketRoute("/ws", call),
        WebSocketRoute("/room/table", lobby),
        WebSocketRoute("/room/watch", watch),
    ]
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        ws=PromptWebSocket,
        ws_ping_interval=ping_seconds,
        ws_ping_timeout=2 * ping_seconds,
        ws_per_message_deflate=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not server.started:  # noqa: ASYNC110 - uvicorn has only this flag
                await asyncio.sleep(0.005)
        sessions: Sessions = app.state.sessions
        sessions.on_open = host.call_opened
        port = server.servers[0].sockets[0].getsockname()[1]
        yield RoomServer(url=f"ws://127.0.0.1:{port}", host=host, sessions=sessions)
    finally:
        server.should_exit = True
        await serving
