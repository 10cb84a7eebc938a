"""How it tells what it tells: haltingly where it is hard to say, freely once it feels understood.

This changes the words of an answer, never its rule: what opened, opened.
"""

from __future__ import annotations

import msgspec

from voice_coach.counterpart.mirrors import say_more
from voice_coach.counterpart.moment import Answer, Moment, chance
from voice_coach.counterpart.story import Guardedness, Line
from voice_coach.moves.move import TopicRole

__all__ = ["tell"]

_replace = msgspec.structs.replace

_TELLING = frozenset({"label-opens", "silence-filled", "mirror-elaborates", "open-invitation"})
_THINKING_ALOUD = frozenset({"calibrated-question", "no-oriented-question"})
_HARD_TO_SAY = frozenset({TopicRole.FEELING, TopicRole.REASON})
_TENSE = 0.55
_FALSE_START_CHANCE = 0.3
_MOST_FALSE_STARTS = 2
_TURNS_BETWEEN = 4
_EXPANSIVE_FROM_TRUST = {Guardedness.OPEN: 0.55, Guardedness.GUARDED: 0.7, Guardedness.CLOSED: 0.8}
_EXPANSIVE_CHANCE = 0.6
_MOST_SENTENCES = 4
"""An answer that is this long already is not made longer."""


def tell(moment: Moment, answer: Answer) -> Answer:
    """The answer as this person gets it out."""
    at = _where_it_begins(moment, answer)
    if at is None:
        return answer
    if _is_hard(moment, answer):
        halting = _haltingly(moment, answer, at)
        if halting is not answer:
            return halting
    return _freely(moment, answer)


def _where_it_begins(moment: Moment, answer: Answer) -> int | None:
    """Where in the answer the line begins that tells of a topic; None when it tells of none."""
    if answer.rule not in _TELLING | _THINKING_ALOUD or not answer.mind.current:
        return None
    layer = moment.scenario.layer(answer.mind.current)
    for line in (*layer.says, *layer.hints):
        if line[-1] in answer.sentences and line[0] in answer.sentences:
            return answer.sentences.index(line[0])
    return None


def _is_hard(moment: Moment, answer: Answer) -> bool:
    tense = moment.mind.tension >= _TENSE
    return tense or moment.scenario.layer(answer.mind.current).role in _HARD_TO_SAY


def _haltingly(moment: Moment, answer: Answer, at: int) -> Answer:
    """It breaks a first sentence off; seldom, and never twice close together."""
    mind = answer.mind
    lately = mind.false_starts and mind.turn - mind.false_starts[-1] < _TURNS_BETWEEN
    if lately or len(mind.false_starts) >= _MOST_FALSE_STARTS:
        return answer
    if chance(moment.seed, mind.turn, "false-start") >= _FALSE_START_CHANCE:
        return answer
    broken_off = moment.wording("false-start")
    if not broken_off:
        return answer
    return _replace(
        answer,
        sentences=(*answer.sentences[:at], *broken_off, *answer.sentences[at:]),
        mind=_replace(mind, false_starts=(*mind.false_starts, mind.turn)),
        reasons=(*answer.reasons, "It began otherwise and broke off: this is not easy to say."),
    )


def _freely(moment: Moment, answer: Answer) -> Answer:
    """Who trusts says more than was asked for."""
    trusts = moment.mind.trust >= _EXPANSIVE_FROM_TRUST[moment.scenario.guardedness]
    if answer.rule not in _TELLING or not trusts or len(answer.sentences) >= _MOST_SENTENCES:
        return answer
    if chance(moment.seed, moment.mind.turn, "more") >= _EXPANSIVE_CHANCE:
        return answer
    more: Line = say_more(moment.with_mind(answer.mind), answer.sentences)
    if not more or set(more) & set(answer.sentences):
        return answer
    return _replace(
        answer,
        sentences=(*answer.sentences, *more),
        reasons=(*answer.reasons, "It trusts enough to say more than it was asked."),
    )
