import pytest

from voice_coach_server.load import ORDER, Degradation, Level, Load, can_carry_another

BUSY = Load(busy_share=0.95, final_wait_seconds=0.0, loop_lag_seconds=0.0)
CALM = Load(busy_share=0.2, final_wait_seconds=0.0, loop_lag_seconds=0.0)
BETWEEN = Load(busy_share=0.6, final_wait_seconds=0.0, loop_lag_seconds=0.0)


def levels(looks: list[Load]) -> list[int]:
    degradation = Degradation()
    seen = []
    for look in looks:
        degradation.observe(look)
        seen.append(int(degradation.level))
    return seen


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([BUSY], [0]),
        ([BUSY, BUSY], [0, 1]),
        ([BUSY, CALM, BUSY], [0, 0, 0]),
        ([BUSY] * 8, [0, 1, 1, 2, 2, 3, 3, 4]),
        ([BUSY] * 10, [0, 1, 1, 2, 2, 3, 3, 4, 4, 4]),
        ([BUSY] * 2 + [BETWEEN] * 50, [0, 1] + [1] * 50),
        ([BUSY] * 2 + [CALM] * 10, [0, 1] + [1] * 9 + [0]),
        ([BUSY] * 2 + [CALM] * 9 + [BETWEEN] + [CALM] * 9, [0] + [1] * 20),
        ([BUSY] * 4 + [CALM] * 20, [0, 1, 1, 2] + [2] * 9 + [1] * 10 + [0]),
        ([CALM] * 30, [0] * 30),
    ],
)
def test_steps_down_and_back_up(looks: list[Load], expected: list[int]) -> None:
    assert levels(looks) == expected


@pytest.mark.parametrize(
    ("load", "busy", "calm"),
    [
        (Load(busy_share=0.86, final_wait_seconds=0.0, loop_lag_seconds=0.0), True, False),
        (Load(busy_share=0.1, final_wait_seconds=0.31, loop_lag_seconds=0.0), True, False),
        (Load(busy_share=0.1, final_wait_seconds=0.0, loop_lag_seconds=0.21), True, False),
        (Load(busy_share=0.5, final_wait_seconds=0.0, loop_lag_seconds=0.0), False, False),
        (Load(busy_share=0.1, final_wait_seconds=0.2, loop_lag_seconds=0.0), False, False),
        (Load(busy_share=0.1, final_wait_seconds=0.0, loop_lag_seconds=0.15), False, False),
        (Load(busy_share=0.4, final_wait_seconds=0.1, loop_lag_seconds=0.1), False, True),
    ],
)
def test_what_counts_as_busy_and_as_calm(load: Load, *, busy: bool, calm: bool) -> None:
    assert (load.is_busy, load.is_calm) == (busy, calm)


def test_each_step_gives_way_more_than_the_one_before() -> None:
    assert [level.partials_every for level in Level] == [1, 2, 4, None, None]


def test_the_order_names_every_step_once_and_in_order() -> None:
    places = [ORDER.index(f"({level:d}) {level.meaning}") for level in Level if level]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("calls", "share", "seconds", "can"),
    [
        (0, 0.9, 9.0, True),
        (1, 0.0, 0.0, True),
        (16, 0.2, 0.2, True),
        (16, 0.68, 0.2, False),
        (60, 0.0, 0.2, False),
        (40, 0.5, 0.2, True),
    ],
)
def test_a_call_is_refused_when_finals_alone_would_fill_the_recogniser(
    calls: int, share: float, seconds: float, *, can: bool
) -> None:
    answer = can_carry_another(calls, finals_share=share, final_seconds=seconds, workers=2)
    assert answer is can
