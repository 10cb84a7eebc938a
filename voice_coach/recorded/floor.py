"""Who had the floor: where one side talked over the other, and where nobody spoke."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voice_coach.coaching.evidence import ends_on_label
from voice_coach.coaching.turn import Speaker, Turn
from voice_coach.recorded.turns import SpokenTurn
from voice_coach.review.review import Interruption, Silence

__all__ = ["as_interruption", "interruptions", "previous_words", "silences"]

_OVER_SECONDS = 0.4
"""Speech over the other's voice for longer than this talks over them; two people who meet do not."""
_SPEAKING_SECONDS = 0.3
"""Somebody who said a word so shortly before is still speaking."""
_SILENCE_SECONDS = 2.0
_LOOKED_BACK = 8
"""Turns that may overlap one that begins."""


def interruptions(turns: Sequence[SpokenTurn]) -> Iterator[tuple[int, int]]:
    """Give the positions of each turn that began over another, and of that other.

    Only of turns whose sides are known, and never for an "mm-hm".
    """
    for position, turn in enumerate(turns):
        if not turn.known or not turn.takes_floor:
            continue
        for earlier in range(max(0, position - _LOOKED_BACK), position):
            other = turns[earlier]
            if other.known and other.speaker is not turn.speaker and _talks_over(turn, other):
                yield position, earlier
                break


def _talks_over(turn: SpokenTurn, other: SpokenTurn) -> bool:
    began = turn.start_seconds
    if min(turn.end_seconds, other.end_seconds) - began < _OVER_SECONDS:
        return False
    if not other.takes_floor:
        return False
    if not other.words:
        return other.start_seconds < began - _SPEAKING_SECONDS
    spoke = any(
        word.start_seconds < began and word.end_seconds > began - _SPEAKING_SECONDS
        for word in other.words
    )
    said_since = any(word.start_seconds > began for word in other.words)
    return spoke and said_since


def as_interruption(turns: Sequence[SpokenTurn], over: tuple[int, int]) -> Interruption:
    """Say it as a review does."""
    position, earlier = over
    return Interruption(
        at_seconds=turns[position].start_seconds, by=turns[position].speaker, turn=earlier
    )


def previous_words(turns: Sequence[SpokenTurn], position: int) -> str:
    """What the other side had said when this turn began: their last turn that took the floor.

    Empty for a turn whose side is not known, and when it is not known whose words came before.
    """
    turn = turns[position]
    if not turn.known:
        return ""
    for other in reversed(turns[:position]):
        if not other.known:
            return ""
        if other.speaker is not turn.speaker and other.takes_floor:
            return other.text_before(turn.start_seconds)
    return ""


def silences(turns: Sequence[Turn]) -> Iterator[Silence]:
    """Give the times in which nobody spoke for two seconds or more, between two turns."""
    quiet_since, last = 0.0, None
    for turn in turns:
        if last is not None and turn.start_seconds - quiet_since >= _SILENCE_SECONDS:
            yield Silence(
                start_seconds=quiet_since,
                end_seconds=turn.start_seconds,
                after_turn=last.index,
                after_label=last.speaker is Speaker.TRAINEE and ends_on_label(last),
            )
        if last is None or turn.end_seconds >= quiet_since:
            quiet_since, last = turn.end_seconds, turn
