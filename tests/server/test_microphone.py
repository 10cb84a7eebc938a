from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.conversation.turns import GateSignal, SpeechGate
from voice_coach.errors import ProtocolError
from voice_coach.settings import TurnSettings
from voice_coach.speech.voice_activity import EnergyActivity, VoiceActivity
from voice_coach_server.microphone import Microphone

RATE = 16_000


def loud_and_quiet(*seconds: float) -> bytes:
    """Tones and silences of these lengths in turn, starting with silence."""
    parts = []
    for number, length in enumerate(seconds):
        samples = np.arange(round(length * RATE))
        parts.append(np.where(number % 2, 8000 * np.sin(samples * 0.2), 0))
    return np.concatenate(parts).astype("<i2").tobytes()


class Ear:
    """A microphone that asks for the next half second again and again, and notes all it is told."""

    def __init__(self, activity: VoiceActivity) -> None:
        self.told: list[tuple[str, int]] = []
        self.microphone = Microphone(
            activity=activity.stream(),
            gate=SpeechGate(TurnSettings()),
            on_speech=self.on_speech,
            on_sample=self.on_sample,
        )

    def on_speech(self, signal: GateSignal, sample: int) -> None:
        self.told.append((signal.value, sample))
        if signal is GateSignal.STARTED:
            self.microphone.await_sample("partial", sample + RATE // 2)
        else:
            self.microphone.cancel("partial")

    def on_sample(self, timer: str, sample: int) -> None:
        self.told.append((timer, sample))
        self.microphone.await_sample(timer, sample + RATE // 2)

    def hear(self, pcm: bytes, cuts: list[int]) -> list[tuple[str, int]]:
        edges = sorted({0, len(pcm) // 2, *(cut % (len(pcm) // 2) for cut in cuts)})
        for start, stop in pairwise(edges):
            self.microphone.push(start, pcm[2 * start : 2 * stop])
        return self.told


PCM = loud_and_quiet(0.5, 1.3, 0.2, 0.9, 0.8)


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_any_chunking_of_the_same_audio_gives_the_same_events(cuts: list[int]) -> None:
    whole = Ear(EnergyActivity()).hear(PCM, [])
    assert [name for name, _ in whole].count("started") == 2
    assert Ear(EnergyActivity()).hear(PCM, cuts) == whole


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 10**6), max_size=40))
def test_any_chunking_gives_the_same_events_with_the_real_detector(
    cuts: list[int], silero: VoiceActivity, spoken_pcm: bytes
) -> None:
    whole = Ear(silero).hear(spoken_pcm, [])
    assert tuple(name for name, _ in whole if name != "partial") == ("started", "paused")
    assert Ear(silero).hear(spoken_pcm, cuts) == whole


def test_audio_out_of_order_is_refused_and_harms_nothing() -> None:
    ear = Ear(EnergyActivity())
    ear.microphone.push(0, PCM[:640])
    with pytest.raises(ProtocolError) as caught:
        ear.microphone.push(999, PCM[:640])
    assert caught.value.stable_code == "out-of-order-audio"
    assert str(caught.value) == (
        "Audio must arrive in order: expected sample 320, but this frame starts at 999."
    )
    ear.microphone.push(320, PCM[640:])
    assert ear.microphone.next_sample == len(PCM) // 2


def test_what_was_heard_can_be_asked_for_again() -> None:
    ear = Ear(EnergyActivity())
    ear.hear(PCM, [1000, 5000])
    expected = np.frombuffer(PCM, "<i2")[8000:9000] / 32768
    np.testing.assert_allclose(ear.microphone.audio(8000, 9000), expected, atol=1e-6)


def test_memory_is_bounded_and_keeps_the_newest() -> None:
    ear = Ear(EnergyActivity())
    second = (np.arange(RATE) % 97).astype("<i2").tobytes()
    for number in range(130):
        ear.microphone.push(number * RATE, second)
    newest = ear.microphone.audio(129 * RATE, 130 * RATE)
    np.testing.assert_allclose(newest * 32768, np.arange(RATE) % 97, atol=1e-3)
    assert len(ear.microphone.audio(100 * RATE, 130 * RATE)) == 30 * RATE
    assert len(ear.microphone.audio(0, 130 * RATE)) <= 80 * RATE
