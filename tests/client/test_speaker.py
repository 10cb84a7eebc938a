"""The demo's loudspeaker: both voices at once, on a real sound stack."""

import time

import numpy as np
import pytest
from sound_card import RATE_HZ, SoundCard

from voice_coach.counterpart.reply import Delivery
from voice_coach.messages import AudioFrame, AudioKind, Reply, ReplyEnd
from voice_coach_client import speaker as module
from voice_coach_client.errors import SoundError
from voice_coach_client.speaker import Speaker


def tone(hz: int, rate_hz: int, seconds: float) -> bytes:
    turns = 2 * np.pi * hz * np.arange(round(rate_hz * seconds)) / rate_hz
    return (8_000 * np.sin(turns)).astype("<i2").tobytes()


def test_both_voices_are_heard_together(sound_card: SoundCard) -> None:
    recording = sound_card.record("ear")
    with Speaker() as speaker:
        speaker.trainee(tone(500, 16_000, 1.5))
        speaker.hear(Reply(reply=1, sentences=("No.",), delivery=Delivery.CALM, sample_rate_hz=22_050))
        voice = tone(800, 22_050, 1.5)
        speaker.hear(AudioFrame(kind=AudioKind.VOICE, stream=1, offset=0, pcm=voice))
        speaker.hear(ReplyEnd(reply=1, samples=len(voice) // 2))
        time.sleep(2.0)
    heard = recording.stop().astype(float)
    loud = np.flatnonzero(np.abs(heard) > 1_000)
    middle = (loud[0] + loud[-1]) // 2
    spectrum = np.abs(np.fft.rfft(heard[middle - RATE_HZ // 4 : middle + RATE_HZ // 4]))
    assert sorted(2 * np.argsort(spectrum)[-2:]) == [500, 800]


@pytest.mark.usefixtures("sound_card")
def test_two_minutes_of_the_trainee_wait_at_most() -> None:
    with Speaker() as speaker:
        for _ in range(3):
            speaker.trainee(bytes(2 * 16_000 * 50))
        assert len(speaker._trainee) <= 2 * RATE_HZ * 120


def test_without_a_device_it_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "present_devices", tuple)
    with pytest.raises(SoundError, match=r"^There is no speaker: plug one in\.$"):
        Speaker()
