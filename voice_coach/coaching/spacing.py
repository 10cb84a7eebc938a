"""Which line comes next: what was missed comes back soon, what was passed later and later.

Every prompt of a drill lies in a box. A new one lies in none. A prompt that is missed goes to the
first box and is due again after two others; each pass moves it one box on, where it waits for longer.
A round goes, in this order, to

1. a missed prompt that is due, the longest overdue first;
2. a passed prompt that is due, unless the round before went to one such already;
3. a new prompt, drawn by the seed;
4. whatever is due soonest.

No prompt comes twice running, nor before two others, if there are others. The rule knows nothing but
the rounds so far, of this run and of the runs before, so a drill can be played again from its journal.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from voice_coach.coaching.drill import DrillScore
from voice_coach.counterpart.moment import chance

__all__ = ["WAITS", "Asked", "Choice", "DrillMemory", "choose_prompt"]

WAITS = (2, 10, 25, 60)
"""For each box, how many rounds with other prompts come before a prompt in it is due again."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One round that was answered."""

    prompt: str
    passed: bool


class DrillMemory(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the runs before this one."""

    asked: tuple[Asked, ...] = ()
    """Their rounds, oldest first."""
    last: DrillScore | None = None
    """How the run before went."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The prompt of a round."""

    prompt: str
    why: str
    """Why it was chosen, one sentence."""


class _Card(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a prompt that was asked before."""

    prompt: str
    box: int
    round: int
    """When it was asked last, counted over all rounds from 0."""

    @property
    def missed(self) -> bool:
        return self.box == 0

    def overdue(self, now: int) -> int:
        """By how many rounds it is due; negative while it waits."""
        return now - self.round - 1 - WAITS[self.box]


def choose_prompt(
    prompts: Sequence[str], earlier: Sequence[Asked], asked: Sequence[Asked], seed: int
) -> Choice:
    """Choose the prompt of the next round.

    Args:
        prompts: All prompts of the drill; one at least.
        earlier: The rounds of earlier runs, oldest first.
        asked: The rounds of this run.
        seed: Which of the new ones comes is drawn by it.
    """
    rounds = (*earlier, *asked)
    now, first_of_run = len(rounds), len(earlier)
    seen = _cards(rounds)
    just_asked = rounds[-1].prompt if rounds else ""
    cards = [seen[prompt] for prompt in prompts if prompt in seen and prompt != just_asked]
    new = [prompt for prompt in prompts if prompt not in seen]

    due = [card for card in cards if card.overdue(now) >= 0]
    missed = [card for card in due if card.missed]
    passed = [card for card in due if not card.missed]
    if missed:
        return _again(_most_overdue(missed, now), now, first_of_run, "You missed this one {when}.")
    if passed and not (new and _repeated(rounds)):
        chosen = _most_overdue(passed, now)
        return _again(chosen, now, first_of_run, "You passed this one {when}: does it still come?")
    if new:
        drawn = new[int(chance(seed, now, "prompt") * len(new))]
        return Choice(prompt=drawn, why="This one is new.")
    if cards:
        rested = [card for card in cards if now - card.round > WAITS[0]]
        soonest = _most_overdue(rested or cards, now)
        said = "missed" if soonest.missed else "passed"
        why = f"Nothing else is due sooner: you {said} this one {{when}}."
        return _again(soonest, now, first_of_run, why)
    return Choice(prompt=prompts[0], why="It is the only one there is.")


def _cards(rounds: Sequence[Asked]) -> dict[str, _Card]:
    cards: dict[str, _Card] = {}
    for number, each in enumerate(rounds):
        before = cards[each.prompt].box if each.prompt in cards else 0
        box = min(before + 1, len(WAITS) - 1) if each.passed else 0
        cards[each.prompt] = _Card(prompt=each.prompt, box=box, round=number)
    return cards


def _most_overdue(cards: Sequence[_Card], now: int) -> _Card:
    """The order of the rounds settles a tie, so that the answer is always the same."""
    return min(cards, key=lambda card: (-card.overdue(now), card.round))


def _repeated(rounds: Sequence[Asked]) -> bool:
    """Whether the last round went to a prompt that had come before."""
    return bool(rounds) and any(each.prompt == rounds[-1].prompt for each in rounds[:-1])


def _again(card: _Card, now: int, first_of_run: int, why: str) -> Choice:
    ago = now - card.round
    if card.round < first_of_run:
        when = "in an earlier run"
    else:
        when = f"{_NUMBERS.get(ago, str(ago))} rounds ago"
    return Choice(prompt=card.prompt, why=why.format(when=when))


_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
