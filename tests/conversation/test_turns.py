import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.conversation.turns import (
    GateSignal,
    SpeechGate,
    is_taking_the_floor,
)
from voice_coach.settings import TurnSettings

SETTINGS = TurnSettings()


def signals(probabilities: list[float]) -> list[tuple[GateSignal, int]]:
    gate = SpeechGate(SETTINGS)
    return [signal for p in probabilities if (signal := gate.process(p)) is not None]


def test_speech_dates_from_its_first_voiced_window_and_a_pause_from_its_first_quiet_one() -> None:
    assert signals([0.0] * 4 + [0.9] * 10 + [0.1] * 5) == [
        (GateSignal.STARTED, 4 * 512),
        (GateSignal.PAUSED, 14 * 512),
    ]


def test_a_click_of_one_window_is_not_speech() -> None:
    assert signals([0.0, 0.99, 0.0, 0.99, 0.0]) == []


def test_a_gap_of_two_windows_is_not_a_pause() -> None:
    assert signals([0.9] * 5 + [0.0, 0.0] + [0.9] * 5) == [(GateSignal.STARTED, 0)]


def test_between_the_thresholds_nothing_changes() -> None:
    assert signals([0.4] * 20) == []
    assert signals([0.9] * 3 + [0.4] * 20) == [(GateSignal.STARTED, 0)]


@given(st.lists(st.floats(0, 1), max_size=200))
def test_starts_and_pauses_alternate_and_move_forward(probabilities: list[float]) -> None:
    got = signals(probabilities)
    assert [kind for kind, _ in got] == [GateSignal.STARTED, GateSignal.PAUSED] * (len(got) // 2) + [
        GateSignal.STARTED
    ] * (len(got) % 2)
    samples = [sample for _, sample in got]
    assert samples == sorted(set(samples))


def test_a_gate_that_restarts_reports_speech_that_never_paused() -> None:
    gate = SpeechGate(SETTINGS)
    for _ in range(10):
        gate.process(0.9)
    gate.restart()
    assert gate.process(0.9) is None
    assert gate.process(0.9) == (GateSignal.STARTED, 10 * 512)


SAYING = "In March, two days without records."


@pytest.mark.parametrize("text", ["", "Mm-hm.", "I see.", "go on", "...", "MMMM", "Ha, ha, ha.", "Ahem."])
def test_encouragers_do_not_take_the_floor(text: str) -> None:
    assert not is_taking_the_floor(text, SAYING, final=True)


@pytest.mark.parametrize("text", ["two days without records", "In march two days with our records"])
def test_the_counterparts_own_echo_does_not_take_the_floor(text: str) -> None:
    assert not is_taking_the_floor(text, SAYING, final=True)


@pytest.mark.parametrize("text", ["Wait, that was never promised.", "Which two days?", "But the records"])
def test_words_of_ones_own_take_the_floor(text: str) -> None:
    assert is_taking_the_floor(text, SAYING, final=False)


def test_one_word_may_still_become_an_encourager() -> None:
    assert not is_taking_the_floor("I", SAYING, final=False)
    assert is_taking_the_floor("Stop.", SAYING, final=True)
