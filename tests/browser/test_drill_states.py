"""Every state of a drill in real Chromium, against a websocket that speaks by script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from axe import find_axe, violations
from browser_tools import browser_with, keep_picture, open_page, wait_until
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from voice_coach.coaching.drill import DrillCard, DrillResult, DrillRound, DrillScore, Verdict
from voice_coach.coaching.turn import Debrief, Speaker, Turn
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import Delivery, Outcome
from voice_coach.messages import (
    Ended,
    Hello,
    Partial,
    PhaseChanged,
    Reply,
    ReplyEnd,
    RoundStarted,
    ScenarioCard,
    ServerMessage,
    TurnSettled,
    TurnTakenBack,
    VerdictShown,
    Welcome,
    decode_client,
    encode,
)
from voice_coach.moves.move import Family, Move

pytestmark = pytest.mark.browser

FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
LAST = DrillScore(passed=1, rounds=3, longest_streak=1)
DRILLS = (
    DrillCard(
        id="label_it",
        title="Label it",
        trains="Name what the other one feels, in one breath.",
        how="They say one line. Name the feeling behind it, then stop.",
        rounds=3,
        prompts=22,
        last=LAST,
    ),
    DrillCard(
        id="mirror_it", title="Mirror it", trains="Echo.", how="Say it back.", rounds=3, prompts=22
    ),
)
PERSON = ScenarioCard(
    id="label_it", title="Label it", person="Sam, a colleague", stake="", guardedness="open"
)
LINES = (
    "I did the whole weekend by myself. Again.",
    "Fine. Nobody asks me anyway.",
    "He asked me twice.",
)
LABEL = "It sounds like you were left alone."
WHY = "Why didn't you ask for help?"
COULD = "It sounds like you were left alone with it."
NOT_A_LABEL = "That was a question; a label states it and stops."


class Script:
    """The server's side of the page's websocket."""

    def __init__(self, page: Page) -> None:
        self.hellos: list[Hello] = []
        self._page = page
        self._socket: WebSocketRoute | None = None
        self._seq = 0
        page.route_web_socket(re.compile(r"/ws$"), self._open)

    def welcome(self) -> None:
        """Wait for the page's hello and answer it."""
        count = len(self.hellos)
        while len(self.hellos) == count:
            self._page.wait_for_timeout(20)
        self._seq = 0
        self.say(
            Welcome(version=1, session="s1", scenario=PERSON, microphone_rate_hz=16_000, drill=DRILLS[0])
        )

    def say(self, *messages: ServerMessage) -> None:
        assert self._socket
        for message in messages:
            self._seq += 1
            self._socket.send(encode(msgspec.structs.replace(message, seq=self._seq)))

    def hang_up(self) -> None:
        assert self._socket
        self._socket.close(code=1011)

    def _open(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.on_message(self._hear)

    def _hear(self, message: str | bytes) -> None:
        if isinstance(message, str) and isinstance(hello := decode_client(message), Hello):
            self.hellos.append(hello)


def asks(number: int, **more: Any) -> tuple[ServerMessage, ...]:
    """A round begins with its line."""
    line = LINES[number - 1]
    sign = () if number == 1 else ("Good.",)
    return (
        RoundStarted(round=a_round(number, **more)),
        PhaseChanged(phase=Phase.COUNTERPART_SPEAKING),
        Reply(reply=number, sentences=(*sign, line), delivery=Delivery.CALM, sample_rate_hz=22_050),
        ReplyEnd(reply=number, samples=0),
    )


def a_round(number: int, **more: Any) -> DrillRound:
    fields = {"task": "Name the feeling", "why": "A new one.", "streak": 0, "passed": 0, **more}
    return DrillRound(number=number, rounds=3, prompt=f"p{number}", line=LINES[number - 1], **fields)


def answers(number: int, text: str) -> tuple[ServerMessage, ...]:
    """The trainee's whole turn."""
    kind, family = ("label", Family.REFLECTION) if text == LABEL else ("why_question", Family.PRESSURE)
    move = Move(
        kind=kind, family=family, start=0, end=len(text), cue="", confidence=0.9, rule="labels.it_sounds"
    )
    turn = Turn(
        index=2 * number,
        speaker=Speaker.TRAINEE,
        text=text,
        start_seconds=number,
        end_seconds=number + 1,
        moves=(move,),
    )
    return (
        Partial(utterance=number, settled=text, tentative=""),
        TurnSettled(utterance=number, turn=turn),
    )


def a_verdict(number: int, *, passed: bool, streak: int = 0) -> Verdict:
    return Verdict(
        round=number,
        utterance=number,
        prompt=f"p{number}",
        passed=passed,
        reason="You named it and stopped." if passed else NOT_A_LABEL,
        you_said=LABEL if passed else WHY,
        you_could_have_said="" if passed else COULD,
        streak=streak,
    )


def the_end() -> Ended:
    return Ended(
        session="s1",
        outcome=Outcome.DRILLED,
        debrief=Debrief(headline="", checks=(), labels=1, summaries=0, thats_right=False, talk_share=0.4),
        drill=DrillResult(
            drill="label_it",
            headline="Two of three, one more than last time.",
            score=DrillScore(passed=2, rounds=3, longest_streak=1),
            verdicts=(
                a_verdict(1, passed=True),
                a_verdict(2, passed=False),
                a_verdict(3, passed=True),
            ),
            last=LAST,
            work_on="State it, then stop.",
        ),
    )


@pytest.fixture(scope="module")
def axe() -> str:
    return find_axe()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_with(*FAKE) as started:
        yield started


@pytest.fixture
def looks() -> dict[str, Any]:
    """How the browser's window looks: a test may ask for another one."""
    return {"viewport": {"width": 1280, "height": 860}}


@pytest.fixture
def drill(
    shared_server: str, browser: Browser, looks: dict[str, Any]
) -> Iterator[tuple[Page, Script, list[str]]]:
    """The start page with two drills."""
    context = browser.new_context(permissions=["microphone"], **looks)
    cards = json.loads(msgspec.json.encode(DRILLS))
    context.route("**/api/drills", lambda route: route.fulfill(json=cards))
    page, troubles = open_page(context, "about:blank")
    script = Script(page)
    page.goto(shared_server)
    expect(page.locator("[data-drill=label_it]")).to_be_visible()
    yield page, script, troubles
    context.close()


def begin(page: Page, script: Script) -> None:
    """Open the first drill's card and start it, by keyboard."""
    page.locator("[data-drill=label_it] summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    script.welcome()


def marks(page: Page) -> list[str | None]:
    return [each.get_attribute("data-mark") for each in page.locator("#drill-marks li").all()]


@pytest.mark.parametrize(
    "looks",
    [
        {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
        for width in (390, 1280)
        for scheme in ("light", "dark")
    ],
    ids=lambda looks: f"{looks['viewport']['width']}-{looks['color_scheme']}",
)
def test_every_state_is_accessible(
    drill: tuple[Page, Script, list[str]], axe: str, looks: dict[str, Any]
) -> None:
    page, script, troubles = drill
    name = f"{looks['viewport']['width']}-{looks['color_scheme']}"

    def look(state: str) -> None:
        page.wait_for_timeout(50)
        keep_picture(page, f"drill-{state}-{name}")
        assert violations(page, axe) == [], state
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state

    look("start")
    begin(page, script)
    look("how")
    script.say(*asks(1))
    look("line")
    script.say(PhaseChanged(phase=Phase.LISTENING))
    look("listening")
    script.say(*answers(1, LABEL))
    script.say(RoundStarted(round=a_round(1, again=True, hold_seconds=4.0, task="Now stay silent")))
    look("silence")
    script.say(VerdictShown(verdict=a_verdict(1, passed=True, streak=1)), *asks(2, streak=1))
    look("passed")
    script.say(*answers(2, WHY), VerdictShown(verdict=a_verdict(2, passed=False)), *asks(3))
    look("failed")
    script.say(TurnTakenBack(utterance=2), RoundStarted(round=a_round(2, streak=1)))
    look("taken-back")
    script.say(the_end())
    page.locator("[data-round='2'] summary").click()
    look("result")
    assert troubles == []


def test_a_verdict_stands_while_the_next_line_is_spoken(drill: tuple[Page, Script, list[str]]) -> None:
    page, script, _ = drill
    begin(page, script)
    assert (script.hellos[0].drill, script.hellos[0].scenario) == ("label_it", "")
    expect(page.locator("#drill-note")).to_have_text(DRILLS[0].how)
    script.say(*asks(1))
    expect(page.locator("#drill-theirs [data-now]")).to_contain_text(LINES[0])
    expect(page.locator("#drill-task")).to_have_text("Name the feeling")
    assert marks(page) == ["now", "open", "open"]

    script.say(*answers(1, WHY), VerdictShown(verdict=a_verdict(1, passed=False)), *asks(2))
    verdict = page.locator("#drill-verdict")
    expect(verdict).to_contain_text("Not yet")
    expect(verdict).to_contain_text(NOT_A_LABEL)
    expect(verdict).to_contain_text(COULD)
    expect(verdict.locator("[data-mark=missed]")).to_be_visible()
    expect(page.locator("#drill-yours [data-kind=why_question]")).to_be_visible()
    expect(page.locator("#drill-theirs")).to_contain_text(LINES[1])
    expect(page.locator("#drill-theirs")).not_to_contain_text("Good.")
    expect(page.locator("#drill-of")).to_have_text("Your answer in round 1")
    assert marks(page) == ["missed", "now", "open"]

    script.say(Partial(utterance=2, settled="It sounds", tentative=" like"))
    expect(verdict).to_be_hidden()
    expect(page.locator("#drill-yours")).to_contain_text("It sounds like")
    script.say(*answers(2, LABEL), VerdictShown(verdict=a_verdict(2, passed=True, streak=1)))
    expect(verdict).to_contain_text("Passed")
    expect(verdict.locator("[data-mark=passed]")).to_be_visible()


def test_a_verdict_is_announced_once_and_what_is_being_said_never(
    drill: tuple[Page, Script, list[str]],
) -> None:
    page, script, _ = drill
    begin(page, script)
    page.evaluate(
        "globalThis.said = []; new MutationObserver(() => said.push("
        "document.getElementById('drill-news').textContent)).observe("
        "document.getElementById('drill-news'), {childList: true, characterData: true, subtree: true})"
    )
    script.say(*asks(1), Partial(utterance=1, settled="Why didn't", tentative=" you"))
    script.say(*answers(1, WHY), VerdictShown(verdict=a_verdict(1, passed=False)), *asks(2))
    script.say(Partial(utterance=2, settled="It", tentative=""))
    expect(page.locator("#drill-verdict")).to_be_hidden()
    expect(page.locator("#drill-news")).to_have_attribute("role", "status")
    assert page.evaluate("said") == [f"Round 1: not yet. {NOT_A_LABEL} You could have said: {COULD}"]
    live = "[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]"
    around = f"[...document.querySelectorAll('{live}')].some(each => each.contains(theirs.parentElement))"
    assert not page.evaluate(f"theirs = document.getElementById('drill-yours'), {around}")


def test_a_verdict_is_taken_back_with_its_turn(drill: tuple[Page, Script, list[str]]) -> None:
    page, script, _ = drill
    begin(page, script)
    script.say(*asks(1), *answers(1, LABEL), VerdictShown(verdict=a_verdict(1, passed=True, streak=1)))
    script.say(*asks(2))
    assert marks(page) == ["passed", "now", "open"]
    script.say(TurnTakenBack(utterance=1), RoundStarted(round=a_round(1)))
    expect(page.locator("#drill-verdict")).to_be_hidden()
    expect(page.locator("#drill-note")).to_contain_text("taken back")
    expect(page.locator("#drill-news")).to_contain_text("taken back")
    expect(page.locator("#drill-theirs")).to_contain_text(LINES[0])
    assert marks(page) == ["now", "open", "open"]


FILLED = """
Number.parseFloat(getComputedStyle(document.querySelector(".hold-fill")).strokeDasharray)
"""


@pytest.mark.parametrize(
    "looks", [{"reduced_motion": "no-preference"}, {"reduced_motion": "reduce"}], ids=["moving", "still"]
)
def test_a_silence_is_a_circle_that_fills(
    drill: tuple[Page, Script, list[str]], looks: dict[str, Any]
) -> None:
    page, script, _ = drill
    begin(page, script)
    script.say(*asks(1), *answers(1, LABEL))
    hold = a_round(1, again=True, hold_seconds=1.2, task="Now stay silent")
    script.say(PhaseChanged(phase=Phase.LISTENING), RoundStarted(round=hold))
    expect(page.locator("#drill-task")).to_have_text("Now stay silent")
    expect(page.locator("#phase")).to_have_text("Quiet")
    expect(page.locator("#drill-news")).to_have_text("Now stay silent")
    expect(page.locator("#drill-yours")).to_contain_text(LABEL)
    seen = set()
    while (share := page.evaluate(FILLED)) < 1:
        seen.add(share)
        page.wait_for_timeout(20)
    if looks["reduced_motion"] == "reduce":
        assert seen <= {0, 0.25, 0.5, 0.75}
    else:
        assert len(seen) > 5
    failed = msgspec.structs.replace(a_verdict(1, passed=False), utterance=None)
    script.say(VerdictShown(verdict=failed))
    expect(page.locator("#hold")).not_to_have_attribute("data-holding", "")


def test_a_drill_comes_back_where_it_was(drill: tuple[Page, Script, list[str]]) -> None:
    page, script, _ = drill
    begin(page, script)
    script.say(*asks(1), *answers(1, LABEL), VerdictShown(verdict=a_verdict(1, passed=True, streak=1)))
    script.say(*asks(2))
    script.hang_up()
    expect(page.locator("#banner")).to_contain_text("trying again")
    keep_picture(page, "drill-reconnecting")
    wait_until(page, "document.getElementById('call').dataset.link === 'reconnecting'")
    while len(script.hellos) < 2:
        page.wait_for_timeout(20)
    assert script.hellos[1].resume == "s1"
    assert script.hellos[1].seen > 0


def test_the_result_goes_on_by_keyboard(drill: tuple[Page, Script, list[str]]) -> None:
    page, script, troubles = drill
    begin(page, script)
    script.say(*asks(1), *answers(1, LABEL), VerdictShown(verdict=a_verdict(1, passed=True, streak=1)))
    script.say(*asks(2), the_end())
    expect(page.locator("#headline")).to_have_text("Two of three, one more than last time.")
    expect(page.locator(".work-on")).to_contain_text("State it, then stop.")
    expect(page.locator(".figures")).to_contain_text("last time 1 of 3")
    page.locator("[data-round='2'] summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-round='2']")).to_contain_text(COULD)
    expect(page.locator("[data-round='2']")).to_contain_text(WHY)

    page.keyboard.press("a")
    script.welcome()
    assert [hello.drill for hello in script.hellos] == ["label_it", "label_it"]
    assert script.hellos[-1].resume == ""
    expect(page.locator("#call")).to_be_visible()
    assert marks(page) == ["open", "open", "open"]

    script.say(*asks(1), the_end())
    expect(page.locator("#headline")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("#drills")).to_be_focused()
    assert troubles == []
