"""A rehearsal, or a drill, retold from its journal and its sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from voice_coach.coaching.turn import Speaker, Turn
from voice_coach.counterpart.reply import Outcome
from voice_coach.errors import VoiceCoachError
from voice_coach.journal.account import Account, give_account
from voice_coach.journal.durable import is_being_written
from voice_coach.journal.format import Journal
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.recording import find_tracks, recover
from voice_coach.review.course import tell_course
from voice_coach.review.happened import Happened, gather
from voice_coach.review.pauses import find_sounding
from voice_coach.review.peaks import PEAKS_PER_SECOND, read_peaks
from voice_coach.review.review import SOMEBODY, Kind, Origin, Review, ReviewTurn, SoundTrack, TimedWord
from voice_coach.review.silences import find_interruptions, find_silences, sounded_span
from voice_coach.review.timing import measured_words, spread_words, timed_debrief

__all__ = ["tell_rehearsal"]

_THEY_ENDED_IT = frozenset({Outcome.AGREEMENT, Outcome.NOT_TODAY, Outcome.HUNG_UP})

Peaks = Mapping[Speaker, bytes]
Words = Mapping[int, Sequence[TimedWord]]
"""By the turn's index."""


def tell_rehearsal(folder: Path) -> Review:
    """Retell a rehearsal; notes and branches are not in its journal and must be added.

    Args:
        folder: The session's folder. A recording in it that a crash cut off is finished.

    Raises:
        JournalError: The journal cannot be read.
        StoreError: The folder cannot be read.
    """
    path = folder / JOURNAL_NAME
    running = path.is_file() and is_being_written(path)
    journal = read_journal(path)
    account = give_account(journal)
    happened = gather(journal)
    peaks, silent = ({}, ()) if running else _sound(folder, account, record=journal.header.record)
    is_drill = bool(journal.header.drill_source)
    words = {turn.index: _words(turn, happened, peaks) for turn in account.turns}
    return Review(
        session=journal.header.session,
        kind=Kind.DRILL if is_drill else Kind.REHEARSAL,
        title=account.title,
        person=account.person or SOMEBODY,
        created=journal.header.created,
        seconds=max(account.seconds, *map(_seconds, peaks.values()), 0.0),
        complete=journal.complete,
        outcome=account.outcome,
        model=journal.header.model,
        turns=tuple(
            ReviewTurn(
                turn=msgspec.structs.replace(turn, because=None) if is_drill else turn,
                words=tuple(words[turn.index]),
                can_branch=not is_drill and _can_branch(turn, account),
            )
            for turn in account.turns
        ),
        silences=find_silences(happened, account.seconds),
        interruptions=find_interruptions(happened),
        course=() if is_drill else tell_course(happened),
        debrief=timed_debrief(account.debrief, account.turns, words) if account.debrief else None,
        figures=(),
        label_pitches=(),
        tracks=tuple(SoundTrack(side=side, seconds=_seconds(found)) for side, found in peaks.items()),
        origin=_origin(journal, happened),
        verdicts=account.verdicts,
        drill=account.drill,
        remarks=(*_cut(journal, running=running), *silent, *_estimated(account, words)),
    )


# ---------------------------------------------------------------- sound and words


def _sound(folder: Path, account: Account, *, record: bool) -> tuple[Peaks, Sequence[str]]:
    """Each side's peaks, and what must be said of sides that cannot be heard."""
    peaks: dict[Speaker, bytes] = {}
    remarks: list[str] = []
    try:
        recover(folder)
    except VoiceCoachError as error:
        remarks.append(f"The recording was cut off and cannot be finished: {error}")
    tracks = find_tracks(folder)
    for side in tracks:
        try:
            peaks[side] = read_peaks(folder, side)
        except VoiceCoachError as error:
            remarks.append(str(error))
    if not record:
        remarks.append("No sound was kept of this call, as it was asked for.")
        return peaks, remarks
    spoke = {turn.speaker for turn in account.turns}
    remarks += [
        f"The sound of the {side.value} is missing; what was said can only be read."
        for side in Speaker
        if side in spoke and side not in tracks
    ]
    return peaks, remarks


def _seconds(peaks: bytes) -> float:
    return len(peaks) / PEAKS_PER_SECOND


def _words(turn: Turn, happened: Happened, peaks: Peaks) -> tuple[TimedWord, ...]:
    span = sounded_span(happened, turn)
    pieces = happened.timed.get(happened.shown[turn.index].utterance, ())
    if turn.speaker is Speaker.TRAINEE and pieces:
        return measured_words(turn.text, pieces, span)
    track = peaks.get(turn.speaker)
    return spread_words(turn.text, span, None if track is None else find_sounding(track, span))


# ---------------------------------------------------------------- what else a reader must know


def _can_branch(turn: Turn, account: Account) -> bool:
    """Every line of theirs but the one that ended the call: nobody can answer that."""
    ended_by_it = account.outcome in _THEY_ENDED_IT and turn is account.turns[-1]
    return turn.speaker is Speaker.COUNTERPART and not ended_by_it


def _origin(journal: Journal, happened: Happened) -> Origin | None:
    """The line that was tried again: it follows the turns that both sessions have."""
    parent = journal.header.parent
    if parent is None:
        return None
    common = gather(journal, until=parent.seq)
    index = len(common.shown)
    # A new line of which nothing was heard is no turn; the trainee's next one stands there then.
    line = happened.shown.get(index)
    at = common.seconds if line is None else line.turn.start_seconds
    return Origin(session=parent.session, turn=index, at_seconds=at)


def _cut(journal: Journal, *, running: bool) -> Sequence[str]:
    if running:
        return ("This call is still going on; this is how far it has come.",)
    remarks = []
    if journal.torn:
        remarks.append("A crash cut this call's journal: its last line was incomplete and is left out.")
    if not journal.complete:
        remarks.append("This call was cut off; this is how far it came, and there is no scorecard.")
    return remarks


def _estimated(account: Account, words: Words) -> Sequence[str]:
    """Said when a word of the trainee may not be heard exactly where it is clicked."""
    mine = [turn for turn in account.turns if turn.speaker is Speaker.TRAINEE]
    guessed = sum(not any(word.measured for word in words[turn.index]) for turn in mine)
    if not guessed:
        return ()
    sentence = (
        f"In {guessed} of your {len(mine)} turns the times of words are estimates: the recogniser had no"
        " time to measure them."
    )
    return (sentence,)
