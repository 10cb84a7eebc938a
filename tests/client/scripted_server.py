"""A websocket server that plays one script per connection, to test the client's half of the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve

from voice_coach.messages import (
    PROTOCOL_VERSION,
    AudioFrame,
    ClientMessage,
    Hello,
    ScenarioCard,
    ServerMessage,
    Welcome,
    decode_audio,
    decode_client,
    encode,
)

CARD = ScenarioCard(
    id="renewal",
    title="Renewal in doubt",
    person="Dana Whitfield, operations at a clinic group",
    stake="A renewal.",
    guardedness="guarded",
)


def welcome(**fields: object) -> Welcome:
    """A welcome as the server would send it, with some fields of the test's choice."""
    given = {
        "version": PROTOCOL_VERSION,
        "session": "s-1",
        "scenario": CARD,
        "microphone_rate_hz": 16_000,
        "seq": 1,
    }
    return Welcome(**(given | fields))


class Caller:
    """The server's end of one connection."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket

    async def hello(self) -> Hello:
        message = await self.receive()
        assert isinstance(message, Hello)
        return message

    async def receive(self) -> ClientMessage | AudioFrame:
        data = await self._socket.recv()
        return decode_client(data) if isinstance(data, str) else decode_audio(data)

    async def microphone(self, samples: int) -> list[AudioFrame]:
        """Receive frames, all of which must be audio, until they hold this many samples."""
        frames: list[AudioFrame] = []
        while sum(len(frame.pcm) // 2 for frame in frames) < samples:
            frame = await self.receive()
            assert isinstance(frame, AudioFrame)
            frames.append(frame)
        return frames

    async def send(self, *messages: ServerMessage | str | bytes) -> None:
        for message in messages:
            raw = message if isinstance(message, str | bytes) else encode(message)
            await self._socket.send(raw)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._socket.close(code, reason)

    async def break_off(self) -> None:
        """Cut the line without a closing handshake, as a lost network does."""
        self._socket.transport.abort()
        await self._socket.wait_closed()


Script = Callable[[Caller], Awaitable[None]]


@asynccontextmanager
async def scripted_server(*scripts: Script) -> AsyncIterator[str]:
    """Serve the scripts, one per connection; gives the address. A failed script fails the test."""
    waiting = list(scripts)
    results: list[asyncio.Future[None]] = []

    async def handle(socket: ServerConnection) -> None:
        result: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        results.append(result)
        try:
            await waiting.pop(0)(Caller(socket))
        except BaseException as error:  # noqa: BLE001 - kept, and raised in the test below
            result.set_exception(error)
        else:
            result.set_result(None)

    async with serve(handle, "127.0.0.1", 0, close_timeout=1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}/call"
        for result in results:
            await result
    assert not waiting, f"{len(waiting)} scripted connections were never opened"
