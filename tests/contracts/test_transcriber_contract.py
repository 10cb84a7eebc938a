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


def test_the_words_of_a_known_text_are_timed_in_order(transcriber: Transcriber) -> None:
    audio = spoken(SENTENCE)
    words = transcriber.time_words(audio, SENTENCE)
    assert [word.text for word in words] == SENTENCE.split()
    edges = [edge for word in words for edge in (word.start_sample, word.end_sample)]
    assert edges == sorted(edges)
    assert 0 <= edges[0] < edges[-1] <= len(audio)


def test_nothing_is_timed_to_nothing(transcriber: Transcriber) -> None:
    assert transcriber.time_words(silence(0.0), "") == ()
    assert transcriber.time_words(silence(1.0), " ") == ()


def test_it_has_a_name(transcriber: Transcriber) -> None:
    assert transcriber.name


def test_it_takes_any_length_up_to_half_a_minute(transcriber: Transcriber) -> None:
    for seconds in (0.0, 1 / 16_000, 0.1, 30.0):
        audio = np.concatenate([spoken(SENTENCE), silence(30)])[: round(seconds * 16_000)]
        transcriber.transcribe(audio, final=False)
