"""A whole class in real Chromium over TLS: a trainer, three trainees, each with a microphone of its own.

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
from playwright.sync_api import Browser, Locator, Page, Playwright, expect, sync_playwright
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

    trainer: Page
    wall: Page
    """The projector page."""
    tables: dict[str, Page]

    def __init__(self, playwright: Playwright, room: OpenRoom, stack: ExitStack) -> None:
        self.room = room
        self._playwright = playwright
        self._stack = stack
        root = re.sub(r"room/trainer.*", "", room.trainer)
        self._trusted = f"--ignore-certificate-errors-spki-list={spki_of(root)}"
        self.troubles: list[str] = []
        self.tables = {}
        self.office = self.browser()

    def card(self, name: str) -> Locator:
        """A table on the trainer's page."""
        return self.trainer.locator(f"article:has-text('{name}')")

    def on_every_table(self) -> Iterator[tuple[Page, Locator]]:
        """Each table's own page, and its card on the trainer's."""
        return ((page, self.card(name)) for name, page in self.tables.items())

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
def there(tmp_path: Path) -> Iterator[Class]:
    with room_of(tmp_path / "store") as room, sync_playwright() as playwright, ExitStack() as stack:
        yield Class(playwright, room, stack)


def test_a_class_from_the_code_to_the_report(there: Class, tmp_path: Path) -> None:
    open_the_room(there)
    come_in(there, tmp_path)
    begin_together(there)
    read_along(there)
    come_back(there, "Table 1")
    write_to_one(there, "Ada and Bo")
    listen_to_one(there, "Window")
    stop_together(there)
    drill_at_one(there, "Table 1")
    take_the_report_home(there)
    assert there.troubles == []


def open_the_room(there: Class) -> None:
    """The trainer opens two pages: their own, and the one on the wall."""
    address = there.room.trainer
    there.trainer = there.page(there.office, f"{address}#{there.room.secret}")
    expect(there.trainer.locator("#title")).to_have_text("Spring class")
    expect(there.trainer.locator("#nobody")).to_be_visible()
    there.wall = there.page(there.office, address.replace("trainer", "projector"))
    expect(there.wall.locator("#code")).not_to_be_empty()
    wait_until(there.wall, "document.querySelector('#qr').naturalWidth > 0")


def come_in(there: Class, folder: Path) -> None:
    """Three tables come in with what stands on the wall."""
    code = there.wall.locator("#code").inner_text()
    address = there.wall.locator("#address").inner_text()
    for number, (name, (line, _)) in enumerate(SAID.items()):
        wav = write_microphone(folder / f"{number}.wav", [4.0, line, 14.0])
        page = there.page(there.browser(wav), f"{address}/#{code}")
        expect(page.locator("#code")).to_have_value(code)
        page.locator("#name").fill(name)
        page.locator("#join").click()
        expect(page.locator("#lobby")).to_contain_text(name)
        there.tables[name] = page
    expect(there.wall.locator("#tables li")).to_have_text(list(SAID))
    keep_picture(there.wall, "class-projector")
    expect(there.trainer.locator(".table h3")).to_have_text(list(SAID))


def begin_together(there: Class) -> None:
    """The trainer sends a scenario and starts everybody."""
    there.trainer.locator("#activity").select_option("scenario:renewal_in_doubt")
    there.trainer.locator("#send-all").click()
    for page in there.tables.values():
        expect(page.locator("#lobby")).to_contain_text("The trainer has sent you: Renewal in doubt")
        page.get_by_role("button", name="Switch the microphone on").click()
        expect(page.locator("#lobby")).to_contain_text("Your microphone is on")
    there.trainer.locator("#start-all").click()
    for page, card in there.on_every_table():
        expect(page.locator("#call")).to_be_visible()
        expect(card).to_have_attribute("data-shape", "call")


def read_along(there: Class) -> None:
    """What each table says stands on its card, and so does what it is answered."""
    for name, (_, word) in SAID.items():
        said = there.card(name).locator("[data-speaker=trainee]")
        expect(said).to_contain_text(word, timeout=PATIENCE_MS, ignore_case=True)
        expect(there.card(name).locator("[data-speaker=counterpart]")).not_to_be_empty()
    label = there.card("Table 1").locator(".stroke[data-kind=label]")
    expect(label).to_be_visible(timeout=PATIENCE_MS)
    expect(there.card("Table 1").locator(".moves")).to_contain_text("label", timeout=PATIENCE_MS)
    keep_picture(there.trainer, "class-at-work")


def come_back(there: Class, name: str) -> None:
    """A table that closes its page in the middle of its call goes on with the same one."""
    page, (_, word) = there.tables[name], SAID[name]
    session = page.locator("body").get_attribute("data-session")
    page.reload()
    page.get_by_role("button", name="Go on with it").click()
    expect(page.locator("#call")).to_have_attribute("data-link", "open", timeout=PATIENCE_MS)
    expect(page.locator("[data-speaker=trainee]").first).to_contain_text(word, ignore_case=True)
    assert page.locator("body").get_attribute("data-session") == session
    expect(there.card(name)).to_have_attribute("data-shape", "call")


def write_to_one(there: Class, name: str) -> None:
    """A note goes to one table, and to no other."""
    there.trainer.bring_to_front()
    there.card(name).focus()
    there.trainer.keyboard.press("n")
    there.trainer.keyboard.type("What does she feel?")
    there.trainer.keyboard.press("Enter")
    notes = {table: page.locator("[data-kind=note] p") for table, page in there.tables.items()}
    expect(notes.pop(name)).to_have_text("From the trainer: What does she feel?")
    keep_picture(there.tables[name], "class-note")
    for other in notes.values():
        expect(other).to_be_empty()


def listen_to_one(there: Class, name: str) -> None:
    """The trainer hears both sides of a table once it has said yes; nobody else is asked."""
    there.trainer.evaluate(LISTENING_TAP)
    there.card(name).focus()
    there.trainer.keyboard.press("l")
    table = there.tables[name]
    yes = table.get_by_role("button", name="Yes, they may")
    expect(yes).to_be_visible()
    keep_picture(table, "class-asked-to-listen")
    for other in there.tables.values():
        if other is not table:
            expect(other.get_by_role("button", name="Yes, they may")).to_be_hidden()
    there.trainer.wait_for_timeout(1500)
    assert there.trainer.evaluate("Math.max(...window.peaks)") == 0, "heard before the table said yes"
    yes.click()
    expect(table.locator("#lobby")).to_contain_text("The trainer is listening to you now")
    expect(there.card(name)).to_have_attribute("data-listening", "yes")
    wait_until(there.trainer, "Math.min(...window.peaks) > 0.02", seconds=PATIENCE_MS / 1000)
    keep_picture(there.trainer, "class-listening")
    table.get_by_role("button", name="Stop that").click()
    expect(there.card(name)).to_have_attribute("data-listening", "no")


def stop_together(there: Class) -> None:
    """Everybody's call ends, and each table sees how it went."""
    there.trainer.locator("#stop-all").click()
    for page, card in there.on_every_table():
        expect(page.locator("#ended")).to_be_visible(timeout=PATIENCE_MS)
        expect(card).to_have_attribute("data-shape", "here")
        expect(card).to_contain_text("1 call done")
    keep_picture(there.tables["Table 1"], "class-ended")


def drill_at_one(there: Class, name: str) -> None:
    """One table gets a drill for itself, and its verdicts are counted on its card."""
    page, card = there.tables[name], there.card(name)
    there.trainer.locator("#activity").select_option("drill:label_it")
    card.locator("summary").click()
    card.get_by_role("button", name="Send “Label it").click()
    expect(page.locator("#lobby")).to_contain_text("The trainer has sent you: Label it")
    card.locator("summary").click()
    card.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#call")).to_be_visible(timeout=PATIENCE_MS)
    expect(card.locator(".marks")).to_contain_text("rounds passed", timeout=PATIENCE_MS)
    keep_picture(page, "class-drill")
    keep_picture(there.trainer, "class-drill-card")
    expect(there.card("Window")).to_have_attribute("data-shape", "here")
    there.trainer.locator("#stop-all").click()
    expect(page.locator("#ended")).to_be_visible(timeout=PATIENCE_MS)


def take_the_report_home(there: Class) -> None:
    """All three tables stand in it, on paper and as a table."""
    table = there.trainer.evaluate("async () => (await fetch('/room/report.csv')).text()")
    assert {row["table"] for row in csv.DictReader(io.StringIO(table))} == set(SAID)
    paper = there.page(there.office, there.room.trainer.replace("trainer", "report.html"))
    for name in SAID:
        expect(paper.locator("body")).to_contain_text(name)
    keep_picture(paper, "class-report", whole=True)
