"""A call whose server died is taken up from what is on disk.

The crash is a copy of the store, made while the call goes on: what a dead server would have left. A
second server goes on with the copy.
"""

import shutil
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import soundfile
from server.conftest import WEB
from trainee import Trainee, trainee
from websockets.asyncio.client import connect

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.conversation.events import Woken
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.messages import (
    PROTOCOL_VERSION,
    Ended,
    Failed,
    Hello,
    PhaseChanged,
    Reply,
    TurnSettled,
    Welcome,
    decode_server,
    encode,
)
from voice_coach.moves.recognizer import Recognizer
from voice_coach.settings import Settings, StoreSettings
from voice_coach_server import sessions
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines
from voice_coach_server.waking import wake

SECOND = 16_000


class Crashed:
    """What a client knows when its server has died."""

    def __init__(self, person: Trainee) -> None:
        self.session = person.seen(Welcome)[0].session
        self.seen = max(message.seq for message in person.messages)
        self.samples = person.next_sample

    def hello(self) -> Hello:
        return Hello(
            version=PROTOCOL_VERSION, resume=self.session, seen=self.seen, recorded_samples=self.samples
        )


def on_copy(settings: Settings, folder: Path, *, spoil: Callable[[Path], None] | None = None) -> Settings:
    """The store as a dead server left it."""
    shutil.copytree(settings.store.path, folder)
    if spoil is not None:
        (session,) = (folder / "sessions").iterdir()
        spoil(session)
    return msgspec.structs.replace(settings, store=StoreSettings(folder=str(folder)))


@asynccontextmanager
async def in_a_call(settings: Settings, engines: Engines) -> AsyncIterator[Trainee]:
    async with running_server(settings, engines, WEB) as server, trainee(server.websocket_url) as person:
        await person.silence(0.2)
        await person.wait_for(PhaseChanged, lambda message: message.phase is Phase.LISTENING)
        yield person


def turns_of(settings: Settings, session: str) -> list[str]:
    journal = read_journal(settings.store.path / "sessions" / session / JOURNAL_NAME)
    shown = [e.value for e in journal.entries if type(e.value).__name__ == "ShowTurn"]
    return [turn.turn.text for turn in shown if turn.turn.speaker is Speaker.TRAINEE]  # type: ignore[union-attr]


async def test_an_utterance_that_was_being_spoken_is_heard_again_from_its_beginning(
    settings: Settings, engines: Engines, recognizer: Recognizer, tone: bytes, tmp_path: Path
) -> None:
    async with in_a_call(settings, engines) as person:
        await person.silence(1.0)
        await person.speak(tone)
        await person.wait_for(PhaseChanged, lambda message: message.phase is Phase.TRAINEE_SPEAKING)
        crashed = Crashed(person)
        after = on_copy(settings, tmp_path / "copy")

    async with (
        running_server(after, engines, WEB) as server,
        trainee(server.websocket_url, hello=crashed.hello()) as back,
    ):
        welcome = await back.wait_for(Welcome)
        assert welcome.resumed
        assert welcome.session == crashed.session
        assert 0 < welcome.next_sample < crashed.samples - SECOND // 2
        back.next_sample = welcome.next_sample
        await back.speak(tone)
        await back.silence(2.5)
        turn = await back.wait_for(TurnSettled, lambda m: m.turn.speaker is Speaker.TRAINEE)
        assert turn.seq > crashed.seen
        await back.send_end()
        await back.wait_for(Ended)

    assert len(turns_of(after, crashed.session)) == 1
    folder = after.store.path / "sessions" / crashed.session
    journal = read_journal(folder / JOURNAL_NAME)
    assert sum(isinstance(entry.value, Woken) for entry in journal.entries) == 1
    assert replay(journal, lambda header: played_session(header, recognizer)).identical
    sound, _ = soundfile.read(folder / "trainee.flac")
    assert len(sound) == back.next_sample, "what was sent twice is kept once"


@pytest.mark.parametrize("zeros", [True, False])
async def test_sound_that_a_power_cut_left_empty_or_took_away_is_written_again(
    settings: Settings, engines: Engines, tone: bytes, tmp_path: Path, *, zeros: bool
) -> None:
    def lose_the_end(session: Path) -> None:
        track = session / "trainee.wav"
        size = track.stat().st_size
        with track.open("r+b") as stream:
            stream.truncate(size - SECOND * 2 * 2 // 5)
            if zeros:
                stream.truncate(size)

    async with in_a_call(settings, engines) as person:
        await person.silence(1.0)
        began = person.next_sample
        await person.speak(tone)
        await person.wait_for(PhaseChanged, lambda message: message.phase is Phase.TRAINEE_SPEAKING)
        crashed = Crashed(person)
        after = on_copy(settings, tmp_path / "copy", spoil=lose_the_end)
        sent = (bytes(2 * began) + tone)[: 2 * crashed.samples]

    async with (
        running_server(after, engines, WEB) as server,
        trainee(server.websocket_url, hello=crashed.hello()) as back,
    ):
        back.next_sample = (await back.wait_for(Welcome)).next_sample
        await back.speak(sent[2 * back.next_sample :])
        await back.silence(2.5)
        await back.wait_for(TurnSettled, lambda m: m.turn.speaker is Speaker.TRAINEE)
        await back.send_end()
        await back.wait_for(Ended)
    sound, _ = soundfile.read(
        after.store.path / "sessions" / crashed.session / "trainee.flac", dtype="int16"
    )
    assert sound.astype("<i2").tobytes()[: len(sent)] == sent


async def test_a_line_that_was_being_spoken_is_said_again(
    settings: Settings, engines: Engines, tmp_path: Path
) -> None:
    async with (
        running_server(settings, engines, WEB) as server,
        trainee(server.websocket_url, play_replies=False) as person,
    ):
        await person.silence(0.2)
        first = await person.wait_for(Reply)
        crashed = Crashed(person)
        after = on_copy(settings, tmp_path / "copy")

    async with (
        running_server(after, engines, WEB) as server,
        trainee(server.websocket_url, hello=crashed.hello()) as back,
    ):
        again = await back.wait_for(Reply)
        assert (again.reply, again.sentences) == (first.reply + 1, first.sentences)


async def test_what_was_said_before_is_shown_to_a_page_that_has_seen_nothing(
    settings: Settings, engines: Engines, tone: bytes, tmp_path: Path
) -> None:
    async with in_a_call(settings, engines) as person:
        await person.speak(tone)
        await person.silence(2.5)
        await person.wait_for(TurnSettled, lambda m: m.turn.speaker is Speaker.TRAINEE)
        await person.wait_for(Reply, lambda message: message.reply == 2)
        crashed = Crashed(person)
        after = on_copy(settings, tmp_path / "copy")

    fresh = Hello(version=PROTOCOL_VERSION, resume=crashed.session)
    async with (
        running_server(after, engines, WEB) as server,
        trainee(server.websocket_url, hello=fresh) as back,
    ):
        await back.wait_for(Reply)
        assert [m.turn.speaker for m in back.seen(TurnSettled)][:2] == [
            Speaker.COUNTERPART,
            Speaker.TRAINEE,
        ]


async def test_a_line_cut_off_in_the_middle_of_the_journal_is_made_good(
    settings: Settings, engines: Engines, recognizer: Recognizer, tmp_path: Path
) -> None:
    """Whatever byte of the last event's commands the crash came at, the journal replays afterwards."""
    async with in_a_call(settings, engines) as person:
        crashed = Crashed(person)
        whole = on_copy(settings, tmp_path / "whole")
    data = (whole.store.path / "sessions" / crashed.session / JOURNAL_NAME).read_bytes()
    for cut in range(len(data) - 200, len(data), 7):

        def cut_short(session: Path, cut: int = cut) -> None:
            (session / JOURNAL_NAME).write_bytes(data[:cut])

        after = on_copy(whole, tmp_path / str(cut), spoil=cut_short)
        async with (
            running_server(after, engines, WEB) as server,
            trainee(server.websocket_url, hello=crashed.hello()) as back,
        ):
            await back.wait_for(Welcome)
            await back.send_end()
            await back.wait_for(Ended)
        journal = read_journal(after.store.path / "sessions" / crashed.session / JOURNAL_NAME)
        assert journal.complete
        assert replay(journal, lambda header: played_session(header, recognizer)).identical


async def test_calls_are_woken_beside_each_other_and_none_is_refused_for_load(
    settings: Settings, engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        running_server(settings, engines, WEB) as server,
        trainee(server.websocket_url) as first,
        trainee(server.websocket_url) as second,
    ):
        for person in (first, second):
            await person.silence(0.2)
            await person.wait_for(PhaseChanged, lambda message: message.phase is Phase.LISTENING)
        calls = [Crashed(first), Crashed(second)]
        copied = on_copy(settings, tmp_path / "copy")
    full = msgspec.structs.replace(copied.server, sessions_limit=1)
    both_at_once = threading.Barrier(2, timeout=10)

    def wake_beside_another(*asked: Any) -> Any:
        both_at_once.wait()
        return wake(*asked)

    monkeypatch.setattr(sessions, "wake", wake_beside_another)
    after = msgspec.structs.replace(copied, server=full)
    async with (
        running_server(after, engines, WEB) as server,
        connect(server.websocket_url) as one,
        connect(server.websocket_url) as other,
    ):
        for socket, call in zip((one, other), calls, strict=True):
            await socket.send(encode(call.hello()))
        for socket, call in zip((one, other), calls, strict=True):
            welcome = decode_server(await socket.recv())
            assert isinstance(welcome, Welcome)
            assert (welcome.session, welcome.resumed) == (call.session, True)


async def test_two_who_come_back_to_one_call_wake_it_once(
    settings: Settings, engines: Engines, tmp_path: Path
) -> None:
    async with in_a_call(settings, engines) as person:
        crashed = Crashed(person)
        after = on_copy(settings, tmp_path / "copy")
    async with (
        running_server(after, engines, WEB) as server,
        connect(server.websocket_url) as one,
        connect(server.websocket_url) as other,
    ):
        for socket in (one, other):
            await socket.send(encode(crashed.hello()))
        for socket in (one, other):
            welcome = decode_server(await socket.recv())
            assert isinstance(welcome, Welcome)
            assert welcome.session == crashed.session
    journal = read_journal(after.store.path / "sessions" / crashed.session / JOURNAL_NAME)
    assert sum(isinstance(entry.value, Woken) for entry in journal.entries) == 1


async def test_a_call_that_has_ended_or_never_was_is_not_taken_up(
    settings: Settings, engines: Engines, tmp_path: Path
) -> None:
    async with in_a_call(settings, engines) as person:
        crashed = Crashed(person)
        await person.send_end()
        await person.wait_for(Ended)
    after = on_copy(settings, tmp_path / "copy")
    for session in (crashed.session, "20260101-000000-zzzz", "../../etc"):
        async with running_server(after, engines, WEB) as server, connect(server.websocket_url) as socket:
            await socket.send(encode(Hello(version=PROTOCOL_VERSION, resume=session)))
            refused = decode_server(await socket.recv())
        assert isinstance(refused, Failed)
        assert refused.code == "unknown-session"


async def test_a_call_that_was_cut_off_is_offered_and_can_be_ended_as_it_is(
    settings: Settings, engines: Engines, recognizer: Recognizer, tone: bytes, tmp_path: Path
) -> None:
    async with in_a_call(settings, engines) as person:
        await person.speak(tone)
        await person.silence(2.5)
        await person.wait_for(Reply, lambda message: message.reply == 2)
        crashed = Crashed(person)
        after = on_copy(settings, tmp_path / "copy")

    async with (
        running_server(after, engines, WEB) as server,
        httpx.AsyncClient(base_url=server.http_url) as page,
    ):
        one = f"/api/sessions/{crashed.session}"
        card = (await page.get(f"{one}/cut-off")).json()
        assert card["said"] == "It sounds like this isn't only about the increase."
        assert card["scenario"]["id"] == "renewal_in_doubt"
        (row,) = (await page.get("/api/sessions")).json()["sessions"]
        assert not row["complete"]

        ended = await page.post(f"{one}/end", headers={"origin": server.http_url.rstrip("/")})
        assert ended.status_code == 204
        (row,) = (await page.get("/api/sessions")).json()["sessions"]
        assert row["complete"]
        assert (await page.get(f"{one}/review")).json()["debrief"]
        again = await page.post(f"{one}/end")
        assert (again.status_code, again.json()["code"]) == (409, "not-cut-off")
        assert (await page.get(f"{one}/cut-off")).json()["code"] == "not-cut-off"

    folder = after.store.path / "sessions" / crashed.session
    journal = read_journal(folder / JOURNAL_NAME)
    assert replay(journal, lambda header: played_session(header, recognizer)).identical
    assert (folder / "trainee.flac").is_file()
