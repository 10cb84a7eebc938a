import numpy as np
import pytest

from voice_coach.speech.pitch_fall import PitchFall
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.turn_end import NOTHING_HEARD


def voice(semitones_at_the_end: float, middle_hz: float = 120.0) -> Audio:
    """Two seconds of a buzzing voice, whose pitch moves at the last 0.3 s."""
    times = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    semitones = np.interp(times, [0, 1.7, 1.9, 2], [0, 0, semitones_at_the_end, semitones_at_the_end])
    phase = 2 * np.pi * np.cumsum(middle_hz * 2 ** (semitones / 12)) / SAMPLE_RATE_HZ
    wave = sum(np.sin(harmonic * phase) / harmonic for harmonic in range(1, 12))
    return (0.1 * np.asarray(wave)).astype(np.float32)


@pytest.mark.parametrize("middle_hz", [100.0, 200.0])
def test_the_further_a_voice_falls_the_likelier_it_has_finished(middle_hz: float) -> None:
    answers = [PitchFall().probability(voice(end, middle_hz)) for end in (4.0, 0.0, -2.0, -4.0, -7.0)]
    assert answers == sorted(answers)
    assert answers[1] < 0.3
    assert answers[2] == pytest.approx(0.5, abs=0.1)
    assert answers[-1] > 0.9


def test_a_voice_that_rises_is_weak_evidence_since_questions_rise_and_are_over() -> None:
    assert PitchFall().probability(voice(5.0)) > 0.15


def test_a_breath_after_the_last_word_hides_nothing() -> None:
    breath = np.random.default_rng(5).standard_normal(4800).astype(np.float32) * 0.002
    said = voice(-6.0)
    alone = PitchFall().probability(said)
    assert PitchFall().probability(np.concatenate([said, breath])) == pytest.approx(alone, abs=0.05)


def test_what_has_no_pitch_is_no_evidence() -> None:
    noise = np.random.default_rng(5).standard_normal(SAMPLE_RATE_HZ).astype(np.float32) * 0.1
    assert PitchFall().probability(noise) == NOTHING_HEARD
    assert PitchFall().probability(np.zeros(SAMPLE_RATE_HZ, np.float32)) == NOTHING_HEARD


def test_a_jump_of_an_octave_is_a_slip_of_the_measure() -> None:
    assert PitchFall().probability(voice(12.0)) == NOTHING_HEARD
