"""A short run of the fault suite: each fault once, during calls, a few faults at a time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from voice_coach.speech.audio import pcm_to_float
from voice_coach_benchmarks.fault_figures import CallOutcome, add_up, read_figures, table, write_figures
from voice_coach_benchmarks.faults import FAULTS, measure
from voice_coach_benchmarks.tone_words import VOCABULARY, ToneTranscriber, say

QUICK = [fault for fault in FAULTS if fault != "connection cut for 30 s"]
"""Waiting for half a minute shows nothing here that waiting for two seconds does not."""
ON_A_BAD_DISK = {"disk full", "disk full for 2 s", "folder read-only for 2 s"}


@pytest.fixture(scope="module")
def lived_through() -> dict[str, list[CallOutcome]]:
    with ThreadPoolExecutor(4) as pool:
        return dict(
            zip(
                QUICK,
                pool.map(lambda fault: list(measure([fault], rounds=1, calls=2, seed=5)), QUICK),
                strict=True,
            )
        )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", QUICK)
def test_nothing_is_lost_by_a_fault(fault: str, lived_through: dict[str, list[CallOutcome]]) -> None:
    outcomes = lived_through[fault]
    assert len(outcomes) == 2
    for outcome in outcomes:
        assert not outcome.wrong
        assert (outcome.words_lost, outcome.words_twice, outcome.events_lost) == (0, 0, 0)
        if fault not in ON_A_BAD_DISK:
            assert outcome.audio_lost_seconds <= 0.5
        if FAULTS[fault].notice:
            assert outcome.told


def test_figures_of_two_runs_are_added_up(tmp_path: Path) -> None:
    def call(words_lost: int, back: float | None) -> CallOutcome:
        return CallOutcome(
            fault="server killed",
            words_lost=words_lost,
            words_twice=0,
            events_lost=0,
            audio_lost_seconds=0.25 * words_lost,
            back_seconds=back,
            told=True,
        )

    file = tmp_path / "figures.json"
    assert read_figures(file) == []
    write_figures(file, add_up((), [call(0, 2.0)]))
    write_figures(file, add_up(read_figures(file), [call(1, 1.0), call(0, None)]))
    assert "| server killed | 3 | 1 | 0 | 0 | 0.25 | 1.50 / 2.00 | 3 | 0 |" in table(read_figures(file))


def test_words_of_tones_are_told_by_their_sound() -> None:
    ears = ToneTranscriber()
    heard = ears.transcribe(pcm_to_float(say(VOCABULARY)), final=True).text
    assert heard.lower().rstrip(".").split() == list(VOCABULARY)
    assert not ears.transcribe(pcm_to_float(bytes(32_000)), final=True).text
    half = say(["amber"])[: 16_000 // 10 * 2]
    assert not ears.transcribe(pcm_to_float(half[:1_000]), final=True).text
