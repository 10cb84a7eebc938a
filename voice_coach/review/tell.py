"""A kept call retold as a review: from its journal, its sound and its notes, whenever it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from voice_coach.errors import InputError
from voice_coach.journal.kind import Kind, kind_of
from voice_coach.journal.library import Library
from voice_coach.journal.store import session_folder
from voice_coach.recorded.tell import tell_recorded
from voice_coach.review.delivered import with_delivery
from voice_coach.review.notes import (
    CommentAdded,
    Note,
    Notes,
    Overruled,
    OverruleRemoved,
    SpeakerMarked,
    append_note,
    read_notes,
)
from voice_coach.review.rehearsal import tell_rehearsal
from voice_coach.review.review import Review

__all__ = ["add_note", "tell_review"]

_LOST_NOTES = "Not all notes can be read"
_LATE_SECONDS = 1.0
"""How far past the end of the call a comment may be placed: a player's clock is not exact."""


def tell_review(store: Path, session: str) -> Review:
    """Retell a session.

    A recording that a crash cut off is finished on the way. An hour's call takes about a second, the
    first time about one more: keep it out of an event loop.

    Args:
        store: The store's folder.
        session: The session's id, which may come from anywhere.

    Raises:
        InputError: There is no such session (code `unknown-session`).
        JournalError: Its journal cannot be read.
        StoreError: The store cannot be used.
    """
    folder = session_folder(store, session)
    notes = read_notes(folder)
    if kind_of(folder) is Kind.RECORDED:
        return _with_notes(with_delivery(tell_recorded(folder, notes.speakers), folder), notes)
    with Library(store) as library:
        branches = library.branches(session)
    review = msgspec.structs.replace(tell_rehearsal(folder), branches=branches)
    return _with_notes(with_delivery(review, folder), notes)


def add_note(store: Path, session: str, note: Note) -> Review:
    """Keep a reviewer's note, if it fits the call; give the call with it.

    Raises:
        InputError: There is no such session, check, turn, comment or moment, or there are too many notes.
        JournalError: The journal cannot be read.
        StoreError: The note cannot be kept.
    """
    review = tell_review(store, session)
    _demand_target(note, review)
    folder = session_folder(store, session)
    notes = append_note(folder, note, datetime.now(UTC))
    if isinstance(note, SpeakerMarked):
        return tell_review(store, session)
    return _with_notes(review, notes)


def _demand_target(note: Note, review: Review) -> None:
    """Refuse a note to something that is not there."""
    match note:
        case CommentAdded(at_seconds=at) if at > review.seconds + _LATE_SECONDS:
            raise InputError(
                f"The call is {review.seconds:.1f} s long; a comment cannot stand at {at:.1f} s.",
                code="unknown-moment",
            )
        case Overruled(check=check) | OverruleRemoved(check=check):
            known = [known.id for known in review.debrief.checks] if review.debrief else []
            if check not in known:
                there = f"its checks are {', '.join(known)}" if known else "it has no checks"
                raise InputError(f"This call has no such check: {there}.", code="unknown-check")
        case SpeakerMarked(turn=turn):
            if review.kind is not Kind.RECORDED:
                raise InputError(
                    "In a rehearsal it is known who spoke; nothing was marked.", code="speakers-known"
                )
            if turn >= len(review.turns):
                raise InputError(
                    f"This call has {len(review.turns)} turns, counted from 0; there is no turn {turn}.",
                    code="unknown-turn",
                )
        case _:
            pass


def _with_notes(review: Review, notes: Notes) -> Review:
    remarks = [remark for remark in review.remarks if not remark.startswith(_LOST_NOTES)]
    if notes.unreadable:
        lines = ", ".join(map(str, notes.unreadable))
        remarks.append(f"{_LOST_NOTES}: the file of notes is damaged in line {lines}.")
    return msgspec.structs.replace(
        review, comments=notes.comments, overrules=notes.overrules, remarks=tuple(remarks)
    )
