"""The review page in real Chromium, over a call that was really rehearsed, on the real server."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

import msgspec
import pytest
from browser_tools import browser_with, keep_picture, open_page, wait_until
from journal.samples import write_session
from long_call import SESSION, long_peaks, long_review
from played_sound import find, record
from playwright.sync_api import Browser, Page, expect
from rehearsed_call import Rehearsed, server_of

from voice_coach.journal.format import Parent
from voice_coach.review.review import Review
from voice_coach_server.engines import Engines

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 860}
NARROW = {"width": 390, "height": 844}
CLOSE_SECONDS = 0.08
"""Two of the browser's sound buffers, and the room at a word's edge in which nobody speaks."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_with() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, kept: str) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE)
    page, troubles = open_page(context, kept)
    expect(page.locator(".line").first).to_be_visible()
    yield page
    context.close()
    assert troubles == []


def review_of(page: Page) -> Review:
    told = page.evaluate(
        "fetch(location.pathname.replace('/review/', '/api/sessions/') + '/review').then(r => r.text())"
    )
    return msgspec.json.decode(told, type=Review)


def label_of(review: Review) -> tuple[int, float, float]:
    """The turn that holds the label, and its seconds as its words have them."""
    for one in review.turns:
        for move in one.turn.moves:
            if move.kind == "label":
                words = [word for word in one.words if word.start < move.end and move.start < word.end]
                return one.turn.index, words[0].start_seconds, words[-1].end_seconds
    pytest.fail("the rehearsal has no label")


def test_a_move_is_heard_exactly_and_then_it_stops(
    page: Page, rehearsed: Rehearsed, real_engines: Engines
) -> None:
    turn, begins, ends = label_of(review_of(page))
    button = page.locator(f"[data-line='{turn}'] [data-kind=label] button")
    heard = record(page, button.click, (ends - begins + 1.5) * 1000)
    expect(page.locator("#play")).to_have_attribute("data-playing", "false")

    folder = rehearsed.store / "sessions" / rehearsed.session
    played = find(heard["trainee"], folder / "trainee.flac")
    assert played.likeness > 0.6, "a busy machine loses blocks of it; other speech does not reach 0.4"
    assert begins - 0.03 <= played.from_seconds
    assert played.to_seconds <= ends + CLOSE_SECONDS
    assert played.to_seconds - played.from_seconds > (ends - begins) * 0.8
    text = real_engines.transcriber.transcribe(heard["trainee"], final=True).text.lower()
    assert text.startswith("it sounds like")
    assert text.rstrip(".").endswith("price")


def test_a_word_is_heard_from_there_on_and_marked_while_it_sounds(
    page: Page, rehearsed: Rehearsed
) -> None:
    review = review_of(page)
    turn, _, ends = label_of(review)
    word = page.locator(f"[data-line='{turn}'] .word").nth(3)
    seconds = next(one.words[3].start_seconds for one in review.turns if one.turn.index == turn)
    heard = record(page, word.click, (ends - seconds + 1.0) * 1000)
    played = find(heard["trainee"], rehearsed.store / "sessions" / rehearsed.session / "trainee.flac")
    assert abs(played.from_seconds - seconds) < 0.15, "a word may begin softly"
    expect(page.locator("#play")).to_have_attribute("data-playing", "true")
    expect(page.locator(".word.now").first).to_be_visible()
    later = next(one for one in review.turns if one.turn.index == turn + 1)
    expect(page.locator(f"[data-line='{later.turn.index}'] .word.now")).to_have_count(1)
    keep_picture(page, "review-playing")


def apart_seconds(page: Page) -> float:
    """How far the two tracks are from each other, over a second; one reading is coarse."""
    readings: list[float] = page.evaluate(
        """async () => {
            const [one, other] = document.querySelectorAll("#tracks audio");
            const apart = [];
            for (let index = 0; index < 15; index += 1) {
                await new Promise((done) => setTimeout(done, 60));
                apart.push(one.currentTime - other.currentTime);
            }
            return apart;
        }"""
    )
    return abs(mean(readings))


def test_both_tracks_stay_together_at_every_speed(page: Page) -> None:
    page.locator(".line .word").first.click()
    for speed in ("1", "3", "0.5", "1.5"):
        page.locator("#speed").select_option(speed)
        expect(page.locator("#play")).to_have_attribute("data-playing", "true")
        # At a higher speed a sound buffer holds more. Where a machine too busy to play pulls the tracks
        # apart, they are to come together again: one of three looks must find them so.
        looks = (apart_seconds(page) < 0.03 * max(1.0, float(speed)) for _ in range(3))
        assert any(looks), speed
        rates = page.evaluate("[...document.querySelectorAll('audio')].map(a => a.preservesPitch)")
        assert rates == [True, True]
        page.evaluate("document.querySelector('.line .word').click()")


def test_the_time_line_is_pressed_to_hear_a_move_or_a_moment(page: Page) -> None:
    _, begins, ends = label_of(review_of(page))
    line = page.locator("#timeline")
    wait_until(page, "document.querySelector('#timeline').dataset.to > 1")
    box = line.bounding_box()
    assert box is not None
    first, last = (float(line.get_attribute(f"data-{name}") or 0) for name in ("from", "to"))

    def x_of(seconds: float) -> float:
        return box["x"] + (seconds - first) / (last - first) * box["width"]

    page.mouse.move(x_of((begins + ends) / 2), box["y"] + 30)
    expect(page.locator(".tip")).to_contain_text("label")
    page.mouse.click(x_of((begins + ends) / 2), box["y"] + 30)
    expect(page.locator(".stretch")).to_be_visible()
    expect(page.locator("#play")).to_have_attribute("data-playing", "false")
    page.mouse.click(x_of(begins - 2), box["y"] + 60)
    expect(page.locator("#play")).to_have_attribute("data-playing", "true")
    at = page.evaluate("document.querySelector('audio').currentTime")
    assert begins - 2.2 < at < begins - 1

    page.mouse.wheel(0, -400)
    wait_until(page, f"document.querySelector('#timeline').dataset.to < {last - 1}")


def test_a_comment_is_written_at_the_playhead_kept_and_removed(page: Page) -> None:
    page.locator("#timeline").focus()
    page.keyboard.press("l")
    page.keyboard.press("c")
    page.keyboard.type("Wait a breath longer <b>here</b>.")
    page.get_by_role("button", name="Keep").click()
    comment = page.locator("[data-comment]")
    expect(comment).to_contain_text("Wait a breath longer <b>here</b>.")
    expect(comment.locator(".hear")).to_contain_text("0:10")
    page.reload()
    expect(comment).to_contain_text("Wait a breath longer")
    kept = review_of(page).comments[0]
    assert kept.at_seconds == pytest.approx(10.0, abs=0.01)
    comment.get_by_role("button", name="Remove").click()
    expect(comment).to_have_count(0)


def test_a_check_is_overruled_and_both_verdicts_are_kept(page: Page) -> None:
    check = page.locator("[data-check]").first
    before = review_of(page).debrief
    assert before is not None
    said, other = ("Yes", "Not yet") if before.checks[0].passed else ("Not yet", "Yes")
    expect(check.locator(".verdict")).to_have_text(said)
    check.get_by_role("button", name="I see it otherwise").click()
    page.keyboard.type("It was said, only softly.")
    check.get_by_role("button", name="Count it").click()
    expect(check.locator(".verdict")).to_have_text(other)
    expect(check.locator("s")).to_have_text(said)
    expect(check).to_contain_text("It was said, only softly.")
    keep_picture(page, "review-overruled")
    after = review_of(page)
    assert after.debrief == before
    assert after.overrules[0].passed is not before.checks[0].passed
    check.get_by_role("button", name="Take back").click()
    expect(check.locator(".verdict")).to_have_text(said)


def test_all_of_it_by_keyboard(page: Page) -> None:
    page.locator("body").press("Space")
    expect(page.locator("#play")).to_have_attribute("data-playing", "true")
    page.keyboard.press("k")
    expect(page.locator("#play")).to_have_attribute("data-playing", "false")
    page.keyboard.press("Home")
    expect(page.locator("#time")).to_have_text("0:00")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#time")).to_have_text("0:02")
    page.keyboard.press("]")
    expect(page.locator("#speed")).to_have_value("1.25")
    page.keyboard.press("n")
    expect(page.locator(".stretch")).to_be_visible()
    expect(page.locator("[data-speaker=trainee].line.now")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("+")
    wait_until(page, "document.querySelector('#timeline').dataset.from > 0")
    expect(page.locator("#fit")).to_be_enabled()
    page.keyboard.press("0")
    expect(page.locator("#fit")).to_be_disabled()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.locator(".why summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".why-body").first).to_contain_text("it speaks first")
    page.locator("#timeline").focus()
    assert page.locator("#timeline").get_attribute("aria-valuetext")


def test_the_text_follows_until_the_reader_scrolls_away(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 700})
    page.locator(".line .word").first.click()
    page.locator(".text").hover()
    page.mouse.wheel(0, 300)
    expect(page.locator("#follow")).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(500)  # the browser's own smooth scrolling comes to rest
    page.keyboard.press("f")
    expect(page.locator("#follow")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".line.now")).to_be_in_viewport()


def test_the_way_back_into_the_call_and_what_can_be_taken_along(page: Page, rehearsed: Rehearsed) -> None:
    again = page.locator(".line[data-speaker=counterpart] .again").first
    assert again.get_attribute("href") == f"/?branch={rehearsed.session}&turn=0"
    page.locator(".menu summary", has_text="Take along").click()
    links = page.locator("#downloads a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    assert f"/api/sessions/{rehearsed.session}/export.html?audio=1" in links
    assert {link.split("export.")[1].split("?")[0] for link in links} == {
        "html", "json", "csv", "vtt", "srt", "zip",
    }  # fmt: skip


def test_a_call_without_sound_is_read_and_says_so(browser: Browser, kept: str) -> None:
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()

    def silent(route: Any) -> None:
        told = msgspec.json.decode(route.fetch().body())
        route.fulfill(json={**told, "tracks": [], "remarks": ["The journal was cut off."]})

    page.route(
        "**/review", lambda route: silent(route) if "/api/" in route.request.url else route.continue_()
    )
    page.goto(kept)
    expect(page.locator("#remarks")).to_contain_text("The journal was cut off.")
    expect(page.locator("#remarks")).to_contain_text("No sound was kept")
    expect(page.locator("#play")).to_be_disabled()
    page.locator(".line .word").nth(2).click()
    expect(page.locator(".line.now")).to_be_visible()
    context.close()


def test_whose_turn_it_is_can_be_marked_in_a_mono_recording(browser: Browser, kept: str) -> None:
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    told = msgspec.json.decode(
        context.request.get(kept.replace("/review/", "/api/sessions/") + "/review").body()
    )
    mono = {**told, "kind": "recorded", "person": "The other side", "course": [], "debrief": None}
    mono["tracks"] = told["tracks"][:1]
    mono["turns"] = [
        {**one, "speaker_known": False, "can_branch": False, "turn": {**one["turn"], "because": None}}
        for one in told["turns"]
    ]
    sent: list[Any] = []

    def note(route: Any) -> None:
        sent.append(route.request.post_data_json)
        turn = mono["turns"][sent[-1]["turn"]]
        turn["speaker_known"] = True
        turn["turn"]["speaker"] = sent[-1]["speaker"]
        route.fulfill(json=mono)

    page.route("**/api/sessions/*/review", lambda route: route.fulfill(json=mono))
    page.route("**/notes", note)
    page.goto(kept)
    expect(page.locator(".line[data-speaker=unknown]")).to_have_count(len(mono["turns"]))
    expect(page.locator("#standing")).to_be_hidden()
    page.get_by_role("button", name="Turn 1 is theirs").click()
    expect(page.locator(".line").first).to_have_attribute("data-speaker", "counterpart")
    page.keyboard.press("m")
    expect(page.locator(".line").first).to_have_attribute("data-speaker", "trainee")
    assert sent == [
        {"note": "speaker_marked", "turn": 0, "speaker": "counterpart"},
        {"note": "speaker_marked", "turn": 0, "speaker": "trainee"},
    ]
    keep_picture(page, "review-mono")
    context.close()


def _frames_while_scrolling(page: Page) -> list[float]:
    """Milliseconds from frame to frame, sorted."""
    frames: list[float] = page.evaluate(
        """async () => {
            const frames = [];
            let last = performance.now();
            for (let index = 0; index < 60; index += 1) {
                document.querySelector("#timeline").dispatchEvent(
                    new WheelEvent("wheel", { deltaX: 60, cancelable: true }));
                document.querySelector(".text").scrollBy(0, 120);
                await new Promise(requestAnimationFrame);
                frames.push(performance.now() - last);
                last = performance.now();
            }
            return frames.sort((a, b) => a - b);
        }"""
    )
    return frames


def test_an_hour_opens_at_once_and_scrolls_smoothly(browser: Browser, kept: str) -> None:
    body = msgspec.json.encode(long_review())
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.route("**/api/sessions/*/review", lambda route: route.fulfill(body=body))
    page.route(
        "**/peaks/*", lambda route: route.fulfill(body=long_peaks(route.request.url.rsplit("/", 1)[1]))
    )
    page.route("**/*.flac", lambda route: route.abort())
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})  # time on a core, not on a clock

    def busy_seconds() -> float:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return float({metric["name"]: metric["value"] for metric in metrics}["TaskDuration"])

    before = busy_seconds()
    page.goto(kept.rsplit("/", 1)[0] + f"/{SESSION}")
    wait_until(page, "document.querySelector('#timeline').dataset.to > 1")
    assert 0.01 < busy_seconds() - before < 1.5
    medians = [_frames_while_scrolling(page)[30] for _ in range(3)]
    assert min(medians) < 34, "while both the time line and the text scroll"
    keep_picture(page, "review-hour")
    context.close()


def test_what_cannot_be_shown_is_said_with_the_next_step(browser: Browser, kept: str) -> None:
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    page.goto(kept.rsplit("/", 1)[0] + "/20200101-000000-none")
    expect(page.locator("#instead")).to_contain_text("There is no such call on this machine.")
    expect(page.locator("#instead").get_by_role("link", name="Your calls")).to_be_visible()
    page.route("**/api/**", lambda route: route.abort())
    page.goto(kept)
    expect(page.locator("#instead")).to_contain_text("does not answer")
    page.unroute("**/api/**")
    expect(page.locator(".line").first).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
def test_pictures_for_people_to_look_at(
    browser: Browser, kept: str, scheme: str, size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page, troubles = open_page(context, kept)
    expect(page.locator(".line").first).to_be_visible()
    page.wait_for_timeout(300)
    keep_picture(page, f"review-{size['width']}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    context.close()
    assert troubles == []


def test_a_call_is_deleted_after_one_question(
    browser: Browser, rehearsed: Rehearsed, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(rehearsed.store / "sessions", store / "sessions")
    folder = store / "sessions" / rehearsed.session
    with server_of(store) as address:
        context = browser.new_context(viewport=WIDE)
        page, troubles = open_page(context, f"{address}review/{rehearsed.session}")
        page.locator("#delete").click()
        page.get_by_role("button", name="Keep it").click()
        assert folder.is_dir()
        page.locator("#delete").click()
        page.get_by_role("button", name="Delete for good").click()
        expect(page.locator("#instead")).to_contain_text("This call is deleted.")
        assert not folder.exists()
        context.close()
        assert troubles == []


def test_branches_are_asked_about_before_a_call_is_deleted(browser: Browser, tmp_path: Path) -> None:
    store = tmp_path / "store"
    folder = write_session(store)
    branch = write_session(store, "20261124-090000-bbbb", parent=Parent(session=folder.name, seq=3))
    with server_of(store) as address:
        context = browser.new_context(viewport=NARROW)
        page, troubles = open_page(context, f"{address}review/{folder.name}")
        page.locator("#delete").click()
        question = page.get_by_role("group", name="A call was tried again from this one")
        expect(question).to_be_visible()
        keep_picture(page, "review-delete-branches")
        page.keyboard.press("Escape")
        assert branch.is_dir()
        page.locator("#delete").click()
        expect(page.get_by_role("button", name="Keep it")).to_be_focused()
        question.get_by_role("radio", name="Delete further tries too").focus()
        page.keyboard.press("ArrowDown")
        expect(question.get_by_role("radio", name="Keep further tries, with those words")).to_be_checked()
        page.keyboard.press("ArrowUp")
        page.get_by_role("button", name="Delete for good").press("Enter")
        expect(page.locator("#instead")).to_contain_text("This call is deleted.")
        assert not folder.exists()
        assert not branch.exists()
        context.close()
        assert troubles == []
