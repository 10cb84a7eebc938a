"""What everybody keeps to who judges a pause by its sound."""

import threading

import numpy as np
import pytest
from spoken import silence, spoken

from voice_coach.settings import Melody
from voice_coach.speech.turn_end import NOTHING_HEARD, ScriptedMelody, TurnMelody
from voice_coach.speech.turn_melodies import open_melody


@pytest.fixture(scope="module", params=["pitch", "smart-turn", "scripted"])
def melody(request: pytest.FixtureRequest) -> TurnMelody:
    return ScriptedMelody() if request.param == "scripted" else open_melody(Melody(request.param))


@pytest.mark.parametrize("samples", [1, 159, 639, 640, 8000, 128_000, 200_000])
def test_any_length_has_an_answer(melody: TurnMelody, samples: int) -> None:
    audio = np.random.default_rng(3).standard_normal(samples).astype(np.float32) * 0.1
    assert 0.0 <= melody.probability(audio) <= 1.0
    assert 0.0 <= melody.probability(np.zeros(samples, np.float32)) <= 1.0


def test_no_sound_is_no_evidence(melody: TurnMelody) -> None:
    assert melody.probability(np.zeros(0, np.float32)) == NOTHING_HEARD


def test_only_the_last_eight_seconds_are_listened_to(melody: TurnMelody) -> None:
    said = spoken("Nobody from our side called you before the second outage.")
    late = np.concatenate([silence(8), said])[-128_000:]
    before = spoken("That was in March.")
    alone = melody.probability(late)
    assert melody.probability(np.concatenate([before, late])) == pytest.approx(alone, abs=1e-6)


def test_several_threads_may_ask_at_once(melody: TurnMelody) -> None:
    audio = spoken("Forty doctors asked me when.")
    alone = melody.probability(audio)
    answers: list[float] = []
    threads = [
        threading.Thread(target=lambda: answers.append(melody.probability(audio))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == pytest.approx([alone] * 4, abs=1e-6)
