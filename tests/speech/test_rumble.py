import numpy as np
import pytest

from voice_coach.speech.rumble import RumbleFilter
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ


def tone(hz: float, offset: float = 0.0) -> np.ndarray:
    at = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    return (np.sin(2 * np.pi * hz * at) + offset).astype(np.float32)


def kept(hz: float) -> float:
    """What is left of a tone's level once the filter has settled, in dB."""
    settled = RumbleFilter().process(tone(hz))[SAMPLE_RATE_HZ:]
    return 20 * float(np.log10(np.sqrt(2 * np.mean(np.square(settled)))))


@pytest.mark.parametrize(("hz", "least", "most"), [(6, -40, -19), (80, -2.5, -1.5), (1000, -0.1, 0.1)])
def test_rumble_goes_and_a_voice_stays(hz: float, least: float, most: float) -> None:
    assert least < kept(hz) < most


def test_the_offset_of_a_cheap_microphone_goes_without_a_thump() -> None:
    audio = np.full(SAMPLE_RATE_HZ, 0.4, np.float32)
    assert np.abs(RumbleFilter().process(audio)).max() == 0


@pytest.mark.parametrize("samples", [1, 7, 512, 5000])
def test_in_blocks_of_any_length_it_is_the_same(samples: int) -> None:
    audio = tone(30, offset=0.2)
    whole, by_blocks = RumbleFilter(), RumbleFilter()
    blocks = [audio[start : start + samples] for start in range(0, len(audio), samples)]
    found = np.concatenate([by_blocks.process(block) for block in [*blocks, audio[:0]]])
    np.testing.assert_allclose(found, whole.process(audio), atol=1e-6)


def test_it_does_what_one_sample_after_the_other_would() -> None:
    audio = tone(100)[:2000]
    kept_share, slow, before = np.exp(-2 * np.pi * 60 / SAMPLE_RATE_HZ), [0.0], audio[0]
    for sample in audio:
        slow.append(kept_share * slow[-1] + (1 + kept_share) / 2 * (sample - before))
        before = sample
    np.testing.assert_allclose(RumbleFilter().process(audio), slow[1:], atol=1e-5)
