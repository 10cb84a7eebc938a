"""A whole class in real Chromium over TLS: one trainer, three trainees, each with a microphone of its own.

The room, its ears and its voice are the real ones, started as a person starts them. The browsers are told
which key the room has, and nothing else is overlooked.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser_tools import QUIET, chromium, keep_picture, wait_until
from microphone_file import write_microphone
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from scripted_room import spki_of

pytestmark = pytest.mark.browser

OPEN = (sys.executable, "-m", "voice_coach.cli", "room", "--no-open", "--port", "0")
PATIENCE_MS = 90_000
LISTENING_TAP = (Path(__file__).parents[1] / "listening_tap.js").read_text("utf-8")

SAID = {
    "Table 1": ("It sounds like this isn't only about the increase.", "increase"),
    "Ada and Bo": ("It seems like you were left alone with this.", "alone"),
    "Window": ("What would have to change for you to stay with us?", "change"),
}
"""What each table says over and over, and a word that tells them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoom:
    """What the terminal says of a room."""

    trainer: str
    """Address of the trainer's page."""
    secret: str


@contextmanager
def room_of(store: Path) -> Iterator[OpenRoom]:
    """`voice-coach room` as a trainer starts it."""
    command = [*OPEN, "--name", "Spring class", "--store", str(store)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if "Ctrl+C ends the room" in line:
                break
        else:
            pytest.fail(f"the room ended before it was ready: {said}")
        address = re.search(r"Trainer: (\S+)", said)
        secret = re.search(r"secret +(\S+)", said)
        assert address, said
        assert secret, said
        yield OpenRoom(trainer=address[1], secret=secret[1])
        process.terminate()
        process.wait(timeout=30)


class Class:
    """The browsers of one class, and what went wrong in any of their pages."""

    def __init__(self, playwright: Playwright, room: OpenRoom, stack: ExitStack) -> None:
        self._playwright = playwright
        self._stack = stack
        root = re.sub(r"room/trainer.*", "", room.trainer)
        self._trusted = f"--ignore-certificate-errors-spki-list={spki_of(root)}"
        self.troubles: list[str] = []

    def browser(self, microphone: Path | None = None) -> Browser:
        """Start a browser of its own; two tables never share a microphone."""
        fake = (
            [
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
            ]
            if microphone
            else []
        )
        started = self._playwright.chromium.launch(
            executable_path=chromium(), args=[*QUIET, self._trusted, *fake]
        )
        self._stack.callback(started.close)
        return started

    def page(self, browser: Browser, address: str) -> Page:
        """Open a page and note everything that goes wrong in its console."""
        context = browser.contexts[0] if browser.contexts else browser.new_context()
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda m: self.troubles.append(m.text) if m.type == "error" else None)
        page.goto(address)
        return page


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[tuple[OpenRoom, Class]]:
    with room_of(tmp_path / "store") as room, sync_playwright() as playwright, ExitStack() as stack:
        yield room, Class(playwright, room, stack)


def test_a_class_from_the_code_to_the_report(at_work: tuple[OpenRoom, Class], tmp_path: Path) -> None:
    room, there = at_work
    office = there.browser()
    trainer = there.page(office, f"{room.trainer}#{room.secret}")
    expect(trainer.locator("#title")).to_have_text("Spring class")
    expect(trainer.locator("#nobody")).to_be_visible()
    wall = there.page(office, room.trainer.replace("trainer", "projector"))
    expect(wall.locator("#code")).not_to_be_empty()
    wait_until(wall, "document.querySelector('#qr').naturalWidth > 0")
    code, address = wall.locator("#code").inner_text(), wall.locator("#address").inner_text()

    # ---- three tables come in with the code from the wall
    tables = {}
    for number, (name, (line, _)) in enumerate(SAID.items()):
        wav = write_microphone(tmp_path / f"{number}.wav", [4.0, line, 14.0])
        page = there.page(there.browser(wav), f"{address}/#{code}")
        expect(page.locator("#code")).to_have_value(code)
        page.locator("#name").fill(name)
        page.locator("#join").click()
        expect(page.locator("#lobby")).to_contain_text(name)
        tables[name] = page
    expect(wall.locator("#tables li")).to_have_text(list(SAID))
    keep_picture(wall, "class-projector")
    expect(trainer.locator(".table h3")).to_have_text(list(SAID))
    cards = {name: trainer.locator(f"article:has-text('{name}')") for name in SAID}

    # ---- the trainer sends a scenario and starts everybody
    trainer.locator("#activity").select_option("scenario:renewal_in_doubt")
    trainer.locator("#send-all").click()
    for page in tables.values():
        expect(page.locator("#lobby")).to_contain_text("The trainer has sent you: Renewal in doubt")
        page.get_by_role("button", name="Switch the microphone on").click()
        expect(page.locator("#lobby")).to_contain_text("Your microphone is on")
    trainer.locator("#start-all").click()
    for name, page in tables.items():
        expect(page.locator("#call")).to_be_visible()
        expect(cards[name]).to_have_attribute("data-shape", "call")

    # ---- what each table says is read along, and its counterpart answers
    for name, (_, word) in SAID.items():
        words = cards[name].locator("[data-speaker=trainee]")
        expect(words).to_contain_text(word, timeout=PATIENCE_MS, ignore_case=True)
        expect(cards[name].locator("[data-speaker=counterpart]")).not_to_be_empty()
    expect(cards["Table 1"].locator(".moves")).to_contain_text("label", timeout=PATIENCE_MS)
    keep_picture(trainer, "class-at-work")

    # ---- a note goes to one table, and to no other
    trainer.bring_to_front()
    cards["Ada and Bo"].focus()
    trainer.keyboard.press("n")
    trainer.keyboard.type("What does she feel?")
    trainer.keyboard.press("Enter")
    notes = {name: page.locator(".lobby-strip[data-kind=note] p") for name, page in tables.items()}
    expect(notes["Ada and Bo"]).to_have_text("From the trainer: What does she feel?")
    expect(notes["Table 1"]).to_be_empty()
    expect(notes["Window"]).to_be_empty()

    # ---- the trainer hears a table once it has said yes, both sides of it
    trainer.evaluate(LISTENING_TAP)
    cards["Window"].focus()
    trainer.keyboard.press("l")
    asked = tables["Window"].get_by_role("button", name="Yes, they may")
    expect(asked).to_be_visible()
    keep_picture(tables["Window"], "class-asked-to-listen")
    expect(tables["Table 1"].get_by_role("button", name="Yes, they may")).to_be_hidden()
    trainer.wait_for_timeout(1500)
    assert trainer.evaluate("Math.max(...window.peaks)") == 0, (
        "nothing is heard before the table has said yes"
    )
    asked.click()
    expect(tables["Window"].locator("#lobby")).to_contain_text("The trainer is listening to you now")
    expect(cards["Window"]).to_have_attribute("data-listening", "yes")
    wait_until(trainer, "Math.min(...window.peaks) > 0.02", seconds=PATIENCE_MS / 1000)
    keep_picture(trainer, "class-listening")
    tables["Window"].get_by_role("button", name="Stop that").click()
    expect(cards["Window"]).to_have_attribute("data-listening", "no")

    # ---- everybody stops, and the report has all of them
    trainer.locator("#stop-all").click()
    for page in tables.values():
        expect(page.locator("#ended")).to_be_visible(timeout=PATIENCE_MS)
    keep_picture(tables["Table 1"], "class-ended")
    for card in cards.values():
        expect(card).to_have_attribute("data-shape", "here")
        expect(card).to_contain_text("1 call done")
    report = trainer.evaluate("async () => (await fetch('/room/report.csv')).text()")
    rows = list(csv.DictReader(io.StringIO(report)))
    assert {row["table"] for row in rows} == set(SAID)
    paper = there.page(office, room.trainer.replace("trainer", "report.html"))
    for name in SAID:
        expect(paper.locator("body")).to_contain_text(name)
    keep_picture(paper, "class-report", whole=True)
    assert there.troubles == []
