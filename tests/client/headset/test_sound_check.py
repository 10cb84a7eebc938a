import numpy as np
import pytest
from spoken import silence, spoken

from voice_coach.speech.transcriber import Audio
from voice_coach_client.headset.sound_check import Heard, check_speech, echo

SAID = spoken("If you can hear this sentence, your speaker works.")
OTHER = spoken("It seems like you were left alone with this for a long time, again and again.")


def pcm(sound: Audio) -> bytes:
    return (np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes()


@pytest.mark.parametrize(
    ("gain", "heard"),
    [(0.0, Heard.NOTHING), (0.02, Heard.TOO_QUIET), (0.5, Heard.WELL), (30.0, Heard.CLIPPING)],
)
def test_speech_between_pauses_is_judged_by_its_loudest_part(gain: float, heard: Heard) -> None:
    sound = np.concatenate([silence(1.5), gain * SAID, silence(1.0)])
    assert check_speech(pcm(sound)).heard is heard


@pytest.mark.parametrize("gain", [1.0, 0.02])
@pytest.mark.parametrize("delay_seconds", [0.0, 0.3])
def test_an_echo_is_found_at_any_delay_and_loudness(gain: float, delay_seconds: float) -> None:
    room = gain * np.concatenate([silence(delay_seconds), SAID, silence(0.5)])
    assert echo(pcm(room), pcm(SAID)) > 0.9


def test_an_echo_under_the_noise_of_a_room_is_found() -> None:
    hiss = np.random.default_rng(1).normal(0, 0.02, len(SAID) + 8_000).astype(np.float32)
    hiss[4_000 : 4_000 + len(SAID)] += 0.3 * SAID
    assert echo(pcm(hiss), pcm(SAID)) > 0.4


def test_somebody_else_is_no_echo() -> None:
    assert echo(pcm(np.concatenate([OTHER, OTHER])), pcm(SAID)) < 0.15


def test_a_silent_microphone_hears_nothing() -> None:
    assert echo(pcm(silence(5.0)), pcm(SAID)) == 0.0
