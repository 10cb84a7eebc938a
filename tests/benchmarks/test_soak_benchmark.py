"""What grows is called so, what only scatters is not."""

import msgspec
import numpy as np
import pytest

from voice_coach_benchmarks.load_room import RoomHeard
from voice_coach_benchmarks.soak import Report, Row, picture, report, table

HEARD = RoomHeard(
    settled=((1.0, 0.3), (2.0, 0.5)),
    first_words=(),
    answers=(),
    partials=0,
    unanswered=0,
    spoken_seconds=4.0,
    call_seconds=10.0,
    refused={},
    notices={},
    cpu_seconds=1.0,
)


def soaked(per_minute: float, *, rises_until: float = 0.0, minutes: float = 30.0) -> Report:
    """Half an hour in which memory scatters by some MB, and may grow."""
    scatter = np.random.default_rng(3).normal(0.0, 4.0, round(6 * minutes))
    rows = []
    for number, noise in enumerate(scatter.tolist()):
        minute = number / 6
        memory = 300 + noise + per_minute * minute + 30 * min(minute, rises_until)
        row = Row(
            at_seconds=60 * minute,
            resident_mb=memory,
            private_mb=memory - 60,
            descriptors=30.0,
            threads=10.0,
            children=1.0,
            tasks=20.0,
            waiting=float(number % 2),
            sessions=4.0,
        )
        rows.append(row)
    return report(HEARD, rows, trainees=4, opened=40)


def test_memory_that_only_scatters_is_flat() -> None:
    found = soaked(0.0)
    assert all(trend.flat for trend in found.trends.values())
    assert "NOT FLAT" not in table(found)


def test_memory_that_grows_with_the_calls_is_not() -> None:
    found = soaked(3.0)
    assert not found.trends["resident_mb"].flat
    assert found.trends["resident_mb"].per_minute == pytest.approx(3.0, abs=0.3)
    assert found.trends["threads"].flat
    assert "NOT FLAT" in table(found)


def test_the_first_five_minutes_do_not_count() -> None:
    assert soaked(0.0, rises_until=5.0).trends["resident_mb"].flat


def test_a_run_too_short_to_tell_and_its_picture() -> None:
    found = soaked(0.0, minutes=0.5)
    assert found.trends["resident_mb"].per_minute == 0.0
    assert picture(found).startswith("<svg")
    assert msgspec.json.decode(msgspec.json.encode(found), type=Report) == found
