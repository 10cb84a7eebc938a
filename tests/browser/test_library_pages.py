"""The list of calls and the progress page in a real Chromium, on a real server and store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from browser_tools import browser_with, keep_picture, open_page
from journal.samples import DEBRIEF, EXCHANGES, TRAINEE_TURN, header
from playwright.sync_api import Browser, Page, expect

from voice_coach.coaching.turn import Check
from voice_coach.conversation import commands as c
from voice_coach.counterpart.reply import Outcome
from voice_coach.exports.archive import write_archive
from voice_coach.journal.journal import JournalWriter
from voice_coach.journal.store import named_folder, remove_session, session_ids

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_with() as started:
        yield started


def keep_call(store: Path, days_ago: int, *, right: bool) -> str:
    """Write a finished call of ten minutes."""
    when = datetime.now(UTC) - timedelta(days=days_ago)
    session = f"{when:%Y%m%d-%H%M%S}-aaaa"
    checks = (Check(id="thats-right", question="Q?", passed=right),)
    debrief = msgspec.structs.replace(DEBRIEF, checks=checks, thats_right=right)
    end = c.EndCall(outcome=Outcome.AGREEMENT, debrief=debrief)
    last = msgspec.structs.replace(EXCHANGES[4][0], at=600.0)
    turns = [c.ShowTurn(utterance=1, turn=TRAINEE_TURN)]
    writer = JournalWriter.create(named_folder(store, session), header(session, created=when))
    for event, commands in [*EXCHANGES[:3], (EXCHANGES[3][0], turns), (last, [end])]:
        writer.event(event)
        for command in commands:
            writer.command(command)
    writer.close()
    return session


def shown(page: Page) -> list[str]:
    return [str(row.get_attribute("data-session")) for row in page.locator(".call-row").all()]


def test_calls_are_listed_newest_first_and_lead_to_their_review(
    serve: str, tmp_path: Path, browser: Browser
) -> None:
    ids = [keep_call(tmp_path / "store", day, right=day == 1) for day in range(3)]
    page, troubles = open_page(browser.new_context(), f"{serve}sessions")
    expect(page.locator(".call-row")).to_have_count(3)
    assert shown(page) == ids
    expect(page.locator(".call-row").nth(1)).to_contain_text("“that\u2019s right”")
    expect(page.locator(".call-row").nth(0)).to_contain_text("agreed on their terms · 1 label")
    assert page.locator(".call-row a").first.get_attribute("href") == f"/review/{ids[0]}"
    keep_picture(page, "calls")
    assert troubles == []


def test_many_calls_come_page_by_page(serve: str, tmp_path: Path, browser: Browser) -> None:
    ids = [keep_call(tmp_path / "store", day, right=False) for day in range(60)]
    page, _ = open_page(browser.new_context(), f"{serve}sessions")
    expect(page.locator(".call-row")).to_have_count(50)
    page.get_by_role("button", name="Show older calls").press("Enter")
    expect(page.locator(".call-row")).to_have_count(60)
    assert shown(page) == ids
    expect(page.get_by_role("button", name="Show older calls")).to_be_hidden()


def test_an_archive_is_taken_in_and_a_foreign_zip_is_said(
    serve: str, tmp_path: Path, browser: Browser
) -> None:
    store = tmp_path / "store"
    session = keep_call(store, 1, right=True)
    archive = tmp_path / "calls.zip"
    write_archive(store, [session], archive)
    remove_session(store, session)
    page, _ = open_page(browser.new_context(), f"{serve}sessions")
    expect(page.locator(".nothing")).to_contain_text("There are no calls yet")

    page.locator("#file").set_input_files(archive)
    expect(page.locator(".call-row")).to_have_count(1)
    assert session_ids(store) == [session]

    (tmp_path / "other.zip").write_bytes(b"PK but no zip")
    page.locator("#file").set_input_files(tmp_path / "other.zip")
    expect(page.get_by_role("alert")).to_contain_text("is not a zip file that can be read")
    expect(page.locator(".call-row")).to_have_count(1)


def test_progress_is_drawn_and_said(serve: str, tmp_path: Path, browser: Browser) -> None:
    for day in range(12):
        keep_call(tmp_path / "store", day, right=day < 5)
    page, troubles = open_page(browser.new_context(), f"{serve}progress")
    trend = page.locator("[data-trend='thats-right']")
    expect(trend).to_contain_text("lately 100 %, before 0 %")
    expect(trend.locator("circle")).to_have_count(12)
    expect(trend.locator("circle.yes")).to_have_count(5)
    expect(page.locator("[data-trend='label']")).to_contain_text("lately 1.0, before 1.0")
    expect(page.locator("#weeks .bar")).to_have_count(12)
    expect(page.locator("#look-back")).to_contain_text(re.compile(r"This week: \d+ calls?, \d+ minutes"))
    trend.locator("summary").press("Enter")
    expect(trend.locator("a")).to_have_count(12)
    keep_picture(page, "progress")
    assert troubles == []
