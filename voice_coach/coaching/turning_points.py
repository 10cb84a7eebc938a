"""What led to the end of a call: the few exchanges at which it turned, and the headline made of them."""

from __future__ import annotations

from collections.abc import Sequence

from voice_coach.coaching.evidence import talk_share
from voice_coach.coaching.turn import Speaker, Turn, TurningPoint
from voice_coach.counterpart.reply import Because, Outcome
from voice_coach.counterpart.rules import RULES, TURNING_POINTS
from voice_coach.counterpart.story import Scenario
from voice_coach.moves.move import Family

__all__ = ["find_turning_points", "headline", "headline_heard"]

_MOST = 6
_ALWAYS = frozenset({"thats-right", "terms-withdrawn", "restart", "warning"})
"""Rules that are named whatever else happened."""


def find_turning_points(turns: Sequence[Turn]) -> tuple[TurningPoint, ...]:
    """The moments at which trust and tension moved most, in the order of the call; six at most.

    Args:
        turns: The call, both sides; `turns[i].index` is what a turning point names.
    """
    found: list[tuple[float, TurningPoint]] = []
    said = ""
    for turn in turns:
        if turn.speaker is Speaker.TRAINEE:
            said = turn.text
        elif turn.because is not None:
            if turn.because.rule in TURNING_POINTS:
                found.append((_weight(turn.because), _turning_point(turn, turn.because, said)))
            said = ""
    heaviest = sorted(found, key=lambda weighed: -weighed[0])[:_MOST]
    return tuple(point for _, point in sorted(heaviest, key=lambda weighed: weighed[1].turn))


def _turning_point(turn: Turn, because: Because, said: str) -> TurningPoint:
    return TurningPoint(
        turn=turn.index,
        at_seconds=turn.start_seconds,
        rule=because.rule,
        what=because.reasons[0] if because.reasons else "",
        you_said=said,
        better=_gain(because) >= 0 and not _costs(because.rule),
    )


def _weight(because: Because) -> float:
    opened = because.understood_after > because.understood_before
    return abs(_gain(because)) + (1.0 if because.rule in _ALWAYS else 0.0) + (0.1 if opened else 0.0)


def _gain(because: Because) -> float:
    trust = because.trust_after - because.trust_before
    return trust - (because.tension_after - because.tension_before)


def _costs(rule: str) -> bool:
    # A journal may name a rule that there is no more.
    return rule in RULES and RULES[rule].costs


# ---------------------------------------------------------------- the headline


def headline(turns: Sequence[Turn], outcome: Outcome, scenario: Scenario) -> str:
    """One sentence: how it ended and what led there."""
    first = scenario.name.split()[0]
    points = find_turning_points(turns)
    earned = any(turn.thats_right for turn in turns)
    before_right = {
        Outcome.AGREEMENT: f"You agreed on {first}'s own terms.",
        Outcome.HUNG_UP: f"{first} hung up: {_where_it_turned(points)}",
        Outcome.NOT_TODAY: f"Not today: {first} left without saying what this call was about.",
        Outcome.TRAINEE_LEFT: f"You ended the call before {first} said “that's right”.",
        Outcome.INTERRUPTED: "The call broke off; this is how far it came.",
    }
    after_right = {
        Outcome.AGREEMENT: f"You agreed on {first}'s own terms, after “that's right”.",
        Outcome.HUNG_UP: f"{first} felt understood, and hung up: {_where_it_turned(points)}",
        Outcome.NOT_TODAY: f"{first} felt understood, but the terms stayed open: not today.",
        Outcome.TRAINEE_LEFT: "You heard “that's right”, and ended the call before it was settled.",
        Outcome.INTERRUPTED: "You heard “that's right” before the call broke off.",
    }
    return (after_right if earned else before_right)[outcome]


def headline_heard(turns: Sequence[Turn]) -> str:
    """One sentence on a recorded call, of which nobody knows how it ended."""
    mine = [turn for turn in turns if turn.speaker is Speaker.TRAINEE]
    moves = [move for turn in mine for move in turn.moves]
    given_back = sum(move.family is Family.REFLECTION for move in moves)
    asked = sum(move.family is Family.QUESTION for move in moves)
    share = f"you spoke {100 * talk_share(turns):.0f} % of the time"
    back = _times(given_back)
    return f"In this call {share}, gave back what you heard {back}, and asked {_times(asked)}."


def _times(count: int) -> str:
    return {0: "not once", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _where_it_turned(points: Sequence[TurningPoint]) -> str:
    worse = next((point for point in points if not point.better and point.you_said), None)
    if worse is None:
        return "nothing you said reached what the call was about."
    return f"it turned when you said “{worse.you_said}”"
