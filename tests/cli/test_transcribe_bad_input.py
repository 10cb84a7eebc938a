"""Whatever a recording is like, `voice-coach transcribe` hears it or says why it cannot."""

import io
import itertools
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result
from rich.console import Console
from spoken import silence, spoken

from voice_coach.cli import reading_bar
from voice_coach.cli.reading_bar import ReadingBar
from voice_coach.cli.transcribe import Transcribed, command
from voice_coach.counterpart.reply import Delivery
from voice_coach.settings import VoiceSettings
from voice_coach.speech.audio import pcm_to_float
from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach_client.resampling import resample

SENTENCE = "It sounds like you were left alone with this."


def run(path: Path, *arguments: str) -> tuple[Transcribed, Result]:
    result = CliRunner().invoke(command, ["--json", *arguments, str(path)])
    return msgspec.json.decode(result.stdout, type=Transcribed), result


def at_rate(audio: Audio, rate_hz: int) -> Audio:
    places = np.arange(0, len(audio), SAMPLE_RATE_HZ / rate_hz)
    return np.interp(places, np.arange(len(audio)), audio).astype(np.float32)


def sentence() -> Audio:
    return np.concatenate([silence(0.4), spoken(SENTENCE), silence(0.4)])


@pytest.fixture(scope="module")
def german() -> Audio:
    voice = Pyttsx3Voice(VoiceSettings(voice="gmw/de"))
    try:
        text = "Guten Tag, ich wollte fragen, warum die Rechnung diesmal so viel höher ist."
        sound = voice.speak(text, Delivery.CALM)
    finally:
        voice.close()
    return pcm_to_float(resample(sound.pcm, sound.sample_rate_hz, SAMPLE_RATE_HZ))


@pytest.mark.parametrize(
    ("audio", "rate_hz"),
    [
        (at_rate(sentence(), 8_000), 8_000),
        (at_rate(sentence(), 48_000), 48_000),
        (np.stack([sentence(), sentence()], axis=1), SAMPLE_RATE_HZ),
        (np.stack([sentence(), 0 * sentence()], axis=1), SAMPLE_RATE_HZ),
        (np.clip(sentence() * 12, -1, 1), SAMPLE_RATE_HZ),
        (sentence() * 6, SAMPLE_RATE_HZ),
        (sentence() * 0.01, SAMPLE_RATE_HZ),
        (sentence() * 0.5 + 0.3, SAMPLE_RATE_HZ),
    ],
    ids=["8 kHz", "48 kHz", "stereo", "one side", "clipped", "past full scale", "faint", "offset"],
)
def test_a_poor_recording_is_heard_all_the_same(tmp_path: Path, audio: Audio, rate_hz: int) -> None:
    path = tmp_path / "poor.wav"
    soundfile.write(path, audio, rate_hz, subtype="FLOAT")
    line, result = run(path)
    assert result.exit_code == 0
    assert "left alone" in line.text.lower()


@pytest.mark.parametrize("audio", [silence(3.0), np.array([0.4], np.float32), silence(3.0) + 0.4])
def test_what_holds_no_speech_has_no_words(tmp_path: Path, audio: Audio) -> None:
    path = tmp_path / "quiet.wav"
    soundfile.write(path, audio.astype(np.float32), SAMPLE_RATE_HZ)
    line, result = run(path)
    assert (result.exit_code, line.text, line.error) == (0, "", "")
    assert line.audio_seconds == pytest.approx(len(audio) / SAMPLE_RATE_HZ, abs=1e-3)


def test_numbers_that_are_no_sound_are_said(tmp_path: Path) -> None:
    path = tmp_path / "nan.wav"
    audio = sentence()
    audio[20_000] = np.nan
    soundfile.write(path, audio, SAMPLE_RATE_HZ, subtype="FLOAT")
    line, result = run(path)
    assert result.exit_code == 2
    assert "not finite" in line.error
    assert str(path) in result.stderr


def test_another_language_is_said_by_a_model_that_can_tell(tmp_path: Path, german: Audio) -> None:
    path = tmp_path / "german.wav"
    soundfile.write(path, german, SAMPLE_RATE_HZ)
    line, result = run(path, "--model", "base")
    assert line.language == "de"
    assert "sounds like 'de'" in result.stderr
    assert "VOICE_COACH_EARS__LANGUAGE=de" in result.stderr


def test_english_is_not_taken_for_another_language(tmp_path: Path) -> None:
    path = tmp_path / "english.wav"
    soundfile.write(path, sentence(), SAMPLE_RATE_HZ)
    line, result = run(path, "--model", "base")
    assert (line.language, result.stderr) == ("", "")


def test_a_model_that_knows_only_english_refuses_to_be_told_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_COACH_EARS__LANGUAGE", "de")
    path = tmp_path / "english.wav"
    soundfile.write(path, sentence(), SAMPLE_RATE_HZ)
    result = CliRunner().invoke(command, [str(path)])
    assert "only English, not 'de'" in str(result.exception)


def test_words_stand_where_they_were_said(tmp_path: Path) -> None:
    path = tmp_path / "two.wav"
    audio = np.concatenate([silence(2.0), spoken("Nobody called."), silence(30.0), sentence()])
    soundfile.write(path, audio, SAMPLE_RATE_HZ)
    line, _ = run(path, "--words")
    times = {word.text.strip(".,").lower(): word.start_seconds for word in line.words}
    assert 1.9 < times["nobody"] < 2.3
    assert times["alone"] > 33
    assert " ".join(word.text for word in line.words) == line.text


def test_a_bar_appears_after_two_seconds_and_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = itertools.count(0.0, 1.5)
    monkeypatch.setattr(reading_bar.time, "monotonic", lambda: next(clock))
    for terminal in (True, False):
        out = io.StringIO()
        with ReadingBar("a.wav", lambda: 60.0, Console(file=out, force_terminal=terminal)) as bar:
            bar.advance(1.0)
            assert not out.getvalue()
            bar.advance(20.0)
            bar.advance(9.0)
        assert ("a.wav" in out.getvalue()) is terminal
