"""What an answer leaves behind: numbers moved by its rule, words remembered, and the reply itself.

The reply carries its reasons: the rule, the state before and after, what happened to each topic, and for
each sentence which lines of the scenario it was taken from.
"""

from __future__ import annotations

import msgspec

from voice_coach.counterpart import endings
from voice_coach.counterpart.mind import Mind, Stage
from voice_coach.counterpart.moment import Answer, Moment, chance
from voice_coach.counterpart.reply import Because, Delivery, FollowUp, Reply, TopicChange
from voice_coach.counterpart.rules import RULES
from voice_coach.counterpart.story import Guardedness, Scenario
from voice_coach.counterpart.summaries import understood
from voice_coach.counterpart.telling import tell

__all__ = ["pause_in_silence", "settle"]

_replace = msgspec.structs.replace

_FOLLOW_UP_SECONDS = {Guardedness.OPEN: 2.2, Guardedness.GUARDED: 2.8, Guardedness.CLOSED: 3.6}
_FOLLOW_UP_SPREAD_SECONDS = 1.2
_OPENING_UP = {Guardedness.OPEN: 1.15, Guardedness.GUARDED: 1.0, Guardedness.CLOSED: 0.85}
"""How much of what earns trust is given: the same label means less to who is closed."""
_UNDERSTOOD_PAUSE_SECONDS = 2.0
_LAST_CHANCE_PATIENCE = 0.08
_ENDINGS = frozenset({"hang-up", "not-today", "lets-go"})
_TALKED_OVER = "It was talked over."

_IRRITATED_FROM_TENSION = 0.8
_WARM_FROM_TRUST = 0.7
_CALM_FROM_TRUST = {Guardedness.OPEN: 0.4, Guardedness.GUARDED: 0.5, Guardedness.CLOSED: 0.55}


def settle(moment: Moment, before: Mind, answer: Answer) -> tuple[Mind, Reply]:
    """Let the rule move the numbers; see whether patience is gone; remember what is said."""
    if not answer.sentences and answer.ends is None:
        # Everything that fits has been said: no person goes on in circles for ever.
        answer = _out_of_words(moment.with_mind(answer.mind), answer)
    answer = tell(moment, answer)
    mind = _moved(moment, answer)
    if mind.patience <= 0 and answer.ends is None:
        last = moment.with_mind(answer.mind)
        answer = endings.hang_up(last) if mind.warned else endings.warn(last)
        mind = _replace(
            answer.mind, trust=mind.trust, tension=mind.tension, patience=_LAST_CHANCE_PATIENCE
        )
    if answer.thats_right:
        mind = _replace(mind, thats_right=True, stage=Stage.UNDERSTOOD)
    answer = _replace(answer, sentences=tuple(dict.fromkeys(answer.sentences)))
    mind = _replace(
        mind,
        said=(*mind.said, *answer.sentences),
        rules=(*mind.rules, answer.rule),
        last_sentences=answer.sentences,
    )
    return mind, _reply(moment, before, mind, answer)


def pause_in_silence(moment: Moment, answer: Answer) -> Reply:
    """The reply that says nothing: the floor stays with it, and it is no turn."""
    return _reply(moment, moment.mind, moment.mind, answer)


def _out_of_words(moment: Moment, answer: Answer) -> Answer:
    words = moment.wording("concern")
    if words and answer.rule not in _ENDINGS:
        return _replace(answer, sentences=words)
    return endings.let_go(moment, "It has nothing new to say any more.")


def _moved(moment: Moment, answer: Answer) -> Mind:
    mind, rule, share = answer.mind, RULES[answer.rule], answer.share
    extra = RULES["interruption"] if moment.heard.interrupted else None
    trust = share * rule.trust
    if trust > 0:
        trust *= _OPENING_UP[moment.scenario.guardedness]
    return _replace(
        mind,
        trust=_bounded(mind.trust + trust + (extra.trust if extra else 0)),
        tension=_bounded(mind.tension + share * rule.tension + (extra.tension if extra else 0)),
        patience=_bounded(mind.patience + share * rule.patience + (extra.patience if extra else 0)),
    )


def _bounded(value: float) -> float:
    return min(1.0, max(0.0, round(value, 4)))


# ---------------------------------------------------------------- the reply


def _reply(moment: Moment, before: Mind, mind: Mind, answer: Answer) -> Reply:
    return Reply(
        sentences=answer.sentences,
        delivery=RULES[answer.rule].delivery or _delivery(moment.scenario, mind),
        because=_because(moment, before, mind, answer),
        thats_right=answer.thats_right,
        follow_up=FollowUp(after_seconds=_pause_seconds(moment, answer))
        if answer.fills_silence
        else None,
        opened=mind.rose_since(before),
        ends=answer.ends,
    )


def _because(moment: Moment, before: Mind, mind: Mind, answer: Answer) -> Because:
    talked_over = (_TALKED_OVER,) if moment.heard.interrupted else ()
    return Because(
        rule=answer.rule,
        reasons=(RULES[answer.rule].reason, *answer.reasons, *talked_over),
        trust_before=before.trust,
        trust_after=mind.trust,
        tension_before=before.tension,
        tension_after=mind.tension,
        patience_before=before.patience,
        patience_after=mind.patience,
        understood_before=understood(moment.scenario, before),
        understood_after=understood(moment.scenario, mind),
        topics=_changes(moment.scenario, before, mind),
        origins=tuple(moment.scenario.origins.get(said, "") for said in answer.sentences),
    )


def _changes(scenario: Scenario, before: Mind, mind: Mind) -> tuple[TopicChange, ...]:
    return tuple(
        TopicChange(
            topic=layer.id,
            title=layer.title if before.level(layer.id) or mind.level(layer.id) else "",
            before=before.topics[layer.id],
            after=mind.topics[layer.id],
        )
        for layer in scenario.layers
        if before.topics[layer.id] is not mind.topics[layer.id]
    )


def _pause_seconds(moment: Moment, answer: Answer) -> float:
    if answer.thats_right or moment.mind.stage is Stage.UNDERSTOOD:
        return _UNDERSTOOD_PAUSE_SECONDS
    spread = _FOLLOW_UP_SPREAD_SECONDS * chance(moment.seed, moment.mind.turn, "pause")
    return round(_FOLLOW_UP_SECONDS[moment.scenario.guardedness] + spread, 2)


def _delivery(scenario: Scenario, mind: Mind) -> Delivery:
    if mind.tension >= _IRRITATED_FROM_TENSION:
        return Delivery.IRRITATED
    if mind.trust >= _WARM_FROM_TRUST:
        return Delivery.WARM
    return Delivery.CALM if mind.trust >= _CALM_FROM_TRUST[scenario.guardedness] else Delivery.GUARDED
