"""The class report: what it counts, what it leaves out, and that it is safe to open."""

import csv
import io
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import msgspec
import pytest

from voice_coach.coaching.drill import DrillScore
from voice_coach.counterpart.reply import Outcome
from voice_coach.exports.class_report import (
    ClassCall,
    ClassReport,
    ClassTable,
    Tally,
    class_csv,
    class_html,
    tallies,
)

CALL = ClassCall(
    session="20261125-101500-abcd",
    title="The renewal",
    began=datetime(2026, 11, 25, 10, 15, tzinfo=UTC),
    seconds=312.4,
    outcome=Outcome.AGREEMENT,
    headline="They said “that's right”.",
    labels=4,
    summaries=1,
    thats_right=True,
    talk_share=0.42,
    helped=("You named the feeling.",),
    cost=("A why question.",),
    checks={"A feeling named": True, "No pressure": False, "They could finish": True},
)
DRILL = msgspec.structs.replace(
    CALL,
    title="Label it",
    outcome=Outcome.TRAINEE_LEFT,
    headline="7 of 8.",
    drill=DrillScore(passed=7, rounds=8, longest_streak=5),
    work_on="Wait after the label.",
    helped=(),
    cost=(),
    checks={},
    thats_right=False,
)


def report(*tables: ClassTable, unshared: int = 0, going_on: int = 0) -> ClassReport:
    made = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
    return ClassReport(title="Tuesday", made=made, tables=tables, unshared=unshared, going_on=going_on)


def test_what_most_did_went_well_and_what_most_missed_is_next() -> None:
    missed = msgspec.structs.replace(CALL, checks={"A feeling named": True, "They could finish": False})
    told = report(
        ClassTable(name="A", calls=(CALL, missed, missed)), ClassTable(name="B", calls=(DRILL,))
    )
    assert tallies(told) == (
        (
            Tally(what="A feeling named", done=3, asked=3),
            Tally(what="Label it", done=7, asked=8),
        ),
        (Tally(what="They could finish", done=1, asked=3),),
    ), "what came up only once ('No pressure') says nothing"


def test_an_empty_class_has_a_report() -> None:
    page = class_html(report(unshared=2))
    assert "0 tables, 0 calls." in page
    assert "2 tables do not share" in page
    header = (
        "table,call,title,kind,began_utc,seconds,outcome,thats_right,labels,summaries,talk_share,"
        "drill_passed,drill_rounds,drill_longest_streak,helped,cost,checks_passed,checks_missed"
    )
    assert class_csv(report()) == f"{header}\r\n"


def test_a_line_of_the_table_says_all_of_a_call() -> None:
    lines = list(
        csv.DictReader(io.StringIO(class_csv(report(ClassTable(name="A", calls=(CALL, DRILL))))))
    )
    assert lines[0] == {
        "table": "A",
        "call": "1",
        "title": "The renewal",
        "kind": "call",
        "began_utc": "2026-11-25 10:15:00",
        "seconds": "312",
        "outcome": "agreement",
        "thats_right": "yes",
        "labels": "4",
        "summaries": "1",
        "talk_share": "0.42",
        "drill_passed": "",
        "drill_rounds": "",
        "drill_longest_streak": "",
        "helped": "You named the feeling.",
        "cost": "A why question.",
        "checks_passed": "A feeling named; They could finish",
        "checks_missed": "No pressure",
    }
    assert (lines[1]["kind"], lines[1]["drill_passed"], lines[1]["outcome"]) == ("drill", "7", "")


@pytest.mark.parametrize("name", ["=cmd()", "+1", "@sum", "-2"])
def test_a_name_is_never_run_by_a_spreadsheet(name: str) -> None:
    (line,) = csv.DictReader(io.StringIO(class_csv(report(ClassTable(name=name, calls=(CALL,))))))
    assert line["table"] == f"'{name}"


def test_a_name_is_never_markup() -> None:
    page = class_html(report(ClassTable(name="<script>alert(1)</script>", calls=(CALL,))))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_needs_nothing_else_and_is_well_formed() -> None:
    page = class_html(
        report(ClassTable(name="A", calls=(CALL, DRILL)), ClassTable(name="B", calls=()), going_on=1)
    )
    assert "src=" not in page
    assert "href=" not in page
    assert "7 of 8 rounds" in page
    assert "1 call has not ended" in page
    assert "Wait after the label." in page
    body = page[page.index("<body>") : page.index("</html>")]
    headings = [node.text for node in ET.fromstring(body).iter("h2")]  # noqa: S314 - our own page
    assert headings == ["What went well", "What to train next", "All calls", "A"]
