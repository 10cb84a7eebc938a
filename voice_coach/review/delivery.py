"""Delivery: how a person spoke, in figures that each say what they mean. None of them is a grade.

Computed from turns and their word times alone, so that a rehearsal and a recorded call are measured
by the same rule. Loudness alone needs the sound.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from voice_coach.coaching.turn import Speaker
from voice_coach.moves.move import Family
from voice_coach.review.label_pitch import LABELS, ReadsSound
from voice_coach.review.review import Figure, ReviewTurn
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ

__all__ = ["FILLERS", "figures"]

FILLERS: Final = frozenset({"um", "uh", "uhm", "umm", "uhh", "erm", "er", "ehm", "hmm", "mmm"})
"""What is counted. "Like" and "you know" are not: only a listener can tell which of them are meant."""

_WORD: Final = re.compile(r"[\w'\u2019-]+")
_PAUSE_SECONDS: Final = 0.5
_MINUTE: Final = 60.0
_LEAST_SECONDS: Final = 10.0
"""With less speech than this a rate says nothing."""
_FRAME_SECONDS: Final = 0.05
_SPEECH_BELOW_LOUDEST_DB: Final = 30.0
_SILENT_DB: Final = -80.0

_QUESTIONS: Final = frozenset({"question", "calibrated_question", "why_question", "yes_fishing"})


def figures(turns: Sequence[ReviewTurn], sound: ReadsSound | None) -> tuple[Figure, ...]:
    """Measure how the trainee spoke.

    Args:
        turns: The whole call in order; turns whose speaker is not known count for nobody.
        sound: The trainee's track; None when none was kept.
    """
    known = [turn for turn in turns if turn.speaker_known]
    mine = [turn for turn in known if turn.turn.speaker is Speaker.TRAINEE]
    return (
        _talk_share(known, mine),
        _longest_monologue(known),
        _pace(mine),
        _pauses(mine),
        _fillers(mine),
        _first_label(known),
        _silence_after_labels(known),
        _reflections_to_questions(mine),
        _loudness(mine, sound),
    )


# ---------------------------------------------------------------- who talks


def _talk_share(known: Sequence[ReviewTurn], mine: Sequence[ReviewTurn]) -> Figure:
    total = _seconds(known)
    return Figure(
        id="talk-share",
        name="Your share of the talking",
        value=round(100 * _seconds(mine) / total, 0) if total else None,
        unit="%",
        meaning="Of all the time in which somebody spoke, the part that was yours.",
        good="Half or less: what they say is what you came to hear.",
    )


def _longest_monologue(known: Sequence[ReviewTurn]) -> Figure:
    """The longest run of the trainee's turns with nobody else between them."""
    longest, start = 0.0, None
    for turn in known:
        if turn.turn.speaker is not Speaker.TRAINEE:
            start = None
            continue
        start = turn.turn.start_seconds if start is None else start
        longest = max(longest, turn.turn.end_seconds - start)
    return Figure(
        id="longest-monologue",
        name="Your longest stretch without an answer",
        value=round(longest, 1) if longest else None,
        unit="s",
        meaning="From your first word to your last before the other side spoke again.",
        good="Under 20 seconds: after that people wait for their turn instead of listening.",
    )


# ---------------------------------------------------------------- how it sounds


def _pace(mine: Sequence[ReviewTurn]) -> Figure:
    seconds = _seconds(mine)
    words = sum(len(_WORD.findall(turn.turn.text)) for turn in mine)
    return Figure(
        id="pace",
        name="Pace",
        value=round(words * _MINUTE / seconds, 0) if seconds >= _LEAST_SECONDS else None,
        unit="words a minute",
        meaning="The words that were recognised over the time you spoke, your own pauses included"
        f" (left out below {_LEAST_SECONDS:.0f} s of speech).",
        good="120 to 160 is unhurried; slower than your habit sounds calm, faster sounds nervous.",
    )


def _pauses(mine: Sequence[ReviewTurn]) -> Figure:
    timed = [turn for turn in mine if len(turn.words) > 1 and all(word.measured for word in turn.words)]
    pauses = sum(
        after.start_seconds - before.end_seconds >= _PAUSE_SECONDS
        for turn in timed
        for before, after in pairwise(turn.words)
    )
    seconds = _seconds(timed)
    return Figure(
        id="pauses",
        name="Pauses inside your sentences",
        value=round(pauses * _MINUTE / seconds, 1) if seconds >= _LEAST_SECONDS else None,
        unit="a minute",
        meaning=f"Silences of {_PAUSE_SECONDS} s or more between two of your words, where word times"
        " were measured.",
        good="Some: a pause before the important word gives it weight.",
    )


def _fillers(mine: Sequence[ReviewTurn]) -> Figure:
    seconds = _seconds(mine)
    found = sum(word.lower() in FILLERS for turn in mine for word in _WORD.findall(turn.turn.text))
    return Figure(
        id="fillers",
        name="Fillers",
        value=round(found * _MINUTE / seconds, 1) if seconds >= _LEAST_SECONDS else None,
        unit="a minute",
        meaning="“Um”, “uh” and the like, as far as the recogniser keeps them: it was taught to leave"
        " most of them out, so you said at least so many.",
        good="Fewer when it matters; a silence does the same work and sounds sure.",
    )


def _loudness(mine: Sequence[ReviewTurn], sound: ReadsSound | None) -> Figure:
    levels = _levels(mine, sound) if sound is not None else np.zeros(0)
    return Figure(
        id="loudness",
        name="Loudness",
        value=round(float(np.median(levels)), 0) if len(levels) else None,
        unit="dBFS",
        meaning="The middle level of your voice in the recording; it depends on your microphone, so"
        " compare it only with your own calls."
        if sound is not None
        else "Not known: this call's sound was not kept.",
        good="Between -35 and -15, and about the same from start to end.",
    )


def _levels(
    mine: Sequence[ReviewTurn], sound: ReadsSound
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The level in dBFS of each 50 ms in which the trainee's voice sounds."""
    width = round(_FRAME_SECONDS * SAMPLE_RATE_HZ)
    found = [np.zeros(0)]
    for turn in mine:
        audio = sound.read(turn.turn.start_seconds, turn.turn.end_seconds)
        frames = audio[: len(audio) // width * width].reshape(-1, width).astype(np.float64)
        power = np.mean(np.square(frames), axis=1)
        found.append(10 * np.log10(np.maximum(power, 1e-12)))
    levels = np.concatenate(found)
    if not len(levels):
        return levels
    threshold = max(_SILENT_DB, float(np.percentile(levels, 95)) - _SPEECH_BELOW_LOUDEST_DB)
    kept: np.ndarray[tuple[int], np.dtype[np.float64]] = levels[levels >= threshold]
    return kept


# ---------------------------------------------------------------- what is done with it


def _first_label(known: Sequence[ReviewTurn]) -> Figure:
    first = next((turn for turn in known if _has_label(turn)), None)
    started = known[0].turn.start_seconds if known else 0.0
    return Figure(
        id="first-label",
        name="Time to your first label",
        value=round(first.turn.start_seconds - started, 1) if first else None,
        unit="s",
        meaning="From the first word of the call until you first named what they feel."
        if first
        else "You named no feeling in this call.",
        good="Early, and before you ask for anything.",
    )


def _silence_after_labels(known: Sequence[ReviewTurn]) -> Figure:
    gaps = [
        max(0.0, after.turn.start_seconds - before.turn.end_seconds)
        for before, after in pairwise(known)
        if _ends_with_label(before)
    ]
    return Figure(
        id="silence-after-labels",
        name="Silence after your labels",
        value=round(math.fsum(gaps) / len(gaps), 1) if gaps else None,
        unit="s",
        meaning="How long it was quiet, on average, between a label that ended your turn and the next"
        " word of either side."
        if gaps
        else "No turn of yours ended with a label.",
        good="Until they speak: three or four seconds are long for you, not for them.",
    )


def _reflections_to_questions(mine: Sequence[ReviewTurn]) -> Figure:
    moves = [move for turn in mine for move in turn.turn.moves]
    reflections = sum(move.family is Family.REFLECTION for move in moves)
    questions = sum(move.kind in _QUESTIONS for move in moves)
    return Figure(
        id="reflections-to-questions",
        name="Reflections for each question",
        value=round(reflections / questions, 1) if questions else None,
        unit="",
        meaning=f"{reflections} labels, mirrors and summaries; {questions} questions.",
        good="One or more: giving back what you heard tells more than asking does.",
    )


def _has_label(turn: ReviewTurn) -> bool:
    return turn.turn.speaker is Speaker.TRAINEE and any(move.kind in LABELS for move in turn.turn.moves)


def _ends_with_label(turn: ReviewTurn) -> bool:
    last = max(turn.turn.moves, key=lambda move: move.end, default=None)
    return turn.turn.speaker is Speaker.TRAINEE and last is not None and last.kind in LABELS


def _seconds(turns: Iterable[ReviewTurn]) -> float:
    return math.fsum(max(0.0, turn.turn.end_seconds - turn.turn.start_seconds) for turn in turns)
