"""The scenario's words: found where something sounds like them, and nowhere else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken import silence, spoken

from voice_coach.speech.bias import Lexicon
from voice_coach.speech.likeness import distance, may_be_near, sounds
from voice_coach.speech.transcriber import Transcriber
from voice_coach_server.engines import Engines

WORDS = ("Dana Whitfield", "Castellane Health", "Meridex", "Tressler")
COMMON = {"health", "dana", "he", "asked", "for", "a", "the", "nobody", "from", "called", "dresser"}


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon(WORDS, lambda word: word.lower() in COMMON)


@pytest.fixture(scope="session")
def ears(real_engines: Engines) -> Transcriber:
    return real_engines.transcriber


def row(text: str) -> str:
    return "".join(map(sounds, text.split()))


@pytest.mark.parametrize(
    ("said", "heard", "unlike"),
    [
        ("Castellane", "Cassie Lane", "invoice"),
        ("Kestrelon", "cast-relin", "castle"),
        ("Quillon", "Whelan", "quarter"),
        ("Priya Raman", "pretty ramen", "prior month"),
        ("Züblin", "Zublin", "sublet"),
    ],
)
def test_what_is_misheard_is_nearer_than_what_is_another_word(said: str, heard: str, unlike: str) -> None:
    assert distance(row(said), row(heard)) < 0.25 < distance(row(said), row(unlike))


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=9), st.text("abcdefghijklmnoprstuvwz", max_size=9))
def test_a_glance_never_rules_out_what_is_near(one: str, other: str) -> None:
    first, second = sounds(one), sounds(other)
    far = distance(first, second)
    assert 0.0 <= far <= 1.0
    assert far == pytest.approx(distance(second, first))
    assert may_be_near(first, second, far + 1e-9)
    assert distance(first, first) == 0.0


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("He asked Trasler for a quote.", "Tressler"),
        ("Nobody from Cassie Lane Health called.", "Castellane Health"),
        ("Nobody from our side ever called you back.", None),
        ("He asked Tressler for a quote.", None),
        ("", None),
    ],
)
def test_a_second_hearing_is_asked_for_only_where_something_sounds_alike(
    lexicon: Lexicon, text: str, first: str | None
) -> None:
    assert (lexicon.likely(text) or (None,))[0] == first


def test_of_a_second_hearing_only_the_expected_words_are_taken(lexicon: Lexicon) -> None:
    text = "He asked the dresser, for a quote last week."
    biased = "She asked Tressler, for a coat Meridex week."
    assert lexicon.taken_over(text, biased) == "He asked the Tressler, for a quote last week."


def test_an_expected_word_that_only_the_second_hearing_has_is_not_taken(lexicon: Lexicon) -> None:
    assert lexicon.taken_over("He asked.", "He asked. Meridex, Meridex.") == "He asked."
    assert lexicon.taken_over("", "Dana Whitfield, Meridex.") == ""


def test_a_rare_word_is_spelt_as_expected_and_a_common_one_is_left(lexicon: Lexicon) -> None:
    assert lexicon.spelt('"Trasler\'s" asked for it.') == '"Tressler\'s" asked for it.'
    assert lexicon.spelt("A dresser called.") == "A dresser called."


@given(st.text(max_size=60))
def test_any_text_is_survived(text: str) -> None:
    lexicon = Lexicon(WORDS, lambda word: word.lower() in COMMON)
    assert lexicon.spelt(text).split() or not text.split()
    lexicon.likely(text)
    lexicon.taken_over(text, "He asked Tressler.")


@pytest.mark.parametrize("final", [True, False])
def test_a_name_that_no_model_knows_is_heard_when_it_is_expected(
    ears: Transcriber, *, final: bool
) -> None:
    audio = spoken("Have you given up on Quillon?")
    assert "Quillon" not in ears.transcribe(audio, final=final).text
    assert "Quillon" in ears.transcribe(audio, final=final, words=(*WORDS, "Quillon")).text


def test_a_settled_beginning_stays_to_the_letter(ears: Transcriber) -> None:
    audio = spoken("You moved all of your records to Meridex last spring.")
    text = ears.transcribe(audio, final=True, prefix="You moved all", words=WORDS).text
    assert text.startswith("You moved all of your records")


@pytest.mark.parametrize("final", [True, False])
@pytest.mark.parametrize("rms", [0.0, 0.002, 0.02, 0.1])
def test_expected_words_do_not_leak_into_silence_and_noise(
    ears: Transcriber, rms: float, *, final: bool
) -> None:
    noise = np.random.default_rng(5).standard_normal(4 * 16_000)
    audio = (silence(4.0) + rms * noise).astype(np.float32)
    assert ears.transcribe(audio, final=final, words=WORDS).text == ""


def test_another_sentence_is_heard_as_without_them(ears: Transcriber) -> None:
    audio = spoken("It sounds like you were left alone with this.")
    assert ears.transcribe(audio, final=True, words=WORDS).text == ears.transcribe(audio, final=True).text
