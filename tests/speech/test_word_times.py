"""Word times against sentences whose words' places are known."""

import numpy as np
import pytest
from spoken import silence, spoken

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio, Transcriber
from voice_coach_server.engines import Engines

SENTENCE = "nobody from our side called you after the outage"
TEXTS = [SENTENCE, "so for two days doctors were waiting for an answer"]


@pytest.fixture(scope="session")
def ears(real_engines: Engines) -> Transcriber:
    return real_engines.transcriber


def put_together(text: str, gap_seconds: float) -> tuple[Audio, list[tuple[int, int]]]:
    parts, places, at = [silence(0.3)], [], round(0.3 * SAMPLE_RATE_HZ)
    for word in text.split():
        audio = spoken(word)
        audible = np.flatnonzero(np.abs(audio) > 0.02 * np.abs(audio).max())
        audio = audio[audible[0] : audible[-1] + 1]
        places.append((at, at + len(audio)))
        parts += [audio, silence(gap_seconds)]
        at += len(audio) + round(gap_seconds * SAMPLE_RATE_HZ)
    return np.concatenate([*parts, silence(0.3)]), places


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(("gap_seconds", "most_ms"), [(0.12, 25), (0.04, 25), (0.0, 50)])
def test_words_are_where_they_were_spoken(
    ears: Transcriber, text: str, gap_seconds: float, most_ms: float
) -> None:
    audio, places = put_together(text, gap_seconds)
    words = ears.time_words(audio, text)
    assert [word.text for word in words] == text.split()
    found = np.array([(word.start_sample, word.end_sample) for word in words])
    off_ms = np.abs(found - np.array(places)) / 16
    assert np.median(off_ms[:, 0]) <= most_ms
    assert np.median(off_ms[:, 1]) <= most_ms


def test_silence_around_speech_belongs_to_no_word(ears: Transcriber) -> None:
    audio = np.concatenate([silence(1.0), spoken("You were left alone with this."), silence(1.0)])
    words = ears.time_words(audio, "You were left alone with this.")
    assert words[0].start_sample > 0.8 * SAMPLE_RATE_HZ
    assert words[-1].end_sample < len(audio) - 0.9 * SAMPLE_RATE_HZ


def test_words_that_were_never_said_still_have_some_place(ears: Transcriber) -> None:
    audio = spoken("Yes.")
    words = ears.time_words(audio, SENTENCE)
    assert len(words) == len(SENTENCE.split())
    assert all(0 <= w.start_sample <= w.end_sample <= len(audio) for w in words)
