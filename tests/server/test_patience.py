"""Slow requests, told by a clock of the test's own."""

import pytest

from voice_coach_server.patience import HEAD_SECONDS, STUCK_SECONDS, Patience, Stage


def test_a_peer_that_says_nothing_has_ten_seconds() -> None:
    patience = Patience(100.0)
    assert patience.complaint(100.0 + HEAD_SECONDS, received=0) == ""
    assert "No request came within 10 s" in patience.complaint(100.1 + HEAD_SECONDS, received=9_999)


@pytest.mark.parametrize(
    ("seconds", "received", "patient"), [(9, 0, True), (11, 100, False), (60, 51_000, True)]
)
def test_a_body_comes_at_a_kilobyte_a_second(seconds: float, received: int, *, patient: bool) -> None:
    patience = Patience(0.0)
    patience.begin(Stage.BODY, 0, 5.0)
    assert (patience.complaint(5.0 + seconds, received=received) == "") is patient


def test_a_turn_that_is_said_again_goes_on_and_that_of_the_next_request_begins_anew() -> None:
    patience = Patience(0.0)
    patience.begin(Stage.HEAD, 0, 8.0)
    assert patience.complaint(11.0, received=0)
    patience.begin(Stage.HEAD, 1, 11.0)
    assert not patience.complaint(12.0, received=0)


def test_an_answer_may_take_its_time_but_not_be_left_unread() -> None:
    patience = Patience(0.0)
    patience.begin(Stage.OURS, 0, 1.0)
    assert not patience.complaint(10_000.0, received=0)
    patience.writing_paused(10_000.0)
    assert not patience.complaint(10_000.0 + STUCK_SECONDS, received=0)
    assert "was not read" in patience.complaint(10_001.0 + STUCK_SECONDS, received=0)
    patience.writing_resumed()
    assert not patience.complaint(20_000.0, received=0)
