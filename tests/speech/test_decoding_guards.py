import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.speech.decoding_guards import (
    Attempt,
    Guard,
    believable,
    fills_in,
    thin,
    token_budget,
    tripped,
    without_loop,
    without_repeats,
)


def attempt(
    text: str = "It sounds like a long year.",
    *,
    tokens: list[int] | None = None,
    mean_log_probability: float = -0.3,
    out_of_budget: bool = False,
) -> Attempt:
    return Attempt(
        tokens=list(range(7)) if tokens is None else tokens,
        text=text,
        mean_log_probability=mean_log_probability,
        out_of_budget=out_of_budget,
    )


def not_asked() -> float:
    raise AssertionError("voice activity was asked without need")


@pytest.mark.parametrize(
    ("looked_at", "guard"),
    [
        (attempt(), None),
        (attempt(""), Guard.EMPTY),
        (attempt(out_of_budget=True), Guard.BUDGET),
        (attempt(tokens=[1, 2] * 4), Guard.LOOP),
        (attempt(tokens=[*range(8), *range(8)]), Guard.LOOP),
        (attempt("and so on " * 20), Guard.LOOP),
        (attempt(mean_log_probability=-1.2), Guard.IMPROBABLE),
    ],
)
def test_each_guard_trips_on_what_it_is_for(looked_at: Attempt, guard: Guard | None) -> None:
    assert tripped(looked_at) is guard


@pytest.mark.parametrize(
    ("tokens", "kept"),
    [
        ([], []),
        ([1, 2, 3], [1, 2, 3]),
        ([9, 5, 5, 5], [9, 5, 5, 5]),  # a person may say "no, no, no"
        ([9, 5, 5, 5, 5], [9, 5]),
        ([9, 1, 2, 1, 2, 1, 2, 1, 2], [9, 1, 2]),
        ([1, 2, 1, 2, 1, 2, 1, 2, 9], [1, 2, 1, 2, 1, 2, 1, 2, 9]),  # it went on: no loop
    ],
)
def test_a_loop_is_cut_after_its_first_phrase(tokens: list[int], kept: list[int]) -> None:
    assert without_loop(tokens) == kept


def test_a_phrase_said_again_is_cut_where_it_begins_again() -> None:
    phrase = [1, 2, 3, 4, 5, 6, 7]
    assert without_repeats([*phrase, 8, *phrase, 9]) == [*phrase, 8]
    assert without_repeats([*phrase[:5], 8, *phrase[:5]]) == [*phrase[:5], 8, *phrase[:5]]


@given(st.lists(st.integers(0, 4), max_size=60))
def test_cutting_gives_a_beginning_and_is_done_after_once(tokens: list[int]) -> None:
    kept = list(without_loop(tokens))
    assert kept == tokens[: len(kept)]
    shorter = list(without_repeats(tokens))
    assert shorter == tokens[: len(shorter)]
    assert not tokens or shorter


@pytest.mark.parametrize(
    ("looked_at", "speech_seconds", "believed"),
    [
        (attempt("Okay.", mean_log_probability=-1.1), 0.0, False),
        (attempt("Okay.", mean_log_probability=-0.7), 0.0, False),
        (attempt("Oh, oh, oh! Oh", mean_log_probability=-0.1), 0.06, False),
        (attempt("Thank you.", mean_log_probability=-0.1), 0.2, True),
        (attempt(tokens=[*range(8), *range(8)]), 0.0, False),
        (attempt(tokens=[*range(8), *range(8)]), 0.2, True),
        (attempt("Okay.", mean_log_probability=-0.7), 0.3, True),
        (attempt(mean_log_probability=-1.4), 0.35, False),
        (attempt(mean_log_probability=-1.4), 0.9, True),
    ],
)
def test_a_doubtful_text_needs_a_voice(
    looked_at: Attempt, speech_seconds: float, *, believed: bool
) -> None:
    assert believable(looked_at, lambda: speech_seconds) is believed


def test_voice_activity_is_asked_only_in_doubt() -> None:
    assert believable(attempt(), not_asked)
    assert not believable(attempt(". . ."), not_asked)
    assert not thin("It sounds like a long year.", 2.0, not_asked)


def test_a_text_too_short_for_the_time_spoken_is_thin() -> None:
    assert thin("Nobody called.", 3.0, lambda: 2.5)
    assert not thin("Nobody called.", 9.0, lambda: 1.2)  # a loud room, a short sentence


def test_the_budget_grows_with_time_and_is_never_nothing() -> None:
    assert token_budget(0.0) > 0
    assert token_budget(10.0) > token_budget(1.0) + 50


def test_a_phrase_said_again_much_later_is_kept() -> None:
    phrase = [1, 2, 3, 4, 5, 6, 7]
    talk = [*phrase, *range(100, 140), *phrase]
    assert without_repeats(talk) == talk


def test_a_sentence_that_was_passed_over_is_told_from_another_guess() -> None:
    heard = "For myself, I seek note of happiness."
    assert not fills_in("For myself, I seem to note all for happiness.", heard)
    assert fills_in(heard + " And then the telephone rang.", heard)


def test_a_doubtful_sentence_needs_a_voice() -> None:
    looked_at = attempt("Thank you very much.", mean_log_probability=-0.95)
    assert not believable(looked_at, lambda: 0.0)
    assert believable(looked_at, lambda: 0.3)


@pytest.mark.parametrize(("speech_seconds", "believed"), [(0.1, False), (0.29, True)])
def test_the_shortest_word_is_longer_than_what_noise_passes_for(
    speech_seconds: float, *, believed: bool
) -> None:
    assert believable(attempt("Stop."), lambda: speech_seconds) is believed
