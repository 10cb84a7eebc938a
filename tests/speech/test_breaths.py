"""Where a long sentence is parted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.speech.breaths import breaths


@pytest.mark.parametrize(
    ("sentence", "first"),
    [
        ("I promised it, and I keep what I promise.", None),
        (
            "So, for two days in March the records were down, and nobody on our side picked up.",
            "So, for two days in March the records were down,",
        ),
        (
            "My director has my word that this gets better because I gave it to him.",
            "My director has my word that this gets better",
        ),
        # A mark is a better place than a later conjunction.
        (
            "After all of that, I still answer for the system and somebody has to sign it off.",
            "After all of that,",
        ),
        # Neither right at the beginning nor right before the end.
        ("So, the very first time that I ever promised them anything was that day.", None),
        ("The very first time that I ever promised them anything was then, sir.", None),
        ("The price of 1,250,000 that they offered us in the spring was too low.", None),
    ],
)
def test_the_place_to_breathe(sentence: str, first: str | None) -> None:
    parts = breaths(sentence)
    assert parts[0] == (first or sentence)
    assert " ".join(parts) == sentence


@given(st.lists(st.sampled_from(["so", "and", "word", "because,", "longer", "–", "end."]), min_size=1))  # noqa: RUF001
def test_no_word_is_lost_and_the_first_part_is_short(words: list[str]) -> None:
    sentence = " ".join(words)
    parts = breaths(sentence)
    assert " ".join(parts) == sentence
    assert len(parts) <= 2
    if len(parts) == 2:
        assert 12 <= len(parts[0]) <= 60
        assert len(parts[1]) >= 11
