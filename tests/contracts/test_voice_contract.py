"""What every voice promises, real or scripted."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from voice_coach.counterpart.reply import Delivery
from voice_coach.errors import VoiceError
from voice_coach.settings import VoiceSettings
from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice
from voice_coach.speech.voice import ScriptedVoice, Voice

SHORT = "We can talk about it."
LONG = "We can talk about it as soon as the new figures of the second quarter are on my desk."


@pytest.fixture(params=["scripted", "pyttsx3"])
def voice(request: pytest.FixtureRequest) -> Iterator[Voice]:
    made: Voice = ScriptedVoice() if request.param == "scripted" else Pyttsx3Voice(VoiceSettings())
    yield made
    made.close()


def test_speaks_whole_16_bit_samples_that_can_be_heard(voice: Voice) -> None:
    spoken = voice.speak(SHORT, Delivery.CALM)
    assert len(spoken.pcm) % 2 == 0
    samples = np.frombuffer(spoken.pcm, "<i2")
    assert np.abs(samples.astype(int)).max() > 1000
    assert spoken.seconds == len(samples) / spoken.sample_rate_hz
    assert 8_000 <= spoken.sample_rate_hz <= 48_000


def test_more_words_take_longer(voice: Voice) -> None:
    assert voice.speak(LONG, Delivery.CALM).seconds > 2 * voice.speak(SHORT, Delivery.CALM).seconds


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
    # Each caller got its own sentence. A real voice may differ by a few samples between two takes.
    np.testing.assert_allclose(together, [*alone] * 12, atol=0.03)


def test_close_is_idempotent_and_final(voice: Voice) -> None:
    voice.speak(SHORT, Delivery.CALM)
    voice.close()
    voice.close()
    with pytest.raises(VoiceError, match="The voice is closed"):
        voice.speak(SHORT, Delivery.CALM)


def test_is_closed_without_ever_having_spoken(voice: Voice) -> None:
    voice.close()
    with pytest.raises(VoiceError, match="The voice is closed"):
        voice.speak(SHORT, Delivery.CALM)


def test_has_a_name(voice: Voice) -> None:
    assert voice.name
