"""The server is killed in the middle of a call in real Chromium: the page goes on, or is offered to."""

import base64
import re
import time
from pathlib import Path

import numpy as np
import pytest
from browser_tools import browser_with, keep_picture, open_page
from killable import program
from playwright.sync_api import Page, expect
from spoken import spoken
from spoken_microphone import plug_in

from voice_coach.coaching.turn import Speaker
from voice_coach.journal.account import give_account
from voice_coach.journal.journal import read_journal
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ

LINE = "It seems like you were left alone with that, and you had forty doctors in front of you."
PATIENCE_MS = 90_000

pytestmark = pytest.mark.browser


def begin_to_say(page: Page, text: str) -> None:
    """Say a sentence without waiting for its end."""
    pcm = (np.clip(spoken(text), -1, 1) * 32767).astype("<i2").tobytes()
    page.evaluate(
        "([pcm, rateHz]) => { speakIntoMicrophone(pcm, rateHz); }",
        [base64.b64encode(pcm).decode(), SAMPLE_RATE_HZ],
    )


def call_somebody(page: Page) -> None:
    page.locator("[data-scenario=renewal_in_doubt]").click()
    page.locator("#begin").click()
    expect(page.locator("#call")).to_have_attribute("data-phase", "listening", timeout=PATIENCE_MS)


@pytest.mark.timeout(300)
def test_a_page_in_a_call_goes_on_when_the_server_is_back(tmp_path: Path) -> None:
    with program(tmp_path) as server, browser_with("--use-fake-ui-for-media-stream") as browser:
        server.wait()
        context = browser.new_context(viewport={"width": 1280, "height": 860}, permissions=["microphone"])
        plug_in(context)
        page, _ = open_page(context, f"http://127.0.0.1:{server.port}/")
        call_somebody(page)
        begin_to_say(page, LINE)
        mine = page.locator("[data-speaker=trainee]").first
        expect(mine).to_contain_text(re.compile("alone", re.IGNORECASE), timeout=PATIENCE_MS)
        server.kill()
        expect(page.locator("#banner")).to_be_visible(timeout=PATIENCE_MS)
        keep_picture(page, "server-killed")
        time.sleep(2.0)
        server.start()
        server.wait()
        expect(page.locator("[data-speaker=counterpart]").nth(1)).to_be_visible(timeout=PATIENCE_MS)
        keep_picture(page, "server-back")
        session = page.locator("body").get_attribute("data-session")
        page.keyboard.press("Escape")
        page.locator("#confirm-end").click()
        expect(page.locator("#ended")).to_be_visible(timeout=PATIENCE_MS)

    turns = give_account(read_journal(tmp_path / "sessions" / str(session) / "journal.jsonl")).turns
    said = " ".join(turn.text for turn in turns if turn.speaker is Speaker.TRAINEE).lower()
    for word in ("left", "alone", "doctors", "front"):
        assert said.count(word) == 1, said


@pytest.mark.timeout(300)
def test_a_call_that_was_cut_off_is_offered_and_goes_on(tmp_path: Path) -> None:
    with program(tmp_path) as server, browser_with("--use-fake-ui-for-media-stream") as browser:
        server.wait()
        address = f"http://127.0.0.1:{server.port}/"
        context = browser.new_context(viewport={"width": 1280, "height": 860}, permissions=["microphone"])
        plug_in(context)
        page, _ = open_page(context, address)
        call_somebody(page)
        first = page.locator("#lines [data-speaker=counterpart]").first.inner_text()
        server.kill()
        page.close()
        server.start()
        server.wait()

        page, troubles = open_page(context, f"{address}sessions")
        offer = page.get_by_role("link", name="Go on with it")
        expect(offer).to_be_visible()
        keep_picture(page, "cut-off-offered")
        offer.click()
        expect(page.locator("#start-title")).to_have_text("This call was cut off.")
        keep_picture(page, "cut-off-start")
        page.locator("#begin").click()
        expect(page.locator("#call")).to_have_attribute("data-phase", "listening", timeout=PATIENCE_MS)
        assert page.locator("#lines [data-speaker=counterpart]").first.inner_text() == first
        keep_picture(page, "taken-up")
        assert troubles == []
