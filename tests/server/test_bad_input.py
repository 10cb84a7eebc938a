"""What clients get wrong: one clear sentence each, the server lives, and the session stays on disk."""

import asyncio
import json
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from trainee import trainee
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from voice_coach.counterpart.scenario import SCENARIO_FOLDER
from voice_coach.errors import InputError
from voice_coach.journal.journal import read_journal
from voice_coach.messages import (
    HEADER,
    PROTOCOL_VERSION,
    Ended,
    Failed,
    Hello,
    PhaseChanged,
    decode_server,
    encode,
)
from voice_coach.settings import ServerSettings, Settings
from voice_coach_server.app import Address, running_server
from voice_coach_server.engines import Engines

HELLO = encode(Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt"))
SHIPPED_SCENARIO = SCENARIO_FOLDER / "renewal_in_doubt.yaml"
AUDIO = HEADER.pack(1, PROTOCOL_VERSION, 0, 0, 0) + bytes(640)


async def alive(address: Address) -> None:
    """The server still takes a call."""
    async with trainee(address.websocket_url) as person:
        assert person.messages


@pytest.mark.parametrize(
    ("first", "code", "sentence"),
    [
        (AUDIO, "audio-before-hello", "Audio came before hello; a connection begins with hello."),
        ('{"type":"end_call"}', "no-hello", "A connection begins with hello."),
        ("not json", "malformed-json", "A text frame must be one JSON object: "),
        ('{"type":"sing"}', "unknown-message", "This message has no type that protocol version 1 knows"),
        (
            encode(Hello(version=99, scenario="renewal_in_doubt")),
            "wrong-version",
            "This server speaks protocol version 1, the client 99; reload the page or update the client.",
        ),
        (
            encode(Hello(version=PROTOCOL_VERSION, scenario="../../etc/passwd")),
            "unknown-scenario",
            "There is no scenario of that name; choose one of ",
        ),
        (
            encode(Hello(version=PROTOCOL_VERSION, scenario=str(SHIPPED_SCENARIO))),
            "unknown-scenario",
            "There is no scenario of that name; choose one of ",
        ),
        (
            encode(Hello(version=PROTOCOL_VERSION, resume="20200101-000000-aaaa")),
            "unknown-session",
            "That call is not open any more; what was said is kept. Start a new one.",
        ),
        ('{"type":"hello","version":1,"client":"' + "x" * 70_000 + '"}', "too-long", "Text frames may"),
    ],
)
async def test_a_bad_beginning_is_refused_with_a_sentence(
    server: Address, first: str | bytes, code: str, sentence: str
) -> None:
    async with connect(server.websocket_url) as connection:
        await connection.send(first)
        answer = decode_server(await connection.recv())
        assert isinstance(answer, Failed)
        assert (answer.code, answer.fatal) == (code, True)
        assert answer.text.startswith(sentence)
        await connection.wait_closed()
        assert connection.close_code in range(4400, 4600)
    await alive(server)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", "malformed-json"),
        ('{"type":"sing"}', "unknown-message"),
        ('{"type":"mute"}', "bad-field"),
        (HELLO, "second-hello"),
        ('{"type":"playback_ended","reply":77,"heard_samples":1,"complete":true}', "unknown-reply"),
    ],
)
async def test_what_can_be_skipped_is_said_and_skipped(
    server: Address, tone: bytes, frame: str, code: str
) -> None:
    async with trainee(server.websocket_url) as person:
        await person.speak(tone)
        await person.socket.send(frame)
        failed = await person.wait_for(Failed)
        assert (failed.code, failed.fatal) == (code, False)
        await person.silence(1.0)
        await person.wait_for(PhaseChanged)


def odd(offset: int) -> bytes:
    return HEADER.pack(1, PROTOCOL_VERSION, 0, 0, offset) + b"abc"


def late(offset: int) -> bytes:
    return HEADER.pack(1, PROTOCOL_VERSION, 0, 0, offset + 5) + bytes(640)


def long(offset: int) -> bytes:
    return HEADER.pack(1, PROTOCOL_VERSION, 0, 0, offset) + bytes(70_000)


@pytest.mark.parametrize(
    ("make", "code"),
    [(odd, "bad-audio-frame"), (late, "out-of-order-audio"), (long, "too-long")],
)
async def test_audio_that_would_spoil_the_stream_closes_it_and_the_call_can_be_resumed(
    server: Address, settings: Settings, tone: bytes, make: Callable[[int], bytes], code: str
) -> None:
    async with trainee(server.websocket_url) as person:
        await person.speak(tone)
        session = person.messages[0].session  # type: ignore[union-attr]  # the first is Welcome
        await person.socket.send(make(person.next_sample))
        failed = await person.wait_for(Failed)
        assert (failed.code, failed.fatal) == (code, True)
        assert await person.closed() == 4400
    back = Hello(version=PROTOCOL_VERSION, resume=session, seen=failed.seq)
    async with trainee(server.websocket_url, back) as person:
        assert person.next_sample == len(tone) // 2
        await person.speak(tone)
        await person.send_end()
        await person.wait_for(Ended)
    journal = read_journal(settings.store.path / "sessions" / session / "journal.jsonl")
    assert journal.complete


async def test_messages_without_end_are_stopped(server: Address) -> None:
    async with trainee(server.websocket_url) as person:
        for _ in range(1500):
            await person.socket.send('{"type":"mute","on":true}')
        failed = await person.wait_for(Failed)
        assert failed.code == "too-many-messages"
        assert failed.text == "Too many messages: at most 200 a second are taken."
        assert await person.closed() == 4429
    await alive(server)


async def test_a_page_of_another_origin_cannot_open_the_websocket(server: Address) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with connect(server.websocket_url, origin="https://evil.example"):  # type: ignore[arg-type]  # an Origin is a str
            pass
    assert caught.value.response.status_code == 403
    await alive(server)


async def test_a_name_that_was_rebound_to_us_cannot_open_the_websocket(server: Address) -> None:
    rebound = f"rebound.example:{server.port}"
    with pytest.raises(InvalidStatus) as caught:
        async with connect(
            f"ws://{rebound}/ws",
            host=server.host,
            port=server.port,
            origin=f"http://{rebound}",  # type: ignore[arg-type]  # an Origin is a str
        ):
            pass
    assert caught.value.response.status_code == 403
    await alive(server)


async def test_another_host_name_is_refused(server: Address) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(server.http_url, headers={"host": "rebound.example"})
    assert answer.status_code == 421
    assert answer.text == "This server answers only to localhost and 127.0.0.1.\n"


async def test_a_port_in_use_is_named(settings: Settings, engines: Engines, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        busy = Settings(server=ServerSettings(port=port), store=settings.store)
        with pytest.raises(InputError) as caught:
            async with running_server(busy, engines, tmp_path):
                pass
    assert caught.value.stable_code == "port-in-use"
    assert str(caught.value).startswith(f"Port {port} on 127.0.0.1 is in use")


async def test_any_other_address_than_loopback_is_refused(
    engines: Engines, settings: Settings, tmp_path: Path
) -> None:
    everywhere = Settings(server=ServerSettings(host="0.0.0.0", port=0), store=settings.store)  # noqa: S104 - that it is refused is the point
    with pytest.raises(InputError, match="listens only on this machine"):
        async with running_server(everywhere, engines, tmp_path):
            pass


async def test_a_store_that_cannot_be_written_is_said_at_hello(
    engines: Engines, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "store").write_text("a file stands where the folder should be")
    async with (
        running_server(settings, engines, tmp_path) as address,
        connect(address.websocket_url) as connection,
    ):
        await connection.send(HELLO)
        answer = json.loads(await connection.recv())
        assert (answer["type"], answer["code"], answer["fatal"]) == ("error", "store", True)


async def test_paths_of_recordings_are_never_trusted(server: Address) -> None:
    async with httpx.AsyncClient() as client:
        for path in (
            "api/sessions/..%2f..%2f..%2fetc/trainee.flac",
            "api/sessions/20200101-000000-aaaa/trainee.flac",
            "api/sessions/20200101-000000-aaaa/journal.flac",
            "web/%2e%2e/%2e%2e/pyproject.toml",
        ):
            assert (await client.get(server.http_url + path)).status_code == 404


async def test_a_client_that_says_nothing_does_not_stay(server: Address) -> None:
    async with connect(server.websocket_url) as connection:
        await asyncio.sleep(0)
        await connection.close()
    await alive(server)
