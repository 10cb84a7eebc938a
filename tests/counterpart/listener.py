"""A trainee who listens: names what comes next, leaves silences alone, sums up, takes the terms."""

from random import Random

from counterpart.calls import Call

from voice_coach.moves.coverage import cover
from voice_coach.moves.move import TopicRole

LONGEST_CALL_TURNS = 200


def listen(call: Call, seed: int = 0, turns: int = LONGEST_CALL_TURNS) -> Call:
    """Play the call to its end, or for so many turns."""
    chance = Random(seed)  # noqa: S311 - a call is played, nothing is kept secret
    for _ in range(turns):
        if call.reply.ends is not None:
            break
        if call.reply.follow_up is not None:
            call.leaves_silence()
        else:
            call.says(what_to_say(call, chance))
    return call


def what_to_say(call: Call, chance: Random) -> str:
    """One sentence that fits the moment."""
    if call.mind.stage == "proposed":
        taken_by = call.scenario.terms.accepted_by
        usual = "Yes, we can do that. You have my word."
        return usual if cover(usual, [taken_by]) else f"{taken_by.evidence[0][0].capitalize()}."
    if len(call.mind.stems) > 1:
        return "Tell me more about that."
    told = [x for x in call.scenario.layers if not x.secret and x.role is not TopicRole.POSITION]
    closed = [layer for layer in told if not call.mind.is_open(layer.id)]
    if closed and chance.random() < 0.9:
        return closed[0].you_could_say
    return call.scenario.good_summary
