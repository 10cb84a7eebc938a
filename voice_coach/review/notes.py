"""What reviewers noted of a call: one line each in `notes.jsonl`, added and never changed.

A line tells when, and what::

    {"created":"2026-11-23T19:10:00Z","note":{"note":"comment","at_seconds":62.5,"text":"It turned h."}}
    {"created":"2026-11-23T19:12:00Z","note":{"note":"comment_removed","comment":"c1"}}

Taking something back is a line too, so what was once noted can always be found in the file. A comment's
id is `c` and the number of its line. A line is acknowledged when the disk has it. A crash can cut the
last line short: it is left out when the file is read, and taken away before the next line. Any other
line that does not read is passed over, and said.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import InputError
from voice_coach.journal.store import store_trouble, sync_folder
from voice_coach.review.review import Comment, Overrule

if sys.platform != "win32":
    import fcntl

__all__ = [
    "NOTES_NAME",
    "CommentAdded",
    "CommentRemoved",
    "Note",
    "Notes",
    "OverruleRemoved",
    "Overruled",
    "SpeakerMarked",
    "append_note",
    "decode_note",
    "read_notes",
]

NOTES_NAME: Final = "notes.jsonl"
LONGEST_TEXT: Final = 2_000
MOST_NOTES: Final = 5_000

Text = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class _Note(msgspec.Struct, frozen=True, kw_only=True, tag_field="note", forbid_unknown_fields=True):
    pass


class CommentAdded(_Note, frozen=True, tag="comment"):
    """Something is said to a moment."""

    at_seconds: Annotated[float, msgspec.Meta(ge=0)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]


class CommentRemoved(_Note, frozen=True, tag="comment_removed"):
    """A comment is taken back."""

    comment: Id


class Overruled(_Note, frozen=True, tag="overrule"):
    """A reviewer sees a check otherwise, or sees it as it is and says why. The last one counts."""

    check: Id
    passed: bool
    reason: Text = ""


class OverruleRemoved(_Note, frozen=True, tag="overrule_removed"):
    """The check's own verdict counts again."""

    check: Id


class SpeakerMarked(_Note, frozen=True, tag="speaker_marked"):
    """Somebody who was there says whose turn it was."""

    turn: Annotated[int, msgspec.Meta(ge=0)]
    speaker: Speaker


Note = CommentAdded | CommentRemoved | Overruled | OverruleRemoved | SpeakerMarked


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    created: Annotated[datetime, msgspec.Meta(tz=True)]
    note: Note


_note: msgspec.json.Decoder[Note] = msgspec.json.Decoder(Note)
_line = msgspec.json.Decoder(_Line)
_encoder = msgspec.json.Encoder()
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What counts of all notes of a call."""

    comments: tuple[Comment, ...] = ()
    """In the order of the call."""
    overrules: tuple[Overrule, ...] = ()
    """One for each check at most."""
    speakers: dict[int, Speaker] = field(default_factory=dict)
    """By the turn's index."""
    lines: int = 0
    """How many lines the file has, whole ones."""
    unreadable: tuple[int, ...] = ()
    """Numbers of the lines that were passed over."""


def decode_note(body: bytes) -> Note:
    """Read a note as a client sends it.

    Raises:
        InputError: It is none (code `bad-note`); the sentence says where.
    """
    try:
        note = _note.decode(body)
    except _UNREADABLE as error:
        raise InputError(f"This is not a note: {error}.", code="bad-note") from None
    if isinstance(note, CommentAdded) and not note.text.strip():
        raise InputError("A comment needs words; this one is blank.", code="bad-note")
    return note


def read_notes(folder: Path) -> Notes:
    """Read what counts of a session's notes; none is fine.

    Raises:
        StoreError: The file is there and cannot be read.
    """
    path = folder / NOTES_NAME
    with store_trouble(f"{path} cannot be read"):
        data = path.read_bytes() if path.is_file() else b""
    return _net(data)


def append_note(folder: Path, note: Note, created: datetime) -> Notes:
    """Add a line, and wait until the disk has it.

    Args:
        folder: The session's folder.
        note: What was noted.
        created: When, an aware time.

    Returns:
        What counts now.

    Raises:
        InputError: There are as many notes as may be (`too-many-notes`), or what is to be taken back is
            not there (`unknown-comment`, `unknown-overrule`).
        StoreError: The disk refused, and the file is as it was.
    """
    path = folder / NOTES_NAME
    with store_trouble(f"{path} cannot be written"), _alone(path) as handle:
        data = _read_all(handle)
        whole = data[: data.rfind(b"\n") + 1]
        _demand_place(note, _net(whole))
        line = _encoder.encode(_Line(created=created, note=note)) + b"\n"
        _write_all(handle, len(whole), line)
    return _net(whole + line)


def _net(data: bytes) -> Notes:
    *lines, _ = data.split(b"\n")
    comments: dict[str, Comment] = {}
    overrules: dict[str, Overrule] = {}
    speakers: dict[int, Speaker] = {}
    unreadable: list[int] = []
    for number, text in enumerate(lines, start=1):
        try:
            line = _line.decode(text)
        except _UNREADABLE:
            unreadable.append(number)
            continue
        match line.note:
            case CommentAdded(at_seconds=at, text=said):
                id_ = f"c{number}"
                comments[id_] = Comment(id=id_, at_seconds=at, text=said, created=line.created)
            case CommentRemoved(comment=id_):
                comments.pop(id_, None)
            case Overruled(check=check, passed=passed, reason=reason):
                overrules[check] = Overrule(
                    check=check, passed=passed, reason=reason, created=line.created
                )
            case OverruleRemoved(check=check):
                overrules.pop(check, None)
            case SpeakerMarked(turn=turn, speaker=speaker):
                speakers[turn] = speaker
    return Notes(
        comments=tuple(sorted(comments.values(), key=lambda comment: comment.at_seconds)),
        overrules=tuple(overrules.values()),
        speakers=speakers,
        lines=len(lines),
        unreadable=tuple(unreadable),
    )


def _demand_place(note: Note, notes: Notes) -> None:
    if notes.lines >= MOST_NOTES:
        raise InputError(
            f"This call has {MOST_NOTES} notes already, which is all that is kept of one.",
            code="too-many-notes",
        )
    match note:
        case CommentRemoved(comment=id_) if id_ not in {comment.id for comment in notes.comments}:
            raise InputError(
                "There is no such comment; it may have been removed already.", code="unknown-comment"
            )
        case OverruleRemoved(check=check) if check not in {o.check for o in notes.overrules}:
            raise InputError(
                "That check is not overruled; its own verdict counts already.", code="unknown-overrule"
            )
        case _:
            pass


_writing = threading.Lock()
"""Between threads of this program; the lock on the file is between programs."""


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """Open the file to be read and written by nobody else for the moment."""
    with _writing:
        new = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform != "win32":
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
            if new:
                sync_folder(path.parent)
        finally:
            os.close(handle)


def _read_all(handle: int) -> bytes:
    with open(os.dup(handle), "rb") as stream:  # noqa: PTH123 - a handle, not a path
        stream.seek(0)
        return stream.read()


def _write_all(handle: int, offset: int, data: bytes) -> None:
    """Make `data` what stands from `offset` on; when the disk refuses, nothing does."""
    os.ftruncate(handle, offset)
    os.lseek(handle, offset, os.SEEK_SET)
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, offset)
        raise
