"""Plays many seeded calls against a scenario, and says whether each trainee got where it should."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import msgspec

from voice_coach.counterpart.reply import Outcome
from voice_coach.counterpart.story import Scenario
from voice_coach.moves.recognizer import Recognizer
from voice_coach.simulation.trainees import TRAINEES, play
from voice_coach.simulation.watch import WatchedCall

__all__ = ["SHARES", "TraineeResult", "calls_of", "try_trainee"]

_AVERAGE_TURNS = 40
_MOST_THATS_RIGHT = 0.06
"""Of the reflections in average play; among real people it follows two to five in a hundred."""
_FEWEST_REFLECTIONS = 100
"""Of fewer than these no share is taken."""
_LONGEST_EMPATHIC_REPLIES = 40
_MOST_PROBLEMS = 5
_REFLECTIONS = (
    "label",
    "mislabel",
    "mirror",
    "paraphrase",
    "summary",
    "thats-right",
    "same-stem",
    "i-label",
)
_ENDED = frozenset({Outcome.HUNG_UP, Outcome.NOT_TODAY})

SHARES: Mapping[str, float] = {
    "empathic": 0.04,
    "bully": 0.4,
    "yes-chaser": 0.08,
    "parrot": 0.08,
    "lecturer": 0.06,
    "silent": 0.02,
    "average": 0.04,
    "random": 0.28,
}
"""Which part of all calls each trainee plays: most where most could go wrong."""
_BY_EAR_EVERY = 20
"""In one call of so many the moves are found in the trainee's words, and not taken as given."""


class TraineeResult(msgspec.Struct, frozen=True, kw_only=True):
    """How one trainee fared."""

    trainee: str
    calls: int
    outcomes: Mapping[str, int]
    """How the calls ended; `unfinished` for those that were broken off after a number of turns."""
    thats_right: int
    """Calls in which "that's right" was earned."""
    secrets: int
    """Calls in which something held back came out."""
    replies: float
    """Answers in a call, on average."""
    problems: tuple[str, ...]
    """What should not have been, the first few; empty when the scenario is fair to this trainee."""


def calls_of(trainee: str, calls: int) -> int:
    """How many of so many calls a trainee plays; one at least."""
    return max(1, round(SHARES[trainee] * calls))


def try_trainee(
    scenario: Scenario,
    recognizer: Recognizer,
    trainee: str,
    calls: int,
    told: Callable[[], None] = lambda: None,
) -> TraineeResult:
    """Let a trainee play calls with the seeds 0, 1, 2 and so on.

    Args:
        scenario: Who answers.
        recognizer: Finds the moves in what the trainee says.
        trainee: A name in `TRAINEES`.
        calls: How many calls.
        told: Called after each call.
    """
    played: list[WatchedCall] = []
    for seed in range(calls):
        by_ear = trainee != "random" and seed % _BY_EAR_EVERY == 0
        call = WatchedCall(scenario, recognizer, seed, by_ear=by_ear)
        turns = {"turns": _AVERAGE_TURNS} if trainee == "average" else {}
        play(TRAINEES[trainee], call, **turns)
        played.append(call)
        told()
    ends = Counter(call.reply.ends.value if call.reply.ends else "unfinished" for call in played)
    problems = [sentence for call in played for sentence in (*call.broken, *_EXPECTED[trainee](call))]
    problems += _of_all(trainee, played)
    return TraineeResult(
        trainee=trainee,
        calls=calls,
        outcomes=dict(sorted(ends.items())),
        thats_right=sum("thats-right" in call.rules for call in played),
        secrets=sum(bool(call.secrets_told) for call in played),
        replies=round(sum(len(call.replies) for call in played) / calls, 1),
        problems=tuple(problems[:_MOST_PROBLEMS]),
    )


def _of_all(trainee: str, played: list[WatchedCall]) -> Iterator[str]:
    if trainee != "average":
        return
    rules = [rule for call in played for rule in call.rules]
    reflections = sum(rule.startswith(_REFLECTIONS) for rule in rules)
    earned = rules.count("thats-right")
    if reflections >= _FEWEST_REFLECTIONS and earned / reflections >= _MOST_THATS_RIGHT:
        yield f"“that's right” came after {earned} of {reflections} reflections: too cheap"


def _empathic(call: WatchedCall) -> Iterator[str]:
    if call.reply.ends is not Outcome.AGREEMENT:
        yield f"seed {call.seed}: who listens should win, but heard {' > '.join(call.rules)}"
    elif len(call.replies) > _LONGEST_EMPATHIC_REPLIES:
        yield f"seed {call.seed}: who listens needed {len(call.replies)} answers"
    elif set(call.secrets_told) < set(call.scenario.terms.reveals):
        yield f"seed {call.seed}: the terms did not reveal what they should"


def _gets_nothing(call: WatchedCall) -> Iterator[str]:
    if "thats-right" in call.rules:
        yield f"seed {call.seed}: “that's right” to somebody who did not earn it"
    if call.secrets_told:
        yield f"seed {call.seed}: {', '.join(call.secrets_told)} came out"
    if call.reply.ends not in _ENDED:
        ends = call.reply.ends.value if call.reply.ends else "no end"
        yield f"seed {call.seed}: the call should be ended by the other side, but came to {ends}"


def _bully(call: WatchedCall) -> Iterator[str]:
    yield from _gets_nothing(call)
    if call.reply.ends is Outcome.HUNG_UP and "warning" not in call.rules:
        yield f"seed {call.seed}: hung up on without a warning"


_EMPTY_YESES = frozenset(
    (
        "opening", "yes-fishing", "counterfeit-yes", "premature-solution", "bargaining", "warning",
        "concern-repeated", "concern-third-time", "question", "questions-in-series", "hang-up",
        "not-today",
    )
)  # fmt: skip


def _yes_chaser(call: WatchedCall) -> Iterator[str]:
    yield from _gets_nothing(call)
    others = set(call.rules) - _EMPTY_YESES
    if others:
        yield f"seed {call.seed}: fishing for a yes brought {', '.join(sorted(others))}"


def _parrot(call: WatchedCall) -> Iterator[str]:
    yield from _gets_nothing(call)
    if not call.by_ear and "mirror-parroted" not in call.rules:
        yield f"seed {call.seed}: nobody noticed that only words were repeated"


def _silent(call: WatchedCall) -> Iterator[str]:
    if call.rules != ["opening", "asks-after-silence", "helps-after-silence", "lets-go"]:
        yield f"seed {call.seed}: silence should be asked about, helped, let go: {' > '.join(call.rules)}"


def _random(call: WatchedCall) -> Iterator[str]:
    if call.reply.ends is None:
        yield f"seed {call.seed}: the call did not end"


def _average(call: WatchedCall) -> Iterator[str]:
    del call
    yield from ()


_EXPECTED: Mapping[str, Callable[[WatchedCall], Iterator[str]]] = {
    "empathic": _empathic,
    "bully": _bully,
    "yes-chaser": _yes_chaser,
    "parrot": _parrot,
    "lecturer": _gets_nothing,
    "silent": _silent,
    "average": _average,
    "random": _random,
}
"""What each single call must come to; yields what it should not have."""
