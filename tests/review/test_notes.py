"""Notes: added and never changed, on disk when acknowledged, whatever crashes, and not without end."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import InputError, StoreError
from voice_coach.review import notes as notes_module
from voice_coach.review.notes import (
    NOTES_NAME,
    CommentAdded,
    CommentRemoved,
    Overruled,
    OverruleRemoved,
    SpeakerMarked,
    append_note,
    decode_note,
    read_notes,
)

NOW = datetime(2026, 11, 23, 19, 10, tzinfo=UTC)
COMMENT = CommentAdded(at_seconds=1.5, text="Here it turned.")


def test_what_counts_is_the_net_and_every_line_stays(tmp_path: Path) -> None:
    for note in (
        CommentAdded(at_seconds=9.0, text="Late."),
        COMMENT,
        Overruled(check="silence", passed=True, reason="It was left."),
        Overruled(check="silence", passed=False, reason="It was not."),
        Overruled(check="no-pressure", passed=False),
        OverruleRemoved(check="no-pressure"),
        SpeakerMarked(turn=3, speaker=Speaker.COUNTERPART),
        CommentRemoved(comment="c1"),
    ):
        told = append_note(tmp_path, note, NOW)
    assert told == read_notes(tmp_path)
    assert [(c.id, c.at_seconds, c.text, c.created) for c in told.comments] == [
        ("c2", 1.5, "Here it turned.", NOW)
    ]
    assert [(o.check, o.passed, o.reason) for o in told.overrules] == [("silence", False, "It was not.")]
    assert told.speakers == {3: Speaker.COUNTERPART}
    assert (tmp_path / NOTES_NAME).read_bytes().count(b"\n") == told.lines == 8
    assert (tmp_path / NOTES_NAME).stat().st_mode & 0o777 == 0o600


def test_a_torn_last_line_is_left_out_and_the_next_stands_alone(tmp_path: Path) -> None:
    append_note(tmp_path, COMMENT, NOW)
    path = tmp_path / NOTES_NAME
    whole = path.read_bytes()
    for cut in range(1, len(whole)):
        path.write_bytes(whole + whole[:cut])
        assert [c.id for c in read_notes(tmp_path).comments] == ["c1"]
    path.write_bytes(whole + whole[:30])
    told = append_note(tmp_path, CommentAdded(at_seconds=2, text="Next."), NOW)
    assert [(c.id, c.text) for c in told.comments] == [("c1", "Here it turned."), ("c2", "Next.")]
    assert told.unreadable == ()


def test_a_damaged_line_is_passed_over_and_said(tmp_path: Path) -> None:
    append_note(tmp_path, COMMENT, NOW)
    path = tmp_path / NOTES_NAME
    path.write_bytes(b"\xff\xfe\n" + path.read_bytes() + b'{"created":"x","note":{"note":"sung"}}\n')
    told = read_notes(tmp_path)
    assert [c.id for c in told.comments] == ["c2"]
    assert told.unreadable == (1, 3)


def test_there_are_not_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes_module, "MOST_NOTES", 2)
    for _ in range(2):
        append_note(tmp_path, COMMENT, NOW)
    with pytest.raises(InputError, match="has 2 notes already") as refused:
        append_note(tmp_path, COMMENT, NOW)
    assert refused.value.stable_code == "too-many-notes"


@pytest.mark.parametrize(
    ("note", "code"),
    [
        (CommentRemoved(comment="c7"), "unknown-comment"),
        (OverruleRemoved(check="silence"), "unknown-overrule"),
    ],
)
def test_what_is_not_there_is_not_taken_back(
    tmp_path: Path, note: CommentRemoved | OverruleRemoved, code: str
) -> None:
    with pytest.raises(InputError) as refused:
        append_note(tmp_path, note, NOW)
    assert refused.value.stable_code == code
    assert read_notes(tmp_path).lines == 0


def test_a_disk_that_refuses_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_note(tmp_path, COMMENT, NOW)
    before = (tmp_path / NOTES_NAME).read_bytes()

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(StoreError, match=r"notes\.jsonl cannot be written: no space left"):
            append_note(tmp_path, COMMENT, NOW)
    assert (tmp_path / NOTES_NAME).read_bytes() == before
    assert append_note(tmp_path, COMMENT, NOW).lines == 2


def test_reviewers_who_note_at_once_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(append_note, tmp_path, COMMENT, NOW) for _ in range(60)]:
            done.result()
    told = read_notes(tmp_path)
    assert (told.lines, told.unreadable) == (60, ())
    assert len({comment.id for comment in told.comments}) == 60


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"\xff",
        b"[" * 100_000,
        b'{"note":"sung"}',
        b'{"note":"comment","text":"x"}',
        b'{"note":"comment","at_seconds":-1,"text":"x"}',
        b'{"note":"comment","at_seconds":1e999,"text":"x"}',
        b'{"note":"comment","at_seconds":NaN,"text":"x"}',
        b'{"note":"comment","at_seconds":1,"text":""}',
        b'{"note":"comment","at_seconds":1,"text":"  "}',
        b'{"note":"comment","at_seconds":1,"text":"' + b"x" * 2001 + b'"}',
        b'{"note":"comment","at_seconds":1,"text":"x","id":"c1"}',
        b'{"note":"speaker_marked","turn":-1,"speaker":"trainee"}',
        b'{"note":"speaker_marked","turn":1,"speaker":"nobody"}',
    ],
)
def test_what_is_no_note_is_refused(body: bytes) -> None:
    with pytest.raises(InputError) as refused:
        decode_note(body)
    assert refused.value.stable_code == "bad-note"
