"""What lies between and under the turns: silences, talk-overs, and where the counterpart stood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from voice_coach.coaching.turn import Speaker, Turn
from voice_coach.counterpart.reply import RingSegment
from voice_coach.review.label_pitch import LABELS
from voice_coach.review.review import Course, Interruption, Silence

__all__ = ["course_of", "interruptions_of", "silences_of"]

_SHORTEST_SECONDS: Final = 2.0


def silences_of(turns: Sequence[Turn]) -> Iterator[Silence]:
    """Find where nobody spoke for two seconds or more between two turns."""
    in_time = sorted(turns, key=lambda turn: turn.start_seconds)
    quiet_from = 0.0
    for before, after in pairwise(in_time):
        quiet_from = max(quiet_from, before.end_seconds)
        if after.start_seconds - quiet_from >= _SHORTEST_SECONDS:
            yield Silence(
                start_seconds=quiet_from,
                end_seconds=after.start_seconds,
                after_turn=before.index,
                after_label=_ends_with_label(before),
            )


def _ends_with_label(turn: Turn) -> bool:
    last = max(turn.moves, key=lambda move: move.end, default=None)
    return turn.speaker is Speaker.TRAINEE and last is not None and last.kind in LABELS


def interruptions_of(turns: Sequence[Turn]) -> Iterator[Interruption]:
    """Find where the trainee talked over the counterpart: once for each, whoever's turn shows it."""
    for before, turn in pairwise(turns):
        if before.speaker is Speaker.COUNTERPART and turn.speaker is Speaker.TRAINEE:
            if before.interrupted:
                yield Interruption(at_seconds=before.end_seconds, by=Speaker.TRAINEE, turn=before.index)
            elif turn.interrupted:
                yield Interruption(at_seconds=turn.start_seconds, by=Speaker.TRAINEE, turn=before.index)


def course_of(turns: Sequence[Turn], rings: Mapping[int, tuple[RingSegment, ...]]) -> Iterator[Course]:
    """Follow trust, tension, patience and understanding from answer to answer.

    Args:
        turns: The call.
        rings: The ring as it stood after the counterpart's turn of this index.
    """
    for turn in turns:
        if turn.because is not None:
            yield Course(
                turn=turn.index,
                at_seconds=turn.start_seconds,
                trust=turn.because.trust_after,
                tension=turn.because.tension_after,
                patience=turn.because.patience_after,
                understood=turn.because.understood_after,
                ring=rings.get(turn.index, ()),
            )
