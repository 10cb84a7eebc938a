import numpy as np
from faster_whisper.vad import get_vad_model
from spoken import silence, spoken

from voice_coach.speech.rumble import RumbleFilter
from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.voice_activity import WINDOW_SAMPLES


def test_window_by_window_is_the_same_as_the_whole_at_once() -> None:
    audio = np.concatenate([silence(0.5), spoken("Forty doctors asked me when."), silence(0.5)])
    audio = audio[: len(audio) // WINDOW_SAMPLES * WINDOW_SAMPLES]
    activity = SileroActivity()
    stream = activity.stream()
    ours = [
        stream.process(audio[start : start + WINDOW_SAMPLES])
        for start in range(0, len(audio), WINDOW_SAMPLES)
    ]
    whole = get_vad_model()(RumbleFilter().process(audio)).ravel()
    np.testing.assert_allclose(ours, whole, atol=1e-4)
    np.testing.assert_allclose(activity.probabilities(audio), ours, atol=1e-4)
    assert len(activity.probabilities(audio[: WINDOW_SAMPLES - 1])) == 0


def test_a_voice_over_rumble_is_heard() -> None:
    voice = np.tile(np.concatenate([silence(0.4), spoken("Forty doctors asked me when.")]), 6)
    at = np.arange(len(voice)) / SAMPLE_RATE_HZ
    rumble = 0.3 * np.sin(2 * np.pi * 12 * at)
    audio = (0.06 * voice + rumble).astype(np.float32)
    stream = SileroActivity().stream()
    windows = audio[: len(audio) // WINDOW_SAMPLES * WINDOW_SAMPLES].reshape(-1, WINDOW_SAMPLES)
    assert np.mean([stream.process(window) > 0.5 for window in windows]) > 0.5
