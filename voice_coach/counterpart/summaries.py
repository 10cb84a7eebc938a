"""Reactions to summaries: "that's right" is earned by covering it all, in one turn or in two."""

from __future__ import annotations

import msgspec

from voice_coach.counterpart.mind import LEVEL, Mind
from voice_coach.counterpart.moment import Answer, Moment, joined
from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.story import Layer, Scenario
from voice_coach.moves.move import TopicRole

__all__ = ["completes_summary", "required_for_thats_right", "to_summary", "understood", "with_given_back"]

_replace = msgspec.structs.replace

_FEWEST_COVERED = 3
"""A summary of less than this is no summary of why they came."""
_SUMMARY_RULES = frozenset({"summary-partial", "summary-under-pressure"})
_GIVING_BACK = frozenset({"paraphrase", "summary"})
_REFLECTIONS = frozenset({"label", "i_label", "paraphrase", "mirror"})
_TURNS_OF_A_SUMMARY = 2


def required_for_thats_right(scenario: Scenario, mind: Mind) -> tuple[Layer, ...]:
    """What a summary has to cover: why they came, and all that has been disclosed so far.

    What they say openly need not be said back to them, and nobody can sum up a secret.
    """
    return tuple(
        layer
        for layer in _understandable(scenario)
        if layer.role is TopicRole.REASON or mind.is_open(layer.id)
    )


def understood(scenario: Scenario, mind: Mind) -> float:
    """Share of all there is to understand, 0 to 1; the position and the secrets do not count."""
    layers = _understandable(scenario)
    most = LEVEL[SegmentState.SUMMARISED] * len(layers)
    return round(sum(mind.level(layer.id) for layer in layers) / most, 3)


def _understandable(scenario: Scenario) -> tuple[Layer, ...]:
    return tuple(x for x in scenario.layers if not x.secret and x.role is not TopicRole.POSITION)


def with_given_back(moment: Moment) -> Mind:
    """The mind that remembers what the trainee gave back in this turn: a summary may take two."""
    if not moment.kinds & _GIVING_BACK or "stacked_move" in moment.kinds:
        return moment.mind
    given = dict.fromkeys((found.topic for found in moment.heard.covers), moment.mind.turn)
    return _replace(moment.mind, given_back={**moment.mind.given_back, **given})


def completes_summary(moment: Moment) -> bool:
    """Whether the gap that was pointed at in the last answer is filled now, with nothing left out."""
    if not moment.kinds & _REFLECTIONS or moment.mind.rules[-1] not in _SUMMARY_RULES:
        return False
    missing = {
        layer.id
        for layer in required_for_thats_right(moment.scenario, moment.mind)
        if moment.mind.topics[layer.id] is not SegmentState.SUMMARISED
    }
    return bool(missing) and missing <= {found.topic for found in moment.heard.covers}


def to_summary(moment: Moment) -> Answer:
    """Complete: "that's right". Else a yes without weight, and a mild pointer at what is missing."""
    covered = {found.topic for found in moment.heard.covers}
    covered |= {
        topic
        for topic, turn in moment.mind.given_back.items()
        if moment.mind.turn - turn < _TURNS_OF_A_SUMMARY
    }
    required = required_for_thats_right(moment.scenario, moment.mind)
    # Pressure closes a topic, but what was told once can be summed up all the same.
    known = {layer.id for layer in moment.scenario.layers if moment.mind.level(layer.id)}
    known |= {layer.id for layer in required}
    mind = moment.mind.raised(dict.fromkeys(covered & known, SegmentState.SUMMARISED))
    missing = [layer for layer in required if mind.topics[layer.id] is not SegmentState.SUMMARISED]
    summed_up = [
        layer
        for layer in moment.scenario.layers
        if layer.role is not TopicRole.POSITION and mind.topics[layer.id] is SegmentState.SUMMARISED
    ]
    moment = moment.with_mind(mind)
    if missing or len(summed_up) < _FEWEST_COVERED:
        return _point_at_gap(moment, missing)
    if mind.grudge:
        softer = _replace(mind, grudge=mind.grudge - 1)
        return moment.answer("summary-under-pressure", mind=softer, reason="All of it is covered.")
    titles = ", ".join(f"“{layer.title}”" for layer in summed_up)
    # Earned a second time, after pressure took the first one away, it is said in other words.
    words = moment.wording("thats-right") or moment.wording("thats-right-again")
    answer = moment.answer(
        "thats-right", words, mind=_replace(mind, pending=""), reason=f"It covers: {titles}."
    )
    return _replace(answer, thats_right=True, fills_silence=True)


def _point_at_gap(moment: Moment, missing: list[Layer]) -> Answer:
    if not missing:
        return moment.answer("summary-partial", reason="There is more behind it than that.")
    # An open topic is pointed at before one they have not even heard of.
    told = [layer for layer in missing if moment.mind.is_open(layer.id)]
    layer = (told or missing)[0]
    words = moment.line(f"gap-{layer.id}", layer.gap)
    names = ", ".join(
        f"“{x.title}”" if moment.mind.level(x.id) else "something not yet spoken of" for x in missing
    )
    sentences = joined(moment.wording("summary-partial"), words)
    return moment.answer("summary-partial", sentences, reason=f"Left out: {names}.")
