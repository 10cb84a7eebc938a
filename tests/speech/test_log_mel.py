import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor
from spoken import silence, spoken

from voice_coach.speech.log_mel import HOP_SAMPLES, log_mel


@pytest.mark.parametrize("mels", [80, 128])
def test_the_picture_is_the_one_the_weights_were_trained_on(mels: int) -> None:
    audio = spoken("Nobody from our side called you.")
    frames = len(audio) // HOP_SAMPLES + 100
    ended = np.pad(audio, (0, frames * HOP_SAMPLES - len(audio)))
    theirs = FeatureExtractor(feature_size=mels)(ended, padding=0)
    ours = log_mel(audio, frames=frames, mels=mels)
    assert ours.shape == (1, mels, frames)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours[0], theirs, atol=1e-5)


@pytest.mark.parametrize("samples", [0, 1, 159, 160, 199, 200, 201, 401])
def test_any_short_length_has_a_picture(samples: int) -> None:
    picture = log_mel(silence(1)[:samples] + np.float32(0.1), frames=50, mels=80)
    assert picture.shape == (1, 80, 50)
    assert np.isfinite(picture).all()


def test_what_does_not_fit_is_left_out() -> None:
    audio = spoken("Nobody from our side called you.")
    assert log_mel(audio, frames=20, mels=80).shape == (1, 80, 20)
