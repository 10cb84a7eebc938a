"""One websocket and the call behind it: the handshake, then frames in both directions.

Bad input ends in one clear sentence to the client. What can be skipped (an unknown message, a second
hello) is skipped; what would spoil the audio (a gap, an odd length) or flood us closes the
connection, and the call stays open for a client that comes back.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from voice_coach.conversation.events import CuesSwitched, EndReason, MicrophoneMuted
from voice_coach.errors import ProtocolError, VoiceCoachError
from voice_coach.messages import (
    PROTOCOL_VERSION,
    AudioFrame,
    AudioKind,
    ClientMessage,
    CueSwitch,
    EndCall,
    Failed,
    Hello,
    Mute,
    PlaybackEnded,
    PlaybackStarted,
    Welcome,
    decode_audio,
    decode_client,
    encode,
)
from voice_coach.settings import ServerSettings
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_server.access import RateLimit
from voice_coach_server.live import LiveSession
from voice_coach_server.outbox import WaitingFrames, frames
from voice_coach_server.sessions import Sessions

__all__ = ["serve_websocket"]

_log = logging.getLogger(__name__)

_HELLO_SECONDS = 10.0
_FIRST_SOUND_SECONDS = 300.0
"""From hello to the first sound: a browser may still be asking for the microphone."""
_AUDIO_PER_SECOND = 1.25
"""Sustained seconds of audio per second that a client may send."""
_AUDIO_BURST_SECONDS = 90.0
"""A client that comes back sends what it has kept at once."""

_BAD_MESSAGE = 4400
_TOO_MUCH = 4429
_SERVER_TROUBLE = 4500

_FATAL = {
    "audio-before-hello": _BAD_MESSAGE,
    "bad-audio-frame": _BAD_MESSAGE,
    "no-hello": _BAD_MESSAGE,
    "no-sound": _BAD_MESSAGE,
    "out-of-order-audio": _BAD_MESSAGE,
    "too-long": _BAD_MESSAGE,
    "too-many-messages": _TOO_MUCH,
    "too-much-audio": _TOO_MUCH,
    "wrong-version": _BAD_MESSAGE,
}
"""Codes that close the connection; all others are said and skipped."""


@dataclass(slots=True, kw_only=True)
class _Limits:
    settings: ServerSettings
    messages: RateLimit = field(init=False)
    audio: RateLimit = field(init=False)

    def __post_init__(self) -> None:
        per_second = self.settings.messages_per_second
        self.messages = RateLimit(per_second, 5 * per_second)
        self.audio = RateLimit(_AUDIO_PER_SECOND, _AUDIO_BURST_SECONDS)

    def check(self, frame: str | bytes) -> None:
        """Refuse a frame that is too long or one too many."""
        text = isinstance(frame, str)
        limit = (
            self.settings.longest_text_frame_bytes if text else self.settings.longest_audio_frame_bytes
        )
        if len(frame) > limit:
            kind = "Text" if text else "Audio"
            raise ProtocolError(
                f"{kind} frames may have at most {limit} bytes; this one has {len(frame)}.",
                code="too-long",
            )
        if not self.messages.allows():
            raise ProtocolError(
                f"Too many messages: at most {self.settings.messages_per_second} a second are taken.",
                code="too-many-messages",
            )
        if not text and not self.audio.allows(len(frame) / 2 / SAMPLE_RATE_HZ):
            raise ProtocolError(
                "Audio arrives faster than anybody can speak; send it in real time.",
                code="too-much-audio",
            )


async def serve_websocket(
    websocket: WebSocket, sessions: Sessions, table: str = "", *, may_record: bool = True
) -> None:
    """Serve one client from its handshake until it goes.

    Args:
        websocket: Not yet accepted.
        sessions: The calls that are going on.
        table: In a training room: id of the table whose client it is.
        may_record: Whether the sound of a new call may be kept, if the client wants that too.
    """
    settings = sessions.house.settings.server
    await websocket.accept()
    limits = _Limits(settings=settings)
    try:
        hello = await _read_hello(websocket, limits)
        if not may_record:
            hello = msgspec.structs.replace(hello, record=False)
        live = await _find_call(hello, sessions, table)
    except VoiceCoachError as error:
        sessions.house.metrics.connections_refused.labels(error.stable_code).inc()
        await _refuse(websocket, error)
        return
    except (WebSocketDisconnect, TimeoutError):
        return
    with sessions.house.metrics.connections_open.track_inprogress():
        await _run(websocket, sessions, live, hello, limits)


async def _read_hello(websocket: WebSocket, limits: _Limits) -> Hello:
    try:
        async with asyncio.timeout(_HELLO_SECONDS):
            frame = await _receive(websocket)
    except TimeoutError:
        raise ProtocolError(
            f"Nothing was said for {_HELLO_SECONDS:.0f} s; a connection begins with hello.",
            code="no-hello",
        ) from None
    limits.check(frame)
    if isinstance(frame, bytes):
        raise ProtocolError(
            "Audio came before hello; a connection begins with hello.", code="audio-before-hello"
        )
    message = decode_client(frame)
    if not isinstance(message, Hello):
        raise ProtocolError("A connection begins with hello.", code="no-hello")
    if message.version != PROTOCOL_VERSION:
        raise ProtocolError(
            f"This server speaks protocol version {PROTOCOL_VERSION}, the client "
            f"{message.version}; reload the page or update the client.",
            code="wrong-version",
        )
    return message


async def _find_call(hello: Hello, sessions: Sessions, table: str) -> LiveSession:
    if hello.resume:
        return await sessions.resume(hello, table)
    if hello.branch is not None:
        return await sessions.branch(hello, hello.branch, table)
    return sessions.open(hello, table)


async def _run(
    websocket: WebSocket, sessions: Sessions, live: LiveSession, hello: Hello, limits: _Limits
) -> None:
    queue = live.outbox.attach()
    start = live.call.start
    engines = sessions.house.engines
    live.outbox.send(
        Welcome(
            version=PROTOCOL_VERSION,
            session=live.call.id,
            scenario=live.call.cast.card,
            microphone_rate_hz=SAMPLE_RATE_HZ,
            next_sample=live.microphone.next_sample,
            resumed=bool(hello.resume),
            record=live.call.record,
            model=engines.transcriber.name,
            voice=engines.voice.name,
            drill=live.call.cast.drill,
            branch=start.branch if start else None,
        )
    )
    if hello.resume:
        live.outbox.repeat_after(hello.seen)
    elif start:
        for message in start.earlier:
            live.outbox.send(message)
    notice = sessions.house.load.notice
    if notice is not None:
        live.outbox.send(notice)
    if live.closed.is_set():
        live.outbox.detach(queue)
    async with asyncio.TaskGroup() as group:
        writer = group.create_task(_write(websocket, queue))
        try:
            await _read(websocket, live, limits)
        except WebSocketDisconnect:
            writer.cancel()
        except ProtocolError as error:
            writer.cancel()
            await _refuse(websocket, error)
    if live.outbox.detach(queue) or not live.outbox.is_attached:
        sessions.connection_lost(live)


async def _write(websocket: WebSocket, queue: WaitingFrames) -> None:
    """Send what is queued; at the end of the queue, close."""
    try:
        async for frame in frames(queue):
            if isinstance(frame, str):
                await websocket.send_text(frame)
            else:
                await websocket.send_bytes(frame)
        await websocket.close()
    except (WebSocketDisconnect, RuntimeError):
        # The client went while something was being sent; the reader learns of it too.
        _log.debug("a client went while something was being sent")


async def _read(websocket: WebSocket, live: LiveSession, limits: _Limits) -> None:
    deadline = asyncio.get_running_loop().time() + _FIRST_SOUND_SECONDS
    while True:
        frame = await _receive_before(websocket, None if live.has_begun else deadline)
        try:
            limits.check(frame)
            if isinstance(frame, bytes):
                _listen(decode_audio(frame), live)
            else:
                _obey(decode_client(frame), live)
        except ProtocolError as error:
            if error.stable_code in _FATAL:
                raise
            live.outbox.send(Failed(code=error.stable_code, text=str(error)))


def _listen(audio: AudioFrame, live: LiveSession) -> None:
    if audio.kind is not AudioKind.MICROPHONE:
        raise ProtocolError("Only microphone audio (kind 1) may be sent here.", code="bad-audio-frame")
    live.hear(audio.offset, audio.pcm)


def _obey(message: ClientMessage, live: LiveSession) -> None:
    match message:
        case Mute(on=on):
            live.feed(MicrophoneMuted(at=live.now, on=on))
        case CueSwitch(on=on):
            live.feed(CuesSwitched(at=live.now, on=on))
        case PlaybackStarted(reply=reply):
            live.playback_started(reply)
        case PlaybackEnded(reply=reply, heard_samples=samples, complete=complete):
            live.playback_ended(reply, samples, complete=complete)
        case EndCall():
            live.end(EndReason.TRAINEE)
        case Hello():
            raise ProtocolError(
                "This connection has said hello already; open a new one for another call.",
                code="second-hello",
            )


async def _receive_before(websocket: WebSocket, deadline: float | None) -> str | bytes:
    """Receive; a call that has not begun does not wait for ever for its first sound."""
    try:
        async with asyncio.timeout_at(deadline):
            return await _receive(websocket)
    except TimeoutError:
        raise ProtocolError(
            f"No sound came for {_FIRST_SOUND_SECONDS:.0f} s, so the call has not begun; "
            "check the microphone and call again.",
            code="no-sound",
        ) from None


async def _receive(websocket: WebSocket) -> str | bytes:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006))
    text: str | None = message.get("text")
    data: bytes = message.get("bytes") or b""
    return data if text is None else text


async def _refuse(websocket: WebSocket, error: VoiceCoachError) -> None:
    """Say what was wrong and close."""
    if websocket.application_state is not WebSocketState.CONNECTED:
        return
    code = _FATAL.get(error.stable_code)
    if code is None:
        code = _BAD_MESSAGE if isinstance(error, ProtocolError) else _SERVER_TROUBLE
    try:
        await websocket.send_text(encode(Failed(code=error.stable_code, text=str(error), fatal=True)))
        await websocket.close(code)
    except (WebSocketDisconnect, RuntimeError):
        _log.debug("a client was gone before it could be told why")
