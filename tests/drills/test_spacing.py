"""The spacing rule: what always holds of it, and what it does in a run that can be read."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from voice_coach.coaching.spacing import WAITS, Asked, choose_prompt

PROMPTS = tuple("abcdefgh")


def play(answers: Sequence[bool], seed: int, earlier: Sequence[Asked] = ()) -> list[Asked]:
    """A run whose rounds are answered so."""
    asked: list[Asked] = []
    for passed in answers:
        choice = choose_prompt(PROMPTS, earlier, asked, seed)
        assert choice.why.endswith((".", "?"))
        asked.append(Asked(prompt=choice.prompt, passed=passed))
    return asked


answers = st.lists(st.booleans(), max_size=40)
seeds = st.integers(0, 2**32 - 1)


@given(answers, seeds)
def test_no_prompt_comes_twice_running(passed: list[bool], seed: int) -> None:
    names = [each.prompt for each in play(passed, seed)]
    assert all(before != after for before, after in pairwise(names))


@given(answers, seeds)
def test_nothing_comes_back_before_two_others(passed: list[bool], seed: int) -> None:
    names = [each.prompt for each in play(passed, seed)]
    # With eight prompts there is always another: what is nearest was asked three rounds ago.
    assert all(name not in names[max(0, at - WAITS[0]) : at] for at, name in enumerate(names))


@given(answers, seeds)
def test_what_was_missed_comes_back_soon_unless_another_miss_is_older(
    passed: list[bool], seed: int
) -> None:
    rounds = play(passed, seed)
    for at, each in enumerate(rounds):
        if each.passed:
            continue
        later = [other.prompt for other in rounds[at + 1 :]]
        # Each miss takes one round, and at most one other stands before it in each.
        waiting = len({other.prompt for other in rounds[:at] if not other.passed})
        soon = WAITS[0] + 1 + waiting + sum(not other.passed for other in rounds[at + 1 : at + 3])
        assert each.prompt in later[:soon] or len(later) < soon


@given(answers, seeds, answers)
def test_the_choice_hangs_on_the_rounds_and_the_seed_alone(
    passed: list[bool], seed: int, before: list[bool]
) -> None:
    earlier = play(before, seed)
    assert play(passed, seed, earlier) == play(passed, seed, earlier)


@given(seeds)
def test_all_are_met_before_long(seed: int) -> None:
    assert {each.prompt for each in play([True] * 12, seed)} == set(PROMPTS)


def test_a_run_that_can_be_read() -> None:
    asked = [Asked(prompt="a", passed=False), Asked(prompt="b", passed=True)]
    assert choose_prompt("abcd", (), asked, 1).why == "This one is new."
    asked.append(Asked(prompt="c", passed=True))
    again = choose_prompt("abcd", (), asked, 1)
    assert (again.prompt, again.why) == ("a", "You missed this one three rounds ago.")


def test_what_was_missed_in_an_earlier_run_comes_first() -> None:
    earlier = [Asked(prompt=p, passed=p != "b") for p in "abc"]
    choice = choose_prompt("abcdefgh", earlier, (), 3)
    assert choice.why == "This one is new."  # only one other has come since
    later = choose_prompt("abcdefgh", earlier, [Asked(prompt=choice.prompt, passed=True)], 3)
    assert (later.prompt, later.why) == ("b", "You missed this one in an earlier run.")


def test_a_single_prompt_is_asked_all_the_same() -> None:
    only = choose_prompt(("a",), (), (Asked(prompt="a", passed=True),), 1)
    assert (only.prompt, only.why) == ("a", "It is the only one there is.")
