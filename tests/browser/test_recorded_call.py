"""A call made elsewhere, brought to the page of calls in a real Chromium, heard and reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browser_tools import browser_with, keep_picture, open_page
from playwright.sync_api import Browser, expect
from spoken import spoken

pytestmark = pytest.mark.browser

RATE_HZ = 16_000
LINES = (
    ("right", "I have waited for three weeks, and nobody called me back."),
    ("left", "It sounds like you were left alone with this."),
    ("right", "Yes. I had to explain it to the whole board."),
    ("left", "You need to sign this today, or we are done."),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_with() as started:
        yield started


def two_channel_call(path: Path) -> None:
    """You on the left, they on the right, a second between the lines."""
    sides: dict[str, list[np.ndarray]] = {"left": [], "right": []}
    for side, line in LINES:
        said = np.concatenate([spoken(line), np.zeros(RATE_HZ, np.float32)])
        for channel, parts in sides.items():
            parts.append(said if channel == side else np.zeros_like(said))
    call = np.stack([np.concatenate(sides["left"]), np.concatenate(sides["right"])], axis=1)
    soundfile.write(path, call, RATE_HZ)


def test_a_two_channel_call_is_heard_and_its_moves_are_seen(
    serve: str, tmp_path: Path, browser: Browser
) -> None:
    call = tmp_path / "call.wav"
    two_channel_call(call)
    page, troubles = open_page(browser.new_context(), f"{serve}sessions")
    page.locator("#file").set_input_files(call)
    expect(page.locator("#job-words")).to_contain_text("call.wav")
    page.wait_for_url("**/review/*", timeout=90_000)
    expect(page.locator("[data-kind='label']").first).to_be_visible()
    conversation = page.locator("main, body").first
    expect(conversation).to_contain_text("It sounds like you were left alone with this")
    expect(conversation).to_contain_text("three weeks")
    expect(page.get_by_text("Try again from here")).to_have_count(0)
    keep_picture(page, "recorded-call")
    page.goto(f"{serve}sessions")
    expect(page.locator(".call-row")).to_contain_text("recorded call")
    assert troubles == []


def test_what_is_no_recording_is_said_and_nothing_is_left(
    serve: str, tmp_path: Path, browser: Browser
) -> None:
    bad = tmp_path / "notes.mp3"
    bad.write_bytes(b"These are my notes, and no sound at all." * 100)
    page, _ = open_page(browser.new_context(), f"{serve}sessions")
    page.locator("#file").set_input_files(bad)
    expect(page.get_by_role("alert")).to_contain_text("notes.mp3", timeout=60_000)
    expect(page.locator(".nothing")).to_be_visible()
