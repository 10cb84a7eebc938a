"""What every voice promises, real or scripted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import Pace, Register, VoiceStyle
from voice_coach.errors import VoiceError
from voice_coach.settings import VoiceEngine, VoiceSettings
from voice_coach.speech.voice import ScriptedVoice, Voice
from voice_coach.speech.voice_engines import open_voice

SHORT = "We can talk about it."
LONG = "We can talk about it as soon as the new figures of the second quarter are on my desk."


MAKERS: dict[str, Callable[[], Voice]] = {
    "scripted": ScriptedVoice,
    "pyttsx3": lambda: open_voice(VoiceSettings()),
    # A busy machine takes its time for a thousand characters in a natural voice.
    "piper": lambda: open_voice(VoiceSettings(engine=VoiceEngine.PIPER, timeout_seconds=60)),
}


@pytest.fixture(scope="module", params=MAKERS)
def voice(request: pytest.FixtureRequest) -> Iterator[Voice]:
    """One for all tests: what one refuses must not harm the next."""
    made = MAKERS[request.param]()
    yield made
    made.close()


@pytest.fixture(params=MAKERS)
def new_voice(request: pytest.FixtureRequest) -> Voice:
    """One that the test itself closes."""
    return MAKERS[request.param]()


def test_speaks_whole_16_bit_samples_that_can_be_heard(voice: Voice) -> None:
    spoken = voice.speak(SHORT, Delivery.CALM)
    assert len(spoken.pcm) % 2 == 0
    samples = np.frombuffer(spoken.pcm, "<i2")
    assert np.abs(samples.astype(int)).max() > 1000
    assert spoken.seconds == len(samples) / spoken.sample_rate_hz
    assert 8_000 <= spoken.sample_rate_hz <= 48_000


def test_more_words_take_longer(voice: Voice) -> None:
    assert voice.speak(LONG, Delivery.CALM).seconds > 2 * voice.speak(SHORT, Delivery.CALM).seconds


@pytest.mark.parametrize("sentence", [SHORT, LONG, "Yes, and so, but, or, if, when.", "a" * 300])
def test_the_parts_of_a_sentence_are_its_words(voice: Voice, sentence: str) -> None:
    parts = voice.parts(sentence)
    assert " ".join(parts) == sentence
    assert all(len(part) >= 12 for part in parts) or parts == (sentence,)


def test_a_sentence_in_parts_takes_about_as_long_as_whole(voice: Voice) -> None:
    sentence = "We can talk about it, as soon as the new figures of the second quarter are on my desk."
    whole = voice.speak(sentence, Delivery.CALM).seconds
    in_parts = sum(voice.speak(part, Delivery.CALM).seconds for part in voice.parts(sentence))
    assert in_parts == pytest.approx(whole, rel=0.2)


@pytest.mark.parametrize("register", Register)
@pytest.mark.parametrize("pace", Pace)
def test_every_person_speaks(voice: Voice, register: Register, pace: Pace) -> None:
    style = VoiceStyle(register=register, pace=pace)
    assert voice.speak(SHORT, Delivery.CALM, style).seconds > 0.2


@pytest.mark.parametrize("delivery", Delivery)
def test_every_delivery_speaks(voice: Voice, delivery: Delivery) -> None:
    assert voice.speak(SHORT, delivery).seconds > 0.2


def test_the_longest_sentence_is_spoken(voice: Voice) -> None:
    assert voice.speak(("word " * 200)[:1000], Delivery.CALM).seconds > 10


@pytest.mark.parametrize("sentence", ["", "   ", "\n\t", "...?!", "<>"])
def test_nothing_to_say_is_refused(voice: Voice, sentence: str) -> None:
    with pytest.raises(
        VoiceError, match="without a single letter or digit cannot be said; give it words"
    ):
        voice.speak(sentence, Delivery.CALM)


def test_an_over_long_sentence_is_refused_with_both_lengths(voice: Voice) -> None:
    with pytest.raises(VoiceError, match=r"A sentence of 1001 characters .* at most 1000"):
        voice.speak("a" * 1001, Delivery.CALM)


def test_a_refusal_does_no_harm(voice: Voice) -> None:
    with pytest.raises(VoiceError):
        voice.speak("", Delivery.CALM)
    assert voice.speak(SHORT, Delivery.CALM).pcm


def test_may_be_used_from_several_threads(voice: Voice) -> None:
    alone = voice.speak(LONG, Delivery.CALM).seconds, voice.speak(SHORT, Delivery.CALM).seconds
    with ThreadPoolExecutor(6) as pool:
        together = list(
            pool.map(lambda text: voice.speak(text, Delivery.CALM).seconds, [LONG, SHORT] * 12)
        )
    # Each caller got its own sentence. A real voice never says it twice in quite the same time.
    np.testing.assert_allclose(together, [*alone] * 12, rtol=0.15, atol=0.03)


def test_close_is_idempotent_and_final(new_voice: Voice) -> None:
    new_voice.speak(SHORT, Delivery.CALM)
    new_voice.close()
    new_voice.close()
    with pytest.raises(VoiceError, match="The voice is closed"):
        new_voice.speak(SHORT, Delivery.CALM)


def test_is_closed_without_ever_having_spoken(new_voice: Voice) -> None:
    new_voice.close()
    with pytest.raises(VoiceError, match="The voice is closed"):
        new_voice.speak(SHORT, Delivery.CALM)


def test_has_a_name(voice: Voice) -> None:
    assert voice.name
