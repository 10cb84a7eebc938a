"""The room's sockets on a running server: what reaches whom, how soon, and what does not."""

import asyncio
import time
from collections.abc import AsyncIterator

import numpy as np
import pytest
from room_server import RoomServer, running_room
from trainee import trainee
from websockets.asyncio.client import connect

from voice_coach.counterpart.reply import Outcome
from voice_coach.messages import AudioKind, Ended, Hello, Reply, ReplyEnd, encode
from voice_coach.room_messages import (
    Activity,
    AnswerListening,
    AskToListen,
    Assigned,
    Consent,
    ConsentChanged,
    Leave,
    Listen,
    Listening,
    LobbyState,
    LockRoom,
    NoteShown,
    Removed,
    RemoveTable,
    RoomNotice,
    RoomState,
    SendActivity,
    SendNote,
    StartActivity,
    StartCalls,
    StopActivity,
    StopCalls,
    TableChanged,
    TableGone,
)
from voice_coach.settings import Settings
from voice_coach_server.engines import Engines


@pytest.fixture
async def room(settings: Settings, engines: Engines) -> AsyncIterator[RoomServer]:
    async with running_room(settings, engines) as server:
        yield server


async def test_a_lesson_from_joining_to_stopping(room: RoomServer, tone: bytes) -> None:
    async with room.page() as page, room.table("Anna") as anna, room.table("Ben") as ben:
        first = await page.wait_for(RoomState)
        assert (first.title, first.code, first.address, first.fingerprint) == ("Tuesday", "c", "a", "f")
        lobby = await anna.wait_for(LobbyState)
        assert (lobby.name, lobby.trainer_present, lobby.session) == ("Anna", True, "")
        await page.sees(ben.id, lambda table: table.connected)

        await page.send(SendActivity(activity=Activity(scenario="renewal_in_doubt")))
        await page.send(StartCalls())
        for table in (anna, ben):
            assert (await table.wait_for(Assigned)).activity.scenario == "renewal_in_doubt"
            assert (await table.wait_for(StartActivity)).activity.title == "renewal_in_doubt"

        async with trainee(room.call_url(anna.id)) as person:
            await person.silence(0.2)
            await person.wait_for(Reply)
            await person.speak(tone)
            await person.silence(3.0)
            seen = await page.sees(anna.id, lambda table: "It sounds like" in table.last_words)
            assert seen.session
            assert seen.connected
            seen = await page.sees(anna.id, lambda table: bool(table.moves) and bool(table.ring))
            assert seen.moves == (("label", 1),)
            assert seen.last_reply
            lobby = await anna.wait_for(LobbyState, lambda m: bool(m.session))
            await page.send(SendNote(table=anna.id, text="Stay with the silence."))
            assert (await anna.wait_for(NoteShown)).text == "Stay with the silence."
            await page.send(StopCalls())
            for table in (anna, ben):
                await table.wait_for(StopActivity)
            await person.send_end()
            ended = await person.wait_for(Ended)
            assert ended.outcome is Outcome.TRAINEE_LEFT
        seen = await page.sees(anna.id, lambda table: table.calls == 1)
        assert (seen.session, seen.phase) == ("", None)
        assert not ben.seen(NoteShown), "a note is for one table"


async def test_a_client_that_does_not_stop_is_stopped(room: RoomServer) -> None:
    async with (
        room.page() as page,
        room.table("Anna") as anna,
        trainee(room.call_url(anna.id)) as person,
    ):
        await person.silence(0.2)
        await person.wait_for(Reply)
        asked = time.monotonic()
        await page.send(StopCalls(tables=(anna.id,)))
        ended = await person.wait_for(Ended)
        assert 2.5 < time.monotonic() - asked < 6.0
        assert ended.outcome is Outcome.INTERRUPTED


async def test_a_second_call_of_a_table_ends_the_first(room: RoomServer) -> None:
    async with room.table("Anna") as anna, trainee(room.call_url(anna.id)) as first:
        await first.silence(0.2)
        async with trainee(room.call_url(anna.id)):
            await first.wait_for(Ended)
            table = room.host.room.table(anna.id)
            assert table is not None
            assert len(table.past) == 1
            assert table.session


async def test_a_second_lobby_of_a_table_replaces_the_first_with_a_word(room: RoomServer) -> None:
    async with room.page() as page, room.table("Anna") as first:
        await first.wait_for(LobbyState)
        async with room.lobby(first.id) as second:
            code, word = await first.closed()
            assert (code, word) == (4409, "This table was opened in another place.")
            await page.send(SendNote(table=first.id, text="Still here?"))
            await second.wait_for(NoteShown)
        state = await page.sees(first.id, lambda table: not table.connected)
        assert state.away_seconds >= 0


async def test_the_trainer_sees_a_table_at_most_four_times_a_second_and_the_latest_of_it(
    room: RoomServer,
) -> None:
    async with room.page() as page, room.table("Anna") as anna:
        await page.sees(anna.id, lambda table: table.connected)
        seen = len(page.seen(TableChanged))
        began = time.monotonic()
        for number in range(40):
            room.host.room.change_consent(anna.id, Consent(record=bool(number % 2)))
            room.host.room.send_activity(Activity(scenario=f"scenario {number}"), None)
            await asyncio.sleep(0.02)
        last = time.monotonic()
        await page.sees(
            anna.id, lambda table: table.activity is not None and table.activity.scenario == "scenario 39"
        )
        assert time.monotonic() - last < 1.0
        shown = len(page.seen(TableChanged)) - seen
        assert shown <= 4 * (time.monotonic() - began) + 2


async def test_a_page_that_does_not_read_gets_the_latest_state_and_holds_nobody_up(
    room: RoomServer,
) -> None:
    async with room.table("Anna") as anna:
        joined = [
            room.host.room.join(f"Table {number} {'x' * 25}", "", Consent()) for number in range(30)
        ]
        async with connect(
            f"{room.url}/room/watch", max_queue=1, compression=None, close_timeout=0.2
        ) as slow:
            slow.transport.pause_reading()
            for number in range(400):
                room.host.room.lock(on=bool(number % 2))
                for table in joined:
                    room.host.room.change_consent(table.id, Consent(record=bool(number % 3)))
                if not number % 20:
                    await asyncio.sleep(0)
            (page,) = room.host._pages
            assert len(page._touched) <= 31, "one entry a table, however long it does not read"
            room.host.room.send_note(anna.id, "The others go on.")
            assert (await anna.wait_for(NoteShown)).text == "The others go on."
            slow.transport.resume_reading()


async def test_listening_takes_a_yes_and_ends_with_a_no(room: RoomServer, tone: bytes) -> None:
    async with (
        room.page() as page,
        room.table("Anna") as anna,
        room.page() as other,
        trainee(room.call_url(anna.id)) as person,
    ):
        await person.silence(0.3, realtime=True)
        await page.send(Listen(table=anna.id, on=True))
        await anna.wait_for(AskToListen)
        await person.wait_for(ReplyEnd)
        await person.silence(0.2, realtime=True)
        assert not page.audio, "nothing is heard before the table has said yes"
        await anna.send(AnswerListening(allow=True))
        await anna.wait_for(LobbyState, lambda m: m.listening is Listening.YES)
        await person.speak(tone, realtime=True)
        await page.until(lambda: len(page.audio) > 20)
        mine = [frame for frame in page.audio if frame.kind is AudioKind.MICROPHONE]
        theirs = [frame for frame in page.audio if frame.kind is AudioKind.VOICE]
        assert np.abs(np.frombuffer(mine[-1].pcm, "<i2")).max() > 4000
        assert {frame.stream for frame in theirs} <= {22_050}
        assert not other.audio, "only the page that asked hears"
        await anna.send(AnswerListening(allow=False))
        await page.wait_for(RoomNotice, lambda m: m.code == "not-listening")
        await page.sees(anna.id, lambda table: table.listening is Listening.NO)
        heard = len(page.audio)
        await person.speak(tone, realtime=True)
        assert len(page.audio) == heard


async def test_the_ear_goes_with_its_page(room: RoomServer) -> None:
    async with room.table("Anna") as anna:
        async with room.page() as page:
            await page.send(Listen(table=anna.id, on=True))
            await anna.wait_for(AskToListen)
            await anna.send(AnswerListening(allow=True))
            await anna.wait_for(LobbyState, lambda m: m.listening is Listening.YES)
        await anna.wait_for(LobbyState, lambda m: m.listening is Listening.NO and not m.trainer_present)


async def test_a_table_that_stops_sharing_shows_no_word_from_then_on(
    room: RoomServer, tone: bytes
) -> None:
    async with (
        room.page() as page,
        room.table("Anna") as anna,
        trainee(room.call_url(anna.id)) as person,
    ):
        await person.silence(0.2)
        await person.wait_for(Reply)
        await page.sees(anna.id, lambda table: bool(table.last_reply))
        await anna.send(ConsentChanged(consent=Consent(share=False)))
        await page.sees(anna.id, lambda table: not table.consent.share)
        after = len(page.messages)
        await person.speak(tone)
        await person.silence(3.0)
        await page.sees(anna.id, lambda table: bool(table.moves))
        later = [m.table for m in page.messages[after - 1 :] if isinstance(m, TableChanged)]
        assert later
        assert not any(table.last_words or table.last_reply for table in later)
        assert not any(segment.title for table in later for segment in table.ring)


async def test_a_table_taken_out_loses_its_call_and_its_sockets(room: RoomServer) -> None:
    void: list[str] = []
    room.host.on_left = void.append
    async with (
        room.page() as page,
        room.table("Anna") as anna,
        trainee(room.call_url(anna.id)) as person,
    ):
        await person.silence(0.2)
        await person.wait_for(Reply)
        await page.send(RemoveTable(table=anna.id))
        assert (await anna.wait_for(Removed)).text
        assert (await anna.closed())[0] == 4403
        await person.wait_for(Ended)
        assert (await page.wait_for(TableGone)).table == anna.id
        assert void == [anna.id]
        async with room.lobby(anna.id) as again:
            assert (await again.closed())[0] == 4403


async def test_a_table_may_leave_and_the_room_may_be_locked(room: RoomServer) -> None:
    async with room.page() as page, room.table("Anna") as anna, room.table("Ben") as ben:
        await page.send(LockRoom(on=True))
        await ben.wait_for(LobbyState, lambda m: m.locked)
        await page.wait_for(RoomState, lambda m: m.locked)
        await anna.send(Leave())
        assert (await page.wait_for(TableGone)).table == anna.id
        assert (await anna.closed())[0] == 4403


async def test_what_cannot_be_done_is_said_to_the_page_that_asked(room: RoomServer) -> None:
    async with room.page() as page, room.page() as other:
        await page.send(SendNote(table="nobody", text="Hello"))
        notice = await page.wait_for(RoomNotice)
        assert notice.code == "unknown-table"
        assert not other.seen(RoomNotice)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", 4400),
        ('{"type": "no_such_thing"}', 4400),
        ('{"type": "leave", "more": 1}', 4400),
        (b"\x01\x01\x00\x00", 4400),
        ('{"type": "leave", "x": "' + 20_000 * "y" + '"}', 4400),
    ],
)
async def test_what_cannot_be_read_closes_the_socket_with_a_sentence(
    room: RoomServer, frame: str | bytes, code: int
) -> None:
    async with room.table("Anna") as anna:
        await anna.socket.send(frame)
        closed, word = await anna.closed()
        assert closed == code
        assert word


async def test_a_flood_of_messages_closes_the_socket(room: RoomServer) -> None:
    async with room.page() as page:
        for _ in range(80):
            await page.socket.send('{"type": "lock_room", "on": true}')
        assert (await page.closed())[0] == 4429


async def test_a_call_belongs_to_the_table_that_began_it(room: RoomServer) -> None:
    async with (
        room.table("Anna") as anna,
        room.table("Ben") as ben,
        trainee(room.call_url(anna.id)) as person,
    ):
        await person.silence(0.2)
        state = await anna.wait_for(LobbyState, lambda m: bool(m.session))
        async with connect(room.call_url(ben.id)) as thief:
            await thief.send(encode(Hello(version=1, resume=state.session)))
            answer = await thief.recv()
            assert "unknown-session" in str(answer)
        assert (await ben.wait_for(LobbyState)).session == ""
