"""The demo over a real websocket. The scripted server owns the clock, so nothing waits for real time."""

import asyncio

import msgspec
import pytest
from client.scripted_server import Caller, scripted_server, welcome

from voice_coach.coaching.turn import Debrief, Speaker, Turn
from voice_coach.counterpart.reply import Delivery, Outcome
from voice_coach.errors import ProtocolError
from voice_coach.messages import (
    PROTOCOL_VERSION,
    AudioFrame,
    AudioKind,
    ClientMessage,
    EndCall,
    Ended,
    Hello,
    PlaybackEnded,
    PlaybackStarted,
    Reply,
    ReplyEnd,
    StopPlayback,
    TurnSettled,
    encode_audio,
)
from voice_coach_client.connection import Connection, Received
from voice_coach_client.demo import rehearse
from voice_coach_client.scripted_trainee import Manners, ScriptedTrainee
from voice_coach_client.spoken_line import SpokenLine

pytestmark = pytest.mark.timeout(20)

HELLO = Hello(version=PROTOCOL_VERSION, scenario="renewal")
LINE = SpokenLine(text="So.", silence_before_seconds=0.1, pcm=b"\0\x40" * 800)
MANNERS = Manners(closing_seconds=0.2)
ENDED = Ended(
    session="s-1",
    outcome=Outcome.TRAINEE_LEFT,
    debrief=Debrief(headline="", checks=(), labels=1, summaries=0, thats_right=False, talk_share=0.5),
)


class _GrantedClock:
    """Stands still until frames of 20 ms are granted."""

    def __init__(self) -> None:
        self._now = 100.0
        self._granted = asyncio.Semaphore(0)

    def now(self) -> float:
        return self._now

    async def sleep_until(self, moment: float) -> None:
        await self._granted.acquire()
        self._now = moment

    def grant(self, frames: int) -> None:
        for _ in range(frames):
            self._granted.release()


class _Server:
    """A caller whose microphone is read frame by granted frame."""

    def __init__(self, caller: Caller, clock: _GrantedClock) -> None:
        self.caller = caller
        self._clock = clock
        self.pcm = b""
        self.messages: list[ClientMessage] = []

    async def let_pass(self, frames: int) -> None:
        """Let so much time pass, and receive all that the client sends in it."""
        wanted = len(self.pcm) // 2 + frames * 320
        self._clock.grant(frames)
        while len(self.pcm) // 2 < wanted:
            await self._take()

    async def until(self, message: ClientMessage) -> None:
        """Receive until this message has come; no time passes."""
        while message not in self.messages:
            await self._take()

    async def _take(self) -> None:
        received = await self.caller.receive()
        if isinstance(received, AudioFrame):
            assert received.offset == len(self.pcm) // 2
            self.pcm += received.pcm
        else:
            self.messages.append(received)

    async def speak(self, reply: int, samples: int) -> None:
        voice = AudioFrame(kind=AudioKind.VOICE, stream=reply, offset=0, pcm=b"\0\x40" * samples)
        await self.caller.send(
            Reply(reply=reply, sentences=("No.",), delivery=Delivery.CALM, sample_rate_hz=1000),
            encode_audio(voice),
            ReplyEnd(reply=reply, samples=samples),
        )
        await self.until(PlaybackStarted(reply=reply))


class _Ear:
    """Remembers what would have been heard."""

    def __init__(self) -> None:
        self.trainee_pcm = b""
        self.from_server: list[Received] = []

    def trainee(self, pcm: bytes) -> None:
        self.trainee_pcm += pcm

    def hear(self, message: Received) -> None:
        self.from_server.append(message)


async def test_a_whole_call_at_the_pace_of_the_clock() -> None:
    clock = _GrantedClock()
    heard = b""

    async def script(caller: Caller) -> None:
        nonlocal heard
        assert await caller.hello() == HELLO
        await caller.send(welcome())
        server = _Server(caller, clock)
        await server.let_pass(3)
        await server.speak(1, samples=40)
        await server.let_pass(2 + 5)  # the reply's 40 ms, then 100 ms of silence
        await server.until(PlaybackEnded(reply=1, heard_samples=40, complete=True))
        assert not any(server.pcm)
        await server.let_pass(3)  # the line: 800 samples, 50 ms
        assert server.pcm == bytes(2 * 10 * 320) + LINE.pcm + bytes(2 * 160)
        await server.let_pass(20)
        turn = Turn(index=1, speaker=Speaker.TRAINEE, text="So.", start_seconds=0, end_seconds=1)
        await caller.send(TurnSettled(utterance=1, turn=turn))
        await server.speak(2, samples=100)
        await caller.send(StopPlayback(reply=2))
        await server.until(PlaybackEnded(reply=2, heard_samples=0, complete=False))
        await server.let_pass(10 + 1)
        await server.until(EndCall())
        heard = server.pcm
        await caller.send(ENDED)

    ear = _Ear()
    shown = []
    async with scripted_server(script) as url, await Connection.open(url, HELLO) as connection:
        trainee = ScriptedTrainee([LINE], MANNERS)
        measures = await rehearse(connection, trainee, shown.append, loudspeaker=ear, clock=clock)
    assert measures.ended == ENDED
    assert [message.session for message in shown if isinstance(message, Ended)] == ["s-1"]
    result = measures.rehearsal()
    # Speech ended 50 ms into the line's three frames; the server answered 20 frames after them.
    assert result.final_text_ms.p50 == pytest.approx(410)
    assert result.voice_to_voice_ms.p50 == pytest.approx(410)
    assert ear.trainee_pcm == heard
    assert ear.from_server == shown


async def test_a_call_the_server_never_ends_has_no_end() -> None:
    clock = _GrantedClock()

    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        server = _Server(caller, clock)
        await server.let_pass(50 + 1)
        await server.until(EndCall())
        await server.let_pass(24)

    manners = Manners(reply_patience_seconds=1.0, goodbye_seconds=0.5)
    async with scripted_server(script) as url, await Connection.open(url, HELLO) as connection:
        measures = await rehearse(connection, ScriptedTrainee([], manners), lambda _: None, clock=clock)
    assert measures.ended is None


async def test_a_server_that_wants_another_rate_is_refused() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(msgspec.structs.replace(welcome(), microphone_rate_hz=48_000))

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as connection:
        with pytest.raises(ProtocolError, match="wants a microphone at 48000 Hz"):
            await rehearse(connection, ScriptedTrainee([]), lambda _: None)


async def test_what_the_server_sends_wrong_ends_the_rehearsal() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome(), "{")

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as connection:
        with pytest.raises(ProtocolError, match="cannot read"):
            await rehearse(connection, ScriptedTrainee([]), lambda _: None, clock=_GrantedClock())
