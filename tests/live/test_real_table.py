"""A table with a headset in a real room: TLS, code, trainer, a sound stack, the real ears and voice."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from served_room import ServedRoom, served_room
from sound_card import MICROPHONE, SPEAKER, SoundCard
from spoken import spoken
from websockets.asyncio.client import ClientConnection

from voice_coach.cli.headset_call import greeting
from voice_coach.cli.room_table import RoomTable, stay_in_room, trusted_room
from voice_coach.errors import InputError
from voice_coach.messages import Ended
from voice_coach.room_messages import (
    Activity,
    Consent,
    Listen,
    Listening,
    RoomState,
    SendActivity,
    SendNote,
    StartCalls,
    StopCalls,
    TableChanged,
    TableState,
    ToTrainer,
    TrainerMessage,
)
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_client.connection import Received
from voice_coach_client.errors import RefusedError, UntrustedError
from voice_coach_client.headset import HeadsetOptions
from voice_coach_client.live_call import Gauge, LiveCall
from voice_coach_client.room.lobby_view import LobbyView
from voice_coach_client.room.stay import RoomKeys
from voice_coach_server.engines import Engines

pytestmark = pytest.mark.timeout(120)

LABEL = "It sounds like you were left alone with this."


class _Table:
    """The person at the table."""

    def __init__(self) -> None:
        self.keys: RoomKeys
        self.views: list[LobbyView] = [LobbyView()]
        self.shown: list[Received] = []
        self.said: list[str] = []
        self.ended: Ended | None = None
        self.news = asyncio.Event()

    def enter_room(self, keys: RoomKeys) -> None:
        self.keys = keys

    def show_room(self, view: LobbyView) -> None:
        self.views.append(view)
        self.news.set()

    def begin(self, call: LiveCall, gauge: Gauge) -> None: ...

    def show(self, message: Received) -> None:
        self.shown.append(message)

    def say(self, text: str) -> None:
        self.said.append(text)
        self.news.set()

    def warn(self, trouble: str) -> None:
        self.say(trouble)

    async def debrief(self, ended: Ended | None) -> None:
        self.ended = ended
        self.news.set()

    async def until(self, happened: Callable[[], object]) -> None:
        async with asyncio.timeout(30):
            while not happened():
                self.news.clear()
                await self.news.wait()


class _Trainer:
    """The trainer's page."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def ask(self, message: TrainerMessage) -> None:
        await self._socket.send(msgspec.json.encode(message).decode())

    async def sees(self, wanted: Callable[[TableState], bool]) -> TableState:
        async with asyncio.timeout(30):
            while True:
                data = await self._socket.recv()
                if isinstance(data, bytes):
                    continue  # the sound of the table that is listened to
                for table in _tables(msgspec.json.decode(data, type=ToTrainer)):
                    if wanted(table):
                        return table


def _tables(message: ToTrainer) -> tuple[TableState, ...]:
    match message:
        case RoomState():
            return message.tables
        case TableChanged():
            return (message.table,)
        case _:
            return ()


def _seat(room: ServedRoom, **fields: object) -> RoomTable:
    given = {
        "address": room.address.http_url,
        "code": room.opened.door.code,
        "name": "Table 3",
        "fingerprint": room.opened.certificate.fingerprint,
        "authority": None,
        "record": True,
        "headset": HeadsetOptions(input=MICROPHONE, output=SPEAKER),
    }
    return RoomTable(**(given | fields))


def _settings(folder: Path) -> Settings:
    return Settings(server=ServerSettings(port=0), store=StoreSettings(folder=str(folder)))


async def test_a_table_joins_calls_when_told_is_listened_to_and_leaves(
    real_engines: Engines, sound_card: SoundCard, tmp_path: Path
) -> None:
    person = _Table()
    async with served_room(_settings(tmp_path), real_engines) as room:
        seat = _seat(room)
        server = await trusted_room(seat)
        hello = greeting(no_record=False)
        stay = asyncio.create_task(stay_in_room(person, server, seat, hello))
        async with room.socket("/room/watch", await room.trainer()) as socket:
            trainer = _Trainer(socket)
            table = (await trainer.sees(lambda table: table.name == "Table 3")).id
            await trainer.ask(SendNote(table=table, text="One breath before you answer."))
            await trainer.ask(SendActivity(activity=Activity(scenario="renewal_in_doubt")))
            await trainer.ask(StartCalls())
            await trainer.sees(lambda table: bool(table.session))
            await trainer.ask(Listen(table=table, on=True))
            await person.until(lambda: person.views[-1].listening is Listening.ASKED)
            await person.keys.answer(allow=True)
            await person.until(lambda: person.views[-1].listening is Listening.YES)
            pcm = (np.clip(spoken(LABEL), -1, 1) * 32767).astype("<i2").tobytes()
            sound_card.speak(pcm, SAMPLE_RATE_HZ)
            await trainer.sees(lambda table: "alone" in table.last_words.lower())
            await trainer.ask(StopCalls())
            await person.until(lambda: person.ended)
            await person.keys.keep_sound(on=False)
            await trainer.sees(lambda table: table.consent == Consent(record=False))
            await person.keys.delete_last()
            await person.until(lambda: "Your last call is deleted." in person.said)
            person.keys.leave()
            await stay
    assert any(view.note == "One breath before you answer." for view in person.views)
    assert any(view.activity and view.activity.title for view in person.views)
    assert not list((tmp_path / "sessions").glob("*/journal.jsonl"))


async def test_wrong_fingerprint_wrong_code_and_plain_http_are_refused_with_a_sentence(
    real_engines: Engines, tmp_path: Path
) -> None:
    async with served_room(_settings(tmp_path), real_engines) as room:
        with pytest.raises(UntrustedError, match="shows another certificate than the one you gave"):
            await trusted_room(_seat(room, fingerprint="00" * 32))
        plain = room.address.http_url.replace("https", "http")
        with pytest.raises(InputError, match="reached by https"):
            await trusted_room(_seat(room, address=plain))
        seat = _seat(room, code="wrong")
        server = await trusted_room(seat)
        with pytest.raises(RefusedError, match="not this room's code") as caught:
            await stay_in_room(_Table(), server, seat, greeting(no_record=False))
        assert caught.value.stable_code == "wrong-code"
