"""The loop of a call, over a real websocket, with sound that the test makes."""

import asyncio
from contextlib import suppress

import pytest
from client.made_sound import MadeSound
from client.scripted_server import Caller, scripted_server, welcome
from overlay.made_calls import ENDED
from websockets.exceptions import ConnectionClosed

from voice_coach.conversation.commands import Phase
from voice_coach.errors import ProtocolError
from voice_coach.messages import (
    PROTOCOL_VERSION,
    AudioFrame,
    CueSwitch,
    EndCall,
    Hello,
    Mute,
    PhaseChanged,
    PlaybackStarted,
    ServerMessage,
)
from voice_coach_client import live_call
from voice_coach_client.connection import Connection, Received
from voice_coach_client.live_call import LiveCall

pytestmark = pytest.mark.timeout(20)

HELLO = Hello(version=PROTOCOL_VERSION, scenario="renewal")
SPOKEN = b"\1\0" * 320


class _Call:
    """A call in progress and all that belongs to it."""

    def __init__(self, connection: Connection) -> None:
        self.sound = MadeSound()
        self.shown: list[Received] = []
        self.live = LiveCall(connection, self.sound, self.shown.append)
        self.running = asyncio.create_task(self.live.run())


async def test_what_is_received_is_heard_and_shown_and_the_end_is_given() -> None:
    phase = PhaseChanged(seq=2, phase=Phase.LISTENING)

    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome(), phase, ENDED)

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as connection:
        call = _Call(connection)
        assert await call.running == ENDED
    assert call.shown == call.sound.heard == [welcome(), phase, ENDED]


async def test_microphone_reports_and_keys_reach_the_server_and_a_muted_microphone_is_silent() -> None:
    received: asyncio.Queue[object] = asyncio.Queue()

    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        for _ in range(6):
            message = await caller.receive()
            received.put_nowait(message.pcm if isinstance(message, AudioFrame) else message)
        await caller.send(ENDED)

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as connection:
        call = _Call(connection)

        call.sound.blocks.put_nowait(SPOKEN)
        assert await received.get() == SPOKEN
        await call.live.mute(on=True)
        assert await received.get() == Mute(on=True)
        call.sound.blocks.put_nowait(SPOKEN)
        assert await received.get() == bytes(640)
        await call.live.mute(on=False)
        assert await received.get() == Mute(on=False)
        call.sound.told.put_nowait(PlaybackStarted(reply=1))
        assert await received.get() == PlaybackStarted(reply=1)
        await call.live.want_cues(on=False)
        assert await received.get() == CueSwitch(on=False)
        await call.running


async def _until_left(caller: Caller) -> None:
    with suppress(ConnectionClosed):
        while True:
            await caller.receive()


async def _ended_by(*answers: ServerMessage, presses: int = 1) -> object:
    asked = asyncio.Event()

    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        assert await caller.receive() == EndCall()
        asked.set()
        await caller.send(*answers)
        await _until_left(caller)

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as connection:
        call = _Call(connection)
        await call.live.end()
        await asked.wait()
        for _ in range(presses - 1):
            await call.live.end()
        return await call.running


async def test_ending_a_call_waits_for_its_debrief() -> None:
    assert await _ended_by(ENDED) == ENDED


async def test_ending_a_call_twice_leaves_at_once() -> None:
    assert await _ended_by(presses=2) is None


async def test_a_server_that_does_not_end_the_call_is_left_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_call, "_GOODBYE_SECONDS", 0.05)
    assert await _ended_by() is None


async def test_a_microphone_that_ends_leaves_the_call() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        await _until_left(caller)

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as connection:
        call = _Call(connection)
        call.sound.blocks.put_nowait(None)
        assert await call.running is None


async def test_what_the_server_sends_wrong_ends_the_call_with_its_sentence() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome(), "{")

    async with scripted_server(script) as url, await Connection.open(url, HELLO) as connection:
        with pytest.raises(ProtocolError, match="cannot read"):
            await _Call(connection).running
