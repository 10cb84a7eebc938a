"""Progress over sessions: what a person does more of and less of, and a look back on the week.

Looks at figures of calls alone, never at what was said. A trend is a picture and two averages, not a
grade: calls differ, and one of them says little.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

__all__ = ["Point", "Practice", "Progress", "ScenarioCount", "Trend", "TrendKind", "Week", "progress_of"]

_COMPARED: Final = 5
"""So many calls make "lately", and the same number before them "before": one call swings too much."""
_LEAST: Final = 2
"""A trend needs two points."""
_WEEKS: Final = 12

CHECKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "thats-right": "They said “that's right”",
        "feeling-first": "A feeling named before anything was asked for",
        "why-they-came": "Why they came, said in your words",
        "silence": "The silence after a label left alone",
        "no-pressure": "No pressure",
        "reflect-or-ask": "Given back at least as often as asked",
        "let-them-finish": "They could finish",
        "talk-share": "They spoke at least as much as you",
    }
)
"""The checks of every scorecard, by what a call that passes them has; in the order of the scorecard."""

MOVES: Final[Mapping[str, tuple[str, bool]]] = MappingProxyType(
    {
        "label": ("Labels", True),
        "summary": ("Summaries", True),
        "mirror": ("Mirrors", True),
        "calibrated_question": ("Open questions", True),
        "accusation_audit": ("Accusation audits", True),
        "why_question": ("Why questions", False),
        "yes_fishing": ("Fishing for a yes", False),
        "premature_solution": ("Solutions too early", False),
        "leverage": ("Leverage", False),
        "deadline_pressure": ("Deadlines", False),
        "threat": ("Threats", False),
        "bargaining": ("Bargaining", False),
    }
)
"""The moves that are followed: their name, and whether more of it is what one practises for."""


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """What one finished call adds to the picture."""

    session: str
    created: datetime
    scenario_id: str
    title: str
    seconds: float
    moves: Mapping[str, int]
    """How often each kind of move was made."""
    checks: Mapping[str, bool]
    """Which checks passed; a check that did not come up is left out."""


class TrendKind(StrEnum):
    """What a trend follows."""

    MOVE = "move"
    CHECK = "check"


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One call in a trend."""

    session: str
    created: datetime
    value: float
    """Moves: how many in ten minutes of the call. Checks: 1 passed, 0 not yet."""


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """One move or check over time, oldest call first."""

    id: str
    name: str
    kind: TrendKind
    wanted: bool
    """Whether more of it is what one practises for."""
    points: tuple[Point, ...]
    lately: float
    """Average of the last five calls."""
    before: float | None
    """Average of the five calls before those; None while there are none."""


class ScenarioCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often a scenario was rehearsed."""

    id: str
    title: str
    calls: int


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """One week of practice."""

    starts: date
    """Its Monday, in UTC."""
    calls: int
    seconds: float
    thats_right: int
    """Calls in which they said it."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """All of the progress page."""

    calls: int
    scenarios: tuple[ScenarioCount, ...]
    """Of all calls, most rehearsed first, whatever scenario is looked at."""
    trends: tuple[Trend, ...]
    weeks: tuple[Week, ...]
    """The last twelve with this one, oldest first; a week without a call is there too."""
    look_back: tuple[str, ...]
    """This week in a few sentences."""


def progress_of(practices: Sequence[Practice], *, today: date, scenario: str = "") -> Progress:
    """Put the picture together.

    Args:
        practices: Finished calls, in any order.
        today: The day the weeks are counted from, in UTC.
        scenario: Look at the calls of this scenario alone; empty for all.
    """
    ordered = sorted(practices, key=lambda practice: (practice.created, practice.session))
    chosen = [each for each in ordered if not scenario or each.scenario_id == scenario]
    trends = tuple(_trends(chosen))
    weeks = _weeks(chosen, today)
    return Progress(
        calls=len(chosen),
        scenarios=_scenarios(ordered),
        trends=trends,
        weeks=weeks,
        look_back=tuple(_look_back(weeks, trends)),
    )


def _scenarios(practices: Sequence[Practice]) -> tuple[ScenarioCount, ...]:
    titles = {each.scenario_id: each.title for each in practices}
    counted = Counter(each.scenario_id for each in practices)
    ranked = sorted(counted, key=lambda id_: (-counted[id_], titles[id_]))
    return tuple(ScenarioCount(id=id_, title=titles[id_], calls=counted[id_]) for id_ in ranked)


# ---------------------------------------------------------------- trends


def _trends(practices: Sequence[Practice]) -> Iterator[Trend]:
    for check, name in CHECKS.items():
        points = [_point(each, float(each.checks[check])) for each in practices if check in each.checks]
        if len(points) >= _LEAST:
            yield _trend(check, name, TrendKind.CHECK, points, wanted=True)
    for kind, (name, wanted) in MOVES.items():
        points = [_point(each, _in_ten_minutes(each, kind)) for each in practices if each.seconds > 0]
        if len(points) >= _LEAST and any(point.value for point in points):
            yield _trend(kind, name, TrendKind.MOVE, points, wanted=wanted)


def _trend(id_: str, name: str, kind: TrendKind, points: Sequence[Point], *, wanted: bool) -> Trend:
    values = [point.value for point in points]
    before = values[:-_COMPARED][-_COMPARED:]
    return Trend(
        id=id_,
        name=name,
        kind=kind,
        wanted=wanted,
        points=tuple(points),
        lately=_average(values[-_COMPARED:]),
        before=_average(before) if before else None,
    )


def _point(practice: Practice, value: float) -> Point:
    return Point(session=practice.session, created=practice.created, value=round(value, 2))


def _in_ten_minutes(practice: Practice, kind: str) -> float:
    return practice.moves.get(kind, 0) * 600 / practice.seconds


def _average(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 2)


# ---------------------------------------------------------------- weeks


def _weeks(practices: Sequence[Practice], today: date) -> tuple[Week, ...]:
    by_week: dict[date, list[Practice]] = defaultdict(list)
    for practice in practices:
        by_week[_monday(practice.created.astimezone(UTC).date())].append(practice)
    last = _monday(today)
    mondays = [last - timedelta(weeks=back) for back in reversed(range(_WEEKS))]
    return tuple(
        Week(
            starts=monday,
            calls=len(by_week[monday]),
            seconds=round(sum(each.seconds for each in by_week[monday]), 1),
            thats_right=sum(each.checks.get("thats-right", False) for each in by_week[monday]),
        )
        for monday in mondays
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _look_back(weeks: Sequence[Week], trends: Sequence[Trend]) -> Iterator[str]:
    this, last = weeks[-1], weeks[-2]
    if not this.calls:
        yield "No call this week yet." + (f" Last week there were {last.calls}." if last.calls else "")
        return
    minutes = max(1, round(this.seconds / 60))
    yield f"This week: {_count(this.calls, 'call')}, {_count(minutes, 'minute')} of practice" + (
        f" (last week {_count(last.calls, 'call')})." if last.calls else "."
    )
    if this.thats_right:
        yield f"In {this.thats_right} of them they said “that's right”."
    moved = sorted(
        (trend for trend in trends if trend.before is not None and _gain(trend)),
        key=lambda trend: -abs(_gain(trend)),
    )
    better = next((trend for trend in moved if _gain(trend) > 0), None)
    worse = next((trend for trend in moved if _gain(trend) < 0), None)
    if better is not None:
        yield f"What changed most for the better lately: {_changed(better)}."
    if worse is not None:
        yield f"What to look at: {_changed(worse)}."


def _gain(trend: Trend) -> float:
    """How far a trend moved in the wanted direction, as a share of what it can or did reach."""
    if trend.before is None:
        return 0.0
    change = trend.lately - trend.before
    scale = 1.0 if trend.kind is TrendKind.CHECK else max(trend.lately, trend.before)
    return (change if trend.wanted else -change) / scale if scale else 0.0


def _changed(trend: Trend) -> str:
    before, lately = trend.before or 0.0, trend.lately
    if trend.kind is TrendKind.CHECK:
        return f"“{trend.name}” in {lately:.0%} of your last calls, before in {before:.0%}"
    return f"{trend.name.lower()}, {lately:.1f} in ten minutes, before {before:.1f}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
