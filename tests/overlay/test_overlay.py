"""The overlay through Textual's own pilot: every state, and every key."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from client.scripted_server import welcome
from overlay.made_calls import (
    ENDED,
    MadeCall,
    MadeGauge,
    conversation,
    drill,
    drill_ended,
    drill_round,
    understood,
)
from textual.pilot import Pilot
from textual.widgets import Static

from voice_coach.conversation.commands import Phase
from voice_coach.errors import EngineError
from voice_coach.messages import Notice, PhaseChanged, ServerMessage, TurnTakenBack
from voice_coach_client.connection import Dropped
from voice_coach_client.overlay.app import OverlayApp
from voice_coach_client.overlay.call_screen import CallScreen
from voice_coach_client.overlay.debrief import DebriefScreen
from voice_coach_client.overlay.palette import DARK, LIGHT
from voice_coach_client.overlay.questions import ChoiceScreen, HelpScreen, YesNoScreen
from voice_coach_client.stage import Choice, Stage
from voice_coach_client.stages import Flow

pytestmark = pytest.mark.timeout(60)

SMALL, WIDE = (80, 24), (140, 40)


class _Shown:
    """A call on the overlay, the clock in the test's hand."""

    def __init__(self, messages: Iterable[ServerMessage], size: tuple[int, int]) -> None:
        self.messages = list(messages)
        self.call = MadeCall(self.messages[0])
        self.gauge = MadeGauge()
        self.now = 0.0
        self.size = size
        self.over = asyncio.Event()
        self.app = OverlayApp(self._flow, DARK, lambda: self.now)
        self.pilot: Pilot[Any]

    async def _flow(self, stage: Stage) -> None:
        stage.begin(self.call, self.gauge)
        for message in self.messages:
            stage.show(message)
        await self.over.wait()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def show(self, *messages: ServerMessage | Dropped) -> None:
        for message in messages:
            self.app.show(message)
        await self.pilot.pause()

    def rows(self) -> list[str]:
        """What stands on the screen, row by row."""
        width, height = self.size
        strips = self.app.screen._compositor.render_strips()
        rows = [strip.text[:width].rstrip() for strip in strips[:height]]
        return [row.replace("\N{NO-BREAK SPACE}", " ") for row in rows]

    def text(self) -> str:
        return "\n".join(self.rows())

    def part(self, name: str) -> str:
        widget = self.app.screen.query_one(f"#{name}", Static)
        return str(widget.visual) if widget.display else ""


@asynccontextmanager
async def shown(
    messages: Iterable[ServerMessage], size: tuple[int, int] = SMALL
) -> AsyncIterator[_Shown]:
    made = _Shown(messages, size)
    async with made.app.run_test(size=size) as pilot:
        made.pilot = pilot
        await pilot.pause()
        yield made
        made.over.set()


async def test_a_call_shows_both_sides_the_stroke_the_ring_and_the_phase() -> None:
    async with shown(conversation()) as call:
        text = call.text()
        assert "It sounds like you were left alone with that for (label)" in text
        assert "It is not about the price. Nobody called us for — talked over" in text
        assert "(why question)" in text
        assert call.part("phase") == "hearing you"
        assert call.part("latency") == "answered in 0.5 s"
        assert call.part("ring").startswith("understood 1 of 4  ●")
        assert call.part("meter") == "mic ▮▮▮▮▮▮▯▯▯▯"


async def test_both_sides_are_told_apart_by_side() -> None:
    async with shown(conversation()) as call:
        rows = call.rows()
        assert any(row.startswith("  Dana") for row in rows)
        assert any(row.startswith("          You") for row in rows)


async def test_a_wide_terminal_spells_the_ring_out() -> None:
    async with shown(understood(), WIDE) as call:
        text = call.text()
        assert "summed up by you" in text
        assert "not spoken of yet" in text
        assert "cue Wait: let them fill the silence." in text


@pytest.mark.parametrize("size", [SMALL, WIDE, (60, 16), (200, 60)])
async def test_the_last_words_the_phase_and_the_keys_are_in_sight_at_every_size(
    size: tuple[int, int],
) -> None:
    async with shown(understood(), size) as call:
        text = call.text()
        assert "That's right." in text
        assert "listening" in text
        assert "mute" in text


async def test_a_settled_line_replaces_its_partial_and_one_taken_back_goes() -> None:
    async with shown(understood()) as call:
        assert call.text().count("left alone with that") == 1
        await call.show(TurnTakenBack(utterance=2))
        assert "left alone with that" not in call.text()


async def test_space_and_m_mute_and_say_so_in_words() -> None:
    async with shown(conversation()) as call:
        await call.press("space")
        assert call.part("meter") == " microphone muted "
        await call.press("m")
        assert call.call.asked == [("mute", True), ("mute", False)]
        assert call.part("meter").startswith("mic ")


async def test_c_switches_cues_s_says_the_session_d_takes_default_devices() -> None:
    async with shown(conversation()) as call:
        await call.press("c")
        assert call.part("trouble") == "Cues are off."
        await call.press("c")
        assert call.call.asked == [("cues", False), ("cues", True)]
        await call.press("s")
        assert call.part("trouble") == "This call is kept as session s-1."
        await call.press("d")
        assert call.gauge.defaults_taken == 1


@pytest.mark.parametrize("key", ["escape", "q", "ctrl+c", "ctrl+q"])
async def test_every_way_out_ends_the_call_first_and_leaves_at_the_second_press(key: str) -> None:
    async with shown(conversation()) as call:
        await call.press(key)
        assert call.call.asked == ["end"]
        assert "again leaves at once" in call.text()
        await call.press(key)
        assert call.call.asked == ["end", "leave"]


async def test_help_lists_the_keys_and_closes_without_ending_the_call() -> None:
    async with shown(conversation()) as call:
        await call.press("question_mark")
        assert isinstance(call.app.screen, HelpScreen)
        assert "mute the microphone" in call.text()
        await call.press("escape")
        assert isinstance(call.app.screen, CallScreen)
        assert call.call.asked == []


async def test_messages_that_come_while_help_is_open_are_not_lost() -> None:
    async with shown(conversation()) as call:
        await call.press("question_mark")
        await call.show(Notice(code="slow", text="This machine is slow."))
        await call.press("escape")
        assert call.part("trouble") == "This machine is slow."


async def test_a_lost_connection_and_its_return_are_said() -> None:
    async with shown(conversation()) as call:
        await call.show(Dropped(reason="gone"))
        assert call.part("phase") == "coming back, nothing is lost"
        await call.show(welcome(resumed=True))
        assert call.part("trouble") == "The connection is back; nothing was lost."
        assert call.part("phase") == "hearing you"


async def test_a_notice_stays_for_a_while_and_then_goes() -> None:
    async with shown(conversation()) as call:
        await call.show(Notice(code="slow", text="This machine is slow."))
        assert "This machine is slow." in call.text()
        call.now = 25.0
        await call.pilot.pause(0.3)
        assert "This machine is slow." not in call.text()


async def test_the_trouble_of_a_device_is_said() -> None:
    async with shown(conversation()) as call:
        call.app.warn("The microphone is gone; silence is sent until it is back.")
        assert "The microphone is gone" in call.part("trouble")


async def test_light_and_dark_can_be_swapped_at_any_time() -> None:
    async with shown(conversation()) as call:
        assert call.app.theme == DARK.name
        await call.press("l")
        assert call.app.theme == LIGHT.name
        assert call.app.screen.styles.background.hex.lower() == LIGHT.paper


async def test_whether_sound_is_kept_is_always_in_sight() -> None:
    async with shown([welcome()]) as kept:
        assert "● sound is kept" in kept.part("clock")
    async with shown([welcome(record=False)]) as unkept:
        assert "sound is not kept" in unkept.part("clock")


async def test_a_title_in_square_brackets_is_text() -> None:
    card = welcome().scenario.__class__(
        id="x", title="[b]Odd[/b]", person="A", stake="", guardedness="open"
    )
    async with shown([welcome(scenario=card)]) as call:
        assert "[b]Odd[/b]" in call.part("title")


# ---- drills


async def test_a_drill_shows_task_line_answer_marks_and_the_last_verdict() -> None:
    async with shown(drill()) as call:
        assert call.part("marks") == (
            "Round 4 of 10   ✓ ✓ ✓ ● · · · · · ·   3 in a row   last time 6 of 10"
        )
        assert call.part("task") == "▶ Name the feeling"
        assert "They moved the deadline" in call.part("prompt")
        assert call.part("answer") == "You\nIt seems like you were the last (label)"
        assert "✓ PASSED" in call.text()
        assert "You named the feeling and stopped." in call.part("verdict")


async def test_a_round_that_was_missed_says_so_and_what_could_have_been_said() -> None:
    async with shown(drill(passed=False)) as call:
        assert "✗ NOT YET" in call.text()
        assert "✓ ✓ ✗ ●" in call.part("marks")
        assert "you could have said “It sounds like nobody had your back.”" in call.part("verdict")


async def test_a_verdict_is_taken_back_with_its_turn() -> None:
    async with shown(drill()) as call:
        await call.show(TurnTakenBack(utterance=3))
        assert "✓ ✓ · ●" in call.part("marks")
        assert "round 2" in str(call.app.screen.query_one("#verdict").border_title)


async def test_a_silence_fills_up_and_says_when_it_is_broken() -> None:
    async with shown(drill()) as call:
        await call.show(
            drill_round(4, task="Now stay silent", hold_seconds=4.0, again=True),
            PhaseChanged(phase=Phase.LISTENING),
        )
        call.now += 2.0
        await call.pilot.pause(0.3)
        assert call.part("hold") == "silence " + "━" * 16 + "─" * 16
        await call.show(PhaseChanged(phase=Phase.TRAINEE_SPEAKING))
        await call.pilot.pause(0.3)
        assert call.part("hold") == "the silence is broken"


# ---- before and after


async def _run(flow: Flow, *keys: str, size: tuple[int, int] = SMALL) -> OverlayApp:
    app = OverlayApp(flow, DARK)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
    return app


async def test_a_choice_is_made_with_arrows_and_enter() -> None:
    chosen = []

    async def flow(stage: Stage) -> None:
        choices = [Choice(id="a", title="First"), Choice(id="b", title="Second", about="Harder.")]
        chosen.append(await stage.choose("Which?", choices))

    await _run(flow, "down", "enter")
    await _run(flow, "escape")
    assert chosen == ["b", None]


async def test_a_question_is_answered_with_y_or_n_and_nothing_else() -> None:
    answers = []

    async def flow(stage: Stage) -> None:
        answers.append(await stage.ask("May the trainer listen?"))

    await _run(flow, "space", "enter", "y")
    await _run(flow, "n")
    await _run(flow, "escape")
    assert answers == [True, False, False]


async def test_the_debrief_shows_checks_proof_and_what_to_do_next() -> None:
    finished = []

    async def flow(stage: Stage) -> None:
        stage.begin(MadeCall(), MadeGauge())
        for message in understood():
            stage.show(message)
        await stage.debrief(ENDED)
        finished.append(True)

    app = OverlayApp(flow, DARK)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, DebriefScreen)
        texts = [str(part.visual) for part in app.screen.query(Static)]
        assert "Dana stays" in texts[0]
        assert texts[1] == " ✓   Did you name a feeling before you asked for anything?"
        assert texts[2] == "“left alone with that”"
        assert texts[4].splitlines() == [
            "“Why would you do that?”",
            "you could have said “What made you look?”",
        ]
        assert "voice-coach replay s-1" in texts[5]
        await pilot.press("enter")
        await pilot.pause()
    assert finished == [True]


async def test_a_drill_ends_with_its_result_round_by_round() -> None:
    async def flow(stage: Stage) -> None:
        messages = list(drill())
        stage.begin(MadeCall(messages[0]), MadeGauge())
        await stage.debrief(drill_ended())

    app = OverlayApp(flow, DARK)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        texts = [str(part.visual) for part in app.screen.query(Static)]
        assert texts[0].splitlines()[0] == "Eight of ten: two more than last time."
        assert "✓ ✓ ✗ ✓ ✓ ✓ ✗ ✓ ✓ ✓   8 of 10   longest run 3   last time 6 of 10" in texts[0]
        assert len(texts) == 22
        await pilot.press("q")


async def test_the_debrief_comes_also_when_help_is_open_over_the_call() -> None:
    over = asyncio.Event()

    async def flow(stage: Stage) -> None:
        stage.begin(MadeCall(), MadeGauge())
        await over.wait()
        await stage.debrief(ENDED)

    app = OverlayApp(flow, DARK)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await pilot.press("question_mark")
        over.set()
        await pilot.pause()
        assert isinstance(app.screen, DebriefScreen)
        await pilot.press("enter")


async def test_what_the_flow_raises_is_kept_for_whoever_ran_the_overlay() -> None:
    async def flow(_: Stage) -> None:
        raise EngineError("The ears are gone.")

    app = await _run(flow)
    assert str(app.failure) == "The ears are gone."


async def test_leaving_before_a_call_ends_the_overlay() -> None:
    async def flow(stage: Stage) -> None:
        stage.say("Waiting for the trainer ...")
        await asyncio.Event().wait()

    app = await _run(flow, "ctrl+c")
    assert app.failure is None


async def test_screens_are_what_the_tests_say() -> None:
    seen = []

    async def flow(stage: Stage) -> None:
        await stage.ask("Yes?")
        await stage.choose("Which?", [Choice(id="a", title="A")])

    app = OverlayApp(flow, DARK)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        seen.append(type(app.screen))
        await pilot.press("y")
        await pilot.pause()
        seen.append(type(app.screen))
        await pilot.press("escape")
    assert seen == [YesNoScreen, ChoiceScreen]
