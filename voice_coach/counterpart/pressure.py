"""Reactions to pressure: what had been opened closes, and it is remembered."""

from __future__ import annotations

import msgspec

from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.moment import Answer, Moment, joined
from voice_coach.counterpart.reply import SegmentState
from voice_coach.moves.move import TopicRole

__all__ = ["CLOSING", "TAGGED", "to_interruption", "to_pressure", "to_restart"]

_replace = msgspec.structs.replace

_MOST_GRUDGE = 3
_COUNTERFEIT = frozenset({"bargaining", "deadline_pressure", "premature_solution"})
_NAMED_EVERY = 2

_RULE_OF = {
    "threat": "threat",
    "leverage": "leverage",
    "deadline_pressure": "deadline",
    "bargaining": "bargaining",
    "arguing": "arguing",
    "why_question": "why",
    "yes_fishing": "yes-fishing",
    "premature_solution": "premature-solution",
}
"""Kinds of move that cost, the heaviest first."""
_LIGHT = frozenset({"premature_solution", "yes_fishing"})
"""What is answered as the last part of a stacked move, and not by itself."""
TAGGED = frozenset({"label", "i_label", "missing_piece_label", "paraphrase", "summary"})
"""With a "right?" behind it this is weaker, and still what it is."""
CLOSING = frozenset({"threat", "leverage", "deadline_pressure", "bargaining", "arguing"})
"""Kinds of move that close what was open, wherever the call stands."""
_CLOSES = frozenset({"threat", "leverage", "deadline", "bargaining", "counterfeit-yes", "arguing"})


def to_pressure(moment: Moment) -> Answer | None:
    """The reaction to the heaviest move that costs, or None when there is no such move."""
    found = [kind for kind in _RULE_OF if kind in moment.kinds and not _is_welcome(moment, kind)]
    if not found or ("stacked_move" in moment.kinds and _LIGHT.issuperset(found)):
        return None
    if found == ["yes_fishing"] and moment.kinds & TAGGED:
        return None
    rule = _RULE_OF[found[0]]
    if "yes_fishing" in found and _COUNTERFEIT & set(found) and rule not in {"threat", "leverage"}:
        # Pushed and asked to agree in one breath: the yes comes, and is worth nothing.
        rule = "counterfeit-yes"
    kinds = ", ".join(kind.replace("_", " ") for kind in found)
    mind = close(moment, rule) if rule in _CLOSES else moment.mind
    words = moment.wording(rule)
    if moment.mind.pressed.count(rule) == 1:
        # It remembers: the second time it says that this is the second time.
        words = joined(words, moment.wording("pressed-again"))
    return moment.answer(rule, words, mind=mind, reason=f"Heard: {kinds}.")


def _is_welcome(moment: Moment, kind: str) -> bool:
    """A solution is premature until it felt understood; pressure since then makes it so again."""
    return kind == "premature_solution" and moment.mind.thats_right and not moment.mind.grudge


def close(moment: Moment, rule: str) -> Mind:
    """The mind after pressure: topics shut, the pressure remembered and not made good yet."""
    kept = frozenset(x.id for x in moment.scenario.layers if x.role is TopicRole.POSITION)
    mind = moment.mind
    return _replace(
        mind.shut(kept),
        pressed=(*mind.pressed, rule),
        grudge=min(_MOST_GRUDGE, mind.grudge + 1),
        stems=(),
    )


def to_restart(moment: Moment) -> Answer:
    """What pressure closed is as it was before, once for each topic."""
    mind = moment.mind
    back = {topic: state for topic, state in mind.closed.items() if topic not in mind.restarted}
    asked_for = frozenset(back or mind.closed or {mind.current})
    if asked_for <= mind.restarted:
        return moment.answer("restart-again")
    # What had been summed up or named is told, no more: that has to be earned again.
    told = {
        t: min(state, SegmentState.DISCLOSED, key=list(SegmentState).index) for t, state in back.items()
    }
    mind = mind.raised(told)
    mind = _replace(mind, grudge=0, closed={}, restarted=mind.restarted | asked_for)
    titles = ", ".join(moment.scenario.layer(topic).title for topic in sorted(back))
    return moment.answer("restart", mind=mind, reason=f"Open again: {titles}." if titles else "")


def to_interruption(moment: Moment) -> Answer | None:
    """Being talked over raises tension; every second time it says so, and nothing else."""
    times = moment.mind.interruptions
    if times < _NAMED_EVERY or times % _NAMED_EVERY:
        return None
    # What was said into its sentence still does what it does: pressure closes, and is remembered.
    costly = to_pressure(moment)
    answer = moment.answer(
        "interruption-named",
        mind=costly.mind if costly else None,
        reason=f"Talked over {times} times so far.",
    )
    return _replace(answer, reasons=(*answer.reasons, *costly.reasons)) if costly else answer
