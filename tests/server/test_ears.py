"""A recogniser that hangs is given up, and another one goes on; one that talks nonsense harms one job."""

import threading
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial

import pytest
from server.conftest import WEB
from server.test_recognition_queue import Results
from trainee import trainee

from voice_coach.conversation.events import Word
from voice_coach.errors import EngineError, ModelError
from voice_coach.messages import Notice, TurnSettled
from voice_coach.settings import Settings
from voice_coach.speech.transcriber import Audio, ScriptedTranscriber, Transcriber, Transcript
from voice_coach_server import app
from voice_coach_server.app import running_server
from voice_coach_server.ears import Ears
from voice_coach_server.engines import Engines
from voice_coach_server.metrics import Metrics
from voice_coach_server.workers import RecognitionQueue

LABEL = "It sounds like this isn't only about the increase."


class Hung:
    """Never answers, until the test is over."""

    name = "hung"

    def __init__(self) -> None:
        self.released = threading.Event()
        self.asked = 0

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        prefix: str = "",
        words: Sequence[str] = (),
        word_times: bool = False,
    ) -> Transcript:
        del audio, final, prefix, words, word_times
        self.asked += 1
        self.released.wait(60)
        return Transcript(text="too late")

    def time_words(self, audio: Audio, text: str) -> tuple[Word, ...]:
        del audio, text
        return ()


@pytest.fixture
async def hung() -> AsyncIterator[Hung]:
    ears = Hung()
    yield ears
    ears.released.set()


async def test_a_hung_recogniser_is_given_up_once_and_another_one_answers(hung: Hung) -> None:
    opened: list[Transcriber] = []

    def reopen() -> Transcriber:
        opened.append(ScriptedTranscriber([LABEL]))
        return opened[-1]

    ears, hangs = Ears(hung, reopen, patience_seconds=0.1), []
    ears.on_hang = lambda: hangs.append(True)
    queue, results = RecognitionQueue(ears, Metrics(), workers=2, limit=10), Results()
    async with queue.running():
        queue.submit(results.job("one", final=True))
        queue.submit(results.job("two", session="b", final=True))
        await results.wait_for(2)
        queue.submit(results.job("three", final=True))
        await results.wait_for(3)
    assert results.done == [LABEL]
    assert {reason for _, reason in results.dropped} == {"failed"}
    assert (len(opened), len(hangs)) == (1, 1)
    assert ears.transcriber is opened[0]


async def test_without_another_one_the_job_fails_and_the_next_is_tried(hung: Hung) -> None:
    ears = Ears(hung, patience_seconds=0.05)
    for _ in range(2):
        with pytest.raises(EngineError, match="did not answer within") as refused:
            await ears.ask(lambda ears: ears.transcribe([], final=True), audio_seconds=0.0)  # type: ignore[arg-type]  # it looks at nothing
        assert refused.value.stable_code == "ears-hung"
    assert hung.asked == 2


async def test_another_one_that_cannot_be_opened_leaves_the_first(hung: Hung) -> None:
    def refuse() -> Transcriber:
        raise ModelError("The model is gone.")

    ears = Ears(hung, refuse, patience_seconds=0.05)
    with pytest.raises(EngineError):
        await ears.ask(lambda ears: ears.transcribe([], final=True), audio_seconds=0.0)  # type: ignore[arg-type]  # it looks at nothing
    assert ears.transcriber is hung


async def test_whatever_it_raises_reaches_whoever_asked() -> None:
    ears = Ears(ScriptedTranscriber([]))
    with pytest.raises(ZeroDivisionError):
        await ears.ask(lambda _: 1 // 0, audio_seconds=0.0)
    began = time.monotonic()
    assert await ears.ask(lambda one: one.name, audio_seconds=0.0) == "scripted"
    assert time.monotonic() - began < 5


async def test_a_thread_that_came_back_is_asked_again_and_ends_with_the_ears() -> None:
    """Each new thread may get a heap of its own, which keeps what a decode frees."""
    before = {thread for thread in threading.enumerate() if thread.name == "ears"}
    ears = Ears(ScriptedTranscriber([]))
    used = {await ears.ask(lambda _: threading.current_thread(), audio_seconds=0.0) for _ in range(20)}
    with pytest.raises(ZeroDivisionError):
        await ears.ask(lambda _: 1 // 0, audio_seconds=0.0)
    used.add(await ears.ask(lambda _: threading.current_thread(), audio_seconds=0.0))
    assert len(used) == 1
    assert not used & before
    ears.close()
    (thread,) = used
    thread.join(5)
    assert not thread.is_alive()


async def test_a_thread_that_hangs_is_never_asked_again_and_ends_when_it_comes_back(hung: Hung) -> None:
    ears, threads = Ears(hung, patience_seconds=0.05), []

    def ask(one: Transcriber) -> Transcript:
        threads.append(threading.current_thread())
        return one.transcribe([], final=True)  # type: ignore[arg-type]  # it looks at nothing

    for _ in range(2):
        with pytest.raises(EngineError):
            await ears.ask(ask, audio_seconds=0.0)
    assert threads[0] is not threads[1]
    hung.released.set()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "Amber.",
        Transcript(text=17),  # type: ignore[arg-type]  # that is the point
        Transcript(text="\ud800"),
        Transcript(text="a\0b"),
        Transcript(text="word " * 1_000),
        Transcript(text="Amber.", decode_seconds=float("nan")),
    ],
)
async def test_an_answer_that_can_be_none_costs_itself(answer: Transcript) -> None:
    class Odd(ScriptedTranscriber):
        def transcribe(self, *_: object, **__: object) -> Transcript:
            return answer if len(results.dropped) < 1 else Transcript(text=LABEL)

    queue, results = RecognitionQueue(Ears(Odd([])), Metrics(), workers=1, limit=10), Results()
    async with queue.running():
        queue.submit(results.job("one", final=True))
        await results.wait_for(1)
        queue.submit(results.job("two", final=True))
        await results.wait_for(2)
    assert (results.dropped, results.done) == ([("one", "failed")], [LABEL])


async def test_a_trainee_is_told_and_the_call_goes_on(
    settings: Settings, engines: Engines, tone: bytes, hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "Ears", partial(Ears, patience_seconds=0.2))
    failing = replace(engines, transcriber=hung, reopen_transcriber=lambda: ScriptedTranscriber([LABEL]))
    async with running_server(settings, failing, WEB) as server, trainee(server.websocket_url) as person:
        await person.silence(0.2)
        await person.speak(tone)
        await person.silence(2.5, realtime=True)
        notice = await person.wait_for(Notice, lambda message: message.code == "ears")
        assert "started again" in notice.text
        await person.speak(tone)
        await person.silence(2.5, realtime=True)
        turn = await person.wait_for(TurnSettled, lambda m: m.turn.text == LABEL)
        assert turn.turn.moves
