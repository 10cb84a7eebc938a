"""A table that is cut off comes back to the same call: whatever its microphone heard is there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from cable import Cable, laid_cable
from room_server import RoomServer, running_room

from voice_coach.room_messages import Consent, LobbyState
from voice_coach.settings import Settings
from voice_coach_benchmarks.talker import talk
from voice_coach_client.connection import Patience
from voice_coach_server.engines import Engines

PATIENCE = Patience(open_seconds=1.0, pauses_seconds=(0.25,) * 40)


@pytest.fixture
async def room(settings: Settings, engines: Engines) -> AsyncIterator[RoomServer]:
    async with running_room(settings, engines, ping_seconds=0.5) as server:
        yield server


def recorded(settings: Settings, session: str) -> np.ndarray:
    path = Path(settings.store.path) / "sessions" / session / "trainee.flac"
    return soundfile.read(path, dtype="int16")[0]


@pytest.mark.parametrize("cut", [Cable.pull, Cable.go_dead])
async def test_what_was_said_while_away_is_heard_to_the_sample(
    room: RoomServer, settings: Settings, tone: bytes, cut: object
) -> None:
    assert callable(cut)
    port = int(room.url.rpartition(":")[2])
    table = room.host.room.join("Anna", "test", Consent())
    async with room.page() as page, laid_cable("127.0.0.1", port) as (cable, near):
        url = room.call_url(table.id).replace(str(port), str(near))
        call = asyncio.create_task(talk(url, tone * 5, patience=PATIENCE))
        await page.sees(table.id, lambda state: bool(state.last_words))
        cut(cable)
        away = await page.sees(table.id, lambda state: not state.connected)
        await asyncio.sleep(1.5)
        cable.mend()
        back = await page.sees(table.id, lambda state: state.connected)
        assert back.session == away.session, "it came back to the same call"
        told = await call
    assert told.ended
    assert cable.connections >= 2
    kept = recorded(settings, told.session)
    sent = np.frombuffer(bytes(told.sent), "<i2")
    # Both tracks are of one length at the end: the shorter is filled up with silence.
    both = min(len(kept), len(sent))
    assert len(sent) - both < 16_000, "only what was sent after the end is missing"
    np.testing.assert_array_equal(kept[:both], sent[:both])


async def test_a_table_that_comes_back_is_told_which_call_to_resume(room: RoomServer) -> None:
    async with room.table("Anna") as first:
        port = int(room.url.rpartition(":")[2])
        async with laid_cable("127.0.0.1", port) as (cable, near):
            url = room.call_url(first.id).replace(str(port), str(near))
            call = asyncio.create_task(talk(url, b"", patience=PATIENCE))
            session = (await first.wait_for(LobbyState, lambda m: bool(m.session))).session
            cable.pull()
            async with room.lobby(first.id) as again:
                assert (await again.wait_for(LobbyState)).session == session
            cable.mend()
            assert (await call).session == session


async def test_a_lobby_that_does_not_answer_is_away_within_seconds(room: RoomServer) -> None:
    async with room.page() as page, room.table("Anna") as anna:
        await page.sees(anna.id, lambda state: state.connected)
        anna.socket.transport.pause_reading()  # nor does it answer pings any more
        await page.sees(anna.id, lambda state: not state.connected)
        assert not room.host._lobbies
        anna.socket.transport.abort()
