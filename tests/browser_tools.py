"""A real Chromium for tests: how it is started, what it says, and pictures of it."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

ARTIFACTS = Path(os.environ.get("VOICE_COACH_ARTIFACTS", Path(__file__).parents[1] / "artifacts"))
QUIET = [
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("There is no Chromium on this machine; on Debian: apt-get install chromium.")
    return found


# Patience, no bound: a page on a busy machine may take its time for what it certainly does.
expect.set_options(timeout=20_000)

_started: list[Playwright] = []


@contextmanager
def _playwright() -> Iterator[Playwright]:
    """Start Playwright, or share what an outer `with` has started: a thread holds only one."""
    if _started:
        yield _started[0]
        return
    with sync_playwright() as playwright:
        _started.append(playwright)
        try:
            yield playwright
        finally:
            _started.clear()


@contextmanager
def browser_with(*arguments: str) -> Iterator[Browser]:
    with _playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *arguments])
        try:
            yield browser
        finally:
            browser.close()


def open_page(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """Open the page and collect everything that goes wrong in its console."""
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.goto(address)
    return page, troubles


def wait_until(page: Page, condition: str, *, seconds: float = 30.0) -> None:
    """Wait until an expression is true in the page.

    Asked from outside, again and again: what a page's policy forbids is to evaluate text by itself,
    which is how Playwright's own waiting works.
    """
    give_up = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < give_up, f"{condition} has not come true in {seconds:.0f} s"
        page.wait_for_timeout(50)


def keep_picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a screenshot of what is seen, or of the whole page, for people to look at."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=whole)
