"""Trends and weeks on practice made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.review.progress import Practice, Progress, Trend, progress_of

TODAY = date(2026, 11, 25)  # a Wednesday


def practice(
    number: int, *, scenario: str = "lease", labels: int = 0, threats: int = 0, right: bool = False
) -> Practice:
    """A call of ten minutes, `number` days before today, older for a larger number."""
    created = datetime(2026, 11, 25, 12, tzinfo=UTC) - timedelta(days=number)
    return Practice(
        session=f"{created:%Y%m%d-%H%M%S}-aaaa",
        created=created,
        scenario_id=scenario,
        title=scenario.title(),
        seconds=600,
        moves={"label": labels, "threat": threats},
        checks={"thats-right": right},
    )


def trend(progress: Progress, which: str) -> Trend:
    return next(each for each in progress.trends if each.id == which)


def test_a_trend_compares_the_last_five_calls_with_the_five_before() -> None:
    calls = [practice(day, labels=1 if day >= 5 else 4, right=day < 5) for day in range(12)]
    progress = progress_of(calls, today=TODAY)
    labels = trend(progress, "label")
    assert [point.value for point in labels.points] == [1] * 7 + [4] * 5
    assert (labels.before, labels.lately) == (1, 4)
    right = trend(progress, "thats-right")
    assert (right.before, right.lately) == (0, 1)
    assert any("for the better" in sentence for sentence in progress.look_back)


def test_less_pressure_is_for_the_better_and_more_is_to_look_at() -> None:
    fewer = progress_of([practice(day, threats=day // 5) for day in range(10)], today=TODAY)
    assert "better lately: threats, 0.0 in ten minutes, before 1.0." in fewer.look_back[-1]
    more = progress_of([practice(day, threats=1 - day // 5) for day in range(10)], today=TODAY)
    assert "look at: threats, 1.0 in ten minutes, before 0.0." in more.look_back[-1]


def test_what_never_came_up_is_no_trend() -> None:
    progress = progress_of([practice(0, labels=1), practice(1)], today=TODAY)
    assert {each.id for each in progress.trends} == {"thats-right", "label"}
    assert trend(progress, "label").before is None
    assert progress_of([practice(0, labels=1)], today=TODAY).trends == ()


def test_weeks_begin_on_monday_and_empty_ones_are_there() -> None:
    progress = progress_of([practice(0), practice(2), practice(3, right=True)], today=TODAY)
    assert len(progress.weeks) == 12
    assert progress.weeks[-1].starts == date(2026, 11, 23)
    assert [week.calls for week in progress.weeks[-3:]] == [0, 1, 2]
    assert progress.weeks[-2].thats_right == 1
    assert progress.look_back[0] == "This week: 2 calls, 20 minutes of practice (last week 1 call)."


def test_one_scenario_can_be_looked_at_alone() -> None:
    calls = [practice(0, scenario="lease"), practice(1, scenario="raise"), practice(2, scenario="raise")]
    progress = progress_of(calls, today=TODAY, scenario="lease")
    assert progress.calls == 1
    assert [(each.id, each.calls) for each in progress.scenarios] == [("raise", 2), ("lease", 1)]


def test_nothing_at_all_is_said() -> None:
    progress = progress_of([], today=TODAY)
    assert (progress.calls, progress.trends) == (0, ())
    assert progress.look_back == ("No call this week yet.",)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 9), st.booleans()), max_size=40))
def test_no_call_is_lost_or_counted_twice(days: list[tuple[int, int, bool]]) -> None:
    calls = [practice(day, labels=labels, right=right) for day, labels, right in days]
    progress = progress_of(calls, today=TODAY)
    recent = sum(each.created.date() >= progress.weeks[0].starts for each in calls)
    assert sum(week.calls for week in progress.weeks) == recent
    for each in progress.trends:
        assert len(each.points) == len(calls)
        values = [point.value for point in each.points]
        assert min(values) - 0.01 <= each.lately <= max(values) + 0.01
        assert [p.created for p in each.points] == sorted(p.created for p in each.points)


@pytest.mark.parametrize("day", range(7))
def test_a_call_of_today_is_always_in_this_week(day: int) -> None:
    today = date(2026, 11, 23) + timedelta(days=day)
    created = datetime(today.year, today.month, today.day, 23, 59, tzinfo=UTC)
    call = Practice(
        session="x", created=created, scenario_id="a", title="A", seconds=60, moves={}, checks={}
    )
    assert progress_of([call], today=today).weeks[-1].calls == 1
