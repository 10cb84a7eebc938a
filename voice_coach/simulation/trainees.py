"""Simulated trainees: each has one habit and keeps to it until the call ends.

They fit any scenario: what they say of its matters is taken from the scenario itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voice_coach.counterpart.mind import Stage
from voice_coach.counterpart.story import Terms
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import TopicRole
from voice_coach.simulation.call import Call
from voice_coach.simulation.chance import Chance
from voice_coach.simulation.lines import LINES, PLAIN, PRESSURE, lines_about

__all__ = ["TRAINEES", "Trainee", "play"]

_LONGEST_CALL_TURNS = 200

Trainee = Callable[[Call, Chance], object]
"""Takes one turn of a call."""


def play(trainee: Trainee, call: Call, turns: int = _LONGEST_CALL_TURNS) -> Call:
    """Let a trainee act until the call has ended, or for so many turns; the call's seed leads both."""
    chance = Chance(call.seed)
    for _ in range(turns):
        if call.reply.ends is not None:
            break
        trainee(call, chance)
    return call


def empathic(call: Call, chance: Chance) -> None:
    """Names what comes next, leaves the silence alone, sums up, and takes the terms. Always by ear."""
    told = [x for x in call.scenario.layers if not x.secret and x.role is not TopicRole.POSITION]
    closed = [layer for layer in told if not call.mind.is_open(layer.id)]
    if call.reply.follow_up is not None:
        call.leaves_silence()
    elif call.mind.stage is Stage.PROPOSED:
        call.says(_taking(call.scenario.terms))
    elif len(call.mind.stems) > 1:
        call.says(LINES["open_invitation"][0])
    elif closed and chance.happens(0.9):
        call.says(closed[0].you_could_say)
    else:
        call.says(call.scenario.good_summary)


def _taking(terms: Terms) -> str:
    usual = "Yes, we can do that. You have my word."
    if cover(usual, [terms.accepted_by]):
        return usual
    return f"{terms.accepted_by.evidence[0][0].capitalize()}."


def bully(call: Call, chance: Chance) -> None:
    """Pushes in every turn, whatever else it says."""
    push = chance.one_of(tuple(PRESSURE))
    said = chance.one_of(PRESSURE[push])
    named = [layer for layer in call.scenario.layers if chance.happens(0.5)]
    kind = chance.one_of(("", "label", "summary", "paraphrase"))
    if kind == "summary" and call.by_ear:
        # Who can sum up all of it in so many words is no bully.
        kind = "label"
    if kind and named:
        words = call.scenario.good_summary if kind == "summary" else named[0].you_could_say
        call.makes(push, kind, text=f"{words} {said}", covers=[layer.id for layer in named])
    else:
        call.makes(push, text=said)


def yes_chaser(call: Call, chance: Chance) -> None:
    """Offers, and asks for agreement."""
    offer = chance.one_of(("", "bargaining", "premature_solution"))
    ask = chance.one_of(LINES["yes_fishing"])
    if offer:
        call.makes("yes_fishing", offer, text=f"{chance.one_of(LINES[offer])} {ask}")
    else:
        call.makes("yes_fishing", text=ask)


def parrot(call: Call, chance: Chance) -> None:
    """Repeats some of the last words, always."""
    words = call.reply.text.split() or ["So"]
    start = chance.below(len(words))
    call.makes("mirror", text=" ".join(words[start : start + 3]))


def lecturer(call: Call, chance: Chance) -> None:
    """Explains, corrects and solves."""
    kind = chance.one_of(("premature_solution", "arguing", "premature_solution"))
    call.makes(kind, text=chance.one_of(LINES[kind]))


def silent(call: Call, chance: Chance) -> None:
    """Says nothing at all."""
    del chance
    call.is_silent_for_long()


_AVERAGE_HABITS = {
    "question": 5, "label": 3, "paraphrase": 3, "plain": 3, "mirror": 2, "premature_solution": 2,
    "summary": 1,
}  # fmt: skip


def average(call: Call, chance: Chance) -> None:
    """Means well, reflects often, seldom completely, and offers solutions now and then."""
    if call.reply.follow_up is not None and chance.happens(0.5):
        call.leaves_silence()
        return
    kind = chance.weighed(_AVERAGE_HABITS)
    known = [layer.id for layer in call.scenario.layers if call.mind.level(layer.id)]
    covers = chance.some_of(known, 3 if kind == "summary" else 1) if kind != "plain" else []
    words = LINES.get(kind) or (PLAIN if kind == "plain" else lines_about(call.scenario))
    call.makes(*(() if kind == "plain" else (kind,)), text=chance.one_of(words), covers=covers)


_KINDS = (
    *LINES, "label", "i_label", "mirror", "paraphrase", "summary", "stacked_move",
)  # fmt: skip
_ANYTHING = {kind: 1 if kind in PRESSURE or kind in ("why_question", "yes_fishing", "arguing") else 3
             for kind in _KINDS}  # fmt: skip


def anything(call: Call, chance: Chance) -> None:
    """Whatever comes: any moves with any text, silences, talking over."""
    if call.reply.follow_up is not None and chance.happens(0.4):
        call.leaves_silence()
    elif chance.happens(0.08):
        call.is_silent_for_long()
    else:
        kinds = [chance.weighed(_ANYTHING) for _ in range(chance.below(3))]
        about = lines_about(call.scenario)
        words = about if chance.happens(0.7) else LINES[chance.one_of(tuple(LINES))]
        topics = [layer.id for layer in call.scenario.layers if chance.happens(0.4)]
        over = chance.happens(0.1)
        call.makes(*dict.fromkeys(kinds), text=chance.one_of(words), covers=topics, over=over)


TRAINEES: Mapping[str, Trainee] = {
    "empathic": empathic,
    "bully": bully,
    "yes-chaser": yes_chaser,
    "parrot": parrot,
    "lecturer": lecturer,
    "silent": silent,
    "average": average,
    "random": anything,
}
"""Every trainee by the name that `voice-coach scenarios check` gives it."""
