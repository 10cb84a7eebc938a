"""Sounds made by arithmetic and by the project's own voice, and what they are taken for."""

import numpy as np
import pytest
from spoken import silence, spoken

from voice_coach.conversation.events import OverlapSound
from voice_coach.speech.overlap import ECHO_LATEST_SECONDS, judge_overlap
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

LOOK = round(0.2 * SAMPLE_RATE_HZ)
BEFORE = round(ECHO_LATEST_SECONDS * SAMPLE_RATE_HZ)
NOTHING = np.zeros(0, np.float32)


def onset(sentence: str) -> Audio:
    """Its first 200 ms that are loud."""
    audio = spoken(sentence)
    first = int(np.flatnonzero(np.abs(audio) > 0.1 * np.abs(audio).max())[0])
    return audio[first : first + LOOK]


def hum(hz: float) -> Audio:
    phase = 2 * np.pi * hz * np.arange(LOOK) / SAMPLE_RATE_HZ
    return (0.2 * np.sin(phase) + 0.06 * np.sin(2 * phase)).astype(np.float32)


@pytest.mark.parametrize(
    "sentence", ["Wait a moment.", "No, listen to me.", "You never called.", "But why?"]
)
def test_a_person_who_begins_to_speak_is_heard_as_speech(sentence: str) -> None:
    assert judge_overlap(onset(sentence), NOTHING) is OverlapSound.SPEECH


@pytest.mark.parametrize("hz", [100.0, 140.0, 220.0])
def test_a_voice_behind_closed_lips_is_a_hum(hz: float) -> None:
    assert judge_overlap(hum(hz), NOTHING) is OverlapSound.HUM


def test_the_little_that_opened_lips_let_through_is_speech() -> None:
    """A "w" or an "oo": 2 % of the power above the nose, where a hum has half a percent."""
    phase = 2 * np.pi * 140 * np.arange(LOOK) / SAMPLE_RATE_HZ
    oo = hum(140.0) + (0.03 * np.sin(15 * phase)).astype(np.float32)
    assert judge_overlap(oo, NOTHING) is OverlapSound.SPEECH


def test_breath_has_no_voice_in_it() -> None:
    noise = np.random.default_rng(1).standard_normal(LOOK).astype(np.float32)
    fading = np.exp(-np.arange(LOOK) / 800).astype(np.float32)
    assert judge_overlap(0.2 * noise * fading, NOTHING) is OverlapSound.BURST


@pytest.mark.parametrize("late_seconds", [0.0, 0.05, 0.2, 0.39])
def test_the_counterparts_own_voice_is_an_echo_however_late_and_quiet(late_seconds: float) -> None:
    sent = np.concatenate([silence(0.5), spoken("In March we had two days without records.")])
    at = round(1.0 * SAMPLE_RATE_HZ)
    late = round(late_seconds * SAMPLE_RATE_HZ)
    heard = 0.2 * sent[at - late : at - late + LOOK]
    heard = heard + 0.001 * np.random.default_rng(2).standard_normal(LOOK).astype(np.float32)
    assert judge_overlap(heard, sent[at - BEFORE : at + LOOK]) is OverlapSound.ECHO


def test_speech_over_the_counterpart_is_not_its_echo() -> None:
    sent = spoken("In March we had two days without records.")[: BEFORE + LOOK]
    assert judge_overlap(onset("Wait a moment."), sent) is OverlapSound.SPEECH
    silent = np.zeros(BEFORE + LOOK, np.float32)
    assert judge_overlap(onset("Wait a moment."), silent) is OverlapSound.SPEECH


@pytest.mark.parametrize("samples", [0, 1, 511])
def test_too_little_sound_is_unclear(samples: int) -> None:
    assert judge_overlap(np.zeros(samples, np.float32), NOTHING) is OverlapSound.UNCLEAR


def test_silence_is_nothing_to_pause_for() -> None:
    assert judge_overlap(np.zeros(LOOK, np.float32), NOTHING) is OverlapSound.BURST
