"""No words from nothing: rooms made by arithmetic, heard by the recogniser alone and behind the gate."""

import numpy as np
import pytest
from spoken import silence, spoken

from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.transcriber import Transcriber
from voice_coach_benchmarks.noise import live
from voice_coach_benchmarks.noise_material import KINDS, rooms
from voice_coach_server.engines import Engines


@pytest.fixture(scope="session")
def ears(real_engines: Engines) -> Transcriber:
    return real_engines.transcriber


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("final", [True, False])
def test_the_recogniser_alone_hears_no_words_in_a_room(
    ears: Transcriber, kind: str, *, final: bool
) -> None:
    texts = [ears.transcribe(piece, final=final).text for piece in rooms(kind, 2 / 3, seed=11)]
    assert set(texts) == {""}


def test_a_loop_is_no_word_without_a_voice(ears: Transcriber) -> None:
    piece = list(rooms("mains hum", 4, seed=1))[22]
    assert not ears.transcribe(piece, final=False).text


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_sounds_like_oh_is_no_word_without_a_voice(ears: Transcriber, seed: int) -> None:
    for kind, number in (("chair", 3), ("music", 11), ("telephone", 9)):
        piece = list(rooms(kind, 2, seed))[number]
        assert not ears.transcribe(piece, final=False).text
        assert not ears.transcribe(piece, final=True).text


def test_a_call_in_an_empty_room_has_no_transcript(ears: Transcriber) -> None:
    pieces = [piece for kind in KINDS for piece in rooms(kind, 1 / 6, seed=5)]
    assert live(ears, SileroActivity())(pieces) == []


@pytest.mark.parametrize("gain", [1.0, 0.1, 0.01])
@pytest.mark.parametrize("noise_db", [None, 20])
@pytest.mark.parametrize("final", [True, False])
def test_thank_you_is_heard_loud_and_faint(
    ears: Transcriber, gain: float, noise_db: float | None, *, final: bool
) -> None:
    audio = np.concatenate([silence(0.5), spoken("Thank you."), silence(0.5)])
    if noise_db is not None:
        rms = np.sqrt(np.mean(np.square(spoken("Thank you."))))
        noise = np.random.default_rng(4).standard_normal(len(audio))
        audio = audio + rms * 10 ** (-noise_db / 20) * noise
    text = ears.transcribe((gain * audio).astype(np.float32), final=final).text
    assert "thank you" in text.lower()
