"""Who said what: the utterances of a heard call put together to turns, in the order of the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voice_coach.coaching.turn import Speaker
from voice_coach.journal.heard import HeardCall, Side, Utterance
from voice_coach.moves.encourager import is_encourager
from voice_coach.review.review import TimedWord
from voice_coach.settings import TurnSettings

__all__ = ["SpokenTurn", "spoken_turns"]

_LONGEST_PAUSE_SECONDS = TurnSettings().longest_silence_seconds
"""As in a live call, a longer silence ends a turn whatever was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTurn:
    """One side's words until the other took the floor or a silence came."""

    speaker: Speaker
    known: bool
    """False in a mono recording as long as nobody said whose turn it is."""
    text: str
    start_seconds: float
    end_seconds: float
    words: tuple[TimedWord, ...]
    takes_floor: bool
    """False for "mm-hm" and the like, which leave the floor to the other side."""

    def text_before(self, seconds: float) -> str:
        """What had been said of it by that time."""
        last = max((word.end for word in self.words if word.start_seconds < seconds), default=0)
        return self.text if not self.words or seconds >= self.end_seconds else self.text[:last]


def spoken_turns(heard: HeardCall, marks: Mapping[int, Speaker] | None = None) -> list[SpokenTurn]:
    """Put the utterances of a call together to turns.

    Args:
        heard: The record.
        marks: Whose turn it is by somebody's word, by the turn's position; right over every guess.
    """
    marks = marks or {}
    groups: list[list[Utterance]] = []
    open_group: dict[Side, list[Utterance]] = {}
    for utterance in heard.utterances:
        group = open_group.get(utterance.side)
        if group is None or not _goes_on(group[-1], utterance, groups):
            group = []
            groups.append(group)
            open_group[utterance.side] = group
        group.append(utterance)
    return [
        _turn(
            group,
            marks.get(position, heard.speaker(group[0].side)),
            known=position in marks or group[0].side is not Side.BOTH,
        )
        for position, group in enumerate(groups)
    ]


def _goes_on(last: Utterance, utterance: Utterance, groups: Sequence[Sequence[Utterance]]) -> bool:
    """Whether an utterance belongs to the turn of the one before it on the same side."""
    # In a mono recording anybody may have spoken after a pause.
    if utterance.side is Side.BOTH:
        return False
    if utterance.start_seconds - last.end_seconds >= _LONGEST_PAUSE_SECONDS:
        return False
    between = (
        other
        for group in groups[-_LOOKED_BACK:]
        for other in group
        if other.side is not utterance.side and other.start_seconds >= last.start_seconds
    )
    return all(is_encourager(other.text) for other in between)


_LOOKED_BACK = 8
"""Turns that may have begun while one utterance lasted."""


def _turn(group: Sequence[Utterance], speaker: Speaker, *, known: bool) -> SpokenTurn:
    text, words = "", list[TimedWord]()
    for utterance in group:
        text += " " if text else ""
        words += [
            TimedWord(
                start=len(text) + place.start,
                end=len(text) + place.end,
                start_seconds=place.start_seconds,
                end_seconds=place.end_seconds,
            )
            for place in utterance.words
        ]
        text += utterance.text
    return SpokenTurn(
        speaker=speaker,
        known=known,
        text=text,
        start_seconds=group[0].start_seconds,
        end_seconds=max(utterance.end_seconds for utterance in group),
        words=tuple(words),
        takes_floor=not is_encourager(text),
    )
