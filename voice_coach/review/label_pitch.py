"""Whether the voice fell or rose at the end of a label.

A label that falls is a statement that leaves room; one that rises is heard as a question to be
answered with yes or no. What is compared is the height of the voice at the start and at the end of
the label's last voiced half second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

import numpy as np

from voice_coach.coaching.turn import Speaker
from voice_coach.moves.move import Move
from voice_coach.review.review import LabelPitch, PitchEnd, ReviewTurn
from voice_coach.speech.pitch import FRAME_SECONDS, PitchTracker
from voice_coach.speech.transcriber import Audio

__all__ = ["LABELS", "ReadsSound", "label_pitches"]

LABELS: Final = frozenset({"label", "i_label", "missing_piece_label"})
_MARKS: Final = " .,!?;:\u2026\"'\u201d\u2019"
_HEARD_SECONDS: Final = 1.4
"""How much before the label's end is listened to: room for unvoiced sounds in its last words."""
_AFTER_SECONDS: Final = 0.15
"""Word ends are known to some 50 ms, and a voice rings out."""
_COMPARED_SECONDS: Final = 0.5
_SHORTEST_SECONDS: Final = 0.12
"""Less voice than this has no direction."""
_SEMITONES: Final = 1.5
"""From here on a listener hears a change as one: steps within an even sentence are smaller."""


class ReadsSound(Protocol):
    """Gives stretches of one side's track."""

    def read(self, start_seconds: float, end_seconds: float) -> Audio:
        """Give float32 samples at 16 kHz, shorter where the track ends."""
        ...


def label_pitches(
    turns: Iterable[ReviewTurn], sound: ReadsSound | None, tracker: PitchTracker
) -> tuple[LabelPitch, ...]:
    """Hear how each of the trainee's labels ended, in order.

    Args:
        turns: The call; only the trainee's turns are looked at.
        sound: The trainee's track; None when none was kept, and no label is listed then.
        tracker: Hears the pitch.
    """
    if sound is None:
        return ()
    return tuple(_heard(turn, move, sound, tracker) for turn, move in _labels(turns))


def _labels(turns: Iterable[ReviewTurn]) -> Iterator[tuple[ReviewTurn, Move]]:
    for turn in turns:
        if turn.turn.speaker is Speaker.TRAINEE and turn.speaker_known:
            yield from ((turn, move) for move in turn.turn.moves if move.kind in LABELS)


def _heard(turn: ReviewTurn, move: Move, sound: ReadsSound, tracker: PitchTracker) -> LabelPitch:
    end = _end_seconds(turn, move)
    change = None if end is None else _change(sound, end, tracker)
    return LabelPitch(turn=turn.turn.index, start=move.start, ended=_direction(change), semitones=change)


def _end_seconds(turn: ReviewTurn, move: Move) -> float | None:
    """When the label's last word ended; None when that is only guessed."""
    within = [word for word in turn.words if word.start < move.end]
    if within and within[-1].measured:
        return within[-1].end_seconds
    rest = turn.turn.text[move.end :].strip(_MARKS)
    return None if rest else turn.turn.end_seconds


def _change(sound: ReadsSound, end_seconds: float, tracker: PitchTracker) -> float | None:
    audio = sound.read(max(0.0, end_seconds - _HEARD_SECONDS), end_seconds + _AFTER_SECONDS)
    contour = tracker.contour(audio)
    if not len(contour.hz):
        return None
    last = contour.seconds[-1]
    compared = contour.seconds >= last - _COMPARED_SECONDS
    if np.count_nonzero(compared) * FRAME_SECONDS < _SHORTEST_SECONDS:
        return None
    semitones = 12 * np.log2(contour.hz[compared])
    third = max(1, len(semitones) // 3)
    # Medians, because a creaking end can jump by an octave for a frame or two.
    return round(float(np.median(semitones[-third:]) - np.median(semitones[:third])), 1)


def _direction(semitones: float | None) -> PitchEnd:
    if semitones is None:
        return PitchEnd.UNCLEAR
    if semitones <= -_SEMITONES:
        return PitchEnd.FELL
    return PitchEnd.ROSE if semitones >= _SEMITONES else PitchEnd.LEVEL
