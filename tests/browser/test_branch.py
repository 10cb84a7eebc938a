"""Try again from here in real Chromium: the line is heard once more, and the person goes on speaking."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browser_tools import browser_with, keep_picture, open_page, wait_until
from journal.played_calls import begun, header_of
from playwright.sync_api import expect

from voice_coach.counterpart.scenario import load_scenario
from voice_coach.journal.journal import read_journal
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.moves.recognizer import Recognizer, load_recognizer

FIRST = "20261123-184501-k3f9"
LABEL = "It sounds like you were left alone with it."
PATIENCE_MS = 60_000

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return load_recognizer()


def keep_first_call(store: Path, recognizer: Recognizer) -> None:
    """A call of two answers, kept without sound."""
    header = header_of(load_scenario("renewal_in_doubt"), seed=7, session=FIRST)
    call = begun(header, recognizer)
    call.start()
    for said in ("It sounds like this isn't only about the increase.", "We can talk about the price."):
        call.hear_reply()
        call.wait(1.0)
        call.speak(said)
        call.wait(2.0)
    call.hear_reply()
    call.end()
    call.keep(store, header)


def test_a_line_is_heard_again_and_answered_anew(
    serve: str,
    microphone_file: Callable[[list[str | float]], Path],
    tmp_path: Path,
    recognizer: Recognizer,
) -> None:
    keep_first_call(tmp_path / "store", recognizer)
    wav = microphone_file([14.0, LABEL, 60.0])
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with browser_with(*fake, f"--use-file-for-fake-audio-capture={wav}%noloop") as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 860}, permissions=["microphone"])
        page, troubles = open_page(context, f"{serve}?branch={FIRST}&turn=2")
        expect(page.locator("#start-title")).to_have_text("Try it again from here.")
        here = page.locator("#from-here")
        expect(here).to_contain_text("It sounds like this isn't only about the increase.")
        line = here.locator("[data-speaker=counterpart] blockquote").inner_text()
        expect(page.locator("#people")).to_be_hidden()
        keep_picture(page, "branch-start")
        page.set_viewport_size({"width": 390, "height": 844})
        keep_picture(page, "branch-start-390")
        page.set_viewport_size({"width": 1280, "height": 860})

        # By keyboard alone.
        begin = page.locator("#begin")
        expect(begin).to_be_enabled()
        for _ in range(8):
            page.keyboard.press("Tab")
            if begin.evaluate("button => button === document.activeElement"):
                break
        page.keyboard.press("Enter")
        call = page.locator("#call")
        expect(call).to_have_attribute("data-phase", "counterpart_speaking", timeout=PATIENCE_MS)
        earlier = page.locator("#lines [data-earlier]")
        expect(earlier).to_have_count(2)
        wait_until(page, "Number(document.querySelector('[data-peak]').dataset.peak) > 0.02")
        expect(call).to_have_attribute("data-phase", "listening", timeout=PATIENCE_MS)
        again = page.locator("#lines [data-speaker=counterpart]").nth(1).locator(".words")
        expect(again).to_have_text(line)  # its last word may be marked a moment later
        keep_picture(page, "branch-listening")

        stroke = page.locator("#lines li:not([data-earlier]) [data-kind=label]")
        expect(stroke).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("#lines [data-speaker=counterpart]").nth(2)).to_be_visible(
            timeout=PATIENCE_MS
        )
        expect(call).to_have_attribute("data-phase", "listening", timeout=PATIENCE_MS)
        keep_picture(page, "branch-answered")
        page.keyboard.press("Escape")
        page.locator("#confirm-end").click()
        expect(page.locator("#ended")).to_be_visible(timeout=PATIENCE_MS)
        session = page.locator("body").get_attribute("data-session")
        comparison = page.get_by_role("link", name="Compare with the first try")
        expect(comparison).to_have_attribute("href", f"/compare/{FIRST}/{session}")
        keep_picture(page, "branch-ended")
        assert troubles == []

    assert session
    assert session != FIRST
    journal = read_journal(tmp_path / "store" / "sessions" / session / "journal.jsonl")
    assert journal.header.parent is not None
    assert journal.header.parent.session == FIRST
    assert replay(journal, lambda header: played_session(header, recognizer)).identical


def test_a_line_that_cannot_be_taken_up_is_said_with_a_way_out(
    serve: str, tmp_path: Path, recognizer: Recognizer
) -> None:
    keep_first_call(tmp_path / "store", recognizer)
    with browser_with() as browser:
        context = browser.new_context(viewport={"width": 390, "height": 844})
        for search, words in (
            (f"?branch={FIRST}&turn=1", "is your own"),
            (f"?branch={FIRST}&turn=40", "has no turn 40"),
            (f"?branch={FIRST}", "does not say which turn"),
            ("?branch=20200101-000000-aaaa&turn=0", "There is no session"),
            ("?branch=..%2F..%2Fetc&turn=0", "There is no session"),
        ):
            page, _ = open_page(context, serve + search)
            trouble = page.get_by_role("alert")
            expect(trouble).to_contain_text("The call cannot be taken up there.")
            expect(trouble).to_contain_text(words)
            expect(page.locator("#begin")).to_be_disabled()
        keep_picture(page, "branch-refused-390")
        page.get_by_role("button", name="Call somebody anew").press("Enter")
        expect(page.locator("[data-scenario]").first).to_be_visible()
        expect(page.get_by_role("alert")).to_be_hidden()
