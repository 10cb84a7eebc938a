import numpy as np
from faster_whisper.vad import get_vad_model
from spoken import silence, spoken

from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.voice_activity import WINDOW_SAMPLES


def test_window_by_window_is_the_same_as_the_whole_at_once() -> None:
    audio = np.concatenate([silence(0.5), spoken("Forty doctors asked me when."), silence(0.5)])
    audio = audio[: len(audio) // WINDOW_SAMPLES * WINDOW_SAMPLES]
    stream = SileroActivity().stream()
    ours = [
        stream.process(audio[start : start + WINDOW_SAMPLES])
        for start in range(0, len(audio), WINDOW_SAMPLES)
    ]
    whole = get_vad_model()(audio).ravel()
    np.testing.assert_allclose(ours, whole, atol=1e-4)
