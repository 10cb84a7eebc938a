"""A recorded call over HTTP: brought, heard in a process of its own, stopped, refused."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from recorded.calls import two_channels, write

from voice_coach.journal.library import Library
from voice_coach.settings import RecordedSettings, ServerSettings, Settings, StoreSettings
from voice_coach_server.app import Address, running_server
from voice_coach_server.engines import Engines

WEB = Path(__file__).parents[2] / "client" / "web"
Answer = Mapping[str, Any]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        server=ServerSettings(port=0),
        store=StoreSettings(folder=str(tmp_path / "store")),
        recorded=RecordedSettings(largest_file_megabytes=20, waiting_limit=2),
    )


@pytest.fixture
async def client(server: Address) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.http_url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tmp_path_factory.mktemp("call") / "call.mp3", two_channels()).read_bytes()


@pytest.fixture(scope="module")
def long_call(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Some minutes: long enough to be stopped."""
    sound = np.concatenate([two_channels()] * 40, axis=1)
    return write(tmp_path_factory.mktemp("call") / "call.mp3", sound).read_bytes()


async def brought(client: httpx.AsyncClient, body: bytes, query: str = "name=call.mp3") -> str:
    answer = await client.post(f"api/recorded?{query}", content=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job"])


async def until(client: httpx.AsyncClient, job: str, *states: str) -> Answer:
    async with asyncio.timeout(120):
        while True:
            answer: Answer = (await client.get(f"api/recorded/{job}")).json()
            if answer["state"] in states:
                return answer
            await asyncio.sleep(0.05)


async def until_begun(client: httpx.AsyncClient, job: str) -> None:
    """Wait until something of the call is being understood."""
    async with asyncio.timeout(120):
        while True:
            if (await client.get(f"api/recorded/{job}")).json()["session"]:
                return
            await asyncio.sleep(0.02)


OVER = ("done", "failed", "cancelled")


def files_left(settings: Settings) -> list[Path]:
    return list((settings.store.path / "incoming").iterdir())


async def test_a_file_becomes_a_session(
    client: httpx.AsyncClient, settings: Settings, call: bytes
) -> None:
    job = await brought(client, call, "name=C:%5Ccalls%5Cmy%20call.mp3&scenario=late_payment&mine=right")
    answer = await until(client, job, *OVER)
    assert (answer["state"], answer["problem"]) == ("done", "")
    assert answer["seconds_done"] == answer["seconds_total"] > 10
    review = (await client.get(f"api/sessions/{answer['session']}/review")).json()
    assert review["kind"] == "recorded"
    assert [one["turn"]["speaker"] for one in review["turns"]][:2] == ["counterpart", "trainee"]
    assert "why-they-came" in {check["id"] for check in review["debrief"]["checks"]}
    assert (await client.get(f"api/sessions/{answer['session']}/trainee.flac")).status_code == 200
    assert not files_left(settings)


async def test_the_sides_can_be_swapped_afterwards(client: httpx.AsyncClient, call: bytes) -> None:
    session = (await until(client, await brought(client, call), *OVER))["session"]
    before = (await client.get(f"api/sessions/{session}/review")).json()
    sound = (await client.get(f"api/sessions/{session}/trainee.flac")).content
    for _ in range(2):
        after = (await client.post(f"api/sessions/{session}/mine", json={"mine": "right"})).json()
    speakers = [[one["turn"]["speaker"] for one in review["turns"]] for review in (before, after)]
    assert speakers[0][0] == "trainee"
    assert speakers[1][0] == "counterpart"
    assert after["debrief"]["labels"] == 0
    assert (await client.get(f"api/sessions/{session}/counterpart.flac")).content == sound
    wrong = await client.post(f"api/sessions/{session}/mine", json={"mine": "both"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "one-sound")


async def test_marking_a_speaker_changes_the_moves_of_a_mono_call(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    mono = write(tmp_path / "mono.flac", two_channels().sum(axis=0, keepdims=True)).read_bytes()
    session = (await until(client, await brought(client, mono, "name=mono.flac"), *OVER))["session"]
    review = (await client.get(f"api/sessions/{session}/review")).json()
    assert review["debrief"] is None
    turns = len(review["turns"])
    for turn in range(turns):
        speaker = ("trainee", "counterpart")[turn % 2]
        note = {"note": "speaker_marked", "turn": turn, "speaker": speaker}
        review = (await client.post(f"api/sessions/{session}/notes", json=note)).json()
    assert all(one["speaker_known"] for one in review["turns"])
    assert review["debrief"]["labels"] == 1


async def test_stopping_keeps_what_is_done(
    client: httpx.AsyncClient, settings: Settings, long_call: bytes
) -> None:
    job = await brought(client, long_call)
    await until_begun(client, job)
    await asyncio.sleep(0.5)
    assert (await client.delete(f"api/recorded/{job}")).status_code == 200
    answer = await until(client, job, *OVER)
    assert (answer["state"], answer["problem"]) == ("cancelled", "")
    with Library(settings.store.path) as library:
        (row,) = library.list()
    assert (row.id, row.complete, row.running) == (answer["session"], False, False)
    assert row.has_audio
    review = (await client.get(f"api/sessions/{row.id}/review")).json()
    assert any("stopped at" in remark for remark in review["remarks"])
    assert not files_left(settings)


async def test_one_at_a_time_and_no_more_than_may_wait(
    client: httpx.AsyncClient, call: bytes, long_call: bytes
) -> None:
    jobs = [await brought(client, long_call)]
    await until(client, jobs[0], "hearing")
    jobs += [await brought(client, call), await brought(client, call)]
    refused = await client.post("api/recorded?name=one.mp3", content=call)
    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert (await client.get(f"api/recorded/{jobs[1]}")).json()["state"] == "waiting"
    assert (await client.delete(f"api/recorded/{jobs[1]}")).json()["state"] == "cancelled"
    await client.delete(f"api/recorded/{jobs[0]}")
    assert (await until(client, jobs[2], *OVER))["state"] == "done"


@pytest.mark.parametrize(
    ("query", "body", "status", "code"),
    [
        ("", b"x", 400, "bad-name"),
        ("name=", b"x", 400, "bad-name"),
        ("name=a.wav", b"", 400, "empty"),
        ("name=a.wav&mine=middle", b"x", 400, "bad-side"),
        ("name=a.wav&scenario=none", b"x", 400, "unknown-scenario"),
        ("name=a.wav", bytes(20_000_001), 413, "too-large"),
    ],
)
async def test_what_cannot_be_taken(
    client: httpx.AsyncClient, query: str, body: bytes, status: int, code: str
) -> None:
    answer = await client.post(f"api/recorded?{query}", content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await client.get("api/recorded/none")).status_code == 404


async def test_a_body_of_unknown_length_is_bounded_too(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(21):
            yield bytes(1_000_000)

    answer = await client.post("api/recorded?name=a.wav", content=chunks())
    assert answer.status_code == 413
    assert not files_left(settings)


async def test_a_foreign_page_may_bring_nothing(client: httpx.AsyncClient, call: bytes) -> None:
    answer = await client.post(
        "api/recorded?name=a.mp3", content=call, headers={"origin": "http://elsewhere.example"}
    )
    assert answer.status_code == 403


async def test_a_bad_file_is_named_as_the_person_knows_it(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    job = await brought(client, b"no sound at all" * 100, "name=minutes.wav")
    answer = await until(client, job, *OVER)
    assert answer["state"] == "failed"
    assert answer["problem"].startswith("minutes.wav cannot be read as sound")
    assert str(settings.store.path) not in answer["problem"]
    with Library(settings.store.path) as library:
        assert library.list() == ()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_ears_that_are_killed_harm_nobody(
    client: httpx.AsyncClient, call: bytes, long_call: bytes
) -> None:
    job = await brought(client, long_call)
    await until_begun(client, job)
    for ears in ears_of(os.getpid()):
        os.kill(ears, signal.SIGKILL)
    answer = await until(client, job, *OVER)
    assert answer["state"] == "failed"
    assert "made the ears fail" in answer["problem"]
    review = (await client.get(f"api/sessions/{answer['session']}/review")).json()
    assert not review["complete"]
    assert (await client.get(f"api/sessions/{answer['session']}/trainee.flac")).status_code == 200
    assert (await until(client, await brought(client, call), *OVER))["state"] == "done"


def ears_of(process: int) -> list[int]:
    """The processes that hear recorded calls, started by this one."""
    children = [
        int(child)
        for task in Path(f"/proc/{process}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return [
        child
        for child in children
        if b"voice_coach.recorded.worker" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


async def test_a_server_that_stops_keeps_what_is_done(
    settings: Settings, engines: Engines, long_call: bytes
) -> None:
    async with (
        running_server(settings, engines, WEB) as address,
        httpx.AsyncClient(base_url=address.http_url, timeout=60) as client,
    ):
        await until_begun(client, await brought(client, long_call))
    with Library(settings.store.path) as library:
        (row,) = library.list()
    assert not row.complete
    assert not row.running
    assert not files_left(settings)
