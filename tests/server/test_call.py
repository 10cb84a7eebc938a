"""A whole call over the real websocket, with scripted ears and voice: plumbing, order, disk."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile
from trainee import trainee

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.conversation.events import CuesSwitched
from voice_coach.conversation.session import Session
from voice_coach.counterpart.reply import Outcome
from voice_coach.counterpart.scenario import list_scenarios
from voice_coach.counterpart.story import Guardedness
from voice_coach.journal.format import JournalHeader
from voice_coach.journal.journal import read_journal
from voice_coach.journal.library import Library
from voice_coach.journal.played import played_partner
from voice_coach.journal.replay import replay
from voice_coach.messages import (
    PROTOCOL_VERSION,
    CueSwitch,
    Ended,
    Hello,
    Latency,
    Mute,
    Partial,
    PhaseChanged,
    PlaybackEnded,
    PlaybackStarted,
    Reply,
    ReplyEnd,
    Ring,
    StopPlayback,
    TurnSettled,
    Welcome,
)
from voice_coach.moves.recognizer import Recognizer
from voice_coach.settings import Settings
from voice_coach.speech.voice import USUAL_STYLE, ScriptedVoice
from voice_coach_server.app import Address, running_server
from voice_coach_server.engines import Engines
from voice_coach_server.keeper import Keeper


async def test_a_call_from_hello_to_the_files_on_disk(
    server: Address, settings: Settings, recognizer: Recognizer, tone: bytes
) -> None:
    async with trainee(server.websocket_url) as person:
        await person.silence(0.2)
        reply = await person.wait_for(Reply)
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
        await person.speak(tone)
        await person.silence(3.0)
        turn = await person.wait_for(TurnSettled, lambda m: m.turn.speaker is Speaker.TRAINEE)
        assert [move.kind for move in turn.turn.moves] == ["label"]
        await person.wait_for(Reply, lambda m: m.reply == 2)
        end = await person.wait_for(ReplyEnd, lambda m: m.reply == 2)
        latency = await person.wait_for(Latency)
        await person.send_end()
        ended = await person.wait_for(Ended)
        assert await person.closed() == 1000

    assert person.seen(Ring)
    assert [m.seq for m in person.messages] == list(range(1, len(person.messages) + 1))
    assert reply.sample_rate_hz == 22_050
    assert len(person.voice[2]) == 2 * end.samples
    assert latency.utterance == turn.utterance
    assert latency.voice_to_voice_ms is not None
    assert ended.outcome is Outcome.TRAINEE_LEFT
    assert ended.debrief.labels == 1

    session = person.seen(Welcome)[0].session
    folder = settings.store.path / "sessions" / session
    heard, rate = soundfile.read(folder / "trainee.flac", dtype="int16")
    assert (rate, len(heard)) == (16_000, 16_000 * 4 + 3200)
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    spoken, rate = soundfile.read(folder / "counterpart.flac", dtype="int16")
    assert rate == 22_050
    assert abs(spoken).max() > 1000
    with Library(settings.store.path) as library:
        (row,) = library.list()
    assert (row.id, row.labels, row.complete) == (session, 1, True)

    journal = read_journal(folder / "journal.jsonl")
    assert journal.complete
    assert journal.header.seed == 7
    result = replay(journal, lambda header: session_of(header, recognizer))
    assert result.identical, result.divergence

    async with httpx.AsyncClient() as client:
        url = f"{server.http_url}api/sessions/{session}/trainee.flac"
        part = await client.get(url, headers={"range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == (folder / "trainee.flac").read_bytes()[100:200]


def session_of(header: JournalHeader, recognizer: Recognizer) -> Session:
    return Session(
        partner=played_partner(header),
        recognizer=recognizer,
        settings=header.settings,
        cues=header.cues,
    )


async def test_partials_come_while_the_person_still_speaks(server: Address, tone: bytes) -> None:
    async with trainee(server.websocket_url) as person:
        await person.silence(0.2)
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
        await person.speak(tone * 2)
        partial = await person.wait_for(Partial)
        assert not [m for m in person.seen(TurnSettled) if m.turn.speaker is Speaker.TRAINEE]
        assert "It sounds like" in partial.settled + partial.tentative


async def test_talking_over_the_counterpart_stops_it(server: Address, tone: bytes) -> None:
    async with trainee(server.websocket_url, play_replies=False) as person:
        await person.silence(0.2)
        await person.wait_for(ReplyEnd)
        await person.speak(tone * 2)
        # A pure tone does not sound like speech, so only its final words count.
        await person.silence(0.5)
        stop = await person.wait_for(StopPlayback)
        assert stop.reply == 1
        # The client never says how much was heard: the server goes on by itself.
        await person.silence(2.5)
        turn = await person.wait_for(TurnSettled, lambda m: m.turn.speaker is Speaker.TRAINEE)
        assert turn.turn.interrupted


async def test_a_client_that_comes_back_finds_its_call_and_misses_nothing(
    server: Address, tone: bytes
) -> None:
    async with trainee(server.websocket_url) as person:
        await person.silence(0.2)
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
        await person.speak(tone)
        welcome = person.seen(Welcome)[0]
        seen = person.messages[-1].seq
        await person.socket.close()
    again = Hello(version=PROTOCOL_VERSION, resume=welcome.session, seen=seen)
    async with trainee(server.websocket_url, again) as person:
        back = person.seen(Welcome)[0]
        assert back.resumed
        assert back.session == welcome.session
        assert person.next_sample == 16_000 + 3200
        await person.silence(3.0)
        turn = await person.wait_for(TurnSettled, lambda m: m.turn.speaker is Speaker.TRAINEE)
        assert turn.turn.text == "It sounds like this isn't only about the increase."


async def test_without_recording_there_is_a_journal_but_no_sound(
    server: Address, settings: Settings, tone: bytes
) -> None:
    hello = Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt", record=False)
    async with trainee(server.websocket_url, hello) as person:
        assert not person.seen(Welcome)[0].record
        await person.speak(tone)
        await person.send(Mute(on=True))
        await person.send_end()
        await person.wait_for(Ended)
    (folder,) = (settings.store.path / "sessions").iterdir()
    assert [file.name for file in folder.iterdir()] == ["journal.jsonl"]


async def test_everything_is_said_in_the_voice_of_the_person(
    server: Address, engines: Engines, tone: bytes
) -> None:
    scenario = next(s for s in list_scenarios() if s.voice != USUAL_STYLE)
    hello = Hello(version=PROTOCOL_VERSION, scenario=scenario.id)
    async with trainee(server.websocket_url, hello) as person:
        await person.speak(tone)
        await person.wait_for(ReplyEnd)
    assert isinstance(engines.voice, ScriptedVoice)
    assert set(engines.voice.styles) == {scenario.voice}


async def test_what_was_chosen_for_a_call_is_kept_so_that_its_replay_is_the_same(
    server: Address, settings: Settings, recognizer: Recognizer, tone: bytes
) -> None:
    hello = Hello(
        version=PROTOCOL_VERSION,
        scenario="renewal_in_doubt",
        cues=False,
        guardedness=Guardedness.CLOSED,
    )
    async with trainee(server.websocket_url, hello) as person:
        assert person.seen(Welcome)[0].scenario.guardedness == "closed"
        await person.silence(0.2)
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
        await person.speak(tone)
        await person.silence(3.0)
        await person.wait_for(ReplyEnd, lambda m: m.reply == 2)
        await person.send(CueSwitch(on=True))
        await person.send_end()
        await person.wait_for(Ended)
    (folder,) = (settings.store.path / "sessions").iterdir()
    journal = read_journal(folder / "journal.jsonl")
    assert journal.header.guardedness is Guardedness.CLOSED
    assert not journal.header.cues
    assert [entry.value.on for entry in journal.entries if isinstance(entry.value, CuesSwitched)] == [
        True
    ]
    result = replay(journal, lambda header: session_of(header, recognizer))
    assert result.identical, result.divergence


async def test_the_page_health_and_metrics_are_served_with_guarding_headers(server: Address) -> None:
    async with httpx.AsyncClient() as client:
        page = await client.get(server.http_url)
        health = await client.get(server.http_url + "healthz")
        cards = await client.get(server.http_url + "api/scenarios")
        metrics = await client.get(server.http_url + "metrics")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert health.json()["status"] == "ok"
    assert "renewal_in_doubt" in [card["id"] for card in cards.json()]
    levels = [card["guardedness"] for card in cards.json()]
    assert levels == sorted(levels, key=["open", "guarded", "closed"].index)
    assert "voice_coach_sessions_active 0.0" in metrics.text


async def test_a_server_that_stops_closes_and_keeps_its_calls(
    settings: Settings, engines: Engines, tone: bytes, tmp_path: Path
) -> None:
    async with (
        running_server(settings, engines, tmp_path) as address,
        trainee(address.websocket_url) as person,
    ):
        await person.speak(tone)
        await person.wait_for(PhaseChanged)
        await address.stop()
        await person.wait_for(Ended)
    (folder,) = (settings.store.path / "sessions").iterdir()
    assert read_journal(folder / "journal.jsonl").complete


async def test_what_a_client_reports_after_the_end_is_too_late_for_the_recording(
    server: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recording is finished in a thread then: nothing else may touch it."""
    finish, place = Keeper.close, Keeper.counterpart_audio
    finishing, late = asyncio.Event(), list[int]()

    async def close(keeper: Keeper) -> None:
        finishing.set()
        await asyncio.sleep(0.2)
        await finish(keeper)

    def counterpart_audio(keeper: Keeper, reply: int, **sound: Any) -> None:
        if finishing.is_set():
            late.append(reply)
        place(keeper, reply, **sound)

    monkeypatch.setattr(Keeper, "close", close)
    monkeypatch.setattr(Keeper, "counterpart_audio", counterpart_audio)
    async with trainee(server.websocket_url, play_replies=False) as person:
        await person.silence(0.2)
        end = await person.wait_for(ReplyEnd)
        await person.send(PlaybackStarted(reply=end.reply))
        await person.send_end()
        await finishing.wait()
        await person.send(PlaybackEnded(reply=end.reply, heard_samples=100, complete=False))
        await person.wait_for(Ended)
    assert late == []
