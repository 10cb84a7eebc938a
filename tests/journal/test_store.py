from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.errors import InputError, StoreError
from voice_coach.journal.store import (
    check_session_id,
    finish_removals,
    named_folder,
    new_session_id,
    open_store,
    remove_session,
    session_created,
    session_folder,
    session_ids,
)

SESSION = "20261123-184501-k3f9"


@given(
    earlier=st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1)),  # noqa: DTZ001 - given its zone below
    seconds=st.integers(1, 10**9),
)
def test_ids_sort_by_time(earlier: datetime, seconds: int) -> None:
    earlier = earlier.replace(tzinfo=UTC)
    first, second = new_session_id(earlier), new_session_id(earlier + timedelta(seconds=seconds))

    assert first < second
    assert check_session_id(first) == first
    assert session_created(first) == earlier.replace(microsecond=0)


def test_ids_are_in_utc_and_differ_within_a_second() -> None:
    now = datetime(2026, 11, 23, 19, 45, 1, tzinfo=timezone(timedelta(hours=1)))

    ids = {new_session_id(now) for _ in range(50)}

    assert len(ids) > 45
    assert all(session.startswith("20261123-184501-") for session in ids)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "../20261123-184501-k3f9",
        "20261123-184501-k3f9/..",
        "20261123-184501-../",
        "20261123-184501-k3f9\n",
        "20261123-184501-K3F9",
        "\uff12\uff10261123-184501-k3f9",
        "20261123-184501-k3f9\0",
        "/etc/passwd",
    ],
)
def test_nothing_but_an_id_names_a_session(tmp_path: Path, text: str) -> None:
    for function in (named_folder, session_folder, remove_session):
        with pytest.raises(InputError, match="is not a session id; one looks like") as raised:
            function(tmp_path, text)
        assert raised.value.stable_code == "unknown-session"


@given(text=st.text() | st.from_regex(r"[0-9]{8}-[0-9]{6}-[a-z0-9./]{4}"))
def test_any_accepted_id_stays_inside_the_store(text: str) -> None:
    store = Path("/store")
    try:
        folder = named_folder(store, text)
    except InputError:
        folder = store / "sessions" / "refused"
    assert folder.resolve().parent == store / "sessions"


def test_a_session_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no session 20261123-184501-k3f9") as raised:
        session_folder(open_store(tmp_path), SESSION)
    assert raised.value.stable_code == "unknown-session"


def test_an_id_whose_digits_are_no_date_has_no_time() -> None:
    assert session_created("20261399-184501-k3f9") is None


def test_the_store_is_private(tmp_path: Path) -> None:
    store = open_store(tmp_path / "deep" / "store")

    for folder in (store, store / "sessions"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert open_store(store) == store


def test_a_file_in_the_stores_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no folder")

    with pytest.raises(StoreError, match=r"store cannot be used: a file stands in its place\. .*--store"):
        open_store(tmp_path / "store")
    with pytest.raises(StoreError, match=r"inside cannot be used: not a directory"):
        open_store(tmp_path / "store" / "inside")


def test_only_session_folders_are_listed(tmp_path: Path) -> None:
    sessions = open_store(tmp_path) / "sessions"
    for name in ("20261124-000000-bbbb", SESSION, "notes", ".deleted-20261123-184501-aaaa"):
        (sessions / name).mkdir()
    (sessions / "20261125-000000-file").write_text("")
    (sessions / "20261125-000000-link").symlink_to(tmp_path, target_is_directory=True)

    assert session_ids(tmp_path) == [SESSION, "20261124-000000-bbbb"]
    with pytest.raises(InputError, match="There is no session"):
        remove_session(tmp_path, "20261125-000000-link")


def test_an_interrupted_removal_is_finished(tmp_path: Path) -> None:
    sessions = open_store(tmp_path) / "sessions"
    (sessions / f".deleted-{SESSION}").mkdir()
    (sessions / f".deleted-{SESSION}" / "trainee.flac").write_text("sound")

    finish_removals(tmp_path)

    assert list(sessions.iterdir()) == []
