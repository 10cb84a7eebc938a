"""One call over one websocket, which comes back by itself when the network drops it.

The websocket may be replaced under a call; the `Connection` stays. Two things make that safe: the
server numbers its messages (`seq`), so that nothing is seen twice, and the microphone is a stream of
numbered samples of which the last minute is kept, so that a resumed call goes on at exactly the
sample the server asks for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from voice_coach.errors import ProtocolError
from voice_coach.messages import (
    AudioFrame,
    AudioKind,
    ClientMessage,
    Ended,
    Hello,
    ServerMessage,
    Welcome,
    encode,
    encode_audio,
)
from voice_coach_client.credentials import ANYBODY, Credentials
from voice_coach_client.errors import ConnectionLostError, ServerUnreachableError
from voice_coach_client.handshake import raise_if_final, read_frame, shake_hands
from voice_coach_client.kept_audio import KeptAudio

__all__ = ["Connection", "Dropped", "Patience", "Received"]

_LARGEST_FRAME_SAMPLES = 16_000
"""Audio that piled up goes out in frames of one second: few messages, each below the server's limit."""
_PENDING_LIMIT = 100
"""Messages (not audio) that wait for the connection to come back."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait for a server."""

    open_seconds: float = 10.0
    """For the connection and the welcome."""
    pauses_seconds: tuple[float, ...] = (0.25, 0.5, 1.0, *(2.0,) * 28)
    """Waits before each attempt to come back: together the minute that a server waits for us."""
    kept_seconds: float = 60.0
    """Microphone audio kept for a resumed call."""


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """The connection broke; the client is coming back by itself. A resumed `Welcome` follows."""

    reason: str


Received = ServerMessage | AudioFrame | Dropped
"""What a call gives: the server's messages and voice, and the news that the connection broke."""


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """Where a call goes, and how it gets in there."""

    url: str
    credentials: Credentials


class Connection:
    """A call with a server. Make one with `Connection.open`, use it as an async context manager.

    `received` must be iterated by exactly one task; sending is safe from several.
    """

    welcome: Welcome
    """The server's first answer: session, scenario, model, voice."""

    def __init__(
        self, line: _Line, hello: Hello, patience: Patience, socket: ClientConnection, welcome: Welcome
    ) -> None:
        """Take over a websocket on which hello and welcome were said; see `open`."""
        self.welcome = welcome
        self._line = line
        self._url = line.url
        self._hello = hello
        self._patience = patience
        self._pauses = iter(patience.pauses_seconds)
        self._socket: ClientConnection | None = socket
        self._sending = asyncio.Lock()
        self._pending: list[ClientMessage] = []
        self._seen = hello.seen
        self._over = False
        self._next_sample = welcome.next_sample
        self._kept = KeptAudio(
            int(patience.kept_seconds * welcome.microphone_rate_hz), welcome.next_sample
        )

    @classmethod
    async def open(
        cls,
        url: str,
        hello: Hello,
        patience: Patience | None = None,
        credentials: Credentials = ANYBODY,
    ) -> Self:
        """Connect, say hello and wait for the welcome. Raises like `handshake.shake_hands`.

        Args:
            url: Such as `ws://127.0.0.1:8765/call`.
            hello: What to ask for. Its `resume` may name a session of an earlier process.
            patience: How long to wait; the default suits a person at a headset.
            credentials: What a server in a training room asks for.
        """
        waits = patience or Patience()
        socket, welcome = await shake_hands(url, hello, waits.open_seconds, credentials)
        return cls(_Line(url=url, credentials=credentials), hello, waits, socket, welcome)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave. The server keeps the session for a while, in case somebody comes back. Idempotent."""
        self._over = True
        if self._socket is not None:
            await self._socket.close()

    async def send(self, message: ClientMessage) -> None:
        """Send a message, or keep it for when the connection is back.

        Raises:
            ConnectionLostError: The connection is away and too many messages wait already.
        """
        if len(self._pending) >= _PENDING_LIMIT:
            raise ConnectionLostError(
                f"The connection to {self._url} is away, and {_PENDING_LIMIT} messages already wait "
                "for it; start the call again."
            )
        self._pending.append(message)
        await self._flush()

    async def send_microphone(self, pcm: bytes) -> None:
        """Send the next samples of the microphone, or keep them for when the connection is back.

        Args:
            pcm: Signed 16-bit little-endian mono samples at `welcome.microphone_rate_hz`.

        Raises:
            AudioError: The length is odd.
        """
        self._kept.append(pcm)
        await self._flush()

    async def received(self) -> AsyncIterator[Received]:
        """Give everything the server says, from the welcome on, until the call is over.

        Raises:
            RefusedError: The server ended the call with an error.
            ConnectionLostError: The connection broke and did not come back.
            ProtocolError: The server sent something that cannot be read.
        """
        yield self.welcome
        while self._socket is not None:
            try:
                data = await self._socket.recv()
            except ConnectionClosed as closed:
                self._socket = None
                if self._over:
                    return
                raise_if_final(self._url, closed)
                yield Dropped(reason=str(closed))
                yield await self._come_back()
                continue
            message = read_frame(self._url, data)
            if self._is_news(message):
                yield message

    def _is_news(self, message: ServerMessage | AudioFrame) -> bool:
        """Whether this was not seen before the connection broke; remembers that it is seen now."""
        if isinstance(message, AudioFrame):
            # A terminal plays one thing at a time: a sign of listening is left out.
            return message.kind is AudioKind.VOICE
        self._over = self._over or isinstance(message, Ended)
        if 0 < message.seq <= self._seen:
            return False
        self._seen = max(self._seen, message.seq)
        # Only progress earns fresh patience: a server that welcomes and drops us in turn does not.
        self._pauses = iter(self._patience.pauses_seconds)
        return True

    async def _come_back(self) -> Welcome:
        """Resume the session, however often it takes, and send what piled up meanwhile."""
        for pause_seconds in self._pauses:
            await asyncio.sleep(pause_seconds)
            hello = msgspec.structs.replace(self._hello, resume=self.welcome.session, seen=self._seen)
            try:
                socket, welcome = await shake_hands(
                    self._url, hello, self._patience.open_seconds, self._line.credentials
                )
            except ServerUnreachableError:
                continue  # It may be starting again; the next pause is longer.
            if welcome.next_sample > self._kept.end_sample:
                await socket.close()
                raise ProtocolError(
                    f"The server at {self._url} asks for microphone sample {welcome.next_sample}, "
                    f"but only {self._kept.end_sample} were ever recorded.",
                    code="bad-audio-offset",
                )
            async with self._sending:
                self._next_sample = welcome.next_sample
                self._socket = socket
            await self._flush()
            return welcome
        raise ConnectionLostError(
            f"The connection to {self._url} was lost and did not come back; the server has kept "
            f"the call up to there as session {self.welcome.session}."
        )

    async def _flush(self) -> None:
        """Send all audio that waits, then all messages; without a connection they go on waiting."""
        async with self._sending:
            socket = self._socket
            if socket is None:
                return
            try:
                while pcm := self._kept.read(self._next_sample, _LARGEST_FRAME_SAMPLES):
                    frame = AudioFrame(
                        kind=AudioKind.MICROPHONE, stream=0, offset=self._next_sample, pcm=pcm
                    )
                    await socket.send(encode_audio(frame))
                    self._next_sample += len(pcm) // 2
                while self._pending:
                    await socket.send(encode(self._pending[0]))
                    self._pending.pop(0)
            except ConnectionClosed:
                return  # What was not sent still waits; `received` sees the same end and comes back.
