"""Calls leave and come over HTTP: right names and types, and refusals as one sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile
from journal.samples import SESSION, write_session

from voice_coach.journal.store import named_folder, remove_session, session_ids
from voice_coach_server.app import Address


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = write_session(tmp_path / "store")
    soundfile.write(folder / "trainee.flac", np.zeros(16_000 * 6), 16_000)
    return tmp_path / "store"


async def get(server: Address, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.http_url) as client:
        return await client.get(path)


@pytest.mark.parametrize(
    ("form", "media_type", "begins"),
    [
        ("html", "text/html", b"<!doctype html>"),
        ("json", "application/json", b"{"),
        ("csv", "text/csv", b"\xef\xbb\xbfturn,"),
        ("vtt", "text/vtt", b"WEBVTT"),
        ("srt", "application/x-subrip", b"1\n"),
        ("zip", "application/zip", b"PK"),
    ],
)
async def test_a_call_leaves_as_a_download(
    server: Address, store: Path, form: str, media_type: str, begins: bytes
) -> None:
    assert session_ids(store)
    answer = await get(server, f"api/sessions/{SESSION}/export.{form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)
    assert answer.headers["content-disposition"] == f'attachment; filename="call-{SESSION}.{form}"'
    assert answer.content.startswith(begins)


async def test_a_report_has_the_sound_in_it_when_wanted(server: Address, store: Path) -> None:
    assert store
    with_sound = await get(server, f"api/sessions/{SESSION}/export.html?audio=1")
    without = await get(server, f"api/sessions/{SESSION}/export.html")
    assert "data:audio/mpeg;base64," in with_sound.text
    assert "data:audio" not in without.text


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        (f"api/sessions/{SESSION}/export.exe", 400, "can be exported as html, json"),
        ("api/sessions/20200101-000000-zzzz/export.html", 404, "There is no session"),
        ("api/sessions/..%2F..%2Fetc/export.html", 404, "not a session id"),
    ],
)
async def test_what_cannot_leave_is_said(
    server: Address, store: Path, path: str, status: int, sentence: str
) -> None:
    assert store
    answer = await get(server, path)
    assert answer.status_code == status
    if "application/json" in answer.headers["content-type"]:
        assert sentence in answer.json()["text"]


async def test_a_call_without_sound_has_none_to_export(server: Address, store: Path) -> None:
    (named_folder(store, SESSION) / "trainee.flac").unlink()
    answer = await get(server, f"api/sessions/{SESSION}/export.html?audio=1")
    assert answer.status_code == 400
    assert "not kept" in answer.json()["text"]


async def test_an_archive_comes_back(server: Address, store: Path) -> None:
    archive = (await get(server, f"api/sessions/{SESSION}/export.zip")).content
    assert f"sessions/{SESSION}/journal.jsonl" in zipfile.ZipFile(io.BytesIO(archive)).namelist()
    remove_session(store, SESSION)
    async with httpx.AsyncClient(base_url=server.http_url) as client:
        answer = await client.post("api/archives", content=archive)
        assert answer.json() == [{"session": SESSION, "fate": "taken", "problem": ""}]
        listed = (await client.get("api/sessions")).json()["sessions"]
        assert [row["id"] for row in listed] == [SESSION]
        refused = await client.post("api/archives", content=b"no zip")
        assert refused.status_code == 400
        assert "not a zip file" in refused.json()["text"]


async def test_a_foreign_page_brings_nothing(server: Address, store: Path) -> None:
    archive = (await get(server, f"api/sessions/{SESSION}/export.zip")).content
    remove_session(store, SESSION)
    async with httpx.AsyncClient(base_url=server.http_url) as client:
        for origin in ("http://evil.example", "null"):
            answer = await client.post("api/archives", content=archive, headers={"origin": origin})
            assert answer.status_code == 403
    assert session_ids(store) == []
