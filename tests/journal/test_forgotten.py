"""Deleted means deleted: every byte under the store is searched for the words and for the ids."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from journal.samples import COUNTERPART_TURN, SCENARIO, SESSION, TRAINEE_SAYS, write_session

from voice_coach.exports.archive import read_archive, write_archive
from voice_coach.journal.format import Parent
from voice_coach.journal.library import Library
from voice_coach.journal.store import open_store
from voice_coach.review.notes import CommentAdded
from voice_coach.review.tell import add_note

BRANCH = "20261124-090000-bbbb"
IMPORTED = "20261122-090000-aaaa"
TITLE = "A title that nobody else has"
NOTE = "A remark about somebody real."
MARKERS = [TRAINEE_SAYS, COUNTERPART_TURN.text, TITLE, NOTE, SESSION, BRANCH, IMPORTED]


def found_in(store: Path) -> set[str]:
    """The markers that stand in any file's bytes or in the name of anything."""
    everything = [path.read_bytes() for path in store.rglob("*") if path.is_file()]
    everything += [str(path.relative_to(store)).encode() for path in store.rglob("*")]
    return {marker for marker in MARKERS if any(marker.encode() in each for each in everything)}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A call with sound, a note and all that is derived, a branch of it, and a call that was imported."""
    store = open_store(tmp_path / "store")
    elsewhere = open_store(tmp_path / "elsewhere")
    titled = SCENARIO.replace("The lease runs out", TITLE)
    for where, session, parent in (
        (store, SESSION, None),
        (store, BRANCH, Parent(session=SESSION, seq=3)),
        (elsewhere, IMPORTED, None),
    ):
        folder = write_session(where, session, scenario_source=titled, parent=parent)
        for side, rate in (("trainee", 16_000), ("counterpart", 22_050)):
            soundfile.write(folder / f"{side}.flac", np.full(rate * 6, 0.1), rate)
    write_archive(elsewhere, [IMPORTED], tmp_path / "calls.zip")
    read_archive(tmp_path / "calls.zip", store)
    with Library(store) as library:
        assert len(library.list()) == 3
    add_note(store, SESSION, CommentAdded(at_seconds=1.5, text=NOTE))
    assert found_in(store) == set(MARKERS)
    return store


def test_nothing_is_left_of_what_was_deleted(store: Path) -> None:
    with Library(store) as library:
        library.delete(IMPORTED)
        assert found_in(store) == set(MARKERS) - {IMPORTED}
        library.delete(SESSION, with_branches=True)
        # The index is still open here: its write-ahead log is searched too.
        assert found_in(store) == set()
    assert found_in(store) == set()


@pytest.mark.parametrize("step", range(8))
def test_a_deletion_that_is_cut_off_anywhere_is_finished_at_the_next_start(
    store: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    steps = iter(range(step))

    def cut_off(*_: object) -> None:
        if next(steps, None) is None:
            raise KeyboardInterrupt

    with Library(store) as library:
        library.delete(IMPORTED)
        real = os.unlink

        def unlink(path: str, *, dir_fd: int | None = None) -> None:
            cut_off()
            real(path, dir_fd=dir_fd)

        with monkeypatch.context() as patch:
            # Between renaming and removing, before each file, and before the row goes.
            patch.setattr("voice_coach.journal.store.sync_folder", cut_off)
            patch.setattr("os.unlink", unlink)
            with pytest.raises(KeyboardInterrupt):
                library.delete(SESSION)
    with Library(store) as library:
        assert [row.id for row in library.list()] == [BRANCH]
        library.delete(BRANCH)
    assert found_in(store) == set()
