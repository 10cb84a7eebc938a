"""Kept sessions over HTTP: listed, told, heard, noted and deleted; what is wrong is one sentence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import numpy as np
import pytest
import soundfile
from journal.samples import SESSION, TRAINEE_SAYS, header, write_session

from voice_coach.journal.format import Parent
from voice_coach.journal.journal import JOURNAL_NAME, JournalWriter
from voice_coach.journal.recording import Recorder
from voice_coach.journal.store import named_folder, session_ids
from voice_coach.review.review import Review
from voice_coach_server.app import Address

OLDER = "20261122-090000-aaaa"
COMMENT = {"note": "comment", "at_seconds": 1.5, "text": "Here it turned."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A kept session with sound on both sides."""
    folder = write_session(tmp_path / "store")
    soundfile.write(folder / "trainee.flac", np.full(16_000 * 6, 0.5), 16_000)
    soundfile.write(folder / "counterpart.flac", np.zeros(22_050 * 6), 22_050)
    return folder


@pytest.fixture
async def client(server: Address, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    assert folder
    async with httpx.AsyncClient(base_url=f"{server.http_url}api/") as client:
        yield client


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_sessions_are_listed_in_pages(client: httpx.AsyncClient, folder: Path) -> None:
    store = folder.parents[1]
    for day in range(1, 5):
        write_session(store, f"202611{day:02}-000000-aaaa")
    first = (await client.get("sessions", params={"limit": 2})).json()
    assert [row["id"] for row in first["sessions"]] == [SESSION, "20261104-000000-aaaa"]
    assert first["more"] is True
    assert (first["sessions"][0]["kind"], first["sessions"][0]["parent"]) == ("rehearsal", "")
    last = first["sessions"][-1]["id"]
    rest = (await client.get("sessions", params={"before": last})).json()
    assert len(rest["sessions"]) == 3
    assert rest["more"] is False


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=x", "limit=99999999999999999999", "limit=", "before=../x"]
)
async def test_a_list_cannot_be_asked_for_anyhow(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"sessions?{query}")
    assert answer.status_code in (400, 404)
    assert answer.json()["text"].endswith(".")


async def test_a_session_is_told(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"sessions/{SESSION}/review")
    assert answer.headers["content-type"] == "application/json"
    review = msgspec.json.decode(answer.content, type=Review)
    assert review.session == SESSION
    assert {track.side.value: track.seconds for track in review.tracks} == {
        "trainee": 6.0,
        "counterpart": 6.0,
    }


async def test_waveforms_and_sound(client: httpx.AsyncClient, folder: Path) -> None:
    peaks = await client.get(f"sessions/{SESSION}/peaks/trainee")
    assert peaks.headers["x-peaks-per-second"] == "50"
    assert (len(peaks.content), set(peaks.content)) == (300, {128})
    assert set((await client.get(f"sessions/{SESSION}/peaks/counterpart")).content) == {0}
    sound = await client.get(f"sessions/{SESSION}/trainee.flac", headers={"range": "bytes=10-19"})
    assert sound.status_code == 206
    assert sound.content == (folder / "trainee.flac").read_bytes()[10:20]


async def test_notes_are_kept_and_answered_with_the_new_review(
    client: httpx.AsyncClient, folder: Path
) -> None:
    address = f"sessions/{SESSION}/notes"
    review = (await client.post(address, json=COMMENT)).json()
    assert [comment["text"] for comment in review["comments"]] == ["Here it turned."]
    await client.post(
        address, json={"note": "overrule", "check": "summary", "passed": True, "reason": "x"}
    )
    gone = {"note": "comment_removed", "comment": review["comments"][0]["id"]}
    review = (await client.post(address, json=gone)).json()
    assert review["comments"] == []
    assert [(o["check"], o["passed"]) for o in review["overrules"]] == [("summary", True)]
    assert review == (await client.get(f"sessions/{SESSION}/review")).json()
    assert (folder / "notes.jsonl").read_bytes().count(b"\n") == 3


async def test_notes_that_come_at_once_are_all_kept(client: httpx.AsyncClient) -> None:
    posts = [client.post(f"sessions/{SESSION}/notes", json=COMMENT) for _ in range(8)]
    assert {answer.status_code for answer in await asyncio.gather(*posts)} == {200}
    review = (await client.get(f"sessions/{SESSION}/review")).json()
    assert len({comment["id"] for comment in review["comments"]}) == 8


@pytest.mark.parametrize(
    ("body", "kind", "refused"),
    [
        (b"{", "application/json", (400, "bad-note")),
        (b'{"note":"sung"}', "application/json", (400, "bad-note")),
        (
            b'{"note":"overrule","check":"charm","passed":true}',
            "application/json",
            (400, "unknown-check"),
        ),
        (b'{"note":"comment_removed","comment":"c9"}', "application/json", (400, "unknown-comment")),
        (
            b'{"note":"speaker_marked","turn":99,"speaker":"trainee"}',
            "application/json",
            (400, "speakers-known"),
        ),
        (b'{"note":"comment","at_seconds":1,"text":"x"}', "text/plain", (415, "not-json")),
        (b'{"note":"comment","at_seconds":1,"text":"x"}', "", (415, "not-json")),
        (b" " * 70_000, "application/json", (413, "too-large")),
    ],
)
async def test_what_is_no_note_is_refused_and_nothing_kept(
    client: httpx.AsyncClient, folder: Path, body: bytes, kind: str, refused: tuple[int, str]
) -> None:
    headers = {"content-type": kind} if kind else {}
    answer = await client.post(f"sessions/{SESSION}/notes", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == refused
    assert answer.json()["text"].endswith(".")
    assert not (folder / "notes.jsonl").exists() or not (folder / "notes.jsonl").read_bytes()


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:1", "http://127.0.0.1.evil.example"]
)
async def test_a_foreign_page_changes_nothing(
    client: httpx.AsyncClient, folder: Path, origin: str
) -> None:
    headers = {"origin": origin}
    noted = await client.post(f"sessions/{SESSION}/notes", json=COMMENT, headers=headers)
    deleted = await client.delete(f"sessions/{SESSION}", headers=headers)
    assert (noted.status_code, deleted.status_code) == (403, 403)
    assert noted.json()["code"] == "foreign-origin"
    assert {path.name for path in files(folder)} == {JOURNAL_NAME, "trainee.flac", "counterpart.flac"}


async def test_our_own_page_may_and_a_foreign_host_may_not(
    client: httpx.AsyncClient, server: Address
) -> None:
    own = {"origin": server.http_url.rstrip("/")}
    assert (await client.post(f"sessions/{SESSION}/notes", json=COMMENT, headers=own)).status_code == 200
    rebound = {"host": "evil.example", "origin": "http://evil.example"}
    assert (await client.delete(f"sessions/{SESSION}", headers=rebound)).status_code == 421


@pytest.mark.parametrize("session", ["20200101-000000-aaaa", "..%2f..%2fetc", "%2e%2e", "x" * 500])
@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", "/review"),
        ("GET", "/peaks/trainee"),
        ("GET", "/trainee.flac"),
        ("POST", "/notes"),
        ("DELETE", ""),
    ],
)
async def test_no_id_leads_anywhere_else(
    client: httpx.AsyncClient, method: str, rest: str, session: str
) -> None:
    json = COMMENT if method == "POST" else None
    answer = await client.request(method, f"sessions/{session}{rest}", json=json)
    assert answer.status_code in (404, 405)
    if "json" in answer.headers.get("content-type", ""):
        assert answer.json()["code"] == "unknown-session"


@pytest.mark.parametrize("side", ["journal", "nobody", "..%2ftrainee", "trainee.flac%00"])
async def test_no_side_leads_anywhere_else(client: httpx.AsyncClient, side: str) -> None:
    for address in (f"sessions/{SESSION}/peaks/{side}", f"sessions/{SESSION}/{side}.flac"):
        answer = await client.get(address)
        assert answer.status_code == 404


async def test_a_missing_or_broken_track_is_one_sentence(client: httpx.AsyncClient, folder: Path) -> None:
    (folder / "trainee.flac").unlink()
    (folder / "counterpart.flac").write_bytes(b"no sound")
    missing = await client.get(f"sessions/{SESSION}/peaks/trainee")
    assert (missing.status_code, missing.json()["code"]) == (404, "no-recording")
    broken = await client.get(f"sessions/{SESSION}/peaks/counterpart")
    assert (broken.status_code, broken.json()["code"]) == (400, "bad-audio")
    assert (await client.get(f"sessions/{SESSION}/review")).status_code == 200


async def test_a_damaged_journal_is_one_sentence(client: httpx.AsyncClient, folder: Path) -> None:
    (folder / JOURNAL_NAME).write_bytes(b"rubbish\n")
    answer = await client.get(f"sessions/{SESSION}/review")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-journal")


async def test_deleting_is_final(client: httpx.AsyncClient, folder: Path) -> None:
    await client.get(f"sessions/{SESSION}/review")
    await client.post(f"sessions/{SESSION}/notes", json=COMMENT)
    assert {path.name for path in files(folder)} >= {"notes.jsonl", "trainee.peaks"}
    assert (await client.delete(f"sessions/{SESSION}")).status_code == 204
    left = files(folder.parents[1])
    assert not [path for path in left if SESSION in str(path) or SESSION.encode() in path.read_bytes()]
    assert (await client.get(f"sessions/{SESSION}/review")).status_code == 404
    assert (await client.delete(f"sessions/{SESSION}")).status_code == 404


async def test_a_running_call_is_not_deleted(client: httpx.AsyncClient, folder: Path) -> None:
    running = named_folder(folder.parents[1], OLDER)
    writer = JournalWriter.create(running, header(OLDER))
    recorder = Recorder(running)
    recorder.hear(bytes(3200))
    answer = await client.delete(f"sessions/{OLDER}")
    assert (answer.status_code, answer.json()["code"]) == (409, "still-running")
    assert "end it, then delete it" in answer.json()["text"]
    writer.close()
    recorder.close()
    assert (await client.delete(f"sessions/{OLDER}")).status_code == 204


@pytest.mark.parametrize("choice", ["delete", "keep"])
async def test_whoever_deletes_a_call_says_what_becomes_of_its_branches(
    client: httpx.AsyncClient, folder: Path, choice: str
) -> None:
    store = folder.parents[1]
    branch = write_session(store, "20261124-090000-bbbb", parent=Parent(session=SESSION, seq=3))
    again = write_session(
        store, "20261124-100000-cccc", parent=Parent(session="20261124-090000-bbbb", seq=3)
    )
    for query in ("", "?branches=", "?branches=x"):
        asked = await client.delete(f"sessions/{SESSION}{query}")
        assert (asked.status_code, asked.json()["code"]) == (409, "has-branches")
        assert "2 others went on, and begin with what was said in it" in asked.json()["text"]
    assert set(session_ids(store)) == {SESSION, branch.name, again.name}
    assert (await client.delete(f"sessions/{SESSION}?branches={choice}")).status_code == 204
    assert session_ids(store) == ([branch.name, again.name] if choice == "keep" else [])


async def test_nothing_of_what_was_said_is_logged(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await client.get(f"sessions/{SESSION}/review")
    await client.post(f"sessions/{SESSION}/notes", json=COMMENT)
    await client.post(f"sessions/{SESSION}/notes", content=b'{"note":"Here it turned."')
    assert TRAINEE_SAYS not in caplog.text
    assert COMMENT["text"] not in caplog.text
