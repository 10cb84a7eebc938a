"""Archives: what goes out comes back the same, and what is wrong is refused whole, with a sentence."""

from __future__ import annotations

import random
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from journal.samples import SESSION, write_session

from voice_coach.errors import InputError
from voice_coach.exports.archive import read_archive, write_archive
from voice_coach.journal.journal import JOURNAL_NAME
from voice_coach.journal.store import named_folder, session_ids

OTHER = "20261122-090000-aaaa"
MANIFEST = "voice_coach_archive.json"


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    store = tmp_path / "store"
    for session in (SESSION, OTHER):
        folder = write_session(store, session)
        soundfile.write(folder / "trainee.flac", np.zeros(1600), 16_000)
        (folder / "notes.jsonl").write_text('{"note":"comment"}\n')
        (folder / "trainee.peaks").write_bytes(b"derived")
    path = tmp_path / "calls.zip"
    write_archive(store, [SESSION, OTHER], path)
    return path


def test_what_goes_out_comes_back_the_same(archive: Path, tmp_path: Path) -> None:
    kept = read_archive(archive, tmp_path / "new")
    assert [(each.session, each.fate) for each in kept] == [(SESSION, "taken"), (OTHER, "taken")]
    for session in (SESSION, OTHER):
        before = files(named_folder(tmp_path / "store", session))
        after = files(named_folder(tmp_path / "new", session))
        kept = {JOURNAL_NAME, "trainee.flac", "notes.jsonl"}
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
        # What is derived is made anew, so that the review opens at once.
        assert after.keys() - kept == {"trainee.delivery", "trainee.peaks"}
        assert after["trainee.peaks"] != b"derived"


def test_a_session_that_is_here_stays_as_it_is(archive: Path, tmp_path: Path) -> None:
    store = tmp_path / "new"
    read_archive(archive, store)
    notes = named_folder(store, SESSION) / "notes.jsonl"
    notes.write_text("newer")
    kept = read_archive(archive, store)
    assert [each.fate for each in kept] == ["here", "here"]
    assert "here already" in kept[0].problem
    assert notes.read_text() == "newer"


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(archive) as before:
        members = {name: before.read(name) for name in before.namelist()}
    change(members)
    path = archive.with_name("changed.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for name, data in members.items():
            after.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        f"sessions/{SESSION}/../../evil.txt",
        "/etc/evil",
        f"sessions/{SESSION}/run.sh",
        f"sessions//{SESSION}/notes.jsonl",
        "sessions\\x\\notes.jsonl",
        "C:/evil",
    ],
)
def test_a_name_that_points_elsewhere_takes_nothing(archive: Path, tmp_path: Path, name: str) -> None:
    path = rewritten(archive, lambda members: members.update({name: b"evil"}))
    with pytest.raises(InputError, match="which no session has; nothing was taken"):
        read_archive(path, tmp_path / "new")
    assert session_ids(tmp_path / "new") == []
    assert not list(tmp_path.rglob("evil*"))


def test_a_link_takes_nothing(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive, "a") as changed:
        link = zipfile.ZipInfo(f"sessions/{SESSION}/heard.jsonl")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        changed.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="nothing was taken"):
        read_archive(archive, tmp_path / "new")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda m: m.update({f"sessions/{SESSION}/journal.jsonl": b"{}\n"}), "not a voice_coach journal"),
        (lambda m: m.pop(f"sessions/{SESSION}/journal.jsonl"), "no journal"),
        (lambda m: m.update({f"sessions/{SESSION}/trainee.flac": b"noise"}), "no sound file"),
        (lambda m: m.update({f"sessions/{SESSION}/notes.jsonl": b" " * 10_000_000}), "would unpack to"),
        (
            lambda m: m.update(
                {f"sessions/{SESSION}/journal.jsonl": m[f"sessions/{OTHER}/journal.jsonl"]}
            ),
            f"that of session {OTHER}",
        ),
    ],
)
def test_one_bad_session_harms_no_other(
    archive: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], sentence: str
) -> None:
    kept = read_archive(rewritten(archive, change), tmp_path / "new")
    assert [(each.session, each.fate) for each in kept] == [(SESSION, "refused"), (OTHER, "taken")]
    assert sentence in kept[0].problem
    assert session_ids(tmp_path / "new") == [OTHER]
    assert not list((tmp_path / "new" / "sessions").glob(".*"))


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        (b'{"voice_coach_archive":2,"sessions":[]}', "newer voice_coach"),
        (b"not json", "not an archive of voice_coach"),
        (b'{"voice_coach_archive":1,"sessions":["../x"]}', "is not a session id"),
        (b'{"voice_coach_archive":1}', "not an archive of voice_coach"),
        (b" " * 2_000_000, "not an archive of voice_coach"),
    ],
)
def test_a_bad_manifest_is_said(archive: Path, tmp_path: Path, manifest: bytes, sentence: str) -> None:
    path = rewritten(archive, lambda members: members.update({MANIFEST: manifest}))
    with pytest.raises(InputError, match=sentence):
        read_archive(path, tmp_path / "new")


def test_what_is_no_zip_is_said(tmp_path: Path) -> None:
    path = tmp_path / "call.zip"
    with pytest.raises(InputError, match="cannot be opened: no such file"):
        read_archive(path, tmp_path / "new")
    for data in (b"", b"PK\x03\x04 but no more", b"RIFF....WAVE"):
        path.write_bytes(data)
        with pytest.raises(InputError, match="not a zip file"):
            read_archive(path, tmp_path / "new")


def test_an_archive_cut_or_broken_anywhere_harms_nothing(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    dice = random.Random(7)  # noqa: S311 - the same damage in every run
    broken = tmp_path / "broken.zip"
    for number in range(300):
        data = bytearray(whole)
        if number % 3 == 0:
            del data[dice.randrange(len(data)) :]
        else:
            for _ in range(dice.randrange(1, 8)):
                data[dice.randrange(len(data))] = dice.randrange(256)
        broken.write_bytes(data)
        store = tmp_path / f"store{number}"
        try:
            kept = read_archive(broken, store)
        except InputError:
            assert session_ids(store) == []
            continue
        taken = [each.session for each in kept if each.fate == "taken"]
        assert sorted(taken) == session_ids(store)


def test_a_failed_export_leaves_the_older_one(archive: Path, tmp_path: Path) -> None:
    before = archive.read_bytes()
    with pytest.raises(InputError, match="no session"):
        write_archive(tmp_path / "store", ["20200101-000000-zzzz"], archive)
    assert archive.read_bytes() == before
    assert msgspec.json.decode(zipfile.ZipFile(archive).read(MANIFEST))["voice_coach_archive"] == 1
