import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.conversation.turn_end import (
    NO_MELODY,
    Completeness,
    PauseHabit,
    completeness,
    silence_needed,
)
from voice_coach.settings import TurnSettings

SETTINGS = TurnSettings()


def needed(text: str, pauses: list[float] | None = None, melody: float = NO_MELODY) -> float:
    habit = PauseHabit()
    for pause in pauses or []:
        habit.note(pause)
    return silence_needed(text, habit, SETTINGS, melody)


@pytest.mark.parametrize(
    "text",
    [
        "It sounds like you were left alone with that.",
        "Why now?",
        "The second time...",
        "It seems like there's more.",
        "That's what it sounds like to me.",
        "We talked about price, support, and training.",
        "What is this really about?",
        "Nobody told her.",
    ],
)
def test_a_complete_sentence_needs_little_patience(text: str) -> None:
    assert completeness(text) is Completeness.SAID
    assert needed(text) == SETTINGS.patience_seconds


@pytest.mark.parametrize(
    "text",
    [
        "It sounds like",
        "It sounds like you.",
        "So it seems like they have...",
        "because",
        "so I wanted to um",
        "two things,",
        "and then the.",
        "what I am worried about",
        "I told her...",
    ],
)
def test_an_unfinished_sentence_is_waited_for(text: str) -> None:
    assert completeness(text) is Completeness.UNFINISHED
    assert needed(text) == pytest.approx(SETTINGS.unfinished_patience_seconds)


def test_a_list_without_its_and_is_waited_for_a_little() -> None:
    assert completeness("You lost records, two days, trust.") is Completeness.LISTING
    assert SETTINGS.patience_seconds < needed("You lost records, two days, trust.")
    assert needed("You lost records, two days, trust.") < SETTINGS.unfinished_patience_seconds


def test_the_surer_the_words_the_shorter_the_silence() -> None:
    texts = ["I hear you.", "i hear you", "price, support, training", "i hear you and", ""]
    assert [completeness(text) for text in texts] == list(Completeness)
    silences = [needed(text) for text in texts]
    assert silences == sorted(silences)
    assert len(set(silences)) == len(silences)


def test_without_words_the_longest_silence_decides() -> None:
    assert needed("...") == SETTINGS.longest_silence_seconds


def test_long_pauses_inside_turns_stretch_a_silence_that_is_in_doubt() -> None:
    doubted = needed("I hear you.", melody=0.3)
    assert doubted > SETTINGS.patience_seconds
    assert needed("I hear you.", [0.6] * 6, melody=0.3) == pytest.approx(2 * doubted)
    assert needed("I hear you.", [0.9], melody=0.3) == doubted
    assert doubted < needed("I hear you.", [0.45] * 6, melody=0.3) < 2 * doubted
    assert needed("I hear you.", [0.6] * 6) == SETTINGS.patience_seconds
    assert needed("because", [0.6] * 6) == SETTINGS.unfinished_patience_seconds


def test_short_gaps_are_not_pauses_and_old_ones_are_forgotten() -> None:
    assert needed("i hear you", [0.05] * 50) == needed("i hear you")
    assert needed("i hear you", [0.9] * 20 + [0.25] * 20) == needed("i hear you")


def test_the_melody_shortens_and_lengthens_the_wait_within_the_bounds() -> None:
    waits = [needed("i hear you", melody=melody) for melody in (1.0, 0.8, 0.5, 0.3, 0.0)]
    assert waits == sorted(waits)
    assert waits[0] == SETTINGS.patience_seconds
    assert waits[-1] == SETTINGS.unfinished_patience_seconds
    assert needed("because", melody=1.0) > SETTINGS.patience_seconds
    assert needed("...", melody=1.0) == SETTINGS.longest_silence_seconds


@given(st.text(max_size=60), st.lists(st.floats(0.0, 10.0), max_size=40), st.floats(0.0, 1.0))
def test_the_settings_bound_every_silence(text: str, pauses: list[float], melody: float) -> None:
    silence = needed(text, pauses, melody)
    assert SETTINGS.patience_seconds <= silence <= SETTINGS.longest_silence_seconds


def test_a_cap_below_the_patience_holds_too() -> None:
    settings = TurnSettings(
        patience_seconds=0.9, unfinished_patience_seconds=0.5, longest_silence_seconds=0.7
    )
    assert silence_needed("I hear you.", PauseHabit(), settings) == 0.7
