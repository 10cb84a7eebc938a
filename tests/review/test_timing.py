"""Words in time: measured ones where the ears put them, others between them or by the voice's pauses."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.coaching.turn import Evidence
from voice_coach.conversation.events import Word
from voice_coach.review.pauses import Sounding, find_sounding
from voice_coach.review.review import TimedWord
from voice_coach.review.timing import measured_words, spread_words, timed_evidence


def word(text: str, start: float, end: float) -> Word:
    return Word(
        text=text, start_sample=round(start * 16_000), end_sample=round(end * 16_000), probability=0.9
    )


def by_text(text: str, words: tuple[TimedWord, ...]) -> dict[str, tuple[float, float, bool]]:
    return {text[w.start : w.end]: (w.start_seconds, w.end_seconds, w.measured) for w in words}


def test_a_microphone_sample_is_the_tracks_sample() -> None:
    text = "It sounds hard."
    pieces = [(word("It", 3.0, 3.1), word("sounds", 3.2, 3.6), word("hard.", 3.7, 4.0))]
    assert by_text(text, measured_words(text, pieces, (3.0, 4.0))) == {
        "It": (3.0, 3.1, True),
        "sounds": (3.2, 3.6, True),
        "hard.": (3.7, 4.0, True),
    }


def test_a_word_that_was_heard_otherwise_lies_between_its_neighbours() -> None:
    text = "So you, waited for weeks"
    pieces = [
        (word("so", 1.0, 1.2), word("you", 1.3, 1.5), word("weighted", 1.6, 2.0)),
        (word("for", 2.1, 2.2), word("weeks", 2.3, 2.8)),
    ]
    found = by_text(text, measured_words(text, pieces[::-1], (1.0, 3.0)))
    assert found["you,"] == (1.3, 1.5, True)
    assert found["waited"] == (1.5, 2.1, False)
    assert found["weeks"] == (2.3, 2.8, True)


def test_a_word_in_no_time_shares_that_of_its_neighbour() -> None:
    text = "with forty doctors."
    pieces = [(word("with", 3.35, 3.79), word("forty", 3.79, 3.8), word("doctors.", 3.9, 4.4))]
    found = by_text(text, measured_words(text, pieces, (3.0, 4.5)))
    assert found["with"] == (3.35, pytest.approx(3.555, abs=0.01), False)
    assert found["forty"] == (pytest.approx(3.555, abs=0.01), 3.8, False)
    assert found["doctors."] == (3.9, 4.4, True)


def test_nothing_that_fits_leaves_an_estimate_for_all() -> None:
    words = measured_words("One two", [(word("other", 1.0, 2.0),)], (1.0, 3.0))
    assert [w.measured for w in words] == [False, False]
    assert (words[0].start_seconds, words[-1].end_seconds) == (1.0, 3.0)


@given(
    text=st.text(st.sampled_from("ab .,!\n"), max_size=40),
    sounds=st.none() | st.lists(st.booleans(), max_size=120),
    start=st.floats(0, 4000),
    seconds=st.floats(0, 60),
)
def test_spread_words_are_in_order_and_cover_the_text(
    text: str, sounds: list[bool] | None, start: float, seconds: float
) -> None:
    sounding = (
        None if sounds is None else Sounding(begin_seconds=start, sounds=np.array(sounds, dtype=np.bool_))
    )
    words = spread_words(text, (start, start + seconds), sounding)
    assert [text[w.start : w.end] for w in words] == text.split()
    for w in words:
        assert start - 0.001 <= w.start_seconds <= w.end_seconds
        assert w.end_seconds <= start + max(seconds, len(sounds or ()) / 50) + 0.001
    for before, after in pairwise(words):
        assert before.start_seconds <= after.start_seconds + 0.001


def test_a_clause_ends_where_the_voice_pauses() -> None:
    """The first clause is spoken slowly and the second fast: letters alone would have it end at 0.48."""
    within = (10.0, 12.3)
    peaks = bytes(500) + bytes([90] * 40 + [0] * 20 + [90] * 55)
    words = spread_words("Two days. I had nothing to tell them.", within, find_sounding(peaks, within))
    assert words[1].end_seconds == pytest.approx(10.8, abs=0.02)
    assert words[2].start_seconds == pytest.approx(11.2, abs=0.02)
    assert words[-1].end_seconds == pytest.approx(12.3, abs=0.02)


def test_evidence_takes_the_seconds_of_its_words() -> None:
    text = "Well, it hurts. And it hurts."
    places = [(0, 5), (6, 8), (9, 15), (16, 19), (20, 22), (23, 29)]
    words = tuple(
        TimedWord(start=a, end=b, start_seconds=at, end_seconds=at + 0.4)
        for at, (a, b) in enumerate(places)
    )

    def timed(near: float) -> tuple[float, float]:
        proof = Evidence(turn=1, quote="it hurts", start_seconds=near, end_seconds=near + 1)
        found = timed_evidence(proof, text, words)
        return found.start_seconds, found.end_seconds

    assert timed(4.4) == (4.0, 5.4)
    assert timed(0.0) == (1.0, 2.4)


@pytest.mark.parametrize("quote", ["not there", ""])
def test_evidence_that_is_not_found_stays_as_it_is(quote: str) -> None:
    proof = Evidence(turn=1, quote=quote, start_seconds=4.4, end_seconds=5.0)
    assert timed_evidence(proof, "it hurts", spread_words("it hurts", (0, 1))) is proof
    assert timed_evidence(proof, "", ()) is proof
