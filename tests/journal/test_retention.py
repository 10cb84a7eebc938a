from datetime import UTC, datetime, timedelta
from pathlib import Path

from journal.samples import header

from voice_coach.journal.journal import JournalWriter
from voice_coach.journal.library import Library
from voice_coach.journal.retention import forget_old
from voice_coach.journal.store import named_folder, open_store, session_ids

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def keep_a_call(store: Path, session: str, *, running: bool = False) -> JournalWriter:
    journal = JournalWriter.create(named_folder(store, session), header(session=session))
    if not running:
        journal.close()
    return journal


def test_calls_that_are_older_are_deleted_and_a_running_one_is_not(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    keep_a_call(store, "20260901-100000-aaaa")
    keep_a_call(store, "20261026-115959-bbbb")
    keep_a_call(store, "20261026-120001-cccc")
    running = keep_a_call(store, "20260801-100000-dddd", running=True)
    assert forget_old(store, 30, NOW) == (2, 1)
    assert session_ids(store) == ["20260801-100000-dddd", "20261026-120001-cccc"]
    with Library(store) as library:
        assert {row.id for row in library.list()} == set(session_ids(store))
    running.close()
    assert forget_old(store, 30, NOW) == (1, 0)
    assert forget_old(store, 30, NOW + timedelta(days=1)) == (1, 0)
    assert session_ids(store) == []


def test_without_a_limit_everything_is_kept(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    keep_a_call(store, "20200101-100000-aaaa")
    assert forget_old(store, 0, NOW) == (0, 0)
    assert session_ids(store) == ["20200101-100000-aaaa"]
