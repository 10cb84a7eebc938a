"""A rehearsal in real Chromium, over the real server, with the real model and the real voice."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browser_tools import browser_with, keep_picture, open_page, wait_until
from playwright.sync_api import expect

from voice_coach.journal.journal import read_journal

LABEL = "It sounds like this isn't only about the increase."
PATIENCE_MS = 60_000

pytestmark = pytest.mark.browser


def test_a_spoken_label_lights_up_and_is_answered_aloud(
    serve: str, microphone_file: Callable[[list[str | float]], Path], tmp_path: Path
) -> None:
    wav = microphone_file([12.0, LABEL, 60.0])
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with browser_with(*fake, f"--use-file-for-fake-audio-capture={wav}%noloop") as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 860}, permissions=["microphone"])
        page, troubles = open_page(context, serve)
        expect(page.locator("[data-scenario]").first).to_be_visible()
        keep_picture(page, "start")
        page.locator("[data-scenario=renewal_in_doubt]").click()
        page.locator("#begin").click()
        call = page.locator("#call")
        expect(call).to_have_attribute("data-phase", "counterpart_speaking", timeout=PATIENCE_MS)
        expect(page.locator("[data-speaker=counterpart]").first).to_be_visible()
        wait_until(page, "Number(document.querySelector('[data-peak]').dataset.peak) > 0.02")
        keep_picture(page, "counterpart-speaking")
        expect(call).to_have_attribute("data-phase", "listening", timeout=PATIENCE_MS)
        keep_picture(page, "listening")

        stroke = page.locator("[data-speaker=trainee] [data-kind=label]")
        expect(stroke).to_be_visible(timeout=PATIENCE_MS)
        assert "it sounds like" in stroke.inner_text().lower()
        keep_picture(page, "label-lit")
        replies = page.locator("[data-speaker=counterpart]")
        expect(replies.nth(1)).to_be_visible(timeout=PATIENCE_MS)
        expect(call).to_have_attribute("data-phase", "listening", timeout=PATIENCE_MS)
        peak = float(page.locator("[data-peak]").first.get_attribute("data-peak") or 0)
        assert peak > 0.02, "the reply's sound was measured in the page"
        keep_picture(page, "answered")

        page.keyboard.press("Escape")
        page.locator("#confirm-end").click()
        expect(page.locator("#ended")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("[data-check]").first).to_be_visible()
        keep_picture(page, "ended")
        session = page.locator("body").get_attribute("data-session")
        assert session
        seekable = page.evaluate(
            "async path => (await fetch(path, {headers: {range: 'bytes=0-99'}})).status",
            f"/api/sessions/{session}/counterpart.flac",
        )
        assert seekable == 206
        assert troubles == []

    folder = tmp_path / "store" / "sessions" / session
    journal = read_journal(folder / "journal.jsonl")
    assert journal.complete
    for side in ("trainee", "counterpart"):
        sound, _ = soundfile.read(folder / f"{side}.flac", dtype="float32")
        assert np.abs(sound).max() > 0.05, side


def test_a_refused_microphone_is_said_with_the_next_step(shared_server: str) -> None:
    with browser_with("--use-fake-device-for-media-stream", "--deny-permission-prompts") as browser:
        page, _ = open_page(browser.new_context(viewport={"width": 390, "height": 844}), shared_server)
        page.locator("[data-scenario=renewal_in_doubt]").click()
        page.locator("#begin").click()
        trouble = page.get_by_role("alert")
        expect(trouble).to_be_visible()
        expect(trouble).to_contain_text("microphone")
        keep_picture(page, "microphone-refused")


@pytest.mark.parametrize(
    ("missing", "word"),
    [("AudioWorkletNode", "AudioWorklet"), ("WebSocket", "WebSocket")],
)
def test_a_browser_that_lacks_something_is_told_what(shared_server: str, missing: str, word: str) -> None:
    with browser_with() as browser:
        context = browser.new_context()
        context.add_init_script(f"delete window.{missing};")
        page, _ = open_page(context, shared_server)
        trouble = page.get_by_role("alert")
        expect(trouble).to_be_visible()
        expect(trouble).to_contain_text(word)


def test_why_is_told_on_request_by_keyboard_and_cues_stay_off(
    shared_server: str, microphone_file: Callable[[list[str | float]], Path]
) -> None:
    wav = microphone_file([60.0])
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with browser_with(*fake, f"--use-file-for-fake-audio-capture={wav}%noloop") as browser:
        context = browser.new_context(viewport={"width": 390, "height": 844}, permissions=["microphone"])
        page, troubles = open_page(context, shared_server)
        page.locator("[data-scenario=renewal_in_doubt]").click()
        page.locator("#cues").uncheck()
        page.locator("#guardedness").select_option("closed")
        page.locator("#begin").click()
        why = page.locator("[data-speaker=counterpart] .why").first
        expect(why).to_be_visible(timeout=PATIENCE_MS)
        expect(why.locator(".why-body")).to_be_hidden()
        why.locator("summary").focus()
        page.keyboard.press("Space")
        expect(why.locator(".why-body")).to_be_visible()
        expect(why.locator(".why-body")).to_contain_text("it speaks first")
        expect(page.locator("#mute")).to_have_attribute("aria-pressed", "false")
        keep_picture(page, "why")
        expect(page.locator("#switch-cues")).to_contain_text("Show cues")
        page.locator("#conversation").focus()
        page.keyboard.press("c")
        expect(page.locator("#switch-cues")).to_contain_text("Hide cues")
        page.keyboard.press("c")
        page.reload()
        expect(page.locator("#cues")).not_to_be_checked()
        assert troubles == []
