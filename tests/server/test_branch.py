"""Try again from here over the real websocket: state, clocks, journal, sound, and every refusal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
import numpy as np
import soundfile
from journal.played_calls import begun, header_of
from trainee import Trainee, trainee
from websockets.asyncio.client import connect

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.conversation.events import CuesSwitched, Disconnected, Reconnected
from voice_coach.counterpart.scenario import load_scenario
from voice_coach.journal.journal import Journal, read_journal
from voice_coach.journal.library import Library
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.messages import (
    PROTOCOL_VERSION,
    Branch,
    CueShown,
    Ended,
    Failed,
    Hello,
    PhaseChanged,
    Reply,
    ReplyEnd,
    Ring,
    TurnSettled,
    Welcome,
    decode_server,
    encode,
)
from voice_coach.moves.recognizer import Recognizer
from voice_coach.settings import ServerSettings, Settings
from voice_coach.speech.voice import ScriptedVoice
from voice_coach_server.app import Address, running_server
from voice_coach_server.engines import Engines


async def first_call(url: str, tone: bytes, *, record: bool = True, turns: int = 1) -> str:
    """A call in which the trainee answers so many times; gives its id."""
    hello = Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt", seed=7, record=record)
    async with trainee(url, hello) as person:
        await person.silence(0.2)
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
        for number in range(turns):
            await answer(person, tone, reply=number + 2)
        await person.send_end()
        ended = await person.wait_for(Ended)
    return ended.session


async def answer(person: Trainee, tone: bytes, *, reply: int) -> None:
    await person.speak(tone)
    await person.silence(3.0)
    await person.wait_for(ReplyEnd, lambda m: m.reply == reply)


def again(session: str, turn: int, **changes: object) -> Hello:
    return msgspec.structs.replace(
        Hello(version=PROTOCOL_VERSION, branch=Branch(session=session, turn=turn)), **changes
    )


def folder_of(settings: Settings, session: str) -> Path:
    return settings.store.path / "sessions" / session


def truth_in(folder: Path) -> dict[str, bytes]:
    """What is kept of a session; what is derived from it comes and goes."""
    return {
        file.name: file.read_bytes() for file in folder.iterdir() if file.suffix in (".jsonl", ".flac")
    }


def journal_of(settings: Settings, session: str) -> Journal:
    return read_journal(folder_of(settings, session) / "journal.jsonl")


def is_identical(journal: Journal, recognizer: Recognizer) -> bool:
    result = replay(journal, lambda header: played_session(header, recognizer))
    assert result.identical, result.divergence
    return result.identical


async def test_the_line_is_said_again_and_the_call_goes_on_from_it(
    server: Address, settings: Settings, recognizer: Recognizer, tone: bytes
) -> None:
    first = await first_call(server.websocket_url, tone)
    before = truth_in(folder_of(settings, first))
    async with trainee(server.websocket_url, again(first, 2)) as person:
        (welcome,) = person.seen(Welcome)
        assert welcome.branch == Branch(session=first, turn=2)
        assert not welcome.resumed
        assert welcome.session != first
        await person.wait_for(CueShown)
        # Nothing is said before somebody listens; what was said earlier is there.
        assert not person.seen(Reply)
        assert [m.turn.index for m in person.seen(TurnSettled)] == [0]
        ring = person.seen(Ring)[-1]
        assert not ring.opened
        await person.silence(0.2)
        reply = await person.wait_for(Reply)
        assert reply.reply == 2
        line = await person.wait_for(TurnSettled, lambda m: m.turn.index == 2)
        assert line.turn.text == " ".join(reply.sentences)
        await answer(person, tone, reply=3)
        own = await person.wait_for(TurnSettled, lambda m: m.turn.index == 3)
        assert own.turn.speaker is Speaker.TRAINEE
        assert not own.turn.interrupted
        assert own.turn.start_seconds >= welcome.next_sample / 16_000
        await person.send_end()
        ended = await person.wait_for(Ended)
        assert ended.debrief.labels == 2

    parent, child = journal_of(settings, first), journal_of(settings, welcome.session)
    assert child.header.parent is not None
    assert child.header.parent.session == first
    seq = child.header.parent.seq
    assert child.entries[: seq + 1] == parent.entries[: seq + 1]
    ats = [entry.value.at for entry in child.entries if hasattr(entry.value, "at")]
    assert ats == sorted(ats)
    assert is_identical(child, recognizer)
    assert before == truth_in(folder_of(settings, first))

    # The branch is a session of its own: nothing of it goes with its parent.
    with Library(settings.store.path) as library:
        library.delete(first)
        (row,) = library.list()
    assert (row.id, row.complete, row.has_audio) == (welcome.session, True, True)
    assert is_identical(journal_of(settings, welcome.session), recognizer)


async def test_the_sound_of_the_call_so_far_is_the_beginning_of_the_branch(
    server: Address, settings: Settings, tone: bytes
) -> None:
    first = await first_call(server.websocket_url, tone)
    async with trainee(server.websocket_url, again(first, 2)) as person:
        (welcome,) = person.seen(Welcome)
        start = welcome.next_sample
        await person.silence(0.2)
        await person.wait_for(TurnSettled, lambda m: m.turn.index == 2)
        await person.speak(tone)
        await person.send_end()
        await person.wait_for(Ended)
    old, _ = soundfile.read(folder_of(settings, first) / "trainee.flac", dtype="int16")
    new, rate = soundfile.read(folder_of(settings, welcome.session) / "trainee.flac", dtype="int16")
    spoken = np.flatnonzero(old)[-1] + 1
    assert rate == 16_000
    assert np.array_equal(new[:spoken], old[:spoken])
    assert not new[spoken : start + 3200].any()
    assert np.array_equal(new[start + 3200 :][: len(tone) // 2], np.frombuffer(tone, "<i2"))
    old, _ = soundfile.read(folder_of(settings, first) / "counterpart.flac", dtype="int16")
    new, rate = soundfile.read(folder_of(settings, welcome.session) / "counterpart.flac", dtype="int16")
    turns = [e.value.turn for e in journal_of(settings, first).entries if hasattr(e.value, "turn")]
    opening = round(turns[0].end_seconds * rate)
    assert old[:opening].any()
    assert np.array_equal(new[:opening], old[:opening])
    assert new[round(start / 16_000 * rate) :].any()


async def test_a_branch_of_a_branch_and_each_line_of_a_longer_call(
    server: Address, settings: Settings, recognizer: Recognizer, tone: bytes
) -> None:
    session = await first_call(server.websocket_url, tone, turns=3)
    for turn in (6, 4, 2, 0):
        async with trainee(server.websocket_url, again(session, turn)) as person:
            (welcome,) = person.seen(Welcome)
            await person.silence(0.2)
            await person.wait_for(TurnSettled, lambda m, turn=turn: m.turn.index == turn)
            await answer(person, tone, reply=turn // 2 + 2)
            await person.send_end()
            session = (await person.wait_for(Ended)).session
        journal = journal_of(settings, session)
        assert is_identical(journal, recognizer)
        assert journal.header.parent is not None
        assert session == welcome.session


async def test_without_recorded_sound_silence_stands_there(
    server: Address, settings: Settings, tone: bytes
) -> None:
    first = await first_call(server.websocket_url, tone, record=False)
    async with trainee(server.websocket_url, again(first, 2)) as person:
        (welcome,) = person.seen(Welcome)
        await person.speak(tone)
        await person.wait_for(TurnSettled, lambda m: m.turn.index == 2)
        await person.send_end()
        await person.wait_for(Ended)
    new, _ = soundfile.read(folder_of(settings, welcome.session) / "trainee.flac", dtype="int16")
    assert not new[: welcome.next_sample].any()
    assert np.array_equal(new[welcome.next_sample :][: len(tone) // 2], np.frombuffer(tone, "<i2"))
    async with trainee(server.websocket_url, again(first, 2, record=False)) as person:
        (welcome,) = person.seen(Welcome)
        await person.speak(tone)
        await person.send_end()
        await person.wait_for(Ended)
    assert [f.name for f in folder_of(settings, welcome.session).iterdir()] == ["journal.jsonl"]


async def test_a_recording_that_cannot_be_read_stops_nobody(
    server: Address, settings: Settings, tone: bytes
) -> None:
    first = await first_call(server.websocket_url, tone)
    (folder_of(settings, first) / "trainee.flac").write_bytes(b"no sound at all")
    async with trainee(server.websocket_url, again(first, 2)) as person:
        (welcome,) = person.seen(Welcome)
        await person.speak(tone)
        await person.wait_for(TurnSettled, lambda m: m.turn.index == 2)
        await person.send_end()
        await person.wait_for(Ended)
    new, _ = soundfile.read(folder_of(settings, welcome.session) / "trainee.flac", dtype="int16")
    assert not new[: welcome.next_sample].any()
    assert np.array_equal(new[welcome.next_sample :][: len(tone) // 2], np.frombuffer(tone, "<i2"))


async def test_another_voice_goes_on_in_the_same_track(
    settings: Settings, engines: Engines, tone: bytes, tmp_path: Path
) -> None:
    async with running_server(settings, engines, tmp_path) as address:
        first = await first_call(address.websocket_url, tone)
    other = Engines(
        transcriber=engines.transcriber,
        voice_activity=engines.voice_activity,
        voice=ScriptedVoice(sample_rate_hz=16_000),
        recognizer=engines.recognizer,
    )
    async with (
        running_server(settings, other, tmp_path) as address,
        trainee(address.websocket_url, again(first, 2)) as person,
    ):
        (welcome,) = person.seen(Welcome)
        await person.silence(0.2)
        end = await person.wait_for(ReplyEnd)
        await person.wait_for(TurnSettled, lambda m: m.turn.index == 2)
        await person.send_end()
        await person.wait_for(Ended)
    sound, rate = soundfile.read(folder_of(settings, welcome.session) / "counterpart.flac")
    assert rate == 22_050
    assert len(sound) / rate >= welcome.next_sample / 16_000 + end.samples / 16_000


async def test_cues_are_as_the_trainee_wants_them_now(
    server: Address, settings: Settings, recognizer: Recognizer, tone: bytes
) -> None:
    first = await first_call(server.websocket_url, tone)
    async with trainee(server.websocket_url, again(first, 2, cues=False)) as person:
        (welcome,) = person.seen(Welcome)
        await person.silence(0.2)
        await person.send_end()
        await person.wait_for(Ended)
    journal = journal_of(settings, welcome.session)
    assert journal.header.cues
    assert [e.value.on for e in journal.entries if isinstance(e.value, CuesSwitched)] == [False]
    assert is_identical(journal, recognizer)


async def test_a_client_that_goes_before_the_line_comes_back_to_it(
    server: Address, settings: Settings, recognizer: Recognizer, tone: bytes
) -> None:
    first = await first_call(server.websocket_url, tone)
    async with trainee(server.websocket_url, again(first, 2)) as person:
        (welcome,) = person.seen(Welcome)
        await person.wait_for(CueShown)
        await person.socket.close()
    back = again(first, 2, resume=welcome.session)
    async with trainee(server.websocket_url, back) as person:
        (resumed,) = person.seen(Welcome)
        assert resumed.resumed
        assert (resumed.session, resumed.next_sample) == (welcome.session, welcome.next_sample)
        await person.silence(0.2)
        await person.wait_for(Reply)
        await person.wait_for(TurnSettled, lambda m: m.turn.index == 2)
        await person.send_end()
        await person.wait_for(Ended)
    journal = journal_of(settings, welcome.session)
    assert any(isinstance(entry.value, Reconnected) for entry in journal.entries)
    assert is_identical(journal, recognizer)


async def test_a_line_that_nobody_was_there_to_hear_is_said_to_whoever_comes(
    server: Address, settings: Settings, recognizer: Recognizer
) -> None:
    """The connection went while the turn before was being understood, and never came back."""
    header = header_of(load_scenario("renewal_in_doubt"), seed=7)
    call = begun(header, recognizer)
    call.start()
    call.hear_reply()
    call.wait(0.7)
    call.speak("It sounds like this isn't only about the increase.")
    call.feed(Disconnected(at=call.at))
    call.wait(3.0)
    call.end()
    call.keep(settings.store.path, header)
    async with trainee(server.websocket_url, again(header.session, 2)) as person:
        (welcome,) = person.seen(Welcome)
        await person.silence(0.2)
        reply = await person.wait_for(Reply)
        line = await person.wait_for(TurnSettled, lambda m: m.turn.index == 2)
        assert line.turn.text == " ".join(reply.sentences)
        await person.send_end()
        await person.wait_for(Ended)
    assert is_identical(journal_of(settings, welcome.session), recognizer)


# ---------------------------------------------------------------- refusals


async def refusal(server: Address, session: str, turn: int) -> Failed:
    """What the websocket says, and the start page is told before that."""
    async with connect(server.websocket_url) as socket:
        await socket.send(encode(again(session, turn)))
        failed = decode_server(await socket.recv())
    assert isinstance(failed, Failed)
    assert failed.fatal
    card = await card_of(server, session, turn)
    if card.headers["content-type"] == "application/json" and card.status_code != 200:
        assert card.json() == {"code": failed.code, "text": failed.text}
    return failed


async def card_of(server: Address, session: str, turn: int) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(f"{server.http_url}api/sessions/{session}/branch/{turn}")


async def test_the_start_page_is_told_which_line_it_is(server: Address, tone: bytes) -> None:
    first = await first_call(server.websocket_url, tone)
    card = (await card_of(server, first, 2)).json()
    assert card["branch"] == {"session": first, "turn": 2}
    assert card["scenario"]["id"] == "renewal_in_doubt"
    assert card["said"] == "It sounds like this isn't only about the increase."
    assert card["line"]
    opening = (await card_of(server, first, 0)).json()
    assert opening["said"] == ""
    assert opening["at_seconds"] == 0.0


@contextmanager
def as_it_was(folder: Path) -> Iterator[None]:
    kept = folder.parent / "kept"
    shutil.copytree(folder, kept)
    yield
    shutil.rmtree(folder)
    kept.rename(folder)


async def test_what_cannot_be_tried_again_is_refused_in_a_sentence(
    server: Address, settings: Settings, tone: bytes
) -> None:
    url = server.websocket_url
    first = await first_call(url, tone)
    folder = folder_of(settings, first)
    journal = folder / "journal.jsonl"

    assert (await refusal(server, "20200101-000000-aaaa", 0)).code == "unknown-session"
    assert (await refusal(server, "../../etc", 0)).code == "unknown-session"
    assert (await refusal(server, first, 40)).code == "unknown-turn"
    assert (await refusal(server, first, -1)).code == "unknown-turn"
    own = await refusal(server, first, 1)
    assert own.code == "not-their-line"
    assert own.text.endswith("their lines are 0, 2.")

    with as_it_was(folder):
        journal.write_bytes(
            journal.read_bytes().replace(b'"voice_coach_journal":1', b'"voice_coach_journal":99')
        )
        newer = await refusal(server, first, 2)
        assert newer.code == "bad-journal"
        assert "update voice_coach" in newer.text
    with as_it_was(folder):
        journal.write_bytes(journal.read_bytes().replace(b'[5,"', b'[6,"'))
        assert (await refusal(server, first, 2)).code == "bad-journal"
    with as_it_was(folder):
        text = journal.read_bytes()
        journal.write_bytes(text.replace(b'"trust_before":', b'"trust_before":0.5,"old":', 1))
        diverged = await refusal(server, first, 2)
        assert diverged.code == "branch-diverged"
        assert "Event 1 (call_started at 0.00 s)" in diverged.text
    with as_it_was(folder):
        journal.unlink()
        (folder / "heard.jsonl").write_text("{}\n")
        assert (await refusal(server, first, 2)).code == "recorded-call"

    async with trainee(url) as person:
        await person.speak(tone)
        running = await refusal(server, person.seen(Welcome)[0].session, 0)
        assert running.code == "session-running"


async def test_a_call_that_a_crash_cut_off_can_be_tried_again(
    server: Address, settings: Settings, recognizer: Recognizer, tone: bytes
) -> None:
    first = await first_call(server.websocket_url, tone)
    file = folder_of(settings, first) / "journal.jsonl"
    whole = file.read_bytes()
    at = whole.index(b"\n", whole.rindex(b'"reply_played"')) + 200
    file.write_bytes(whole[:at])
    assert read_journal(file).torn
    async with trainee(server.websocket_url, again(first, 0)) as person:
        (welcome,) = person.seen(Welcome)
        await person.silence(0.2)
        await person.wait_for(TurnSettled, lambda m: m.turn.index == 0)
        await person.send_end()
        await person.wait_for(Ended)
    assert is_identical(journal_of(settings, welcome.session), recognizer)


async def test_a_full_house_takes_no_branch(
    settings: Settings, engines: Engines, tone: bytes, tmp_path: Path
) -> None:
    full = msgspec.structs.replace(settings, server=ServerSettings(port=0, sessions_limit=1))
    async with running_server(full, engines, tmp_path) as address:
        first = await first_call(address.websocket_url, tone)
        async with trainee(address.websocket_url):
            assert (await refusal(address, first, 0)).code == "too-many-sessions"
