"""The proof of a check: the stretch of a turn, or the moment of the call, that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from voice_coach.coaching.turn import Evidence, Speaker, Turn
from voice_coach.moves.move import Family, Move

__all__ = [
    "LABELS",
    "Found",
    "at",
    "ends_on_label",
    "hint_at",
    "most_told",
    "moves_of",
    "place",
    "quote",
    "stretch",
    "talk_share",
    "tensest",
    "whole",
]

LABELS = frozenset({"label", "i_label", "missing_piece_label"})
"""Moves that name what the other side feels or is in."""

_AFTER_LABEL_CHARACTERS = 20
"""With more than this behind it a label was not the last thing said."""

Found = tuple[Turn, Move]
"""A move, and the turn it was made in."""


def moves_of(turns: Iterable[Turn], kinds: Iterable[str]) -> Iterator[Found]:
    """The moves of these kinds, in the order they were made."""
    wanted = frozenset(kinds)
    return ((turn, move) for turn in turns for move in turn.moves if move.kind in wanted)


def place(found: Found) -> tuple[int, int]:
    """Where in the call a move stands, so that two can be ordered."""
    return found[0].index, found[1].start


def quote(found: Found) -> str:
    """The words of a move."""
    turn, move = found
    return turn.text[move.start : move.end]


def at(found: Found) -> Evidence:
    """A move as proof."""
    turn, move = found
    return stretch(turn, move.start, move.end)


def whole(turn: Turn) -> Evidence:
    """A whole turn as proof."""
    return stretch(turn, 0, len(turn.text))


def stretch(turn: Turn, start: int, end: int) -> Evidence:
    """A stretch of a turn; its seconds are estimated from where its characters stand."""
    seconds = (turn.end_seconds - turn.start_seconds) / max(1, len(turn.text))
    return Evidence(
        turn=turn.index,
        quote=turn.text[start:end],
        start_seconds=turn.start_seconds + start * seconds,
        end_seconds=turn.start_seconds + end * seconds,
    )


def _theirs(turns: Sequence[Turn]) -> list[Turn]:
    return [turn for turn in turns if turn.speaker is Speaker.COUNTERPART]


def most_told(turns: Sequence[Turn]) -> Evidence | None:
    """Where the counterpart said most at once: what could have been summed up, or was let be said."""
    longest = max(_theirs(turns), key=lambda turn: len(turn.text), default=None)
    return whole(longest) if longest else None


def hint_at(turns: Sequence[Turn], topics: Sequence[str]) -> Evidence | None:
    """Where the counterpart last spoke of one of the topics, or hinted at it."""
    for turn in reversed(_theirs(turns)):
        if turn.because and any(change.topic in topics for change in turn.because.topics):
            return whole(turn)
    return None


def tensest(turns: Sequence[Turn]) -> Evidence | None:
    """Where pressure would have been nearest: the answer given at the highest tension."""
    told = [turn for turn in _theirs(turns) if turn.because]
    tensest = max(told, key=lambda turn: turn.because.tension_after if turn.because else 0, default=None)
    return whole(tensest) if tensest else most_told(turns)


def talk_share(turns: Sequence[Turn]) -> float:
    """The trainee's share of all speaking time; 0 when nobody spoke."""
    spoken = dict.fromkeys(Speaker, 0.0)
    for turn in turns:
        spoken[turn.speaker] += max(0.0, turn.end_seconds - turn.start_seconds)
    total = sum(spoken.values())
    return round(spoken[Speaker.TRAINEE] / total, 3) if total else 0.0


def ends_on_label(turn: Turn) -> bool:
    """Whether the last thing that was said in a turn is a label, and no question came with it."""
    ends = [move.end for move in turn.moves if move.kind in LABELS]
    asked = any(
        move.family is Family.QUESTION and move.start >= max(ends, default=0) for move in turn.moves
    )
    return bool(ends) and not asked and len(turn.text) - max(ends) <= _AFTER_LABEL_CHARACTERS
