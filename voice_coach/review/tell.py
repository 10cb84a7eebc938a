"""Telling a call: everything the review page shows, put together from the session's folder."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import msgspec
import soundfile

from voice_coach.coaching.turn import Check, Debrief, Speaker, Turn
from voice_coach.conversation import commands as c
from voice_coach.conversation.events import WordsTimed
from voice_coach.counterpart.reply import RingSegment
from voice_coach.errors import AudioError
from voice_coach.journal.account import Account, give_account
from voice_coach.journal.format import Journal
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.library import Library
from voice_coach.journal.recording import find_tracks
from voice_coach.journal.store import session_folder
from voice_coach.review.course import course_of, interruptions_of, silences_of
from voice_coach.review.delivery import figures
from voice_coach.review.label_pitch import label_pitches
from voice_coach.review.notes import read_notes
from voice_coach.review.review import Kind, Origin, Review, ReviewTurn, SoundTrack
from voice_coach.review.sound import TrackSound
from voice_coach.review.timing import estimated_words, heard_words, latest_words, timed_evidence
from voice_coach.speech.pitch import SwiftPitchTracker

__all__ = ["tell_review"]

_SOMEBODY: Final = "The other side"
_pitch = SwiftPitchTracker()


def tell_review(store: Path, session: str) -> Review:
    """Tell a call. Takes up to a second for an hour of it: keep it out of an event loop.

    Args:
        store: The store's folder.
        session: Its id.

    Raises:
        InputError: There is no such session (code `unknown-session`).
        JournalError: Its journal or its notes cannot be read.
        StoreError: The index cannot be used.
    """
    folder = session_folder(store, session)
    with Library(store) as library:
        branches = library.branches(session)
    journal = read_journal(folder / JOURNAL_NAME)
    account = give_account(journal)
    notes = read_notes(folder)
    rows = tuple(_rows(journal, account.turns))
    review = Review(
        session=session,
        kind=Kind.REHEARSAL,
        title=account.title,
        person=account.person or _SOMEBODY,
        created=journal.header.created,
        seconds=account.seconds,
        complete=journal.complete,
        outcome=account.outcome,
        model=journal.header.model,
        turns=rows,
        silences=tuple(silences_of(account.turns)),
        interruptions=tuple(interruptions_of(account.turns)),
        course=tuple(course_of(account.turns, _rings(journal))),
        debrief=_timed_debrief(account.debrief, rows),
        figures=(),
        label_pitches=(),
        tracks=(),
        comments=notes.comments,
        overrules=notes.overrules,
        origin=_origin(journal),
        branches=branches,
        remarks=tuple(_remarks(journal, account)),
    )
    return with_sound(review, folder)


def with_sound(review: Review, folder: Path) -> Review:
    """Add what the tracks tell: how long they are, how the trainee spoke, how labels ended."""
    remarks = list(review.remarks)
    tracks, sound = [], None
    with ExitStack() as stack:
        for side, path in find_tracks(folder).items():
            try:
                tracks.append(SoundTrack(side=side, seconds=round(soundfile.info(path).duration, 3)))
                if side is Speaker.TRAINEE:
                    sound = stack.enter_context(TrackSound(path))
            except (soundfile.SoundFileError, AudioError):
                whose = "Your" if side is Speaker.TRAINEE else "Their"
                remarks.append(f"{whose} side's sound cannot be read, so it cannot be heard here.")
        if not tracks:
            remarks.append("No sound of this call was kept, so there is nothing to hear.")
        return msgspec.structs.replace(
            review,
            tracks=tuple(tracks),
            figures=figures(review.turns, sound),
            label_pitches=label_pitches(review.turns, sound, _pitch),
            remarks=tuple(remarks),
        )


def _rows(journal: Journal, turns: Sequence[Turn]) -> list[ReviewTurn]:
    values = [entry.value for entry in journal.entries]
    timed = latest_words(value for value in values if isinstance(value, WordsTimed))
    utterance = {
        value.turn.index: value.utterance
        for value in values
        if isinstance(value, c.ShowTurn) and value.turn.speaker is Speaker.TRAINEE
    }
    rows = []
    for turn in turns:
        heard = timed.get(utterance.get(turn.index, 0), ())
        within = [w for w in heard if w.end_sample > 0]
        rows.append(
            ReviewTurn(
                turn=turn,
                words=heard_words(turn, within) if within else estimated_words(turn),
                can_branch=turn.speaker is Speaker.COUNTERPART,
            )
        )
    return rows


def _rings(journal: Journal) -> dict[int, tuple[RingSegment, ...]]:
    """The ring as it stood when each of the counterpart's turns was over."""
    rings: dict[int, tuple[RingSegment, ...]] = {}
    ring: tuple[RingSegment, ...] = ()
    for entry in journal.entries:
        if isinstance(entry.value, c.ShowRing):
            ring = entry.value.segments
        elif isinstance(entry.value, c.ShowTurn) and entry.value.turn.speaker is Speaker.COUNTERPART:
            rings[entry.value.turn.index] = ring
    return rings


def _timed_debrief(debrief: Debrief | None, rows: Sequence[ReviewTurn]) -> Debrief | None:
    if debrief is None:
        return None
    by_index = {row.turn.index: row for row in rows}

    def timed(check: Check) -> Check:
        row = by_index.get(check.evidence.turn) if check.evidence else None
        if row is None or check.evidence is None:
            return check
        evidence = timed_evidence(check.evidence, row.turn, row.words)
        return msgspec.structs.replace(check, evidence=evidence)

    return msgspec.structs.replace(debrief, checks=tuple(timed(check) for check in debrief.checks))


def _origin(journal: Journal) -> Origin | None:
    """The line that was tried again: it follows the turns that both sessions have."""
    parent = journal.header.parent
    if parent is None:
        return None
    common: set[tuple[Speaker, int]] = set()
    at = 0.0
    for exchange in journal.exchanges():
        if exchange.seq > parent.seq:
            break
        at = exchange.event.at
        for command in exchange.commands:
            if isinstance(command, c.ShowTurn):
                common.add((command.turn.speaker, command.utterance))
            elif isinstance(command, c.TakeBackTurn):
                common.discard((Speaker.TRAINEE, command.utterance))
    return Origin(session=parent.session, turn=len(common), at_seconds=at)


def _remarks(journal: Journal, account: Account) -> list[str]:
    remarks = []
    if journal.torn:
        remarks.append("A crash cut this call's journal: its last line was incomplete and is left out.")
    if not journal.complete:
        remarks.append("This call did not come to its end; this is how far it came.")
    if not account.turns:
        remarks.append("Nothing was said in this call.")
    return remarks
