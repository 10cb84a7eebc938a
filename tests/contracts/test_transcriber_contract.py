"""What every transcriber keeps to, the real one and the scripted one."""

import numpy as np
import pytest
from spoken import silence, spoken

from voice_coach.speech.transcriber import ScriptedTranscriber, Transcriber
from voice_coach_server.engines import Engines

SENTENCE = "Nobody from our side called you."


@pytest.fixture(params=["real", "scripted"])
def transcriber(request: pytest.FixtureRequest, real_engines: Engines) -> Transcriber:
    return real_engines.transcriber if request.param == "real" else ScriptedTranscriber([SENTENCE])


@pytest.mark.parametrize("final", [True, False])
def test_it_gives_the_words_without_space_around_them(transcriber: Transcriber, *, final: bool) -> None:
    transcript = transcriber.transcribe(spoken(SENTENCE), final=final)
    assert "our side" in transcript.text.lower()
    assert transcript.text == transcript.text.strip()
    assert transcript.decode_seconds >= 0


def test_a_settled_beginning_is_kept_to_the_letter(transcriber: Transcriber) -> None:
    transcript = transcriber.transcribe(spoken(SENTENCE), final=True, prefix="Nobody from")
    assert transcript.text.startswith("Nobody from")
    assert "called" in transcript.text.lower()


def test_words_to_expect_change_nothing_that_does_not_sound_like_them(transcriber: Transcriber) -> None:
    audio = spoken(SENTENCE)
    text = transcriber.transcribe(audio, final=True).text
    assert transcriber.transcribe(audio, final=True, words=("Meridex", "Halden Ridge")).text == text


def test_it_has_a_name(transcriber: Transcriber) -> None:
    assert transcriber.name


def test_it_takes_any_length_up_to_half_a_minute(transcriber: Transcriber) -> None:
    for seconds in (0.0, 1 / 16_000, 0.1, 30.0):
        audio = np.concatenate([spoken(SENTENCE), silence(30)])[: round(seconds * 16_000)]
        transcriber.transcribe(audio, final=False)
