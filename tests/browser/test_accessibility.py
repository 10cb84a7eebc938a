"""Every page in every state as axe-core sees it, in light and dark."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe import find_axe, violations
from browser_tools import browser_with, open_page
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
LABEL = "It sounds like this isn't only about the increase."


@pytest.fixture(scope="module")
def axe() -> str:
    return find_axe()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_with() as started:
        yield started


@pytest.fixture(params=["light", "dark"])
def review(request: pytest.FixtureRequest, browser: Browser, kept: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=request.param)
    page, _ = open_page(context, kept)
    expect(page.locator(".line").first).to_be_visible()
    yield page
    context.close()


def test_the_review(review: Page, axe: str) -> None:
    assert violations(review, axe) == []
    review.locator(".why summary").first.click()
    review.locator("[data-check] button", has_text="I see it otherwise").first.click()
    review.locator(".menu summary").first.click()
    review.locator("#add-comment").click()
    review.locator(".line .word").first.click()
    expect(review.locator(".word.now").first).to_be_visible()
    assert violations(review, axe) == []
    review.keyboard.press("Escape")
    review.locator("#show-help").click()
    assert violations(review, axe) == []
    review.get_by_role("button", name="Close").click()
    review.locator("#delete").click()
    assert violations(review, axe) == []
    review.get_by_role("button", name="Keep it").click()
    review.set_viewport_size({"width": 390, "height": 844})
    for panel in ("Checks", "Figures", "Comments", "Conversation"):
        review.get_by_role("button", name=panel, exact=True).click()
        assert violations(review, axe) == [], panel


def test_the_review_of_a_call_that_is_not_there(browser: Browser, kept: str, axe: str) -> None:
    page = browser.new_page()
    page.goto(kept.rsplit("/", 1)[0] + "/20200101-000000-none")
    expect(page.locator("#instead h1")).to_contain_text("no such call")
    assert violations(page, axe) == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_comparison(browser: Browser, kept: str, axe: str, width: int, scheme: str) -> None:
    """One call beside itself: what is looked at is the page."""
    before, session = kept.split("review/")
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page, _ = open_page(context, f"{before}compare/{session}/{session}")
    expect(page.locator(".line").first).to_be_attached()
    assert violations(page, axe) == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["sessions", "progress"])
def test_the_pages_of_calls_and_of_progress(
    browser: Browser, kept: str, axe: str, address: str, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page, _ = open_page(context, kept.split("review/", maxsplit=1)[0] + address)
    page.wait_for_load_state("networkidle")
    assert violations(page, axe) == []
    context.close()


def in_both_lights(page: Page, axe: str) -> list[str]:
    """What is wrong with the page as it stands, light and dark."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {line}" for line in violations(page, axe)]
    return found


def test_the_call(
    shared_server: str, microphone_file: Callable[[list[str | float]], Path], axe: str
) -> None:
    # Said twice: on a busy machine the call begins later than the microphone.
    wav = microphone_file([12.0, LABEL, 18.0, LABEL, 60.0])
    with browser_with(*FAKE, f"--use-file-for-fake-audio-capture={wav}%noloop") as browser:
        context = browser.new_context(permissions=["microphone"])
        page, _ = open_page(context, shared_server)
        expect(page.locator("[data-scenario]").first).to_be_visible()
        assert in_both_lights(page, axe) == [], "start"
        page.locator("[data-scenario=renewal_in_doubt]").click()
        page.locator("#begin").click()
        expect(page.locator("#call")).to_have_attribute(
            "data-phase", "counterpart_speaking", timeout=PATIENCE_MS
        )
        assert in_both_lights(page, axe) == [], "they speak"
        expect(page.locator("[data-speaker=trainee] [data-kind=label]")).to_be_visible(
            timeout=PATIENCE_MS
        )
        assert in_both_lights(page, axe) == [], "a label is lit"
        page.locator(".why summary").first.click()
        page.locator("#show-latency").click()
        assert in_both_lights(page, axe) == [], "why, and timing"
        page.locator("#show-help").click()
        assert in_both_lights(page, axe) == [], "help"
        page.get_by_role("button", name="Close").click()
        page.locator("#end").click()
        assert in_both_lights(page, axe) == [], "are you sure"
        page.locator("#confirm-end").click()
        expect(page.locator("[data-check]").first).to_be_visible(timeout=PATIENCE_MS)
        assert in_both_lights(page, axe) == [], "the debrief"
        page.get_by_role("link", name="Look at the whole call").click()
        expect(page.locator(".line").first).to_be_visible()


def test_a_refused_microphone(shared_server: str, axe: str) -> None:
    with browser_with("--use-fake-device-for-media-stream", "--deny-permission-prompts") as browser:
        page, _ = open_page(browser.new_context(), shared_server)
        page.locator("[data-scenario]").first.click()
        page.locator("#begin").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert violations(page, axe) == []
