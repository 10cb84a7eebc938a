"""The voice's parts on their own: finding eSpeak, choosing a voice, reading files, trimming silence."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from collections.abc import Sequence
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest
import soundfile

from voice_coach.errors import VoiceError
from voice_coach.speech import espeak
from voice_coach.speech.prosody import trim
from voice_coach.speech.pyttsx3_speaker import read_sound
from voice_coach.speech.voice_choice import choose_voice

WAVE = (8000 * np.sin(np.arange(4000) / 5)).astype(np.int16)


# eSpeak NG


@pytest.mark.parametrize(
    ("files", "complete"),
    [
        ((), False),
        (("usr/lib/x86_64-linux-gnu/libespeak-ng.so.1",), False),
        (("usr/share/espeak-ng-data/phontab",), False),
        (
            (
                "usr/lib/x86_64-linux-gnu/libespeak-ng.so.1",
                "usr/lib/x86_64-linux-gnu/espeak-ng-data/phontab",
            ),
            True,
        ),
        (("usr/lib64/libespeak-ng.so.1", "usr/share/espeak-ng-data/phontab"), True),
    ],
)
def test_the_system_counts_only_with_library_and_data(
    tmp_path: Path, files: Sequence[str], *, complete: bool
) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert espeak.system_has_espeak(tmp_path) is complete


@pytest.mark.skipif(sys.platform != "linux", reason="the packaged library is needed on Linux only")
def test_data_in_a_very_deep_folder_are_found(tmp_path: Path) -> None:
    # eSpeak ends its process when the path of its data is longer than its buffer: so, a process.
    deep = tmp_path.joinpath(*["a folder with quite a long name"] * 6)
    deep.mkdir(parents=True)
    (deep / "espeakng_loader").symlink_to(Path(espeakng_loader.__file__).parent)
    script = (
        "import pathlib, sys\n"
        "from voice_coach.speech.espeak import make_available\n"
        "make_available(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[1]))\n"
        "import pyttsx3\n"
        "assert len(pyttsx3.init('espeak').getProperty('voices')) > 50\n"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(deep)},
        check=True,
        timeout=60,
    )
    assert (tmp_path / "espeak-ng-data").is_symlink()


def test_no_espeak_anywhere_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(VoiceError, match=r"no eSpeak NG on this machine .* `apt install espeak-ng`\."):
        espeak.make_available(tmp_path, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="eSpeak's driver")
def test_the_first_sentence_survives_an_espeak_that_is_slow_to_start(tmp_path: Path) -> None:
    # On a busy machine eSpeak's thread is still setting the driver's defaults when the first loop ends.
    script = (
        "import pathlib, sys\n"
        "from voice_coach.speech import espeak, pyttsx3_speaker\n"
        "from voice_coach.speech.voice_pipe import Pyttsx3Manner\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "espeak.make_available(folder)\n"
        "from pyttsx3.drivers import _espeak\n"
        "busy, really = [1] * 5, _espeak.IsPlaying\n"
        "_espeak.IsPlaying = lambda: busy.pop() if busy else really()\n"
        "speaker = pyttsx3_speaker.Pyttsx3Speaker(folder, '')\n"
        "how = Pyttsx3Manner(words_per_minute=165, pitch=50, inflection=50, volume=1.0)\n"
        "lengths = [len(speaker.say('Hello there.', how).pcm) for _ in range(3)]\n"
        "assert min(lengths) > 20_000, lengths\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, timeout=60)


# The choice of a voice, on engines of other systems


class Engine:
    """Behaves like pyttsx3 on macOS: an unknown voice leaves the old one without a word."""

    def __init__(self, voices: dict[str, list[str | bytes]], current: str = "") -> None:
        self.voices = [
            types.SimpleNamespace(id=name, languages=spoken) for name, spoken in voices.items()
        ]
        self.voice = current

    def getProperty(self, name: str) -> object:  # noqa: N802 - pyttsx3's name
        return self.voices if name == "voices" else self.voice

    def setProperty(self, name: str, value: str) -> None:  # noqa: N802 - pyttsx3's name
        assert name == "voice"
        if value in {voice.id for voice in self.voices}:
            self.voice = value


VOICES: dict[str, list[str | bytes]] = {
    "apple.Anna": ["de_DE"],
    "apple.Albert": ["en_US"],
    "apple.Samantha": [b"\x05en-us"],
}


@pytest.mark.parametrize(
    ("current", "taken"),
    [("apple.Samantha", "apple.Samantha"), ("apple.Anna", "apple.Albert"), ("", "apple.Albert")],
)
def test_the_systems_own_voice_stays_if_it_is_english(current: str, taken: str) -> None:
    assert choose_voice(Engine(VOICES, current), "", lambda: None) == taken


def test_a_voice_that_an_engine_silently_refuses_is_an_error() -> None:
    with pytest.raises(
        VoiceError, match=r"no voice 'apple.Samanta' .* 3 voices, such as apple.Samantha,"
    ):
        choose_voice(Engine(VOICES, "apple.Anna"), "apple.Samanta", lambda: None)


def test_no_english_voice_is_said() -> None:
    with pytest.raises(VoiceError, match="a voice engine but no English voice; install one"):
        choose_voice(Engine({"apple.Anna": ["de_DE"]}, "apple.Anna"), "", lambda: None)


# Files


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "FLOAT"), ("AIFF", "PCM_16")],
)
def test_files_of_every_driver_are_read_with_their_true_rate(
    tmp_path: Path, kind: str, subtype: str
) -> None:
    file = tmp_path / "sentence"
    soundfile.write(file, WAVE, 16_000, format=kind, subtype=subtype)
    sound = read_sound(file)
    assert sound.sample_rate_hz == 16_000
    np.testing.assert_allclose(np.frombuffer(sound.pcm, "<i2"), WAVE, atol=1)


def test_of_two_channels_the_first_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "sentence"
    soundfile.write(file, np.stack([WAVE, -WAVE], axis=1), 22_050, format="WAV")
    np.testing.assert_array_equal(np.frombuffer(read_sound(file).pcm, "<i2"), WAVE)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all"])
def test_a_file_that_is_no_sound_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "sentence"
    file.write_bytes(content)
    with pytest.raises(VoiceError, match="wrote a file that cannot be read"):
        read_sound(file)


# Silence


@pytest.mark.parametrize(("before", "after"), [(0, 0), (5000, 0), (0, 9000), (7, 300), (20_000, 20_000)])
def test_whatever_silence_surrounds_it_the_gap_is_the_same(before: int, after: int) -> None:
    pcm = np.concatenate([np.zeros(before, "<i2"), WAVE.astype("<i2"), np.zeros(after, "<i2")]).tobytes()
    level = np.abs(np.frombuffer(trim(pcm, 10_000, 0.15), "<i2").astype(int))
    audible = np.flatnonzero(level >= 0.01 * level.max())
    assert audible[0] <= 100
    assert len(level) - 1 - audible[-1] == 1500
    assert np.count_nonzero(level) == np.count_nonzero(WAVE)


def test_an_already_short_end_is_cut_without_a_click() -> None:
    noise = np.full(9000, 60, "<i2")  # below what is audible beside the wave
    pcm = np.concatenate([WAVE.astype("<i2"), noise]).tobytes()
    end = np.frombuffer(trim(pcm, 10_000, 0.15), "<i2")[-1500:]
    assert np.abs(np.diff(end.astype(int))).max() <= 1
    assert end[-1] == 0


@pytest.mark.parametrize("pcm", [b"", bytes(4000), np.full(2000, 20, "<i2").tobytes()])
def test_silence_is_no_speech(pcm: bytes) -> None:
    with pytest.raises(VoiceError, match="gave silence instead of speech"):
        trim(pcm, 22_050, 0.1)
