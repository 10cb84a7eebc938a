"""Simulated trainees: each has one habit and keeps to it until the call ends."""

from collections.abc import Callable
from random import Random

from counterpart.calls import Call

from voice_coach.moves.move import TopicRole

LONGEST_CALL = 200

KINDS = (
    "label", "i_label", "missing_piece_label", "mirror", "paraphrase", "summary", "accusation_audit",
    "calibrated_question", "no_oriented_question", "restart_request", "open_invitation", "encourager",
    "question", "stacked_move",
)  # fmt: skip
PRESSURE = (
    "leverage", "deadline_pressure", "threat", "bargaining", "premature_solution", "why_question",
    "yes_fishing", "arguing",
)  # fmt: skip
TEXTS = (
    "so", "It sounds like you're tired of it.", "Explain us?", "You were left alone with it.",
    "I see what you mean.", "Nobody called you?", "We have a new product.", "I'm sorry about March.",
    "Yes, we can do that.", "No, that's not possible.", "You sound angry.", "It's the budget, isn't it?",
    "The second time?", "The next time?", "Forty doctors?",
)  # fmt: skip

Trainee = Callable[[Call, Random], None]


def play(trainee: Trainee, call: Call, seed: int = 0, turns: int = LONGEST_CALL) -> Call:
    """Let the trainee act until the call has ended."""
    chance = Random(seed)  # noqa: S311 - a call is played, nothing is kept secret
    for _ in range(turns):
        if call.reply.ends is not None:
            return call
        trainee(call, chance)
    return call


def empathic(call: Call, chance: Random) -> None:
    """Names what comes next, leaves the silence alone, sums up, and takes the terms."""
    if call.reply.follow_up is not None:
        call.leaves_silence()
    elif call.mind.stage == "proposed":
        call.says("Yes, we can do that. You have my word.")
    elif len(call.mind.stems) > 1:
        call.says("Tell me more about that.")
    else:
        told = [x for x in call.scenario.layers if not x.secret and x.role is not TopicRole.POSITION]
        closed = [layer for layer in told if not call.mind.is_open(layer.id)]
        if closed and chance.random() < 0.9:
            call.says(closed[0].you_could_say)
        else:
            call.says(call.scenario.good_summary)


def bully(call: Call, chance: Random) -> None:
    """Pushes in every turn, whatever else it says."""
    covers = [layer.id for layer in call.scenario.layers if chance.random() < 0.5]
    more = chance.choice([(), ("label",), ("summary",), ("paraphrase",)])
    call.makes(
        chance.choice(("threat", "leverage", "deadline_pressure", "bargaining")), *more, covers=covers
    )


def yes_chaser(call: Call, chance: Random) -> None:
    """Offers, and asks for agreement."""
    offer = chance.choice(((), ("bargaining",), ("premature_solution",)))
    call.makes("yes_fishing", *offer)


def parrot(call: Call, chance: Random) -> None:
    """Repeats some of the last words, always."""
    words = call.reply.text.split() or ["so"]
    start = chance.randrange(len(words))
    call.makes("mirror", text=" ".join(words[start : start + 3]))


def lecturer(call: Call, chance: Random) -> None:
    """Explains, corrects and solves."""
    kind = chance.choice(("premature_solution", "arguing", "premature_solution"))
    call.makes(kind, text="What we can do is this.")


def silent(call: Call, chance: Random) -> None:
    """Says nothing at all."""
    del chance
    call.is_silent_for_long()


def average(call: Call, chance: Random) -> None:
    """Means well, reflects often, seldom completely, and pushes now and then."""
    if call.reply.follow_up is not None and chance.random() < 0.5:
        call.leaves_silence()
        return
    habits = {"label": 3, "paraphrase": 3, "mirror": 2, "summary": 1, "question": 5, "plain": 3}
    habits["premature_solution"] = 2
    kind = chance.choices(list(habits), list(habits.values()))[0]
    topics = [layer.id for layer in call.scenario.layers if call.mind.level(layer.id)]
    covers = (
        chance.sample(topics, min(len(topics), 3 if kind == "summary" else 1)) if kind != "plain" else ()
    )
    call.makes(*(() if kind == "plain" else (kind,)), text=chance.choice(TEXTS), covers=covers)


def anything(call: Call, chance: Random) -> None:
    """Whatever comes: any moves, any text, silences, interruptions."""
    act = chance.random()
    if call.reply.follow_up is not None and act < 0.4:
        call.leaves_silence()
    elif act < 0.08:
        call.is_silent_for_long()
    else:
        weights = [3] * len(KINDS) + [1] * len(PRESSURE)
        kinds = chance.choices(KINDS + PRESSURE, weights, k=chance.randrange(3))
        topics = [layer.id for layer in call.scenario.layers if chance.random() < 0.4]
        call.makes(*kinds, text=chance.choice(TEXTS), covers=topics, over=chance.random() < 0.1)
