import asyncio
import socket as sockets

import pytest
from client.scripted_server import Caller, scripted_server, welcome

from voice_coach.coaching.turn import Debrief
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import Outcome
from voice_coach.errors import InputError, ProtocolError
from voice_coach.messages import (
    PROTOCOL_VERSION,
    AudioFrame,
    AudioKind,
    EndCall,
    Ended,
    Failed,
    Hello,
    Mute,
    Notice,
    PhaseChanged,
    encode_audio,
)
from voice_coach_client.connection import Connection, Dropped, Patience, Received
from voice_coach_client.errors import (
    ConnectionLostError,
    RefusedError,
    ServerUnreachableError,
    WrongVersionError,
)

pytestmark = pytest.mark.timeout(20)

HELLO = Hello(version=PROTOCOL_VERSION, scenario="renewal", client="test")
AT_ONCE = Patience(open_seconds=5, pauses_seconds=(0.0, 0.0, 0.0))
ENDED = Ended(
    seq=9,
    session="s-1",
    outcome=Outcome.AGREEMENT,
    debrief=Debrief(headline="Well.", checks=(), labels=1, summaries=1, thats_right=True, talk_share=0.5),
)


def _second_of(value: int) -> bytes:
    return value.to_bytes(2, "little") * 16_000


async def _all(connection: Connection) -> list[Received]:
    return [message async for message in connection.received()]


async def test_hello_welcome_messages_and_voice_until_the_call_is_over() -> None:
    voice = AudioFrame(kind=AudioKind.VOICE, stream=1, offset=0, pcm=b"\1\0")
    murmur = AudioFrame(kind=AudioKind.MURMUR, stream=22_050, offset=0, pcm=b"\2\0")

    async def script(caller: Caller) -> None:
        assert await caller.hello() == HELLO
        await caller.send(welcome(), PhaseChanged(seq=2, phase=Phase.READY))
        await caller.send(encode_audio(voice), encode_audio(murmur), ENDED)
        await caller.close()

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as connection:
        assert connection.welcome.session == "s-1"
        assert await _all(connection) == [
            welcome(),
            PhaseChanged(seq=2, phase=Phase.READY),
            voice,
            murmur,
            ENDED,
        ]


async def test_microphone_frames_carry_their_offsets_and_messages_keep_their_order() -> None:
    heard = []

    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome(next_sample=640))
        heard.extend([await caller.receive() for _ in range(4)])
        await caller.send(ENDED)

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as connection:
        await connection.send_microphone(b"\1\0" * 320)
        await connection.send(Mute(on=True))
        await connection.send_microphone(b"\2\0" * 320)
        await connection.send(EndCall())
        await _all(connection)
    assert heard == [
        AudioFrame(kind=AudioKind.MICROPHONE, stream=0, offset=640, pcm=b"\1\0" * 320),
        Mute(on=True),
        AudioFrame(kind=AudioKind.MICROPHONE, stream=0, offset=960, pcm=b"\2\0" * 320),
        EndCall(),
    ]


async def test_a_dropped_call_resumes_at_the_sample_the_server_asks_for() -> None:
    dropped = asyncio.Event()
    resent = []

    async def first(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome(), PhaseChanged(seq=2, phase=Phase.READY))
        assert isinstance(await caller.receive(), AudioFrame)
        await caller.break_off()

    async def second(caller: Caller) -> None:
        hello = await caller.hello()
        assert (hello.resume, hello.seen) == ("s-1", 2)
        await dropped.wait()
        await caller.send(
            welcome(resumed=True, next_sample=8_000, seq=7),
            PhaseChanged(seq=2, phase=Phase.READY),
            PhaseChanged(seq=3, phase=Phase.LISTENING),
        )
        resent.extend(await caller.microphone(24_000))
        assert await caller.receive() == EndCall()
        await caller.send(ENDED)

    async with scripted_server(first, second) as url, await Connection.open(url, HELLO, AT_ONCE) as call:
        await call.send_microphone(_second_of(1))
        seen = []
        async for message in call.received():
            seen.append(message)
            if isinstance(message, Dropped):
                await call.send_microphone(_second_of(2))
                await call.send(EndCall())
                dropped.set()
    assert [type(message).__name__ for message in seen] == [
        "Welcome",
        "PhaseChanged",
        "Dropped",
        "Welcome",
        "PhaseChanged",
        "Ended",
    ]
    assert seen[4] == PhaseChanged(seq=3, phase=Phase.LISTENING)
    assert [(frame.offset, len(frame.pcm) // 2) for frame in resent] == [(8_000, 16_000), (24_000, 8_000)]
    assert b"".join(frame.pcm for frame in resent) == _second_of(1)[16_000:] + _second_of(2)


async def test_audio_that_is_no_longer_kept_is_resent_as_silence() -> None:
    resent = []

    async def first(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        await caller.receive()
        await caller.receive()
        await caller.break_off()

    async def second(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome(resumed=True, next_sample=0))
        resent.extend(await caller.microphone(16_000))
        await caller.send(ENDED)

    patience = Patience(pauses_seconds=(0.0,), kept_seconds=0.5)
    async with scripted_server(first, second) as url, await Connection.open(url, HELLO, patience) as call:
        await call.send_microphone(_second_of(1)[:16_000])
        await call.send_microphone(_second_of(2)[:16_000])
        await _all(call)
    # The first half second was forgotten: its place in the stream is kept by silence.
    assert b"".join(frame.pcm for frame in resent) == bytes(16_000) + _second_of(2)[:16_000]


async def test_a_server_that_does_not_come_back_loses_the_call_with_the_session_named() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        await caller.break_off()

    async with scripted_server(script) as url:
        call = await Connection.open(url, HELLO, AT_ONCE)
    with pytest.raises(
        ConnectionLostError, match=r"did not come back; the server has kept .* session s-1"
    ):
        await _all(call)


async def test_a_server_that_welcomes_and_drops_in_turn_is_given_up() -> None:
    async def flapping(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        await caller.break_off()

    async with (
        scripted_server(flapping, flapping, flapping, flapping) as url,
        await Connection.open(url, HELLO, AT_ONCE) as call,
    ):
        with pytest.raises(ConnectionLostError):
            await _all(call)


async def test_messages_wait_for_the_connection_but_not_without_bound() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        await caller.break_off()

    async with scripted_server(script) as url:
        call = await Connection.open(url, HELLO, AT_ONCE)
    received = call.received()
    await anext(received)
    assert isinstance(await anext(received), Dropped)
    for _ in range(100):
        await call.send(Mute(on=True))
    with pytest.raises(ConnectionLostError, match="100 messages already wait"):
        await call.send(EndCall())


async def test_resume_from_a_sample_that_was_never_recorded_is_an_error() -> None:
    async def first(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        await caller.break_off()

    async def second(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome(resumed=True, next_sample=5))

    async with scripted_server(first, second) as url, await Connection.open(url, HELLO, AT_ONCE) as call:
        with pytest.raises(ProtocolError, match="sample 5, but only 0 were ever recorded"):
            await _all(call)


async def test_no_server_there() -> None:
    with sockets.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{taken.getsockname()[1]}/call"
        with pytest.raises(ServerUnreachableError, match=r"No server answers at .*`voice-coach serve`"):
            await Connection.open(url, HELLO)


async def test_a_server_that_says_nothing() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        with pytest.raises(Exception, match="1000"):
            await caller.receive()

    async with scripted_server(script) as url:
        with pytest.raises(ServerUnreachableError, match=r"did not answer within 0\.2 s"):
            await Connection.open(url, HELLO, Patience(open_seconds=0.2))


async def test_something_else_answers_there() -> None:
    async def speak_smtp(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail ready\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak_smtp, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/call"
        with pytest.raises(ServerUnreachableError, match="it is no voice_coach server"):
            await Connection.open(url, HELLO)


async def test_http_refusal_names_the_status() -> None:
    async def forbid(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(forbid, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/call"
        with pytest.raises(RefusedError, match=r"refused the connection \(HTTP 403\)"):
            await Connection.open(url, HELLO)


async def test_an_address_that_is_none() -> None:
    with pytest.raises(InputError, match="localhost is no websocket address"):
        await Connection.open("localhost", HELLO)


@pytest.mark.parametrize("fatal", [True, False])
async def test_the_servers_own_sentence_is_the_error(*, fatal: bool) -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(Failed(code="bad-scenario", text="There is no scenario x.", fatal=fatal))

    async with scripted_server(script) as url:
        with pytest.raises(RefusedError, match=r"^There is no scenario x\.$") as caught:
            await Connection.open(url, HELLO)
    assert caught.value.stable_code == "bad-scenario"


async def test_wrong_version_as_the_server_says_it() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(Failed(code="wrong-version", text="Please update.", fatal=True))

    async with scripted_server(script) as url:
        with pytest.raises(WrongVersionError, match="Please update"):
            await Connection.open(url, HELLO)


async def test_wrong_version_as_the_client_sees_it() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome(version=2))

    async with scripted_server(script) as url:
        with pytest.raises(
            WrongVersionError, match="speaks protocol version 2 and this client version 1"
        ):
            await Connection.open(url, HELLO)


async def test_anything_before_welcome_is_out_of_order() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(Notice(seq=1, code="x", text="y"))

    async with scripted_server(script) as url:
        with pytest.raises(ProtocolError, match="it sent Notice first"):
            await Connection.open(url, HELLO)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ('{"type": "phase", "phase": "asleep"}', "bad-field"),
        ('{"type": "surprise"}', "unknown-message"),
        ("{", "malformed-json"),
        (b"\2\1", "bad-audio-frame"),
        (
            encode_audio(AudioFrame(kind=AudioKind.MICROPHONE, stream=0, offset=0, pcm=b"ab")),
            "bad-audio-frame",
        ),
    ],
)
async def test_what_cannot_be_read_ends_the_call_with_its_code(raw: str | bytes, code: str) -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome(), raw)

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as call:
        with pytest.raises(ProtocolError, match="The server at ws") as caught:
            await _all(call)
    assert caught.value.stable_code == code


async def test_a_fatal_failure_in_the_call_is_raised_and_a_harmless_one_given() -> None:
    harmless = Failed(seq=2, code="slow", text="Slow.")

    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome(), harmless, Failed(code="bad-audio", text="Out of order.", fatal=True))

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as call:
        received = call.received()
        await anext(received)
        assert await anext(received) == harmless
        with pytest.raises(RefusedError, match=r"Out of order\."):
            await anext(received)


@pytest.mark.parametrize("code", [1000, 1008, 4001])
async def test_a_deliberate_close_is_not_resumed(code: int) -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        await caller.close(code, "somebody else took this seat")

    async with scripted_server(script) as url, await Connection.open(url, HELLO, AT_ONCE) as call:
        with pytest.raises(RefusedError, match="before the call was over: somebody else took this seat"):
            await _all(call)


async def test_closing_by_ourselves_ends_the_stream_quietly() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        with pytest.raises(Exception, match="1000"):
            await caller.receive()

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as call:
        received = call.received()
        await anext(received)
        await call.close()
        assert [message async for message in received] == []
