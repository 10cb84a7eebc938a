from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from spoken import spoken

from voice_coach.errors import AudioError
from voice_coach.speech.audio import checked, float_to_pcm, load_channels, load_mono, pcm_to_float
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ

SECONDS = 1.5


def tone(hz: float, rate_hz: int, amplitude: float = 0.5) -> np.ndarray:
    at = np.arange(round(SECONDS * rate_hz)) / rate_hz
    return (amplitude * np.sin(2 * np.pi * hz * at)).astype(np.float32)


def loudest_hz(audio: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio))))
    return float(spectrum.argmax()) * SAMPLE_RATE_HZ / len(audio)


@given(st.binary(max_size=400).filter(lambda pcm: len(pcm) % 2 == 0))
def test_pcm_is_the_same_after_there_and_back(pcm: bytes) -> None:
    assert float_to_pcm(pcm_to_float(pcm)) == pcm


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(AudioError, match="even number of bytes, not 3"):
        pcm_to_float(b"abc")


def test_louder_than_full_scale_is_clipped() -> None:
    assert pcm_to_float(float_to_pcm(np.array([2.0, -2.0], np.float32))) == pytest.approx(
        [32767 / 32768, -1.0]
    )


@pytest.mark.parametrize(
    ("audio", "word"),
    [
        (np.zeros(4), "float64"),
        (np.zeros((2, 4), np.float32), "mono"),
        (np.array([0, np.inf], np.float32), "finite"),
    ],
)
def test_what_is_not_audio_is_named(audio: np.ndarray, word: str) -> None:
    with pytest.raises(AudioError, match=word):
        checked(audio)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 48_000])
@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_any_rate_becomes_ours(tmp_path: Path, rate_hz: int, suffix: str) -> None:
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, tone(440, rate_hz), rate_hz)
    audio = load_mono(path)
    assert audio.dtype == np.float32
    assert abs(Fraction(len(audio), SAMPLE_RATE_HZ) - Fraction(SECONDS)) < Fraction(1, 100)
    assert loudest_hz(audio) == pytest.approx(440, abs=2)
    assert np.abs(audio).max() == pytest.approx(0.5, abs=0.06)


def test_two_channels_stay_apart_or_are_averaged(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    both = np.stack([tone(440, 16_000), tone(880, 16_000)], axis=1)
    soundfile.write(path, both, 16_000, subtype="FLOAT")
    left, right = load_channels(path)
    assert (loudest_hz(left), loudest_hz(right)) == pytest.approx((440, 880), abs=2)
    np.testing.assert_allclose(load_mono(path), both.mean(axis=1), atol=1e-6)


def test_an_offset_and_clipping_are_still_audio(tmp_path: Path) -> None:
    path = tmp_path / "cheap.wav"
    soundfile.write(path, spoken("Nobody called.") * 3 + 0.3, SAMPLE_RATE_HZ, subtype="FLOAT")
    assert np.abs(load_mono(path)).max() <= 1.0


def test_one_sample_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "one.wav"
    soundfile.write(path, np.array([0.5], np.float32), SAMPLE_RATE_HZ)
    assert len(load_mono(path)) == 1


def write_silly(path: Path, kind: str) -> None:
    match kind:
        case "empty":
            path.touch()
        case "folder":
            path.mkdir()
        case "text":
            path.write_text("this is no sound at all, only words about it")
        case "no samples":
            soundfile.write(path, np.zeros(0, np.float32), SAMPLE_RATE_HZ)
        case "not finite":
            soundfile.write(path, np.array([0, np.nan], np.float32), SAMPLE_RATE_HZ, subtype="FLOAT")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "There is no file"),
        ("empty", "is empty"),
        ("folder", "is not a file"),
        ("text", "cannot be read as sound"),
        ("no samples", "holds no samples"),
        ("not finite", "not finite"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence_with_its_name(
    tmp_path: Path, kind: str, words: str
) -> None:
    path = tmp_path / "what.wav"
    write_silly(path, kind)
    with pytest.raises(AudioError) as caught:
        load_mono(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
