"""A websocket trainee for tests: says hello, streams audio, plays replies at once, notes everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedError

from voice_coach.messages import (
    PROTOCOL_VERSION,
    AudioFrame,
    AudioKind,
    ClientMessage,
    EndCall,
    Hello,
    PlaybackEnded,
    PlaybackStarted,
    ReplyEnd,
    ServerMessage,
    StopPlayback,
    Welcome,
    decode_audio,
    decode_server,
    encode,
    encode_audio,
)

__all__ = ["Trainee", "trainee"]

M = TypeVar("M")

FRAME_SAMPLES = 320
_PATIENCE_SECONDS = 30.0


class Trainee:
    """One connection. `play_replies` reports every reply as heard the moment it is complete."""

    def __init__(self, socket: ClientConnection, *, play_replies: bool = True) -> None:
        self.socket = socket
        self.play_replies = play_replies
        self.messages: list[ServerMessage] = []
        self.voice: dict[int, bytearray] = {}
        self.murmurs: list[AudioFrame] = []
        """Signs of listening."""
        self.next_sample = 0
        self._news = asyncio.Event()
        self._closed = False

    async def send(self, message: ClientMessage) -> None:
        await self.socket.send(encode(message))

    async def speak(self, pcm: bytes, *, realtime: bool = False) -> None:
        """Stream 16 kHz samples in 20 ms frames, as fast as it goes or as a person would."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        for start in range(0, len(pcm), 2 * FRAME_SAMPLES):
            frame = pcm[start : start + 2 * FRAME_SAMPLES]
            await self.socket.send(
                encode_audio(
                    AudioFrame(kind=AudioKind.MICROPHONE, stream=0, offset=self.next_sample, pcm=frame)
                )
            )
            self.next_sample += len(frame) // 2
            if realtime:
                due += len(frame) / 2 / 16_000
                await asyncio.sleep(max(0.0, due - loop.time()))

    async def send_end(self) -> None:
        """End the call."""
        await self.send(EndCall())

    async def silence(self, seconds: float, *, realtime: bool = False) -> None:
        await self.speak(bytes(2 * round(16_000 * seconds)), realtime=realtime)

    async def listen(self) -> None:
        """Read until the connection closes, however it closes."""
        with suppress(ConnectionClosedError):
            async for frame in self.socket:
                await self._take(frame)
        self._closed = True
        self._news.set()

    async def _take(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            message = decode_server(frame)
            self.messages.append(message)
            await self._answer(message)
            self._news.set()
            return
        audio = decode_audio(frame)
        if audio.kind is AudioKind.MURMUR:
            self.murmurs.append(audio)
            self._news.set()
            return
        pcm = self.voice.setdefault(audio.stream, bytearray())
        if not pcm and self.play_replies:
            await self._report(PlaybackStarted(reply=audio.stream))
        assert audio.offset == len(pcm) // 2, "voice frames are contiguous"
        pcm += audio.pcm

    async def _answer(self, message: ServerMessage) -> None:
        if not self.play_replies:
            return
        if isinstance(message, ReplyEnd) and message.samples:
            await self._report(
                PlaybackEnded(reply=message.reply, heard_samples=message.samples, complete=True)
            )
        elif isinstance(message, StopPlayback):
            await self._report(PlaybackEnded(reply=message.reply, heard_samples=0, complete=False))

    async def _report(self, message: ClientMessage) -> None:
        """Say something about what was received; the server may have closed since it sent that."""
        with suppress(ConnectionClosed):
            await self.send(message)

    def seen(self, kind: type[M]) -> list[M]:
        """All messages of a kind so far."""
        return [message for message in self.messages if isinstance(message, kind)]

    async def wait_for(self, kind: type[M], wanted: Callable[[M], bool] = lambda _: True) -> M:
        """Give the first message of a kind that is wanted, seen already or still to come."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                self._news.clear()
                for message in self.seen(kind):
                    if wanted(message):
                        return message
                assert not self._closed, f"closed without {kind.__name__}: {self.messages[-3:]}"
                await self._news.wait()

    async def wait_for_murmur(self) -> AudioFrame:
        """The first sign of listening."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not self.murmurs:
                self._news.clear()
                await self._news.wait()
        return self.murmurs[0]

    async def closed(self) -> int:
        """Wait for the server to close; give the close code."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self.socket.wait_closed()
        return self.socket.close_code or 0


@asynccontextmanager
async def trainee(
    url: str, hello: Hello | None = None, *, play_replies: bool = True, **how: object
) -> AsyncIterator[Trainee]:
    """Connect (`how` is for the websocket), say hello and wait for the welcome."""
    async with connect(url, compression=None, max_size=None, **how) as socket:  # type: ignore[arg-type]  # a test knows
        person = Trainee(socket, play_replies=play_replies)
        async with asyncio.TaskGroup() as group:
            reader = group.create_task(person.listen())
            await person.send(
                hello or Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt", seed=7)
            )
            welcome = await person.wait_for(Welcome)
            person.next_sample = welcome.next_sample
            yield person
            reader.cancel()
