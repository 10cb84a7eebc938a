"""Three tables and a trainer with nothing scripted: real ears, the real voice, the real client."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from room_server import TableClient, running_room
from spoken import spoken

from voice_coach.messages import AudioKind
from voice_coach.room_messages import (
    Activity,
    AnswerListening,
    AskToListen,
    Listen,
    Listening,
    LobbyState,
    NoteShown,
    SendActivity,
    SendNote,
    StartActivity,
    StartCalls,
)
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach_benchmarks.talker import talk
from voice_coach_server.engines import Engines
from voice_coach_server.room.report import attendance_of, tell_class

LINES = {
    "Anna": "It sounds like you were left alone with this.",
    "Ben": "What happened when the system went down?",
    "Cleo": "You expected somebody to call, and nobody did.",
}


async def test_a_class_of_three_is_heard_watched_and_told(real_engines: Engines, tmp_path: Path) -> None:
    settings = Settings(server=ServerSettings(port=0), store=StoreSettings(folder=str(tmp_path)))
    async with (
        running_room(settings, real_engines) as room,
        room.page() as page,
        room.table("Anna") as anna,
        room.table("Ben") as ben,
        room.table("Cleo") as cleo,
    ):
        tables: dict[str, TableClient] = {"Anna": anna, "Ben": ben, "Cleo": cleo}
        await page.send(SendActivity(activity=Activity(scenario="renewal_in_doubt")))
        await page.send(StartCalls())

        async def at_a_table(name: str) -> str:
            start = await tables[name].wait_for(StartActivity)
            pcm = (np.clip(spoken(LINES[name]), -1, 1) * 32767).astype("<i2").tobytes()
            url = room.call_url(tables[name].id)
            return (await talk(url, pcm, scenario=start.activity.scenario)).words

        async def trainer() -> None:
            await page.send(SendNote(table=ben.id, text="Give back what you hear."))
            await page.send(Listen(table=anna.id, on=True))
            await anna.wait_for(AskToListen)
            await anna.send(AnswerListening(allow=True))
            await anna.wait_for(LobbyState, lambda m: m.listening is Listening.YES)
            await page.sees(anna.id, lambda table: "left alone" in table.last_words.lower())
            await page.sees(anna.id, lambda table: ("label", 1) in table.moves)
            await page.sees(ben.id, lambda table: "system" in table.last_words.lower())
            await page.sees(cleo.id, lambda table: "expected" in table.last_words.lower())

        *heard, _ = await asyncio.gather(*(at_a_table(name) for name in LINES), trainer())
        assert (await ben.wait_for(NoteShown)).text == "Give back what you hear."
        for table in tables.values():
            await page.sees(table.id, lambda state: state.calls == 1)
        assert not anna.seen(NoteShown)
        sound = [np.frombuffer(f.pcm, "<i2") for f in page.audio if f.kind is AudioKind.MICROPHONE]
        assert max(np.abs(frame.astype(int)).max() for frame in sound) > 3000
        voice = [np.frombuffer(f.pcm, "<i2") for f in page.audio if f.kind is AudioKind.VOICE]
        assert max(np.abs(frame.astype(int)).max() for frame in voice) > 3000
        report = tell_class(attendance_of(room.host.room), tmp_path, datetime.now(UTC))

    assert "left alone" in heard[0].lower()
    assert "system" in heard[1].lower()
    assert "nobody" in heard[2].lower()
    assert [(table.name, len(table.calls)) for table in report.tables] == [
        ("Anna", 1),
        ("Ben", 1),
        ("Cleo", 1),
    ]
    assert report.tables[0].calls[0].labels == 1
    assert all(call.headline for table in report.tables for call in table.calls)
