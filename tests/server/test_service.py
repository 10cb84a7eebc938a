import pytest

from voice_coach_server.service import Service


def test_the_busy_share_counts_decodes_that_still_run() -> None:
    service = Service(2)
    service.started(final=False, waited_seconds=0.0, now=0.0)
    service.look(waiting_seconds=0.0, now=1.0)
    assert service.busy_share == pytest.approx(0.5)
    service.ended(final=False, each_seconds=1.5, now=1.5)
    service.look(waiting_seconds=0.0, now=2.0)
    assert service.busy_share == pytest.approx(0.25)
    assert service.finals_share == 0.0


def test_finals_are_told_apart_and_remembered_for_half_a_minute() -> None:
    service = Service(1)
    for second in range(60):
        service.started(final=True, waited_seconds=0.1, now=second)
        service.ended(final=True, each_seconds=0.5, now=second + 0.5)
        service.look(waiting_seconds=0.0, now=second + 1)
    assert service.finals_share == pytest.approx(0.5, abs=0.1)
    assert service.final_seconds == pytest.approx(0.5)


def test_the_wait_is_that_of_the_longest_waiting_final_begun_or_not() -> None:
    service = Service(1)
    service.started(final=True, waited_seconds=0.4, now=0.0)
    service.look(waiting_seconds=0.2, now=1.0)
    assert service.final_wait_seconds == 0.4
    service.look(waiting_seconds=1.2, now=2.0)
    assert service.final_wait_seconds == 1.2
    service.look(waiting_seconds=0.0, now=3.0)
    assert service.final_wait_seconds == 0.0
