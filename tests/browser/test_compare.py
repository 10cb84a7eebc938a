"""Two tries of one call side by side, in real Chromium, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from browser_tools import browser_with, keep_picture, open_page
from journal.played_calls import PlayedCall, begun, header_of
from playwright.sync_api import Browser, expect
from rehearsed_call import server_of

from voice_coach.coaching.turn import Speaker
from voice_coach.counterpart.scenario import load_scenario
from voice_coach.journal.branch_point import find_branch_point
from voice_coach.journal.format import Parent
from voice_coach.moves.recognizer import load_recognizer

FIRST, SECOND = "20261123-184501-k3f9", "20261123-191502-m7q2"
SAID = {
    FIRST: (
        "We can talk about the price, if you sign today.",
        "You have to decide now, or the offer is gone.",
        "Fine. What would you pay?",
    ),
    SECOND: (
        "It sounds like you were left alone with it.",
        "It seems like somebody should have called you back then.",
        "So in March you were two days without records, and you stood there alone. Nobody called.",
    ),
}

GONE = "20200101-000000-none"

pytestmark = pytest.mark.browser


def go_on(call: PlayedCall, *said: str) -> None:
    for words in said:
        call.hear_reply()
        call.wait(1.0)
        call.speak(words)
        call.wait(2.0)
    call.hear_reply()
    call.end()


def two_tries(store: Path) -> None:
    recognizer = load_recognizer()
    header = header_of(load_scenario("renewal_in_doubt"), seed=7, session=FIRST)
    first = begun(header, recognizer)
    first.start()
    go_on(first, "It sounds like this isn't only about the increase.", *SAID[FIRST])
    first.keep(store, header)
    point = find_branch_point(first.journal(header), 2)
    parent = Parent(session=FIRST, seq=point.line.seq)
    again = msgspec.structs.replace(header, session=SECOND, parent=parent)
    second = begun(again, recognizer)
    for exchange in (*point.earlier, point.line):
        second.feed(exchange.event)
    second.at = point.resumes_at_sample / 16_000
    go_on(second, *SAID[SECOND])
    second.keep(store, again)
    for session in (FIRST, SECOND):
        tone = 0.3 * np.sin(np.arange(60 * 16_000) * 0.1)
        for side in Speaker:
            soundfile.write(store / "sessions" / session / f"{side.value}.flac", tone, 16_000)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the comparison, on a server whose store has both tries."""
    store = tmp_path_factory.mktemp("tries") / "store"
    with server_of(store) as address:
        two_tries(store)
        yield f"{address}compare/{FIRST}/{SECOND}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_with() as started:
        yield started


def test_two_tries_are_laid_beside_each_other_and_heard(browser: Browser, compared: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, troubles = open_page(context, compared)
    expect(page.get_by_role("heading", level=1)).to_have_text("Two ways on from one line.")
    shared = page.locator(".beginning .folded > summary")
    expect(shared).to_have_text("Both begin with the same 3 turns")
    expect(page.locator(".beginning .line").first).to_be_hidden()
    left, right = page.locator(".way[data-side=left]"), page.locator(".way[data-side=right]")
    expect(left).to_contain_text(SAID[FIRST][0])
    expect(right).to_contain_text(SAID[SECOND][0])
    expect(right.locator("[data-kind=label]").first).to_be_visible()
    ends = left.evaluate("way => way.getBoundingClientRect().right")
    begins = right.evaluate("way => way.getBoundingClientRect().left")
    assert ends <= begins, "side by side"
    trust = page.get_by_role("img", name="Trust:")
    expect(trust).to_be_visible()
    assert "first try ends at" in (trust.get_attribute("aria-label") or "")
    apart = page.locator(".checks > table tbody tr")
    assert apart.count() >= 1
    for row in apart.all():
        verdicts = row.locator("td").all_inner_texts()
        assert len(set(verdicts)) == 2, "only what came out differently stands unfolded"

    shared.press("Enter")
    expect(page.locator(".beginning .line").first).to_be_visible()
    with page.expect_request(f"**/api/sessions/{SECOND}/trainee.flac"):
        right.locator("[data-speaker=trainee] .hear").first.click()
    expect(right.locator(".hear.playing")).to_have_count(1)
    assert troubles == []
    keep_picture(page, "compare-1280", whole=True)


def test_in_the_dark_nothing_is_lost(browser: Browser, compared: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page, troubles = open_page(context, compared)
    expect(page.locator(".course-picture").first).to_be_visible()
    assert troubles == []
    keep_picture(page, "compare-1280-dark", whole=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_there_is_room_for_one_a_switch_chooses(
    browser: Browser, compared: str, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page, troubles = open_page(context, compared)
    left, right = page.locator(".way[data-side=left]"), page.locator(".way[data-side=right]")
    expect(right).to_be_visible()
    expect(left).to_be_hidden()
    page.locator(".one-of-two input").last.focus()
    page.keyboard.press("ArrowUp")
    expect(left).to_be_visible()
    expect(right).to_be_hidden()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide == 390, "nothing hangs over the edge"
    assert troubles == []
    keep_picture(page, f"compare-390-{scheme}", whole=True)


def test_a_call_that_is_not_there_is_said(browser: Browser, compared: str) -> None:
    page, _ = open_page(browser.new_context(), compared.replace(FIRST, GONE))
    expect(page.get_by_role("alert")).to_contain_text("These calls cannot be compared.")
