"""What is pointed out in the words of a turn, whatever it is drawn with."""

from __future__ import annotations

from dataclasses import dataclass

from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import SegmentState
from voice_coach.messages import ScenarioCard
from voice_coach.moves.move import Family, Move
from voice_coach_client.call_view import CallView, Line

__all__ = ["UNDERSTOOD", "Stroke", "first_name", "other_moves", "phase_words", "strokes"]

_HIGHLIGHTED = frozenset({"label", "mislabel", "missing_piece_label", "summary"})
"""Moves that are drawn with a stroke under their words; the others are only named after the turn."""

UNDERSTOOD = frozenset({SegmentState.LABELLED, SegmentState.SUMMARISED})
"""States of a topic that count as understood."""

_PHASE = {
    Phase.READY: "ready",
    Phase.COUNTERPART_SPEAKING: "{name} is speaking",
    Phase.TALKED_OVER: "you are talking over {name}",
    Phase.LISTENING: "listening",
    Phase.TRAINEE_SPEAKING: "hearing you",
    Phase.TRAINEE_PAUSING: "hearing you, a pause",
    Phase.UNDERSTANDING: "understanding",
    Phase.ENDED: "the call is over",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A stretch of a turn's text that is one move, or several that overlap."""

    start: int
    end: int
    names: str
    """The moves in words, with commas."""
    family: Family
    """Of the first."""


def strokes(moves: tuple[Move, ...]) -> tuple[Stroke, ...]:
    """Join overlapping highlights into strokes that do not, in the order of the text."""
    found: list[Stroke] = []
    shown = (move for move in moves if move.kind in _HIGHLIGHTED)
    for move in sorted(shown, key=lambda move: (move.start, -move.end)):
        word = _word(move.kind)
        if found and move.start < found[-1].end:
            last = found.pop()
            names = last.names if word in last.names.split(", ") else f"{last.names}, {word}"
            end = max(last.end, move.end)
            found.append(Stroke(start=last.start, end=end, names=names, family=last.family))
        else:
            found.append(Stroke(start=move.start, end=move.end, names=word, family=move.family))
    return tuple(found)


def other_moves(line: Line) -> dict[str, Family]:
    """Give the moves that are only named, once the turn is over: their words and families."""
    if not line.settled:
        return {}
    return {_word(move.kind): move.family for move in line.moves if move.kind not in _HIGHLIGHTED}


def phase_words(view: CallView) -> str:
    """Say what is going on."""
    if view.away:
        return "coming back, nothing is lost"
    return _PHASE[view.phase].format(name=first_name(view.scenario))


def first_name(card: ScenarioCard | None) -> str:
    """Give the first name: `person` is the name and, after a comma, the role."""
    return card.person.split(",")[0].split()[0] if card and card.person.strip(" ,") else "They"


def _word(kind: str) -> str:
    return kind.replace("_", " ")
