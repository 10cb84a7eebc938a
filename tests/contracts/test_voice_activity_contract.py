"""What every voice-activity detector keeps to, the real one and the energy-based one."""

import numpy as np
import pytest
from spoken import silence, spoken

from voice_coach.speech.transcriber import Audio
from voice_coach.speech.voice_activity import WINDOW_SAMPLES, EnergyActivity, VoiceActivity


@pytest.fixture(params=["real", "energy"])
def activity(request: pytest.FixtureRequest, silero: VoiceActivity) -> VoiceActivity:
    return silero if request.param == "real" else EnergyActivity()


def probabilities(activity: VoiceActivity, audio: Audio) -> list[float]:
    stream = activity.stream()
    windows = len(audio) // WINDOW_SAMPLES
    return [stream.process(audio[i * WINDOW_SAMPLES : (i + 1) * WINDOW_SAMPLES]) for i in range(windows)]


def test_speech_is_likely_and_silence_is_not(activity: VoiceActivity) -> None:
    assert np.median(probabilities(activity, spoken("Nobody from our side called you."))) > 0.7
    assert max(probabilities(activity, silence(2))) < 0.3


def test_streams_do_not_know_of_each_other(activity: VoiceActivity) -> None:
    audio = spoken("Nobody from our side called you.")
    alone = probabilities(activity, audio)
    one, other = activity.stream(), activity.stream()
    together = []
    for start in range(0, len(audio) - WINDOW_SAMPLES + 1, WINDOW_SAMPLES):
        together.append(one.process(audio[start : start + WINDOW_SAMPLES]))
        other.process(np.zeros(WINDOW_SAMPLES, np.float32))
    assert together == pytest.approx(alone, abs=1e-6)


def test_a_stretch_is_judged_as_its_windows_are(activity: VoiceActivity) -> None:
    audio = spoken("Nobody called us back.")
    audio = audio[: len(audio) // WINDOW_SAMPLES * WINDOW_SAMPLES]
    one_by_one, together = activity.stream(), activity.stream()
    each = [one_by_one.process(window) for window in audio.reshape(-1, WINDOW_SAMPLES)]
    middle = 20 * WINDOW_SAMPLES
    both = [*together.process_many(audio[:middle]), *together.process_many(audio[middle:])]
    assert both == pytest.approx(each, abs=1e-5)
    assert together.process_many(audio[:0]) == []
    window = audio[:WINDOW_SAMPLES]
    assert together.process(window) == pytest.approx(one_by_one.process(window), abs=1e-5)
