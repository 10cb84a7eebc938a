"""What a class takes home: the calls of all tables that share, as one page to print, or as a table.

It compares nobody: tables stand in the order in which they joined, and what the class may train next is
counted over all of them. The page needs nothing else and runs no script.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

import jinja2
import msgspec

from voice_coach.coaching.drill import DrillScore
from voice_coach.counterpart.reply import Outcome
from voice_coach.exports.table import plain_cell

__all__ = ["ClassCall", "ClassReport", "ClassTable", "Tally", "class_csv", "class_html", "tallies"]

_FEWEST: Final = 2
"""A check that came up once says nothing about a class."""
_NAMED: Final = 3
"""So many things went well, and so many are to be trained next."""
_WELL: Final = 2 / 3
_COLUMNS: Final = (
    "table",
    "call",
    "title",
    "kind",
    "began_utc",
    "seconds",
    "outcome",
    "thats_right",
    "labels",
    "summaries",
    "talk_share",
    "drill_passed",
    "drill_rounds",
    "drill_longest_streak",
    "helped",
    "cost",
    "checks_passed",
    "checks_missed",
)


class ClassCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call, or one run of a drill."""

    session: str
    title: str
    began: datetime
    seconds: float
    outcome: Outcome | None
    """None when it was cut off."""
    headline: str
    """One sentence: how it went; empty when it was cut off."""
    labels: int
    summaries: int
    thats_right: bool
    talk_share: float | None
    """Trainee's share of all speaking time, 0 to 1; None when nobody knows."""
    helped: tuple[str, ...] = ()
    """What turned the call for the better, one sentence each."""
    cost: tuple[str, ...] = ()
    """What turned it for the worse, one sentence each."""
    checks: Mapping[str, bool] = {}
    """What the scorecard asks: by what a call that passes has, whether this one does."""
    drill: DrillScore | None = None
    """Set when it was a drill, which has no scorecard."""
    work_on: str = ""


class ClassTable(msgspec.Struct, frozen=True, kw_only=True):
    """One table that shares, and its calls in order."""

    name: str
    calls: tuple[ClassCall, ...]


class ClassReport(msgspec.Struct, frozen=True, kw_only=True):
    """One lesson."""

    title: str
    """Of the room."""
    made: datetime
    tables: tuple[ClassTable, ...]
    unshared: int
    """Tables that do not share: nothing of them is in here but that they were there."""
    going_on: int = 0
    """Calls that have not ended: they are not in here yet."""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How often the class did one thing."""

    what: str
    done: int
    asked: int


def tallies(report: ClassReport) -> tuple[tuple[Tally, ...], tuple[Tally, ...]]:
    """Give what went well and what to train next, each with the plainest first.

    Drills count by their title: rounds passed of rounds answered.
    """
    done: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for call in _calls(report):
        for what, passed in call.checks.items():
            asked[what] += 1
            done[what] += passed
        if call.drill is not None:
            asked[call.title] += call.drill.rounds
            done[call.title] += call.drill.passed
    all_of_them = [
        Tally(what=what, done=done[what], asked=many) for what, many in asked.items() if many >= _FEWEST
    ]
    well = [tally for tally in all_of_them if tally.done >= _WELL * tally.asked]
    rest = [tally for tally in all_of_them if tally not in well]
    well.sort(key=lambda tally: (-tally.done / tally.asked, -tally.asked))
    rest.sort(key=lambda tally: (tally.done / tally.asked, -tally.asked))
    return tuple(well[:_NAMED]), tuple(rest[:_NAMED])


def class_html(report: ClassReport) -> str:
    """Give the report as one HTML page."""
    well, next_time = tallies(report)
    return _template().render(
        report=report,
        well=well,
        next_time=next_time,
        calls=sum(len(table.calls) for table in report.tables),
    )


def class_csv(report: ClassReport) -> str:
    """Give the calls as CSV (RFC 4180, UTF-8), one line each, with a header line.

    Several sentences or checks of one call are parted by "; ".
    """
    page = io.StringIO()
    writer = csv.DictWriter(page, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for table in report.tables:
        for number, call in enumerate(table.calls, start=1):
            writer.writerow({"table": plain_cell(table.name), "call": number, **_row(call)})
    return page.getvalue()


def _row(call: ClassCall) -> dict[str, object]:
    score = call.drill
    return {
        "title": plain_cell(call.title),
        "kind": "drill" if score else "call",
        "began_utc": f"{call.began:%Y-%m-%d %H:%M:%S}",
        "seconds": f"{call.seconds:.0f}",
        "outcome": call.outcome.value if call.outcome and not score else "",
        "thats_right": "yes" if call.thats_right else "",
        "labels": call.labels,
        "summaries": call.summaries,
        "talk_share": "" if call.talk_share is None else f"{call.talk_share:.2f}",
        "drill_passed": score.passed if score else "",
        "drill_rounds": score.rounds if score else "",
        "drill_longest_streak": score.longest_streak if score else "",
        "helped": plain_cell("; ".join(call.helped)),
        "cost": plain_cell("; ".join(call.cost)),
        "checks_passed": "; ".join(what for what, passed in call.checks.items() if passed),
        "checks_missed": "; ".join(what for what, passed in call.checks.items() if not passed),
    }


def _calls(report: ClassReport) -> Iterator[ClassCall]:
    for table in report.tables:
        yield from table.calls


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("voice_coach.exports", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = lambda seconds: f"{int(seconds) // 60}:{int(seconds) % 60:02}"
    environment.filters["percent"] = lambda share: "" if share is None else f"{100 * share:.0f} %"
    environment.filters["plain"] = lambda name: str(name).replace("_", " ")
    return environment.get_template("class_report.html.jinja")
