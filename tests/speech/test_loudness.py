import numpy as np
import pytest
from spoken import silence, spoken

from voice_coach.speech.loudness import sounding_part, sounding_seconds
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ

SENTENCE = spoken("Nobody from our side called you.")


@pytest.mark.parametrize("offset", [0.0, 0.2])
def test_quiet_ends_are_left_out_but_for_a_margin(offset: float) -> None:
    audio = np.concatenate([silence(1.5), SENTENCE, silence(1.0)]) + np.float32(offset)
    part = sounding_part(audio)
    assert 1.2 <= part.start / SAMPLE_RATE_HZ <= 1.6
    assert part.stop - part.start <= len(SENTENCE) + 0.45 * SAMPLE_RATE_HZ
    assert 0.8 <= sounding_seconds(audio) <= len(SENTENCE) / SAMPLE_RATE_HZ


def test_a_loud_room_is_heard_whole() -> None:
    room = (0.1 * np.random.default_rng(3).standard_normal(2 * SAMPLE_RATE_HZ)).astype(np.float32)
    assert sounding_part(room) == slice(0, len(room))
    assert sounding_seconds(room) == pytest.approx(2.0)


@pytest.mark.parametrize("samples", [0, 1, 319, 320, 321])
def test_any_short_length_is_heard_whole(samples: int) -> None:
    assert sounding_part(silence(1)[:samples]) == slice(0, samples)
