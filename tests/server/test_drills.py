"""Drills over the real websocket, with scripted ears and voice: rounds, verdicts, memory, refusals."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import msgspec
import pytest
from trainee import Trainee, trainee
from websockets.asyncio.client import connect

from voice_coach.coaching.drill_shelf import DRILL_FOLDER, read_drill_shelf
from voice_coach.conversation.commands import Phase
from voice_coach.journal.journal import read_journal
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.messages import (
    PROTOCOL_VERSION,
    Ended,
    Failed,
    Hello,
    PhaseChanged,
    Reply,
    ReplyEnd,
    RoundStarted,
    ServerMessage,
    TurnSettled,
    VerdictShown,
    Welcome,
    decode_server,
    encode,
)
from voice_coach.moves.recognizer import Recognizer
from voice_coach.settings import DrillSettings, Settings
from voice_coach.speech.transcriber import ScriptedTranscriber
from voice_coach_server.app import Address, running_server
from voice_coach_server.engines import Engines

WEB = Path(__file__).parents[2] / "client" / "web"

HELLO = Hello(version=PROTOCOL_VERSION, drill="label_it", seed=7)
ANSWER = "Why didn't you ask anyone for help?"


@pytest.fixture
async def server(settings: Settings, engines: Engines) -> AsyncIterator[Address]:
    ears = replace(engines, transcriber=ScriptedTranscriber([ANSWER]))
    async with running_server(settings, ears, WEB) as address:
        yield address


async def answer(person: Trainee, tone: bytes, number: int) -> VerdictShown:
    await person.wait_for(ReplyEnd, lambda m: m.reply == number)
    await person.speak(tone)
    await person.silence(3.0)
    return await person.wait_for(VerdictShown, lambda m: m.verdict.round == number)


async def test_a_drill_from_hello_to_the_next_run(
    server: Address, settings: Settings, recognizer: Recognizer, tone: bytes
) -> None:
    drill = read_drill_shelf(DRILL_FOLDER / "none").find("label_it")
    async with trainee(server.websocket_url, HELLO) as person:
        welcome = person.seen(Welcome)[0]
        await person.silence(0.2)
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
        verdict = (await answer(person, tone, 1)).verdict
        second = await person.wait_for(RoundStarted, lambda m: m.round.number == 2)
        await person.wait_for(ReplyEnd, lambda m: m.reply == 2)
        await person.send_end()
        ended = await person.wait_for(Ended)

    assert welcome.drill == drill.card()
    assert (welcome.scenario.title, welcome.scenario.brief) == (drill.title, drill.how)
    assert not verdict.passed
    assert verdict.you_said == ANSWER
    assert verdict.reason == drill.reasons["question"]
    kinds: list[type[ServerMessage]] = [type(message) for message in person.messages]
    assert kinds.index(RoundStarted) < kinds.index(Reply)
    places = [kinds.index(VerdictShown), person.messages.index(second)]
    settled = [n for n, m in enumerate(person.messages) if isinstance(m, TurnSettled)]
    replies = [n for n, m in enumerate(person.messages) if isinstance(m, Reply)]
    assert settled[1] < places[0] < places[1] < replies[1]
    assert ended.drill is not None
    assert ended.drill.score.rounds == 1

    journal = read_journal(settings.store.path / "sessions" / ended.session / "journal.jsonl")
    result = replay(journal, lambda header: played_session(header, recognizer))
    assert result.identical, result.divergence

    async with httpx.AsyncClient() as client:
        cards = (await client.get(f"{server.http_url}api/drills")).json()
        review = (await client.get(f"{server.http_url}api/sessions/{ended.session}/review")).json()
        progress = (await client.get(f"{server.http_url}api/progress")).json()
    card = next(card for card in cards if card["id"] == "label_it")
    assert card["last"] == {"passed": 0, "rounds": 1, "longest_streak": 0}
    assert (review["kind"], len(review["verdicts"])) == ("drill", 1)
    assert progress["calls"] == 0

    # What was missed is known to the next run.
    async with trainee(server.websocket_url, HELLO) as person:
        assert person.seen(Welcome)[0].drill == drill.card(ended.drill.score)
        await person.send_end()
        again = await person.wait_for(Ended)
    header = read_journal(settings.store.path / "sessions" / again.session / "journal.jsonl").header
    assert header.memory is not None
    assert [(each.prompt, each.passed) for each in header.memory.asked] == [(verdict.prompt, False)]


async def test_an_unknown_drill_is_refused_in_one_sentence(server: Address) -> None:
    async with connect(server.websocket_url, compression=None) as socket:
        await socket.send(encode(msgspec.structs.replace(HELLO, drill="../../etc/passwd")))
        refused = decode_server(await socket.recv())
    assert isinstance(refused, Failed)
    assert refused.code == "unknown-drill"
    assert refused.text.startswith("There is no drill of that name; choose one of ")


async def test_ones_own_drills_are_offered_and_a_bad_one_is_not(
    settings: Settings, engines: Engines
) -> None:
    folder = settings.store.path.parent / "drills"
    folder.mkdir()
    text = (DRILL_FOLDER / "label_it.yaml").read_text("utf-8")
    (folder / "mine.yaml").write_text(text.replace("drill: label_it", "drill: mine"))
    (folder / "broken.yaml").write_text("drill: [")
    own = msgspec.structs.replace(settings, drills=DrillSettings(folder=str(folder)))
    async with running_server(own, engines, WEB) as address, httpx.AsyncClient() as client:
        cards = (await client.get(f"{address.http_url}api/drills")).json()
    assert "mine" in {card["id"] for card in cards}
    assert "broken" not in {card["id"] for card in cards}
