"""What is no word, however it is spelt, and what is one although it is said again and again."""

import pytest

from voice_coach.conversation.babble import is_babble


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ha, ha, ha.",
        "Uh-huh.",
        "Umhum.",
        "MMMM",
        "Buh-huh.",
        "Aha!",
        "Ahem.",
        "T-t-t-t",
        "Beep, beep, beep",
        "Bye bye.",
        "s",
    ],
)
def test_laughter_hums_and_throats_are_no_words(text: str) -> None:
    assert is_babble(text)


@pytest.mark.parametrize(
    "text", ["No, no, no.", "Wait, wait!", "Stop.", "I", "But why?", "Home.", "Ha, you wish.", "No"]
)
def test_what_is_said_to_take_the_floor_is_words(text: str) -> None:
    assert not is_babble(text)


def test_a_long_hum_is_read_in_no_time() -> None:
    assert not is_babble("m" * 20_000 + "x")
