from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from journal.samples import EXCHANGES, SCENARIO, SESSION, header, write_session

from voice_coach.counterpart.reply import Outcome
from voice_coach.errors import InputError, StoreError
from voice_coach.journal import library as library_module
from voice_coach.journal import session_row
from voice_coach.journal.account import give_account
from voice_coach.journal.format import Parent
from voice_coach.journal.journal import JOURNAL_NAME, JournalWriter, read_journal
from voice_coach.journal.library import INDEX_NAME, Library, SessionRow
from voice_coach.journal.recording import Recorder
from voice_coach.journal.store import named_folder, open_store

OLDER = "20261122-090000-aaaa"


def test_a_session_is_described_by_its_journal(tmp_path: Path) -> None:
    write_session(tmp_path)

    with Library(tmp_path) as library:
        rows = library.list()

    assert rows == (
        SessionRow(
            id=SESSION,
            created=datetime(2026, 11, 23, 18, 45, 1, tzinfo=UTC),
            scenario_id="lease",
            title="The lease runs out",
            seconds=6.0,
            turns=2,
            labels=1,
            summaries=0,
            thats_right=False,
            moves={"label": 1},
            checks={"label": True, "summary": False},
            outcome=Outcome.TRAINEE_LEFT,
            model="tiny.en",
            has_audio=False,
            complete=True,
        ),
    )


def test_a_call_that_was_cut_off_is_counted_from_its_turns(tmp_path: Path) -> None:
    write_session(tmp_path, exchanges=4)

    with Library(tmp_path) as library:
        (row,) = library.list()

    assert (row.complete, row.outcome, row.running) == (False, None, False)
    assert (row.turns, row.labels, row.summaries, row.seconds) == (2, 1, 0, 5.4)


@pytest.mark.parametrize(
    ("source", "title", "person"),
    [
        (SCENARIO, "The lease runs out", "Mara Lindqvist"),
        ("title: Two\nperson: Mara\n", "Two", "Mara"),
        ("title: [1]\nperson: {name: Mara}\n", "lease", ""),
        ("- a list", "lease", ""),
        ("{", "lease", ""),
        ("[" * 5000, "lease", ""),
        ("", "lease", ""),
    ],
)
def test_any_scenario_text_gives_some_title(tmp_path: Path, source: str, title: str, person: str) -> None:
    folder = write_session(tmp_path, scenario_source=source)

    account = give_account(read_journal(folder / JOURNAL_NAME))

    assert (account.title, account.person) == (title, person)


def test_pages_are_newest_first(tmp_path: Path) -> None:
    ids = [f"202611{day:02}-000000-aaaa" for day in range(1, 8)]
    for session in ids:
        write_session(tmp_path, session)

    with Library(tmp_path) as library:
        first = library.list(3)
        second = library.list(3, before=first[-1].id)
        everything = library.list()

    assert [row.id for row in (*first, *second)] == ids[:0:-1]
    assert [row.id for row in everything] == ids[::-1]


def test_the_library_follows_the_folders(tmp_path: Path) -> None:
    folder = write_session(tmp_path, exchanges=2)
    with Library(tmp_path) as library:
        assert library.list()[0].turns == 0

    writer, _ = JournalWriter.reopen(folder)
    for event, commands in EXCHANGES[2:]:
        writer.event(event)
        for command in commands:
            writer.command(command)
    with Library(tmp_path) as library:
        (row,) = library.list()
        assert (row.running, row.turns) == (True, 0)
    writer.close()
    write_session(tmp_path, OLDER)
    with Library(tmp_path) as library:
        assert [(row.id, row.running, row.turns) for row in library.list()] == [
            (SESSION, False, 2),
            (OLDER, False, 2),
        ]

    (folder / JOURNAL_NAME).unlink()
    folder.rmdir()
    with Library(tmp_path) as library:
        assert [row.id for row in library.list()] == [OLDER]


def test_an_unreadable_session_is_listed_with_its_problem(tmp_path: Path) -> None:
    write_session(tmp_path, OLDER)
    damaged = write_session(tmp_path) / JOURNAL_NAME
    damaged.write_bytes(damaged.read_bytes().replace(b'[3,"command"', b'[3,"rumour"'))
    named_folder(tmp_path, "20261120-010203-void").mkdir()

    with Library(tmp_path) as library:
        first, second, third = library.list()

    assert "line 4 is damaged" in first.problem
    assert not second.problem
    assert "There is no journal" in third.problem
    assert third.created == datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)


def test_delete_is_final(tmp_path: Path) -> None:
    title = "A title that must not stay anywhere"
    folder = write_session(tmp_path, scenario_source=f"title: {title}")
    recorder = Recorder(folder)
    recorder.hear(b"\1\2" * 1600)
    recorder.close()
    write_session(tmp_path, OLDER)

    with Library(tmp_path) as library:
        assert library.list()[0].has_audio
        library.delete(SESSION)
        assert [row.id for row in library.list()] == [OLDER]
        for file in tmp_path.rglob("*"):
            assert SESSION not in str(file)
            if file.is_file():
                assert title.encode() not in file.read_bytes()
                assert SESSION.encode() not in file.read_bytes()
        with pytest.raises(InputError, match="There is no session"):
            library.delete(SESSION)
        library.reindex()
        assert [row.id for row in library.list()] == [OLDER]


def test_a_running_call_is_not_deleted(tmp_path: Path) -> None:
    open_store(tmp_path)
    writer = JournalWriter.create(named_folder(tmp_path, SESSION), header())

    with Library(tmp_path) as library:
        assert library.list()[0].running
        with pytest.raises(StoreError, match="is a call that still runs; end it, then delete it"):
            library.delete(SESSION)
        writer.close()
        library.delete(SESSION)
        assert library.list() == ()


def test_reindex_gives_what_the_calls_gave(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        for session, exchanges in ((OLDER, 5), (SESSION, 4)):
            write_session(tmp_path, session, exchanges=exchanges)
            library.add_or_update(session)
        before = library.list()
        steps: list[tuple[int, int]] = []

        assert library.reindex(lambda done, total: steps.append((done, total))) == 2

        assert library.list() == before
        assert steps == [(1, 2), (2, 2)]


def test_reindex_mends_recordings(tmp_path: Path) -> None:
    notices: list[str] = []
    folder = write_session(tmp_path, exchanges=3)
    recorder = Recorder(folder)
    recorder.hear(b"\1\2" * 1600)
    for track in recorder._tracks.values():
        track.close()
    broken = write_session(tmp_path, OLDER)
    (broken / "trainee.wav").write_bytes(b"no sound" * 10)

    with Library(tmp_path, notify=notices.append) as library:
        library.reindex()

    assert (folder / "trainee.flac").is_file()
    assert not (folder / "trainee.wav").exists()
    assert "was missing; it is rebuilt from 2 journals." in notices[0]
    assert f"recording of session {OLDER} cannot be mended" in notices[1]
    assert len(notices) == 2


def _rubbish(path: Path) -> None:
    path.write_bytes(b"this is not a database, nor was it ever one" * 50)


def _damaged_page(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


def _other_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (_rubbish, "was damaged"),
        (_damaged_page, "was damaged"),
        (_cut, "was damaged"),
        (_other_version, "was of another version"),
    ],
)
def test_an_index_that_cannot_be_used_is_rebuilt_with_a_notice(
    tmp_path: Path, damage: Callable[[Path], None], why: str
) -> None:
    notices: list[str] = []
    for session in (SESSION, OLDER):
        write_session(tmp_path, session)
    with Library(tmp_path) as library:
        before = library.list()
    damage(tmp_path / INDEX_NAME)

    with Library(tmp_path, notify=notices.append) as library:
        assert library.list() == before

    assert notices == [f"The index {tmp_path / INDEX_NAME} {why}; it is rebuilt from 2 journals."]
    with Library(tmp_path, notify=notices.append) as library:
        assert library.list() == before
    assert len(notices) == 1


def test_a_deleted_index_is_rebuilt_with_a_notice(tmp_path: Path) -> None:
    notices: list[str] = []
    for session in (SESSION, OLDER):
        write_session(tmp_path, session)
    with Library(tmp_path) as library:
        before = library.list()
    (tmp_path / INDEX_NAME).unlink()

    with Library(tmp_path, notify=notices.append) as library:
        assert library.list() == before

    assert notices == [f"The index {tmp_path / INDEX_NAME} was missing; it is rebuilt from 2 journals."]


def test_an_empty_store_needs_no_notice(tmp_path: Path) -> None:
    notices: list[str] = []

    with Library(tmp_path / "new", notify=notices.append) as library:
        assert library.list() == ()

    assert notices == []
    assert stat.S_IMODE((tmp_path / "new" / INDEX_NAME).stat().st_mode) == 0o600


def test_trouble_with_the_index_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / INDEX_NAME).mkdir()

    with pytest.raises(StoreError, match=r"library\.sqlite cannot be used: .* It may be deleted"):
        Library(tmp_path)


def test_a_thousand_sessions_are_listed_without_reading_their_journals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = write_session(tmp_path)
    data = (original / JOURNAL_NAME).read_bytes()
    for number in range(1, 1000):
        folder = named_folder(tmp_path, f"20261122-{number:06}-aaaa")
        folder.mkdir()
        (folder / JOURNAL_NAME).write_bytes(data)
    with Library(tmp_path, notify=lambda _: None) as library:
        assert len(library.list()) == 1000

    def read_again(path: Path) -> None:
        pytest.fail(f"{path} was read again")

    monkeypatch.setattr(session_row, "read_journal", read_again)
    with Library(tmp_path) as library:
        assert len(library.list()) == 1000
        assert len(library.list(50)) == 50


def test_branches_are_known_by_their_parent(tmp_path: Path) -> None:
    write_session(tmp_path, OLDER)
    write_session(tmp_path, SESSION, parent=Parent(session=OLDER, seq=2))
    with Library(tmp_path) as library:
        assert library.branches(OLDER) == (SESSION,)
        assert library.branches(SESSION) == ()
        assert library.list()[0].parent == OLDER


_OPEN_AND_ADD = """
import sys, time
from pathlib import Path
from voice_coach.journal.library import Library
store, session, start = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
time.sleep(max(0, start - time.time()))
with Library(store, notify=lambda sentence: print("NOTICE", sentence)) as library:
    library.add_or_update(session)
    print(len(library.list()))
"""


def test_programs_that_make_the_index_at_once_do_not_take_it_from_each_other(tmp_path: Path) -> None:
    ids = [f"20261122-0900{number:02}-aaaa" for number in range(6)]
    for session in ids:
        write_session(tmp_path, session)
    for _ in range(3):
        for file in tmp_path.glob(f"{INDEX_NAME}*"):
            file.unlink()
        start = time.time() + 1.5
        running = [
            subprocess.Popen(
                [sys.executable, "-c", _OPEN_AND_ADD, str(tmp_path), session, str(start)],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for session in ids
        ]
        told = [process.communicate(timeout=60)[0].splitlines() for process in running]
        assert [process.returncode for process in running] == [0] * len(ids), told
        assert all(lines[-1] == "6" for lines in told), told
        notices = [line for lines in told for line in lines if "NOTICE" in line]
        # Who found it missing says so; nobody finds it damaged, and nobody's row is lost.
        assert len(notices) <= 1, told
        assert not any("damaged" in line for line in notices)


@pytest.mark.parametrize("was", ["missing", "damaged"])
def test_calls_that_end_at_once_find_one_index(tmp_path: Path, was: str) -> None:
    """Without waiting for each other they would each begin one anew and take the other's away."""
    ids = [f"20261122-0900{number:02}-aaaa" for number in range(8)]
    for session in ids:
        write_session(tmp_path, session)
    for _ in range(5):
        for file in tmp_path.glob(f"{INDEX_NAME}*"):
            file.unlink()
        if was == "damaged":
            _rubbish(tmp_path / INDEX_NAME)
        together = threading.Barrier(len(ids))
        notices: list[str] = []

        def end(
            session: str, together: threading.Barrier = together, notices: list[str] = notices
        ) -> int:
            together.wait()
            with Library(tmp_path, notify=notices.append) as library:
                library.add_or_update(session)
                return len(library.list())

        with ThreadPoolExecutor(len(ids)) as pool:
            assert list(pool.map(end, ids)) == [len(ids)] * len(ids)
        assert [was in notice for notice in notices] == [True], notices


def test_a_session_that_goes_while_the_library_opens_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_session(tmp_path)
    monkeypatch.setattr(library_module, "session_ids", lambda _: [OLDER, SESSION])
    with Library(tmp_path, notify=lambda _: None) as library:
        assert [row.id for row in library.list()] == [SESSION]


def test_a_session_that_comes_while_the_library_opens_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_session(tmp_path, OLDER)
    with Library(tmp_path):
        pass
    listed = library_module.session_ids

    def listed_and_then_another_ends(store: Path) -> list[str]:
        before = listed(store)
        monkeypatch.setattr(library_module, "session_ids", listed)
        write_session(tmp_path)
        with Library(tmp_path) as other:
            assert len(other.list()) == 2
        return before

    monkeypatch.setattr(library_module, "session_ids", listed_and_then_another_ends)
    with Library(tmp_path) as library:
        assert [row.id for row in library.list()] == [SESSION, OLDER]


def test_two_that_finish_the_same_removal_do_not_fall_over_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doomed = write_session(tmp_path)
    doomed.rename(doomed.with_name(f".deleted-{SESSION}"))
    remove = shutil.rmtree

    def somebody_was_faster(folder: Path) -> None:
        remove(folder)
        raise FileNotFoundError(2, "No such file or directory", str(folder))

    monkeypatch.setattr(shutil, "rmtree", somebody_was_faster)
    with Library(tmp_path) as library:
        assert library.list() == ()
    assert list((tmp_path / "sessions").iterdir()) == []
