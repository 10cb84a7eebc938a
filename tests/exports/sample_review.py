"""One call as a review, with everything in it that an export may show."""

from __future__ import annotations

from datetime import UTC, datetime

from voice_coach.coaching.turn import Check, Debrief, Evidence, Speaker, Turn
from voice_coach.counterpart.reply import Because, Outcome, RingSegment, SegmentState
from voice_coach.moves.move import Family, Move
from voice_coach.review.review import (
    Comment,
    Course,
    Figure,
    Kind,
    LabelPitch,
    Overrule,
    PitchEnd,
    Review,
    ReviewTurn,
    TimedWord,
)

LABEL = "It sounds like you were left alone with <this> & more."
WHEN = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def _because(trust: float) -> Because:
    return Because(
        rule="label.fits",
        reasons=("You named the waiting.",),
        trust_before=0.2,
        trust_after=trust,
        tension_before=0.6,
        tension_after=0.4,
    )


def _words(text: str, start: float, each: float) -> tuple[TimedWord, ...]:
    words, at = [], 0
    for number, word in enumerate(text.split()):
        place = text.index(word, at)
        at = place + len(word)
        begin = start + number * each
        words.append(TimedWord(start=place, end=at, start_seconds=begin, end_seconds=begin + each))
    return tuple(words)


def sample_review() -> Review:
    label = Move(
        kind="label", family=Family.REFLECTION, start=0, end=47, cue="", confidence=1, rule="label.x"
    )
    question = Move(
        kind="question", family=Family.QUESTION, start=55, end=69, cue="", confidence=1, rule="q.x"
    )
    said = f"{LABEL} What happened?"
    turns = (
        Turn(
            index=0,
            speaker=Speaker.COUNTERPART,
            text="=HYPERLINK I have waited for weeks. Nobody called me back, and I was sitting here with"
            " all of it while the rent went up. That is all.",
            start_seconds=1.0,
            end_seconds=11.0,
            because=_because(0.3),
        ),
        Turn(
            index=1,
            speaker=Speaker.TRAINEE,
            text=said,
            start_seconds=12.0,
            end_seconds=18.5,
            moves=(label, question),
        ),
        Turn(
            index=2,
            speaker=Speaker.COUNTERPART,
            text="That's right.",
            start_seconds=20.0,
            end_seconds=21.0,
            because=_because(0.8),
            thats_right=True,
        ),
    )
    ring = (RingSegment(topic="waiting", title="The waiting", state=SegmentState.LABELLED),)
    return Review(
        session="20261124-093000-k3f9",
        kind=Kind.REHEARSAL,
        title="The lease runs out",
        person="Mara Lindqvist",
        created=WHEN,
        seconds=22.0,
        complete=True,
        outcome=Outcome.AGREEMENT,
        model="tiny.en",
        turns=tuple(
            ReviewTurn(turn=t, words=_words(t.text, t.start_seconds, 0.4) if t.index == 1 else ())
            for t in turns
        ),
        silences=(),
        interruptions=(),
        course=tuple(
            Course(
                turn=turn,
                at_seconds=at,
                trust=trust,
                tension=0.4,
                patience=0.5,
                understood=trust,
                ring=ring,
            )
            for turn, at, trust in ((0, 1.0, 0.3), (2, 20.0, 0.8))
        ),
        debrief=Debrief(
            headline="She told you why she came.",
            checks=(
                Check(
                    id="label",
                    question="Did you name a feeling?",
                    passed=True,
                    evidence=Evidence(turn=1, quote=LABEL, start_seconds=12.0, end_seconds=16.0),
                ),
                Check(
                    id="silence", question="Did you wait?", passed=False, you_could_have_said="Nothing."
                ),
            ),
            labels=1,
            summaries=0,
            thats_right=True,
            talk_share=0.4,
        ),
        figures=(
            Figure(id="pace", name="Pace", value=131.0, unit="words a minute", meaning="M.", good="G."),
            Figure(id="loudness", name="Loudness", value=None, unit="dBFS", meaning="M.", good="G."),
        ),
        label_pitches=(LabelPitch(turn=1, start=0, ended=PitchEnd.ROSE, semitones=3.1),),
        tracks=(),
        comments=(Comment(id="c1", at_seconds=13.0, text="Here it <turned>.", created=WHEN),),
        overrules=(Overrule(check="silence", passed=True, reason="She was breathing.", created=WHEN),),
        remarks=("The journal was cut.",),
    )
