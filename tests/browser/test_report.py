"""The exported report in a real Chromium: one file, opened from the disk, that can be read and heard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browser_tools import browser_with, keep_picture, open_page
from exports.sample_review import sample_review
from playwright.sync_api import Browser, expect

from voice_coach.coaching.turn import Speaker
from voice_coach.exports.mixdown import mixdown
from voice_coach.exports.report import as_html

pytestmark = pytest.mark.browser

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_with() as started:
        yield started


def test_a_line_is_heard_from_its_start_to_its_end_and_no_further(
    tmp_path: Path, browser: Browser
) -> None:
    track = tmp_path / "trainee.flac"
    soundfile.write(track, 0.2 * np.sin(np.arange(22 * RATE_HZ) * 0.2), RATE_HZ)
    report = tmp_path / "report.html"
    report.write_text(as_html(sample_review(), mixdown({Speaker.TRAINEE: track})), "utf-8")
    page, troubles = open_page(browser.new_context(), report.as_uri())

    page.get_by_role("button", name="Hear this at 0:20").last.click()
    audio = page.locator("audio")
    expect(audio).to_have_js_property("paused", value=False)
    expect(audio).to_have_js_property("paused", value=True, timeout=10_000)
    stopped_at = audio.evaluate("element => element.currentTime")
    # The last line is from 20 to 21 s; a player says where it is four times a second.
    assert 20.9 <= stopped_at <= 21.5
    keep_picture(page, "report")
    assert troubles == []


def test_the_report_needs_nothing_but_itself(tmp_path: Path, browser: Browser) -> None:
    report = tmp_path / "report.html"
    report.write_text(as_html(sample_review()), "utf-8")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(report.as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("She told you why she came.")
    assert asked == [report.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
