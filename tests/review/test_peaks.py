"""A waveform in little: right, kept, made again when the track changed, and never more than a minute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import AudioError, InputError
from voice_coach.review import peaks as peaks_module
from voice_coach.review.peaks import read_peaks


def write(folder: Path, samples: np.ndarray, rate: int = 16_000) -> Path:
    path = folder / "trainee.flac"
    soundfile.write(path, samples, rate)
    return path


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 48_000])
@pytest.mark.parametrize("seconds", [0.01, 0.5, 130.013])
def test_one_byte_is_the_loudest_of_20_ms(tmp_path: Path, rate: int, seconds: float) -> None:
    samples = np.random.default_rng(7).integers(-9000, 9000, round(rate * seconds)).astype(np.int16)
    samples[len(samples) // 2] = -32_768
    write(tmp_path, samples, rate)
    peaks = np.frombuffer(read_peaks(tmp_path, Speaker.TRAINEE), np.uint8)
    assert len(peaks) == -(-len(samples) * 50 // rate)
    for number in {0, len(peaks) // 2, len(peaks) - 1}:
        moment = samples[number * rate // 50 : (number + 1) * rate // 50].astype(int)
        assert peaks[number] == -(-np.abs(moment).max() * 255 // 32_768)


def test_silence_is_zero_and_any_sound_is_not(tmp_path: Path) -> None:
    samples = np.zeros(16_000, np.int16)
    samples[8_000] = 1
    write(tmp_path, samples)
    peaks = read_peaks(tmp_path, Speaker.TRAINEE)
    assert set(peaks) == {0, 1}
    assert peaks[25] == 1


def test_peaks_are_kept_until_the_track_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    measure = peaks_module._measure
    monkeypatch.setattr(peaks_module, "_measure", lambda track: (made.append(track), measure(track))[1])
    write(tmp_path, np.full(1600, 1000, np.int16))
    first = read_peaks(tmp_path, Speaker.TRAINEE)
    assert read_peaks(tmp_path, Speaker.TRAINEE) == first
    assert len(made) == 1
    write(tmp_path, np.full(3200, 2000, np.int16))
    assert len(read_peaks(tmp_path, Speaker.TRAINEE)) == 10
    assert len(made) == 2
    (tmp_path / "trainee.peaks").write_bytes(b"rubbish")
    assert len(read_peaks(tmp_path, Speaker.TRAINEE)) == 10
    assert sorted(file.name for file in tmp_path.iterdir()) == ["trainee.flac", "trainee.peaks"]
    assert (tmp_path / "trainee.peaks").stat().st_mode & 0o777 == 0o600


def test_a_place_that_cannot_be_written_costs_only_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("voice_coach.review.cache.tempfile.mkstemp", refuse)
    write(tmp_path, np.full(1600, 1000, np.int16))
    assert len(read_peaks(tmp_path, Speaker.TRAINEE)) == 5
    assert len(read_peaks(tmp_path, Speaker.TRAINEE)) == 5


def test_what_is_no_recording_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no recording of the trainee") as missing:
        read_peaks(tmp_path, Speaker.TRAINEE)
    assert missing.value.stable_code == "no-recording"
    (tmp_path / "trainee.flac").write_bytes(b"fLaC and nothing more")
    with pytest.raises(AudioError, match="cannot be read"):
        read_peaks(tmp_path, Speaker.TRAINEE)
