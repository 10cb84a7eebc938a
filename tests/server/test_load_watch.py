import asyncio

import httpx
import numpy as np
import pytest
from trainee import trainee
from websockets.asyncio.client import connect

from voice_coach.errors import ProtocolError
from voice_coach.messages import PROTOCOL_VERSION, Failed, Hello, Notice, decode_server, encode
from voice_coach.speech.transcriber import ScriptedTranscriber
from voice_coach_server.app import Address
from voice_coach_server.ears import Ears
from voice_coach_server.load import ORDER, Level
from voice_coach_server.load_watch import LoadWatch
from voice_coach_server.metrics import Metrics
from voice_coach_server.workers import Job, RecognitionQueue

BUSY_LAG, CALM_LAG = 1.0, 0.0


def watch_of(queue: RecognitionQueue) -> LoadWatch:
    return LoadWatch(queue, Metrics(), workers=2)


def a_queue() -> RecognitionQueue:
    return RecognitionQueue(Ears(ScriptedTranscriber([])), Metrics(), workers=2, limit=10)


async def test_each_sentence_is_told_once_on_the_way_down_and_back() -> None:
    queue = a_queue()
    watch, told = watch_of(queue), list[Notice]()
    every = []
    for lag in [BUSY_LAG] * 10 + [CALM_LAG] * 50:
        watch.look(lag, told.append)
        every.append(queue.partials_every)
    assert [notice.code for notice in told] == [
        "words-later",
        "words-at-pauses",
        "words-later",
        "words-as-usual",
    ]
    assert told[0].text == "The machine is busy: your words appear later than usual."
    assert list(dict.fromkeys(every)) == [1, 2, 4, None]
    assert every[-1] == 1
    assert watch.notice is None


async def test_at_the_end_of_the_order_a_new_call_is_refused_and_later_taken_again() -> None:
    watch = watch_of(a_queue())
    watch.demand_room(3)
    for _ in range(8):
        watch.look(BUSY_LAG, lambda _: None)
    assert watch.level is Level.NO_NEW_CALLS
    with pytest.raises(ProtocolError, match="This machine is busy with 3 calls") as refused:
        watch.demand_room(3)
    assert refused.value.stable_code == "machine-busy"
    watch.demand_room(0)
    for _ in range(10):
        watch.look(CALM_LAG, lambda _: None)
    watch.demand_room(3)


async def test_finals_that_wait_too_long_make_words_appear_less_often() -> None:
    queue = a_queue()
    now = asyncio.get_running_loop().time()
    queue.submit(
        Job(
            session="a",
            number=1,
            utterance=1,
            audio=np.zeros(16, np.float32),
            final=True,
            prefix="",
            asked_at=now - 2.0,
            deadline=now,
            done=lambda _: None,
            dropped=lambda _: None,
        )
    )
    watch = watch_of(queue)
    for _ in range(2):
        watch.look(CALM_LAG, lambda _: None)
    assert watch.level is Level.FEWER_PARTIALS


async def test_the_health_page_says_what_has_given_way_and_the_whole_order(server: Address) -> None:
    async with httpx.AsyncClient() as client:
        health = (await client.get(f"{server.http_url}healthz")).json()
    assert health["load"] == {"step": 0, "meaning": "everything as usual", "order": ORDER}


async def test_a_call_too_many_is_refused_in_one_sentence_and_the_others_go_on(
    server: Address, monkeypatch: pytest.MonkeyPatch, tone: bytes
) -> None:
    async with trainee(server.websocket_url) as person:
        monkeypatch.setattr(LoadWatch, "level", Level.NO_NEW_CALLS)
        async with connect(server.websocket_url) as socket:
            await socket.send(encode(Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt")))
            answer = decode_server(await socket.recv(decode=True))
            await socket.wait_closed()
        assert isinstance(answer, Failed)
        assert answer.code == "machine-busy"
        assert answer.fatal
        await person.speak(tone)
        await person.silence(1.0)
