"""A recorded call leaves in a zip and comes back."""

from pathlib import Path

import msgspec
import pytest
from recorded.calls import two_channels, write
from recorded.conftest import Hear

from voice_coach.exports.archive import Fate, read_archive, write_archive
from voice_coach.journal.heard import read_heard
from voice_coach.journal.store import open_store
from voice_coach.review.tell import tell_review


def test_there_and_back(tmp_path: Path, hear: Hear) -> None:
    session = hear(write(tmp_path / "call.wav", two_channels())).name
    archive = tmp_path / "calls.zip"
    store, other = tmp_path / "store", open_store(tmp_path / "other")
    write_archive(store, [session], archive)
    (kept,) = read_archive(archive, other)
    assert kept.fate is Fate.TAKEN
    assert msgspec.json.encode(tell_review(other, session)) == msgspec.json.encode(
        tell_review(store, session)
    )


@pytest.mark.parametrize("change", [(b'heard":1', b'heard":9'), (b'"session":"2', b'"session":"3')])
def test_a_record_that_cannot_be_used_is_refused(
    tmp_path: Path, hear: Hear, change: tuple[bytes, bytes]
) -> None:
    folder = hear(write(tmp_path / "call.wav", two_channels()))
    record = folder / "heard.jsonl"
    assert read_heard(record).complete
    record.write_bytes(record.read_bytes().replace(*change, 1))
    archive = tmp_path / "calls.zip"
    write_archive(tmp_path / "store", [folder.name], archive)
    (kept,) = read_archive(archive, open_store(tmp_path / "other"))
    assert kept.fate is not Fate.TAKEN
    assert kept.problem
