"""Peers that are slow, silent or flood, at a running server: refused in words, others unharmed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from voice_coach.messages import (
    PROTOCOL_VERSION,
    AudioFrame,
    AudioKind,
    Failed,
    Hello,
    Notice,
    decode_server,
    encode,
    encode_audio,
)
from voice_coach.settings import Settings
from voice_coach_server import app, connection, outbox, patience, prompt_http
from voice_coach_server.app import Address, running_server
from voice_coach_server.engines import Engines
from voice_coach_server.outbox import Outbox, frames

HELLO = encode(Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt", client="slow", seed=1))
WEB = Path(__file__).parents[2] / "client" / "web"
HEAD = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds become tenths."""
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(patience, "_BODY_GRACE_SECONDS", 0.3)
    monkeypatch.setattr(patience, "STUCK_SECONDS", 0.3)
    monkeypatch.setattr(prompt_http, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(connection, "_FIRST_SOUND_SECONDS", 0.3)


@asynccontextmanager
async def raw(address: Address) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    parts = urlsplit(address.http_url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def refusal(reader: asyncio.StreamReader) -> tuple[int, str, str]:
    """Status, code and sentence of what is said before the connection closes."""
    async with asyncio.timeout(5):
        head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
    said = json.loads(body)
    return int(head.split()[1]), said["code"], said["text"]


async def last_word(peer: ClientConnection) -> tuple[str, int | None]:
    """Code of the fatal refusal, and of the close."""
    code = ""
    async with asyncio.timeout(5):
        try:
            while True:
                frame = await peer.recv()
                message = decode_server(frame) if isinstance(frame, str) else None
                if isinstance(message, Failed) and message.fatal:
                    code = message.code
        except ConnectionClosed:
            return code, peer.close_code


def sound(offset: int, pcm: bytes) -> bytes:
    return encode_audio(AudioFrame(kind=AudioKind.MICROPHONE, stream=0, offset=offset, pcm=pcm))


async def ask(address: Address) -> int:
    async with raw(address) as (reader, writer):
        writer.write(HEAD + b"connection: close\r\n\r\n")
        async with asyncio.timeout(5):
            return int((await reader.read(-1)).split()[1])


@pytest.mark.usefixtures("impatient")
async def test_who_connects_and_says_nothing_is_told_and_sent_away(server: Address) -> None:
    async with raw(server) as (reader, _):
        assert await refusal(reader) == (
            408,
            "too-slow",
            "No request came within 0 s; connect again to ask.",
        )


@pytest.mark.usefixtures("impatient")
async def test_a_head_that_comes_a_byte_at_a_time_is_cut_short(server: Address) -> None:
    async with raw(server) as (reader, writer):

        async def drip() -> None:
            for byte in HEAD * 10:
                writer.write(bytes([byte]))
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        assert (await refusal(reader))[:2] == (408, "too-slow")
        dripping.cancel()


@pytest.mark.usefixtures("impatient")
async def test_the_second_request_of_a_connection_has_no_more_time(server: Address) -> None:
    async with raw(server) as (reader, writer):
        writer.write(HEAD + b"\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD)
        async with asyncio.timeout(5):
            assert b"408 Request Timeout" in await reader.read(-1)


@pytest.mark.usefixtures("impatient")
async def test_a_slow_upload_gives_its_place_back(server: Address, settings: Settings) -> None:
    head = b"POST /api/recorded?name=a.wav HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n"
    for _ in range(settings.recorded.waiting_limit + 1):
        async with raw(server) as (reader, writer):
            writer.write(head + b"RIFF")
            assert (await refusal(reader))[:2] == (408, "too-slow")


@pytest.mark.usefixtures("impatient")
async def test_an_answer_that_nobody_reads_is_given_up(
    server: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused = asyncio.Event()
    pause = prompt_http.PromptHttp.pause_writing

    def noted_pause(self: prompt_http.PromptHttp) -> None:
        paused.set()
        pause(self)

    monkeypatch.setattr(prompt_http.PromptHttp, "pause_writing", noted_pause)
    asked = 5_000
    async with raw(server) as (reader, writer):
        # Nobody reads: asyncio takes twice its limit, and then the buffers of the kernel fill.
        writer.write((HEAD.replace(b"/healthz", b"/web/main.js") + b"\r\n") * asked)
        async with asyncio.timeout(15):
            await paused.wait()
        await asyncio.sleep(0.6)
        async with asyncio.timeout(5):
            answered = await read_to_the_end(reader)
        assert 0 < answered.count(b"HTTP/1.1 ") < asked


async def read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    """What came before the connection ended, cut off or not."""
    taken = bytearray()
    try:
        while piece := await reader.read(1_000_000):
            taken += piece
    except ConnectionError:
        pass
    return bytes(taken)


@pytest.mark.usefixtures("impatient")
async def test_a_call_without_a_first_sound_ends(server: Address) -> None:
    async with connect(server.websocket_url) as peer:
        await peer.send(HELLO)
        assert await last_word(peer) == ("no-sound", 4400)


async def test_of_too_many_the_one_that_was_silent_for_longest_goes(
    settings: Settings, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_MOST_CONNECTIONS", 6)
    async with (
        running_server(settings, engines, WEB) as server,
        connect(server.websocket_url) as call,
        raw(server) as (first, _),
    ):
        await call.send(HELLO)
        await call.recv()
        await asyncio.sleep(0.05)
        held = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(40)]
        assert (await refusal(first))[:2] == (503, "too-many-connections")
        assert await ask(server) == 200
        await call.send(sound(0, bytes(640)))
        async with asyncio.timeout(5):
            assert await call.recv()
        for _, writer in held:
            writer.close()


async def test_of_too_many_websockets_without_hello_the_oldest_goes(
    settings: Settings, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_MOST_CONNECTIONS", 4)
    async with running_server(settings, engines, WEB) as server, connect(server.websocket_url) as first:
        others = [await connect(server.websocket_url) for _ in range(6)]
        assert await last_word(first) == ("too-many-connections", 1013)
        for other in others:
            await other.close()


async def flood(peer: ClientConnection, first: bytes, data: bytes) -> None:
    """Send what no library would, until the server has enough."""
    peer.transport.write(first)
    for _ in range(50):
        if peer.transport.is_closing():
            return
        peer.transport.write(data)
        await asyncio.sleep(0)


def _frame(opcode: Opcode, data: bytes = b"", *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)


FLOODS = {
    "pings": (b"", _frame(Opcode.PING, b"x" * 100)),
    "pongs": (b"", _frame(Opcode.PONG)),
    "empty pieces": (_frame(Opcode.TEXT, b"{", fin=False), _frame(Opcode.CONT, fin=False)),
    "pieces of one byte": (
        _frame(Opcode.BINARY, b"x", fin=False),
        _frame(Opcode.CONT, b"x", fin=False),
    ),
}


@pytest.mark.parametrize("name", FLOODS)
@pytest.mark.parametrize("hello", [True, False])
async def test_a_flood_of_small_frames_is_refused(server: Address, name: str, *, hello: bool) -> None:
    async with connect(server.websocket_url) as peer:
        if hello:
            await peer.send(HELLO)
            await peer.recv()
        first, again = FLOODS[name]
        await flood(peer, first, again * 100)
        assert await last_word(peer) == ("too-many-pieces", 4429)


async def test_pieces_of_a_message_are_joined(server: Address) -> None:
    async with connect(server.websocket_url) as peer:
        await peer.send(letter for letter in HELLO)
        assert "welcome" in str(await peer.recv())


async def test_text_that_is_none_is_refused_and_fills_no_log(
    server: Address, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect(server.websocket_url) as peer:
        peer.transport.write(_frame(Opcode.TEXT, b"\xed\xa0\x80"))
        assert await last_word(peer) == ("bad-text", 1007)
    assert not caplog.records


async def test_a_handshake_that_is_none_fills_no_log(
    server: Address, caplog: pytest.LogCaptureFixture
) -> None:
    upgrade = b"GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    for wrong in (b"x: y\r\n" * 300, b"x: " + b"y" * 20_000 + b"\r\n", b"sec-websocket-key: ?\r\n", b""):
        async with raw(server) as (reader, writer):
            writer.write(upgrade + wrong + b"\r\n")
            async with asyncio.timeout(5):
                await reader.read(-1)
    assert await ask(server) == 200
    assert [r.getMessage() for r in caplog.records if r.levelname in ("ERROR", "CRITICAL")] == []


async def test_compressed_and_reserved_frames_end_the_connection(server: Address) -> None:
    for first in (0xC1, 0x83, 0x8B):
        async with connect(server.websocket_url) as peer:
            peer.transport.write(bytes([first, 0x80, 0, 0, 0, 0]))
            assert await last_word(peer) == ("", 1002)


async def test_frames_of_one_sample_are_taken_until_they_are_too_many(server: Address) -> None:
    async with connect(server.websocket_url, max_queue=None) as peer:
        await peer.send(HELLO)
        for offset in range(1_500):
            try:
                await peer.send(sound(offset, b"\0\0"))
            except ConnectionClosed:
                break
        assert await last_word(peer) == ("too-many-messages", 4429)


async def test_ten_times_real_time_is_taken_for_what_a_client_may_have_kept(server: Address) -> None:
    async with connect(server.websocket_url, max_queue=None) as peer:
        await peer.send(HELLO)
        seconds = 0
        try:
            for seconds in range(200):
                await peer.send(sound(16_000 * seconds, bytes(32_000)))
        except ConnectionClosed:
            pass
        assert seconds > 85
        assert await last_word(peer) == ("too-much-audio", 4429)


@pytest.mark.parametrize(("more", "taken"), [(0, True), (2, False)])
async def test_a_frame_of_maximum_size_is_taken_and_a_longer_one_refused(
    server: Address, settings: Settings, more: int, *, taken: bool
) -> None:
    pcm = bytes(settings.server.longest_audio_frame_bytes - len(sound(0, b"")) + more)
    async with connect(server.websocket_url, max_queue=None) as peer:
        await peer.send(HELLO)
        await peer.send(sound(0, pcm))
        if taken:
            await peer.send(encode(Hello(version=PROTOCOL_VERSION)))
            said = ""
            async with asyncio.timeout(5):
                while "second-hello" not in said:
                    said = str(await peer.recv())
        else:
            assert await last_word(peer) == ("too-long", 4400)


async def test_what_waits_for_a_slow_reader_is_bounded_and_then_let_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "_WAITING_BYTES", 100_000)
    box = Outbox()
    queue = box.attach()
    most = 0
    for _ in range(1_000):
        box.send_audio(AudioFrame(kind=AudioKind.VOICE, stream=1, offset=0, pcm=bytes(1_000)))
        most = max(most, queue.size)
    assert most <= 100_000
    assert (queue.size, box.is_attached) == (0, False)
    assert [frame async for frame in frames(queue)] == []


async def test_a_slow_reader_that_comes_back_gets_what_counts() -> None:
    box = Outbox()
    box.attach()
    for number in range(3_000):
        box.send(Notice(code="x", text=str(number)))
        if number == 0:
            box.send(Failed(code="y", text="This counts."))
    queue = box.attach()
    box.repeat_after(0)
    box.detach()
    assert [
        decode_server(frame) for frame in [f async for f in frames(queue)] if isinstance(frame, str)
    ] == [Failed(seq=2, code="y", text="This counts.")]


async def test_descriptors_come_back(server: Address) -> None:
    descriptors = Path("/proc/self/fd")

    def count() -> int:
        return len(list(descriptors.iterdir()))

    if not descriptors.is_dir():  # noqa: ASYNC240 - of the kernel, at once
        pytest.skip("Descriptors can be counted only where there is /proc.")
    await ask(server)
    before = count()
    for _ in range(50):
        async with raw(server), connect(server.websocket_url):
            pass
    await until(lambda: count() <= before)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
