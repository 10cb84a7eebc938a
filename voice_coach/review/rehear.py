"""Re-hearing: the trainee's recorded turns heard again, perhaps by another model, and what changes.

A replay feeds the journal's own transcripts to today's rules. This is the other question: would other
ears have understood something else, and would that have been another move?
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from voice_coach.coaching.turn import Speaker, Turn
from voice_coach.counterpart.expected_words import expected_words
from voice_coach.counterpart.story import Scenario
from voice_coach.moves.move import Heard
from voice_coach.moves.recognizer import Recognizer
from voice_coach.speech.transcriber import Audio, Transcriber

__all__ = ["Ears", "Reheard", "rehear"]

_MARGIN_SECONDS: Final = 0.25
"""Added around a turn, for its first and last consonant."""


class ReadsSound(Protocol):
    """Gives stretches of the trainee's track."""

    def read(self, start_seconds: float, end_seconds: float) -> Audio:
        """Give float32 samples at 16 kHz, shorter where the track ends."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """What hears and judges anew."""

    transcriber: Transcriber
    recognizer: Recognizer
    scenario: Scenario


class Reheard(msgspec.Struct, frozen=True, kw_only=True):
    """One of the trainee's turns, then and now."""

    turn: int
    start_seconds: float
    was: str
    now: str
    moves_were: tuple[str, ...]
    """Kinds, in the order of the text."""
    moves_are: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the same words were heard (capitals and marks aside) and the same moves found."""
        return _words(self.was) == _words(self.now) and self.moves_were == self.moves_are


def rehear(turns: Sequence[Turn], sound: ReadsSound, ears: Ears) -> Iterator[Reheard]:
    """Hear each of the trainee's turns again, in order, one at a time.

    Raises:
        AudioError: The track is damaged.
        ModelError: The model failed.
    """
    words = expected_words(ears.scenario)
    topics = ears.scenario.topics
    previous = ""
    for turn in turns:
        if turn.speaker is Speaker.COUNTERPART:
            previous = turn.text
            continue
        audio = sound.read(
            max(0.0, turn.start_seconds - _MARGIN_SECONDS), turn.end_seconds + _MARGIN_SECONDS
        )
        now = ears.transcriber.transcribe(audio, final=True, words=words).text
        moves = ears.recognizer.recognize(Heard(text=now, previous=previous, topics=topics))
        yield Reheard(
            turn=turn.index,
            start_seconds=turn.start_seconds,
            was=turn.text,
            now=now,
            moves_were=tuple(move.kind for move in turn.moves),
            moves_are=tuple(move.kind for move in moves),
        )


def _words(text: str) -> list[str]:
    return "".join(mark if mark.isalnum() or mark == "'" else " " for mark in text.lower()).split()
