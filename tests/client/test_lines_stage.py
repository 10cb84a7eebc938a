"""The stage of plain lines: what is printed, and what typed letters do."""

import asyncio
import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from client.made_sound import MadeSound
from overlay.made_calls import ENDED, MadeCall, drill, drill_ended, understood
from rich.console import Console

from voice_coach.errors import EngineError
from voice_coach_client import stages
from voice_coach_client.lines_stage import LinesStage
from voice_coach_client.stage import Choice, Stage
from voice_coach_client.stages import run_in_lines

pytestmark = pytest.mark.timeout(20)

CHOICES = [Choice(id="a", title="First", about="Easy."), Choice(id="b", title="Second", about="Hard.")]


class _Person:
    """Types into a pipe, and reads what was printed."""

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        self._typed = os.fdopen(reading)
        self._out = io.StringIO()
        console = Console(file=self._out, width=100, highlight=False)
        self.stage = LinesStage(console, self._typed)

    def type(self, *lines: str) -> None:
        os.write(self._writing, "".join(f"{line}\n" for line in lines).encode())

    async def until(self, text: str) -> None:
        async with asyncio.timeout(5):
            while text not in self.printed:  # noqa: ASYNC110 - a console tells nobody
                await asyncio.sleep(0.005)

    @property
    def printed(self) -> str:
        return self._out.getvalue().replace("\N{NO-BREAK SPACE}", " ")

    async def leave(self) -> None:
        os.close(self._writing)
        while await self.stage._typed.next() is not None:
            pass
        self._typed.close()


@asynccontextmanager
async def person() -> AsyncIterator[_Person]:
    made = _Person()
    try:
        yield made
    finally:
        await made.leave()


async def test_a_choice_is_a_number_and_anything_else_is_asked_again() -> None:
    async with person() as someone:
        someone.type("9", "second", "2")
        assert await someone.stage.choose("Whom?", CHOICES) == "b"
        assert someone.printed.count("Whom? Type a number") == 3
        assert "  2  Second. Hard." in someone.printed


async def test_an_empty_line_or_the_end_of_input_chooses_nothing() -> None:
    async with person() as someone:
        someone.type("")
        assert await someone.stage.choose("Whom?", CHOICES) is None
    assert await someone.stage.choose("Whom?", CHOICES) is None
    assert not await someone.stage.ask("Sure?")


async def test_only_yes_is_yes() -> None:
    async with person() as someone:
        someone.type("y", "YES", "n", "")
        assert [await someone.stage.ask("May they listen?") for _ in range(4)] == [
            True,
            True,
            False,
            False,
        ]


async def test_a_call_is_lines_and_letters_are_keys() -> None:
    call, sound = MadeCall(), MadeSound()
    async with person() as someone:
        someone.stage.begin(call, sound)
        for message in understood():
            someone.stage.show(message)
        someone.type("m", "c", "s", "d", "x", "q", "q")
        await someone.until("Leaving.")
        someone.stage.warn("The microphone is gone.")
        someone.stage.show(ENDED)
        await someone.stage.debrief(ENDED)
    assert call.asked == [("mute", True), ("cues", False), "end", "leave"]
    assert sound.defaults_taken == 1
    for line in (
        "Keys, each with Enter: m mutes",
        "[It sounds like you were left alone with that.] label What happened then?",
        "The microphone is muted.",
        "Cues are off.",
        "This call is kept as session s-1.",
        "note The microphone is gone.",
        "Dana stays: you named what March was like before you asked for anything.",
    ):
        assert line in someone.printed
    assert "\x1b" not in someone.printed


async def test_a_drill_says_rounds_verdicts_and_the_result_in_lines() -> None:
    async with person() as someone:
        messages = list(drill(passed=False))
        someone.stage.begin(MadeCall(messages[0]), MadeSound())
        for message in (*messages, drill_ended()):
            someone.stage.show(message)
        await someone.stage.debrief(drill_ended())
    lines = [line.strip() for line in someone.printed.splitlines()]
    assert "Label it: They say one line; name the feeling behind it, and stop." in lines
    assert "Round 4 of 10: Name the feeling" in lines
    assert "not yet  That was a question; a label states it and stops." in lines
    assert 'you could have said: "It sounds like nobody had your back."' in lines
    assert lines[-3:] == [
        "Eight of ten: two more than last time.",
        "8 of 10 passed, 3 in a row at best; last time 6 of 10",
        "Two labels were questions: let your voice fall at the end.",
    ]


class _Stops:
    """Stands for the signals: the test asks to stop when it likes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stages, "interrupts", self)
        self.stop: object = None

    def __call__(self, stop: object) -> "_Stops":
        self.stop = stop
        return self

    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


async def test_being_asked_to_stop_ends_a_call_and_between_calls_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stops = _Stops(monkeypatch)
    call = MadeCall()

    async def flow(stage: Stage) -> None:
        stage.begin(call, MadeSound())
        stops.stop()
        async with asyncio.timeout(5):
            while not call.asked:  # noqa: ASYNC110 - a key press tells nobody when it is done
                await asyncio.sleep(0)
        await stage.debrief(None)
        stops.stop()
        await asyncio.Event().wait()

    await run_in_lines(flow, Console(file=io.StringIO()))
    assert call.asked == ["end"]


async def test_what_a_flow_raises_is_raised() -> None:
    async def flow(_: Stage) -> None:
        raise EngineError("The ears are gone.")

    with pytest.raises(EngineError, match="ears are gone"):
        await run_in_lines(flow, Console(file=io.StringIO()))
