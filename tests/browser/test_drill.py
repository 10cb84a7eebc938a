"""A drill in real Chromium: the real server, the real ears and voice, three answers aloud."""

import pytest
from browser_tools import browser_with, keep_picture, open_page
from playwright.sync_api import Locator, Page, expect
from spoken_microphone import plug_in, say

from voice_coach.coaching.drill_book import Drill, Prompt
from voice_coach.coaching.drill_shelf import DRILL_FOLDER, read_drill_shelf

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
SEEDED = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  const hello = typeof data === "string" && data.includes('"hello"');
  send.call(this, hello ? JSON.stringify({ ...JSON.parse(data), seed: 7 }) : data);
};
"""
"""The same prompts in every run of this test."""


@pytest.fixture(scope="module")
def label_it() -> Drill:
    return read_drill_shelf(DRILL_FOLDER / "none of one's own").find("label_it")


def prompt_now(page: Page, drill: Drill) -> Prompt:
    """Wait until it is the trainee's turn and give the prompt that was spoken."""
    expect(page.locator("#call")).to_have_attribute("data-phase", "listening", timeout=PATIENCE_MS)
    line = page.locator("#drill-theirs [data-now] .words").inner_text()
    return next(prompt for prompt in drill.prompts if " ".join(prompt.says) == line)


def answer(page: Page, text: str, mark: Locator) -> str:
    """Say an answer and give what was made of it."""
    say(page, text)
    expect(mark).not_to_have_attribute("data-mark", "now", timeout=PATIENCE_MS)
    return mark.get_attribute("data-mark") or ""


def test_three_rounds_are_answered_aloud(serve: str, label_it: Drill) -> None:
    with browser_with() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 860})
        plug_in(context)
        context.add_init_script(SEEDED)
        page, troubles = open_page(context, serve)
        card = page.locator("[data-drill=label_it]")
        expect(card).to_contain_text("Not tried yet")
        card.locator("summary").click()
        card.get_by_role("button").click()
        marks = page.locator("#drill-marks li")

        first = prompt_now(page, label_it)
        assert float(page.locator("#portrait").get_attribute("data-peak") or 0) > 0.02, "it was spoken"
        keep_picture(page, "drill-your-turn")
        assert answer(page, first.passes[0], marks.nth(0)) == "passed"
        expect(page.locator("#drill-verdict")).to_contain_text("Passed")
        expect(page.locator("#drill-yours [data-kind=label]")).to_be_visible()
        keep_picture(page, "drill-passed")

        second = prompt_now(page, label_it)
        assert second != first
        assert answer(page, "Why did you not call me earlier?", marks.nth(1)) == "missed"
        expect(page.locator("#drill-verdict")).to_contain_text(label_it.reasons["question"])
        expect(page.locator("#drill-verdict")).to_contain_text(second.could)
        expect(page.locator("#drill-news")).to_contain_text("Round 2: not yet.")
        keep_picture(page, "drill-not-yet")

        third = prompt_now(page, label_it)
        assert answer(page, third.passes[0], marks.nth(2)) == "passed"
        expect(page.locator("#drill-round")).to_have_text("Round 4 of 10")

        page.keyboard.press("Escape")
        expect(page.locator("#confirm-words")).to_have_text("Stop this drill?")
        page.locator("#confirm-end").click()
        rounds = page.locator("#ended [data-round]")
        expect(rounds).to_have_count(3, timeout=PATIENCE_MS)
        assert [each.get_attribute("data-passed") for each in rounds.all()] == ["true", "false", "true"]
        expect(page.locator("#headline")).not_to_be_empty()
        rounds.nth(1).locator("summary").click()
        expect(rounds.nth(1)).to_contain_text(second.could)
        expect(rounds.nth(1)).to_contain_text("Why did you not")
        keep_picture(page, "drill-result", whole=True)
        review = page.locator("#review").get_attribute("href")
        page.keyboard.press("d")
        expect(card).to_contain_text("Last time 2 of 3")
        keep_picture(page, "drills", whole=True)
        page.goto(serve.rstrip("/") + (review or ""))
        expect(page.locator(".line").first).to_be_visible()
        keep_picture(page, "drill-review")
        assert troubles == []
