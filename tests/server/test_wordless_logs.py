"""Nothing that was said, named, typed or kept secret is in a log, not even with everything at DEBUG."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from voice_coach.conversation.commands import Phase
from voice_coach.messages import (
    PROTOCOL_VERSION,
    Hello,
    PhaseChanged,
    PlaybackEnded,
    PlaybackStarted,
    ReplyEnd,
    TurnSettled,
)
from voice_coach_client.connection import Connection
from voice_coach_client.credentials import Credentials
from voice_coach_client.errors import RefusedError
from voice_coach_server.wordless_logs import keep_words_out, place_of

HEARD, BROKEN, BAD_FILE, SECRET, JOURNAL = MARKERS = (
    "zanzibarquince",
    "wolframpeach",
    "quartzplum",
    "cobaltfig",
    "zirconlime",
)
RUNNER = Path(__file__).with_name("logged_server.py")
SHIPPED = "renewal_in_doubt"
"""A scenario that needs no file of its own."""
PATIENCE_SECONDS = 30.0


async def ask_wrongly(port: int) -> None:
    """Ask wrong things of the server, with a secret in each."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for path in (f"/{SECRET}?code={SECRET}", f"/api/sessions/{SECRET}", f"/room?token={SECRET}"):
            answer = await client.get(path, headers={"authorization": f"Bearer {SECRET}"})
            assert answer.status_code >= 400
        assert (await client.get("/", headers={"host": f"{SECRET}.example"})).status_code >= 400
        await client.get("/api/sessions")
        await client.get("/api/sessions/20261120-090000-abcd")
    with pytest.raises(InvalidStatus):
        await connect(f"ws://127.0.0.1:{port}/ws?{SECRET}", origin=f"http://{SECRET}.example")  # type: ignore[arg-type]
    async with connect(f"ws://127.0.0.1:{port}/ws") as socket:
        await socket.send(f'{{"type": "{SECRET}"}}')
        await socket.recv()


async def rehearse(port: int, tone: bytes) -> None:
    """Say two things with the product's own client: the second one breaks the call."""
    hello = Hello(version=PROTOCOL_VERSION, scenario=SHIPPED, seed=7)
    credentials = Credentials(token=SECRET)
    async with await Connection.open(
        f"ws://127.0.0.1:{port}/ws", hello, credentials=credentials
    ) as connection:

        async def say() -> None:
            await connection.send_microphone(tone)
            await connection.send_microphone(bytes(32_000 * 3))

        await connection.send_microphone(bytes(6400))
        spoken = settled = False
        # A call that breaks is closed by the server.
        with suppress(RefusedError):
            async for received in connection.received():
                if isinstance(received, ReplyEnd) and received.samples:
                    heard = received.samples
                    await connection.send(PlaybackStarted(reply=received.reply))
                    await connection.send(
                        PlaybackEnded(reply=received.reply, heard_samples=heard, complete=True)
                    )
                elif (
                    isinstance(received, PhaseChanged)
                    and received.phase is Phase.LISTENING
                    and not spoken
                ):
                    spoken = True
                    await say()
                elif isinstance(received, TurnSettled) and HEARD in received.turn.text:
                    settled = True
                    await say()
        assert settled, "the words were never on the wire: nothing was tried"


async def logs_of_a_run(folder: Path, tone: bytes, caplog: pytest.LogCaptureFixture) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(RUNNER), str(folder)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "PYTHONASYNCIODEBUG": "1"},
    )
    assert process.stdout is not None
    lines: list[str] = []
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def read(stream: asyncio.StreamReader) -> None:
        async for line in stream:
            lines.append(line.decode())
            if lines[-1].startswith("READY ") and not ready.done():
                ready.set_result(int(lines[-1].split()[1]))
        if not ready.done():
            ready.set_exception(AssertionError("".join(lines)))

    reading = asyncio.create_task(read(process.stdout))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            port = await ready
            await ask_wrongly(port)
            caplog.clear()  # what was printed so far is of the test's own clients
            await rehearse(port, tone)
    except TimeoutError:
        pytest.fail("".join(lines))
    finally:
        process.kill()
        await process.wait()
        await reading
    return "".join(lines)


async def test_a_server_and_a_client_at_debug_print_no_marker(
    tmp_path: Path, tone: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "bad.yaml").write_text(f"id: 7\ntitle: {BAD_FILE}\n{BAD_FILE}: [")
    bad = tmp_path / "store" / "sessions" / "20261120-090000-abcd"
    bad.mkdir(parents=True)
    (bad / "journal.jsonl").write_text(f'{{"{JOURNAL}": "{JOURNAL}"\n')
    caplog.set_level(logging.DEBUG)
    logs = await logs_of_a_run(tmp_path, tone, caplog)
    assert "cannot go on: KeyError at logged_server.py" in logs, "the bug is told, with its place"
    assert "an error that nobody caught: KeyError at logged_server.py" in logs
    assert "bad.yaml cannot be used" in logs
    assert [marker for marker in MARKERS if marker in logs] == []
    assert [marker for marker in MARKERS if marker in caplog.text] == [], "the client's side"


def test_an_error_is_told_by_its_place_and_not_by_its_words() -> None:
    with pytest.raises(KeyError) as raised:
        raise KeyError(HEARD)
    assert place_of(raised.value).startswith("KeyError at test_wordless_logs.py:")
    assert HEARD not in place_of(raised.value)
    assert place_of(ValueError(HEARD)) == "ValueError at an unknown place"


@pytest.mark.parametrize("name", ["asyncio", "uvicorn.error"])
def test_a_library_s_error_keeps_its_place_only(name: str, caplog: pytest.LogCaptureFixture) -> None:
    keep_words_out()
    with pytest.raises(KeyError) as raised:
        raise KeyError(HEARD)
    logging.getLogger(name).error("Exception in callback %s", HEARD, exc_info=raised.value)
    assert "KeyError at test_wordless_logs.py" in caplog.text
    assert HEARD not in caplog.text
