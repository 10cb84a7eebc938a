"""A table's screens through Textual's own pilot."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest
from overlay.made_calls import ENDED, MadeCall, MadeGauge, conversation
from textual.widgets import Static

from voice_coach.messages import Ended
from voice_coach.room_messages import Activity, Consent, Listening, LobbyState
from voice_coach_client.overlay.app import OverlayApp
from voice_coach_client.overlay.debrief import DebriefScreen
from voice_coach_client.overlay.palette import DARK
from voice_coach_client.overlay.room_screens import LobbyScreen, RoomCallScreen
from voice_coach_client.room.lobby_view import LobbyView
from voice_coach_client.room.stay import RoomStage

pytestmark = pytest.mark.timeout(60)

STATE = LobbyState(
    table="t-1",
    name="Table 3",
    room="Monday",
    consent=Consent(),
    activity=Activity(scenario="renewal", title="Renewal in doubt"),
)


class _Keys:
    """Remembers what the table wished for."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def begin(self) -> None:
        self.asked.append("begin")

    def leave(self) -> None:
        self.asked.append("leave")

    async def answer(self, *, allow: bool) -> None:
        self.asked.append(("listen", allow))

    async def keep_sound(self, *, on: bool) -> None:
        self.asked.append(("sound", on))

    async def share(self, *, on: bool) -> None:
        self.asked.append(("share", on))

    async def delete_last(self) -> None:
        self.asked.append("delete")


class _Seat:
    """A table on the overlay."""

    def __init__(self) -> None:
        self.keys = _Keys()
        self.call = MadeCall()
        self.stage: RoomStage
        self.ended: asyncio.Queue[Ended] = asyncio.Queue()
        self.seeing: asyncio.Task[None]
        self.app = OverlayApp(self._flow, DARK)
        self.press: Callable[..., object]
        self.pause: Callable[..., object]

    async def _flow(self, stage: RoomStage) -> None:
        self.stage = stage
        stage.enter_room(self.keys)
        while ended := await self.ended.get():
            self.seeing = asyncio.create_task(stage.debrief(ended))

    async def show(self, **fields: object) -> None:
        note = str(fields.pop("note", ""))
        away = bool(fields.pop("away", False))
        state = msgspec.structs.replace(STATE, **fields)
        self.stage.show_room(LobbyView(state=state, note=note, away=away))
        await self.pause()

    async def begin(self) -> None:
        self.stage.begin(self.call, MadeGauge())
        for message in conversation():
            self.stage.show(message)
        await self.pause()
        await self.pause()

    def part(self, name: str) -> str:
        widget = self.app.screen.query_one(f"#{name}", Static)
        return str(widget.visual) if widget.display else ""


@asynccontextmanager
async def seat() -> AsyncIterator[_Seat]:
    made = _Seat()
    async with made.app.run_test(size=(80, 24)) as pilot:
        made.press, made.pause = pilot.press, pilot.pause
        await pilot.pause()
        yield made


async def test_the_lobby_says_where_one_is_what_comes_and_what_is_kept() -> None:
    async with seat() as table:
        assert table.part("place") == "Coming in ..."
        await table.show(note="One breath before you answer.")
        assert table.part("place") == "Monday   table Table 3"
        assert table.part("activity").startswith("Next: Renewal in doubt\nEnter begins it")
        assert table.part("note") == "trainer: One breath before you answer."
        assert "kept on the trainer's machine" in table.part("consent")
        await table.show(activity=None, consent=Consent(record=False, share=False), away=True)
        assert "The trainer will send you something" in table.part("activity")
        assert "is not kept" in table.part("consent")
        assert "the room is away; coming back" in table.part("place")


async def test_keys_of_the_lobby_are_wishes() -> None:
    async with seat() as table:
        await table.press("r")
        assert table.keys.asked == []  # Nothing is known of the room yet.
        await table.show()
        for key in ("enter", "r", "h", "y", "n"):
            await table.press(key)
        assert table.keys.asked == [
            "begin",
            ("sound", False),
            ("share", False),
            ("listen", True),
            ("listen", False),
        ]


async def test_leaving_and_deleting_are_asked_twice() -> None:
    async with seat() as table:
        await table.show()
        await table.press("escape", "n", "x", "n")
        assert table.keys.asked == []
        await table.press("x", "y")
        await table.pause()
        await table.press("escape", "y")
        assert table.keys.asked == ["delete", "leave"]


async def test_in_a_call_the_trainer_is_read_asked_and_seen_to_listen() -> None:
    async with seat() as table:
        await table.show()
        await table.begin()
        assert isinstance(table.app.screen, RoomCallScreen)
        assert table.part("room") == ""
        await table.show(note="Slower.", listening=Listening.ASKED)
        assert table.part("room").splitlines() == [
            "The trainer would like to listen in: y lets them, n does not.",
            "trainer: Slower.",
        ]
        await table.press("y")
        assert table.keys.asked == [("listen", True)]
        await table.show(listening=Listening.YES)
        assert "The trainer is listening. n stops that." in table.part("room")
        await table.show(away=True)
        assert "The room is away; the call goes on." in table.part("room")


async def test_switching_the_recording_in_a_call_says_from_when_it_counts() -> None:
    async with seat() as table:
        await table.show()
        await table.begin()
        await table.press("r")
        assert table.keys.asked == [("sound", False)]
        await table.show(consent=Consent(record=False))
        assert table.part("trouble") == "Sound is not kept from the next call on."


async def test_a_debrief_that_nobody_waits_for_any_more_gives_way() -> None:
    async with seat() as table:
        await table.show()
        await table.begin()
        table.ended.put_nowait(ENDED)
        await table.pause()
        await table.pause()
        assert isinstance(table.app.screen, DebriefScreen)
        assert "replay" not in str(table.app.screen.query(".next").first(Static).visual)
        table.seeing.cancel()
        await asyncio.gather(table.seeing, return_exceptions=True)
        await table.pause()
        assert isinstance(table.app.screen, LobbyScreen)


async def test_trouble_between_calls_stands_in_the_lobby() -> None:
    async with seat() as table:
        await table.show()
        table.stage.warn("There is no microphone.")
        await table.pause()
        assert table.part("said") == "There is no microphone."
