"""A short run of the fault suite: a server killed, a connection cut, a full disk, each during calls."""

import pytest

from voice_coach.speech.audio import pcm_to_float
from voice_coach_benchmarks.fault_figures import add_up, table
from voice_coach_benchmarks.faults import FAULTS, measure
from voice_coach_benchmarks.tone_words import VOCABULARY, ToneTranscriber, say


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_by_a_fault(fault: str) -> None:
    outcomes = list(measure([fault], rounds=1, calls=3, seed=5))
    assert len(outcomes) == 3
    for outcome in outcomes:
        assert not outcome.wrong
        assert (outcome.words_lost, outcome.words_twice, outcome.events_lost) == (0, 0, 0)
        assert outcome.audio_lost_seconds == 0
    assert f"| {fault} | 3 | 0 | 0 | 0 |" in table(add_up([], outcomes))


def test_words_of_tones_are_told_by_their_sound() -> None:
    ears = ToneTranscriber()
    heard = ears.transcribe(pcm_to_float(say(VOCABULARY)), final=True).text
    assert heard.lower().rstrip(".").split() == list(VOCABULARY)
    assert not ears.transcribe(pcm_to_float(bytes(32_000)), final=True).text
    half = say(["amber"])[: 16_000 // 10 * 2]
    assert not ears.transcribe(pcm_to_float(half[:1_000]), final=True).text
