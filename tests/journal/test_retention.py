from datetime import UTC, datetime, timedelta
from pathlib import Path

from journal.samples import header

from voice_coach.journal.format import Parent
from voice_coach.journal.journal import JournalWriter
from voice_coach.journal.library import Library
from voice_coach.journal.retention import LOOKS_NAME, forget_old
from voice_coach.journal.store import named_folder, open_store, session_ids

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def keep_a_call(store: Path, session: str, *, parent: str = "", running: bool = False) -> JournalWriter:
    origin = Parent(session=parent, seq=3) if parent else None
    journal = JournalWriter.create(named_folder(store, session), header(session=session, parent=origin))
    if not running:
        journal.close()
    return journal


def forget_confirmed(store: Path, keep_days: int) -> tuple[int, int]:
    """What is due at NOW, deleted by the look a day later that confirms the clock."""
    assert forget_old(store, keep_days, NOW) == (0, 0)
    return forget_old(store, keep_days, NOW + DAY)


def test_calls_that_are_older_are_deleted_and_a_running_one_is_not(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    keep_a_call(store, "20260901-100000-aaaa")
    keep_a_call(store, "20261026-115959-bbbb")
    keep_a_call(store, "20261026-120001-cccc")
    running = keep_a_call(store, "20260801-100000-dddd", running=True)
    assert forget_confirmed(store, 30) == (2, 1)
    assert session_ids(store) == ["20260801-100000-dddd", "20261026-120001-cccc"]
    with Library(store) as library:
        assert {row.id for row in library.list()} == set(session_ids(store))
    running.close()
    assert forget_old(store, 30, NOW + DAY) == (1, 0)
    assert forget_old(store, 30, NOW + 2 * DAY) == (1, 0)
    assert session_ids(store) == []


def test_without_a_limit_everything_is_kept(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    keep_a_call(store, "20260101-100000-aaaa")
    assert forget_confirmed(store, 0) == (0, 0)
    assert session_ids(store) == ["20260101-100000-aaaa"]


def test_a_limit_beyond_the_calendar_keeps_everything(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    keep_a_call(store, "20260101-100000-aaaa")
    assert forget_confirmed(store, 900_000) == (0, 0)
    assert session_ids(store) == ["20260101-100000-aaaa"]


def test_a_branch_is_as_old_as_the_words_it_begins_with(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    keep_a_call(store, "20260901-100000-aaaa")
    keep_a_call(store, "20261120-100000-bbbb", parent="20260901-100000-aaaa")
    keep_a_call(store, "20261121-100000-cccc", parent="20261120-100000-bbbb")
    keep_a_call(store, "20261122-100000-dddd", parent="20260902-100000-gone")
    keep_a_call(store, "20261123-100000-eeee", parent="20261119-100000-gone")
    assert forget_confirmed(store, 30) == (4, 0)
    assert session_ids(store) == ["20261123-100000-eeee"]


def test_a_clock_that_jumps_ahead_and_is_set_right_deletes_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    keep_a_call(store, "20261124-100000-aaaa")
    far = datetime(2100, 1, 1, tzinfo=UTC)
    looks = [NOW, NOW + DAY, far, far + timedelta(hours=12), NOW + 2 * DAY, NOW + 3 * DAY, NOW + 4 * DAY]
    for look in looks:
        assert forget_old(store, 30, look) == (0, 0)
    assert session_ids(store) == ["20261124-100000-aaaa"]


def test_a_machine_that_wakes_in_1970_deletes_nothing_and_goes_on(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    keep_a_call(store, "19700101-000100-aaaa")  # made by that very clock: nobody knows how old it is
    keep_a_call(store, "20261101-100000-bbbb")
    keep_a_call(store, "21000101-000000-cccc")
    past = datetime(1970, 1, 1, 1, tzinfo=UTC)
    for look in (NOW, past, past + 2 * DAY, NOW, NOW + DAY):
        assert forget_old(store, 30, look) == (0, 0)
    assert forget_old(store, 30, NOW + 20 * DAY) == (0, 0)
    assert forget_old(store, 30, NOW + 21 * DAY) == (1, 0)
    assert session_ids(store) == ["19700101-000100-aaaa", "21000101-000000-cccc"]


def test_a_damaged_note_of_the_clock_begins_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    keep_a_call(store, "20260901-100000-aaaa")
    forget_old(store, 30, NOW)
    (store / LOOKS_NAME).write_bytes(b"\xff{")
    assert forget_old(store, 30, NOW + DAY) == (0, 0)
    assert forget_old(store, 30, NOW + 2 * DAY) == (1, 0)
