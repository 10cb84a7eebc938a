"""An hour of a call that nobody had: a review and its peaks, large enough to show what is slow."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime

import numpy as np

from voice_coach.coaching.turn import Debrief, Speaker, Turn, TurningPoint
from voice_coach.counterpart.reply import Because, Outcome, RingSegment, SegmentState, TopicChange
from voice_coach.moves.move import Family, Move
from voice_coach.review.review import (
    Comment,
    Course,
    Interruption,
    Kind,
    LabelPitch,
    PitchEnd,
    Review,
    ReviewTurn,
    Silence,
    SoundTrack,
    TimedWord,
)

__all__ = ["SECONDS", "SESSION", "long_peaks", "long_review"]

SESSION = "20261125-010203-long"
SECONDS = 3600.0
_WORDS = ("we", "have been", "over", "this", "nobody", "thought", "the delay", "was", "only about",
          "money", "who carries it", "when", "the line", "stands still", "on a Friday")  # fmt: skip
_SAID = (
    ("It sounds like you were left alone with this", "label", Family.REFLECTION),
    ("What would have to happen for that to work", "calibrated_question", Family.QUESTION),
    ("The line stands still", "mirror", Family.REFLECTION),
    ("We need an answer today", "deadline_pressure", Family.PRESSURE),
)
_TOPICS = tuple(f"topic-{number}" for number in range(6))
_STATES = tuple(SegmentState)


def long_review() -> Review:
    """Some 700 turns and 10 000 words, with everything a review can hold."""
    chance = random.Random(60)  # noqa: S311 - a made-up call, the same each time
    turns: list[ReviewTurn] = []
    silences: list[Silence] = []
    courses: list[Course] = []
    at = 0.5
    while at < SECONDS - 12:
        turn = _turn(len(turns), at, chance)
        turns.append(_with_words(turn))
        if turn.because is not None:
            courses.append(_course(turn))
        at = turn.end_seconds + chance.choice((0.3, 0.5, 0.8, 2.6))
        if at - turn.end_seconds > 2:
            silences.append(
                Silence(
                    start_seconds=turn.end_seconds,
                    end_seconds=at,
                    after_turn=turn.index,
                    after_label=turn.speaker is Speaker.TRAINEE,
                )
            )
    return Review(
        session=SESSION,
        kind=Kind.REHEARSAL,
        title="An hour",
        person="Dana Whitfield, operations",
        created=datetime(2026, 11, 25, tzinfo=UTC),
        seconds=SECONDS,
        complete=True,
        outcome=Outcome.NOT_TODAY,
        model="tiny.en",
        turns=tuple(turns),
        silences=tuple(silences),
        interruptions=tuple(
            Interruption(
                at_seconds=turn.turn.start_seconds + 0.4, by=turn.turn.speaker, turn=turn.turn.index
            )
            for turn in turns[9::17]
        ),
        course=tuple(courses),
        debrief=Debrief(
            headline="An hour went by, and it turned twice.",
            checks=(),
            labels=80,
            summaries=0,
            thats_right=False,
            talk_share=0.5,
            turning_points=(
                TurningPoint(
                    turn=100,
                    at_seconds=520,
                    rule="leverage",
                    what="They closed.",
                    you_said="",
                    better=False,
                ),
            ),
        ),
        figures=(),
        label_pitches=tuple(
            LabelPitch(turn=turn.turn.index, start=move.start, ended=PitchEnd.FELL, semitones=-2.0)
            for turn in turns
            for move in turn.turn.moves
            if move.kind == "label"
        ),
        tracks=tuple(SoundTrack(side=side, seconds=SECONDS) for side in Speaker),
        comments=tuple(
            Comment(
                id=f"c{number}", at_seconds=60.0 * number, text="Listen here.", created=datetime.now(UTC)
            )
            for number in range(1, 40)
        ),
    )


def long_peaks(side: str) -> bytes:
    """Loudness of 20 ms each, loud where that side has a turn."""
    peaks = np.zeros(round(SECONDS * 50), dtype=np.uint8)
    noise = np.random.default_rng(60)
    for turn in long_review().turns:
        if turn.turn.speaker != side:
            continue
        part = slice(round(turn.turn.start_seconds * 50), round(turn.turn.end_seconds * 50))
        peaks[part] = noise.integers(20, 200, len(peaks[part]), dtype=np.uint8)
    return peaks.tobytes()


def _turn(index: int, at: float, chance: random.Random) -> Turn:
    words = " ".join(chance.choices(_WORDS, k=chance.randint(6, 22)))
    if index % 2 == 0:
        return Turn(
            index=index,
            speaker=Speaker.COUNTERPART,
            text=f"{words.capitalize()}.",
            start_seconds=at,
            end_seconds=at + 0.32 * (words.count(" ") + 1),
            because=Because(
                rule="label-met",
                reasons=("You named what they feel.",),
                trust_before=0.4,
                trust_after=0.5,
                tension_before=0.6,
                tension_after=0.5,
                topics=(
                    TopicChange(
                        topic=_TOPICS[0],
                        title="Alone",
                        before=SegmentState.HINTED,
                        after=SegmentState.DISCLOSED,
                    ),
                ),
            ),
        )
    said, kind, family = chance.choice(_SAID)
    text = f"{said}, {words}."
    return Turn(
        index=index,
        speaker=Speaker.TRAINEE,
        text=text,
        start_seconds=at,
        end_seconds=at + 0.32 * (text.count(" ") + 1),
        moves=(
            Move(
                kind=kind,
                family=family,
                start=0,
                end=len(said),
                cue=said[:9],
                confidence=0.9,
                rule="made.up",
            ),
        ),
    )


def _with_words(turn: Turn) -> ReviewTurn:
    found = list(re.finditer(r"\S+", turn.text))
    each = (turn.end_seconds - turn.start_seconds) / len(found)
    return ReviewTurn(
        turn=turn,
        can_branch=turn.speaker is Speaker.COUNTERPART,
        words=tuple(
            TimedWord(
                start=word.start(),
                end=word.end(),
                start_seconds=turn.start_seconds + number * each,
                end_seconds=turn.start_seconds + (number + 0.9) * each,
            )
            for number, word in enumerate(found)
        ),
    )


def _course(turn: Turn) -> Course:
    share = turn.start_seconds / SECONDS
    return Course(
        turn=turn.index,
        at_seconds=turn.start_seconds,
        trust=0.3 + 0.5 * share,
        tension=0.7 - 0.4 * share,
        patience=0.8,
        understood=share,
        ring=tuple(
            RingSegment(
                topic=topic,
                title=topic.replace("-", " ").capitalize(),
                state=_STATES[max(0, min(4, round(share * 8) - number))],
            )
            for number, topic in enumerate(_TOPICS)
        ),
    )
