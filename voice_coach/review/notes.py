"""What a reviewer adds to a call, one line of JSON each, in the session's own folder.

Lines are only ever added: a comment that is taken away, a check that is overruled and a verdict that is
taken back all stay in the file. What a crash cut off at the end is left out.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import InputError, JournalError
from voice_coach.journal.store import store_trouble
from voice_coach.review.review import Comment, Overrule

__all__ = [
    "NOTES_NAME",
    "CommentNote",
    "CommentRemoved",
    "Note",
    "Notes",
    "OverruleNote",
    "OverruleRemoved",
    "SpeakerMarked",
    "add_note",
    "decode_note",
    "read_notes",
]

NOTES_NAME: Final = "notes.jsonl"
_MOST_NOTES: Final = 5_000
_LONGEST_TEXT: Final = 2_000

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=_LONGEST_TEXT)]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e6)]
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class _Note(msgspec.Struct, frozen=True, kw_only=True, tag_field="note", forbid_unknown_fields=True):
    created: datetime | None = None
    """Set by `add_note`."""


class CommentNote(_Note, frozen=True, tag="comment"):
    """A sentence to a moment."""

    at_seconds: _Seconds
    text: _Text
    id: str = ""
    """Set by `add_note`."""


class CommentRemoved(_Note, frozen=True, tag="comment_removed"):
    """A comment is not shown any more."""

    comment: _Id


class OverruleNote(_Note, frozen=True, tag="overrule"):
    """The reviewer sees a check otherwise."""

    check: _Id
    passed: bool
    reason: Annotated[str, msgspec.Meta(max_length=_LONGEST_TEXT)] = ""


class OverruleRemoved(_Note, frozen=True, tag="overrule_removed"):
    """The check's own verdict stands again."""

    check: _Id


class SpeakerMarked(_Note, frozen=True, tag="speaker_marked"):
    """Whose turn it is, in a recording that cannot tell."""

    turn: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    speaker: Speaker


Note = CommentNote | CommentRemoved | OverruleNote | OverruleRemoved | SpeakerMarked

_decoder: msgspec.json.Decoder[Note] = msgspec.json.Decoder(Note)


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """What holds after all lines."""

    comments: tuple[Comment, ...] = ()
    """By time."""
    overrules: tuple[Overrule, ...] = ()
    speakers: dict[int, Speaker] = {}
    """Turn -> whose it is, where somebody marked it."""


def decode_note(data: bytes) -> Note:
    """Read a note that came from outside.

    Raises:
        InputError: It is none (code `bad-note`).
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"This is not a note that can be kept: {error}.", code="bad-note") from None


def add_note(folder: Path, note: Note) -> None:
    """Add a note to a session, on disk when this returns. One writer at a time.

    Args:
        folder: The session's folder.
        note: What to add; a comment gets its id here, and every note its time.

    Raises:
        InputError: The session has as many notes as it may (code `too-many-notes`).
        JournalError: The file of notes is damaged.
        StoreError: The disk refused.
    """
    path = folder / NOTES_NAME
    lines, whole = _lines(path)
    if len(lines) >= _MOST_NOTES:
        raise InputError(
            f"This call has {_MOST_NOTES:,} notes, the most one can have.", code="too-many-notes"
        )
    note = msgspec.structs.replace(note, created=datetime.now(UTC))
    if isinstance(note, CommentNote):
        note = msgspec.structs.replace(note, id=secrets.token_hex(6))
    with store_trouble(f"The notes {path} cannot be written"), path.open("ab") as file:
        path.chmod(0o600)
        # What a crash left of a line is cut off before the next one begins.
        file.truncate(whole)
        file.write(msgspec.json.encode(note) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_notes(folder: Path) -> Notes:
    """Read what holds.

    Raises:
        JournalError: The file of notes is damaged; the sentence names the line.
        StoreError: It cannot be read.
    """
    path = folder / NOTES_NAME
    lines, _ = _lines(path)
    notes = []
    for number, line in enumerate(lines, start=1):
        try:
            notes.append(_decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise JournalError(f"{path}, line {number} is damaged ({error}).") from None
    return _net(notes)


def _lines(path: Path) -> tuple[list[bytes], int]:
    """The whole lines, and the size of the file up to their end."""
    if not path.is_file():
        return [], 0
    with store_trouble(f"The notes {path} cannot be read"):
        data = path.read_bytes()
    *lines, tail = data.split(b"\n")
    return lines, len(data) - len(tail)


def _net(notes: Iterable[Note]) -> Notes:
    comments: dict[str, Comment] = {}
    overrules: dict[str, Overrule] = {}
    speakers: dict[int, Speaker] = {}
    for note in notes:
        created = note.created or datetime.fromtimestamp(0, UTC)
        match note:
            case CommentNote():
                comments[note.id] = Comment(
                    id=note.id, at_seconds=note.at_seconds, text=note.text, created=created
                )
            case CommentRemoved():
                comments.pop(note.comment, None)
            case OverruleNote():
                overrules[note.check] = Overrule(
                    check=note.check, passed=note.passed, reason=note.reason, created=created
                )
            case OverruleRemoved():
                overrules.pop(note.check, None)
            case SpeakerMarked():
                speakers[note.turn] = note.speaker
    return Notes(
        comments=tuple(sorted(comments.values(), key=lambda comment: comment.at_seconds)),
        overrules=tuple(overrules.values()),
        speakers=speakers,
    )
