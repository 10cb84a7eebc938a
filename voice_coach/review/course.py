"""Where the counterpart stood after each of their answers."""

from __future__ import annotations

from voice_coach.review.happened import Happened
from voice_coach.review.review import Course

__all__ = ["tell_course"]


def tell_course(happened: Happened) -> tuple[Course, ...]:
    """Give trust, tension, patience and the ring after every answer, in order."""
    return tuple(
        Course(
            turn=turn.index,
            at_seconds=turn.start_seconds,
            trust=turn.because.trust_after,
            tension=turn.because.tension_after,
            patience=turn.because.patience_after,
            understood=turn.because.understood_after,
            ring=happened.rings[turn.index],
        )
        for turn in happened.turns
        if turn.because is not None
    )
