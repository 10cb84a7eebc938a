"""What waits for a reader, however slow: bounded, and for a trainer's page only the latest."""

import asyncio
from dataclasses import dataclass, field

import msgspec
import pytest

from voice_coach.messages import AudioFrame, AudioKind, decode_audio
from voice_coach.room_messages import (
    Consent,
    LobbyState,
    NoteShown,
    RoomNotice,
    RoomState,
    TableChanged,
    TableGone,
    TableState,
    ToTable,
    ToTrainer,
)
from voice_coach_server.room.mailboxes import ELSEWHERE, OUT, TOO_SLOW, LobbyMailbox, TrainerMailbox

_of_table: msgspec.json.Decoder[ToTable] = msgspec.json.Decoder(ToTable)
_of_trainer: msgspec.json.Decoder[ToTrainer] = msgspec.json.Decoder(ToTrainer)


def lobby(name: str) -> LobbyState:
    return LobbyState(table="t", name=name, room="r", consent=Consent())


async def read(mailbox: LobbyMailbox, many: int) -> list[ToTable]:
    frames = [await mailbox.next() for _ in range(many)]
    return [_of_table.decode(frame) for frame in frames if isinstance(frame, str)]


async def test_a_table_gets_every_message_in_order_but_one_lobby_only() -> None:
    mailbox = LobbyMailbox()
    mailbox.put(lobby("old"))
    mailbox.put(NoteShown(text="one"))
    mailbox.put(lobby("new"))
    mailbox.put(NoteShown(text="two"))
    mailbox.close(OUT)
    mailbox.close(ELSEWHERE)
    assert await read(mailbox, 3) == [NoteShown(text="one"), lobby("new"), NoteShown(text="two")]
    assert await mailbox.next() == OUT, "what was said first counts"


async def test_a_table_that_does_not_read_is_let_go_to_come_back() -> None:
    mailbox = LobbyMailbox()
    for number in range(101):
        mailbox.put(NoteShown(text=str(number)))
    assert await mailbox.next() == TOO_SLOW


@dataclass
class Page:
    """A trainer's page, and the time."""

    at: float = 50.0
    calls: int = 0
    mailbox: TrainerMailbox = field(init=False)

    def __post_init__(self) -> None:
        self.mailbox = TrainerMailbox(room=self.room, table=self.table, now=lambda: self.at)

    def room(self) -> RoomState:
        return RoomState(
            title="", code="", address="", fingerprint="", locked=False, tables=(self.state("a"),)
        )

    def table(self, table: str) -> TableState | None:
        return None if table == "gone" else self.state(table)

    def state(self, table: str) -> TableState:
        return TableState(
            id=table, name=table, client="", connected=True, consent=Consent(), calls=self.calls
        )

    async def next(self) -> ToTrainer | AudioFrame | None:
        """The next frame; None when there is nothing to send now."""
        try:
            async with asyncio.timeout(0.01):
                frame = await self.mailbox.next()
        except TimeoutError:
            return None
        return _of_trainer.decode(frame) if isinstance(frame, str) else decode_audio(frame)


@pytest.fixture
async def page() -> Page:
    page = Page()
    assert isinstance(await page.next(), RoomState), "the whole room comes first"
    return page


async def test_a_table_is_shown_again_after_a_quarter_of_a_second_as_it_is_then(page: Page) -> None:
    page.at += 1
    for page.calls in range(1, 6):
        page.mailbox.touch("a")
    assert await page.next() == TableChanged(table=page.state("a"))
    page.mailbox.touch("a")
    assert await page.next() is None
    page.at += 0.25
    page.calls = 9
    shown = await page.next()
    assert isinstance(shown, TableChanged)
    assert shown.table.calls == 9
    assert await page.next() is None


async def test_one_busy_table_does_not_starve_another(page: Page) -> None:
    page.at += 1
    seen = []
    for _ in range(4):
        page.mailbox.touch("a")
        page.mailbox.touch("b")
        for _ in range(2):
            message = await page.next()
            assert isinstance(message, TableChanged)
            seen.append(message.table.id)
        page.at += 0.25
    assert seen.count("a") == seen.count("b") == 4


async def test_the_whole_room_settles_what_was_to_be_shown_of_its_tables(page: Page) -> None:
    page.at += 1
    page.mailbox.touch("a")
    page.mailbox.lose("b")
    page.mailbox.show_room()
    assert isinstance(await page.next(), RoomState)
    assert await page.next() is None


async def test_a_table_that_left_is_gone_and_not_shown_again(page: Page) -> None:
    page.mailbox.touch("gone")
    assert await page.next() is None, "there is nothing to show of it"
    page.mailbox.touch("b")
    page.mailbox.lose("b")
    assert await page.next() == TableGone(table="b")
    assert await page.next() is None


async def test_of_too_much_the_oldest_is_dropped(page: Page) -> None:
    for number in range(30):
        page.mailbox.notify(RoomNotice(code="c", text=str(number)))
    for number in range(150):
        frame = AudioFrame(kind=AudioKind.MICROPHONE, stream=0, offset=number, pcm=b"\0\0")
        page.mailbox.sound(frame)
    assert page.mailbox.sound_lost == 50
    first = await page.next()
    assert isinstance(first, AudioFrame), "sound alone cannot wait"
    assert first.offset == 50
    page.mailbox.silence()
    notice = await page.next()
    assert isinstance(notice, RoomNotice)
    assert notice.text == "10"
