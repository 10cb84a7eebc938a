"""A table with a headset in a room that the test plays: its lobby, and what happens in it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import msgspec
import pytest
from client.made_sound import MadeSound
from client.scripted_server import Caller, welcome
from overlay.made_calls import ENDED
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from voice_coach.errors import ProtocolError
from voice_coach.messages import PROTOCOL_VERSION, EndCall, Ended, Hello
from voice_coach.room_messages import (
    Activity,
    AnswerListening,
    AskToListen,
    Assigned,
    Consent,
    ConsentChanged,
    Leave,
    Listening,
    LobbyState,
    NoteShown,
    Removed,
    StartActivity,
    StopActivity,
    TableMessage,
)
from voice_coach_client.connection import Dropped, Patience, Received
from voice_coach_client.credentials import Credentials
from voice_coach_client.errors import ConnectionLostError, RefusedError, SoundError
from voice_coach_client.live_call import Gauge, LiveCall
from voice_coach_client.room.lobby import Away, Lobby
from voice_coach_client.room.lobby_view import LobbyView, reduce_lobby, room_words
from voice_coach_client.room.stay import RoomKeys, Stay
from voice_coach_client.server_address import Server

pytestmark = pytest.mark.timeout(20)

TOKEN = "secret"  # noqa: S105 - of a room that the test plays
AT_ONCE = Patience(open_seconds=5, pauses_seconds=(0.0, 0.0, 0.0))
STATE = LobbyState(table="t-1", name="Table 3", room="Monday", consent=Consent())
RENEWAL = Activity(scenario="renewal", title="Renewal in doubt")
LABELS = Activity(drill="label_it", title="Label it")

Script = Callable[["_Room"], Awaitable[None]]


class _Room:
    """The room's end of one lobby socket."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket

    async def tell(self, *messages: object) -> None:
        for message in messages:
            await self._socket.send(msgspec.json.encode(message).decode())

    async def receive(self) -> TableMessage:
        return msgspec.json.decode(await self._socket.recv(), type=TableMessage)

    async def break_off(self) -> None:
        self._socket.transport.abort()
        await self._socket.wait_closed()

    async def close(self, code: int, reason: str) -> None:
        await self._socket.close(code, reason)

    async def until_left(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                await self._socket.recv()


@asynccontextmanager
async def room(
    *lobbies: Script, calls: tuple[Callable[[Caller], Awaitable[None]], ...] = ()
) -> AsyncIterator[Server]:
    """Serve lobby sockets and calls, each by the next script. A failed script fails the test."""
    waiting = {"/room/table": list(lobbies), "/ws": list(calls)}
    results: list[asyncio.Future[None]] = []

    async def handle(socket: ServerConnection) -> None:
        assert socket.request.headers["authorization"] == f"Bearer {TOKEN}"
        result: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        results.append(result)
        path = socket.request.path
        try:
            end = _Room(socket) if path == "/room/table" else Caller(socket)
            await waiting[path].pop(0)(end)
        except BaseException as error:  # noqa: BLE001 - kept, and raised in the test below
            result.set_exception(error)
        else:
            result.set_result(None)

    async with serve(handle, "127.0.0.1", 0, close_timeout=1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield Server(host="127.0.0.1", port=port, credentials=Credentials(token=TOKEN))
        for result in results:
            await result
    assert not any(waiting.values()), f"never opened: {waiting}"


# ---- the lobby


async def test_the_lobby_gives_what_the_room_says_and_sends_what_the_table_wishes() -> None:
    received = []

    async def script(end: _Room) -> None:
        await end.tell(STATE, NoteShown(text="Slower."))
        received.append(await end.receive())
        await end.tell(Removed(text="Bye."))

    async with room(script) as server:
        lobby = Lobby(server, AT_ONCE)
        messages = []
        async for message in lobby.received():
            messages.append(message)
            if isinstance(message, NoteShown):
                await lobby.send(AnswerListening(allow=True))
        await lobby.close()
    assert messages == [STATE, NoteShown(text="Slower."), Removed(text="Bye.")]
    assert received == [AnswerListening(allow=True)]


async def test_a_lobby_that_is_cut_off_comes_back_and_sends_what_waited() -> None:
    async def first(end: _Room) -> None:
        await end.tell(STATE)
        await end.break_off()

    async def second(end: _Room) -> None:
        await end.tell(STATE)
        assert await end.receive() == ConsentChanged(consent=Consent(record=False))
        await end.tell(Removed(text="Bye."))

    async with room(first, second) as server:
        lobby = Lobby(server, AT_ONCE)
        kinds = []
        async for message in lobby.received():
            kinds.append(type(message))
            if isinstance(message, Away):
                await lobby.send(ConsentChanged(consent=Consent(record=False)))
        await lobby.close()
    assert kinds == [LobbyState, Away, LobbyState, Removed]


async def test_a_room_that_stays_away_is_given_up_with_a_sentence() -> None:
    async def script(end: _Room) -> None:
        await end.tell(STATE)
        await end.break_off()

    async with room(script) as server:
        lobby = Lobby(server, Patience(open_seconds=1, pauses_seconds=(0.0,)))
        messages = lobby.received()
        assert await anext(messages) == STATE
        assert await anext(messages) == Away()
        lobby._url = "ws://127.0.0.1:1/room/table"  # where the next attempt finds nobody
        with pytest.raises(ConnectionLostError, match="went away and did not come back"):
            await anext(messages)


async def test_a_table_that_was_opened_elsewhere_is_told_so() -> None:
    async def script(end: _Room) -> None:
        await end.tell(STATE)
        await end.close(4409, "This table was opened in another place.")

    async with room(script) as server:
        lobby = Lobby(server, AT_ONCE)
        with pytest.raises(RefusedError, match="opened in another place"):
            _ = [message async for message in lobby.received()]


async def test_what_cannot_be_read_is_said() -> None:
    async def script(end: _Room) -> None:
        await end._socket.send('{"type": "poem"}')
        await end.until_left()

    async with room(script) as server:
        lobby = Lobby(server, AT_ONCE)
        with pytest.raises(ProtocolError, match="cannot read"):
            _ = [message async for message in lobby.received()]
        await lobby.close()


# ---- the view


def test_the_view_follows_the_room() -> None:
    view = LobbyView()
    assert room_words(view) == ()
    for message in (STATE, Assigned(activity=RENEWAL), NoteShown(text="Slower."), AskToListen(), Away()):
        view = reduce_lobby(view, message)
    assert view.activity == RENEWAL
    assert view.note == "Slower."
    assert view.listening is Listening.ASKED
    assert view.away
    view = reduce_lobby(view, msgspec.structs.replace(STATE, listening=Listening.YES))
    assert not view.away
    assert "The trainer is listening in now. n stops that." in room_words(view)


def test_what_is_kept_and_who_sees_it_is_said_either_way() -> None:
    kept = reduce_lobby(LobbyView(), STATE)
    none = reduce_lobby(
        LobbyView(), msgspec.structs.replace(STATE, consent=Consent(record=False, share=False))
    )
    assert room_words(kept) == (
        "The sound of your calls is kept on the trainer's machine.",
        "The trainer may read along, and your calls stand in the class report.",
    )
    assert room_words(none) == (
        "The sound of your calls is not kept.",
        "The trainer sees that you call and your moves, but not your words; no report.",
    )


# ---- the stay


class _Table:
    """The person at the table: presses keys when told to by what is shown."""

    def __init__(self, *, see_debrief: bool = True) -> None:
        self.keys: RoomKeys
        self.view = LobbyView()
        self.told: list[object] = []
        self.debriefed: list[Ended | None] = []
        self._news = asyncio.Event()
        self._see = see_debrief

    def enter_room(self, keys: RoomKeys) -> None:
        self.keys = keys

    def show_room(self, view: LobbyView) -> None:
        self.view = view
        self._news.set()

    def begin(self, call: LiveCall, gauge: Gauge) -> None:
        del gauge
        self.told.append(("call", call.welcome.scenario.id))

    def show(self, message: Received) -> None:
        if isinstance(message, Dropped | Ended):
            self.told.append(message)

    def warn(self, trouble: str) -> None:
        self.told.append(trouble)
        self._news.set()

    def say(self, text: str) -> None:
        self.told.append(text)
        self._news.set()

    async def debrief(self, ended: Ended | None) -> None:
        self.debriefed.append(ended)
        self._news.set()
        if not self._see:
            await asyncio.Event().wait()

    async def until(self, happened: Callable[[], object]) -> None:
        while not happened():
            self._news.clear()
            await self._news.wait()


HELLO = Hello(version=PROTOCOL_VERSION, client="headset test")


async def _open_sound() -> MadeSound:
    return MadeSound()


@asynccontextmanager
async def staying(
    table: _Table, server: Server, open_sound: Callable[[], Awaitable[MadeSound]] = _open_sound
) -> AsyncIterator[asyncio.Task[None]]:
    """Be in the room meanwhile."""
    lobby = Lobby(server, AT_ONCE)
    running = asyncio.create_task(Stay(table, server, lobby, open_sound, HELLO).run())
    try:
        yield running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await lobby.close()


async def test_a_table_begins_what_was_sent_when_it_likes_and_leaves() -> None:
    said: list[Hello] = []

    async def lobby(end: _Room) -> None:
        await end.tell(STATE, Assigned(activity=RENEWAL))
        assert await end.receive() == Leave()

    async def call(caller: Caller) -> None:
        said.append(await caller.hello())
        await caller.send(welcome(), ENDED)

    table = _Table()
    async with room(lobby, calls=(call,)) as server, staying(table, server) as running:
        await table.until(lambda: table.view.activity)
        table.keys.begin()
        await table.until(lambda: table.debriefed)
        table.keys.leave()
        await running
    assert said[0] == msgspec.structs.replace(HELLO, scenario="renewal")
    assert table.debriefed == [ENDED]


async def test_start_begins_stop_ends_and_the_next_start_does_not_wait_for_the_debrief() -> None:
    async def lobby(end: _Room) -> None:
        await end.tell(
            msgspec.structs.replace(STATE, consent=Consent(record=False)), StartActivity(activity=RENEWAL)
        )
        await began.wait()
        await end.tell(StopActivity())
        await ended.wait()
        await end.tell(StartActivity(activity=LABELS))
        await end.until_left()

    async def first(caller: Caller) -> None:
        hello = await caller.hello()
        assert (hello.scenario, hello.record) == ("renewal", False)
        await caller.send(welcome())
        began.set()
        assert await caller.receive() == EndCall()
        await caller.send(ENDED)
        ended.set()

    async def second(caller: Caller) -> None:
        hello = await caller.hello()
        assert (hello.scenario, hello.drill) == ("", "label_it")
        await caller.send(welcome(session="s-2"), ENDED)
        done.set()

    began, ended, done = asyncio.Event(), asyncio.Event(), asyncio.Event()
    table = _Table(see_debrief=False)
    async with room(lobby, calls=(first, second)) as server, staying(table, server):
        await done.wait()
        await table.until(lambda: len(table.debriefed) == 2)
    assert table.debriefed == [ENDED, ENDED]


async def test_wishes_about_consent_and_listening_reach_the_room() -> None:
    got: asyncio.Queue[TableMessage] = asyncio.Queue()

    async def lobby(end: _Room) -> None:
        await end.tell(STATE)
        for _ in range(3):
            got.put_nowait(await end.receive())
        await end.until_left()

    table = _Table()
    async with room(lobby) as server, staying(table, server):
        await table.until(lambda: table.view.state)
        await table.keys.keep_sound(on=False)
        await table.keys.share(on=False)
        await table.keys.answer(allow=True)
        assert [await got.get() for _ in range(3)] == [
            ConsentChanged(consent=Consent(record=False)),
            ConsentChanged(consent=Consent(share=False)),
            AnswerListening(allow=True),
        ]


async def test_a_table_that_is_removed_hears_why_and_its_call_is_left() -> None:
    began = asyncio.Event()

    async def lobby(end: _Room) -> None:
        await end.tell(STATE, StartActivity(activity=RENEWAL))
        await began.wait()
        await end.tell(Removed(text="The trainer has taken your table out of the room."))

    async def call(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        began.set()
        with suppress(ConnectionClosed):
            while True:
                await caller.receive()

    table = _Table()
    async with room(lobby, calls=(call,)) as server, staying(table, server) as running:
        await running
    assert "The trainer has taken your table out of the room." in table.told


async def test_a_headset_that_is_missing_is_said_and_the_table_stays() -> None:
    async def lobby(end: _Room) -> None:
        await end.tell(STATE, StartActivity(activity=RENEWAL))
        assert await end.receive() == Leave()

    async def no_headset() -> MadeSound:
        raise SoundError("There is no microphone.")

    table = _Table()
    async with room(lobby) as server, staying(table, server, no_headset) as running:
        await table.until(lambda: table.told)
        table.keys.leave()
        await running
    assert table.told == ["There is no microphone."]


async def test_deleting_without_a_call_says_so() -> None:
    async def lobby(end: _Room) -> None:
        await end.tell(STATE)
        await end.until_left()

    table = _Table()
    async with room(lobby) as server, staying(table, server):
        await table.until(lambda: table.view.state)
        await table.keys.delete_last()
    assert table.told == ["There is no call to delete."]
