import asyncio
import threading
import time
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from voice_coach.conversation.events import Word
from voice_coach.errors import ModelError
from voice_coach.speech.transcriber import Audio, Transcript
from voice_coach_server.ears import Ears
from voice_coach_server.metrics import Metrics
from voice_coach_server.workers import Job, RecognitionQueue


class GatedTranscriber:
    """Recognises nothing until it is let; remembers in which order it was asked."""

    name = "gated"

    def __init__(self) -> None:
        self.gate = threading.Semaphore(0)
        self.order: list[str] = []

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        prefix: str = "",
        words: Sequence[str] = (),
        word_times: bool = False,
    ) -> Transcript:
        del audio, final, word_times, words
        assert self.gate.acquire(timeout=10)
        self.order.append(prefix)
        if prefix == "broken":
            raise ModelError("The model failed.")
        if prefix == "bug":
            raise RuntimeError("no such thing")
        return Transcript(text=prefix)

    def time_words(self, audio: Audio, text: str) -> tuple[Word, ...]:
        del audio
        assert self.gate.acquire(timeout=10)
        self.order.append(text)
        return (Word(text=text, start_sample=0, end_sample=8, probability=1.0),)


class Results:
    """Collects what becomes of jobs, and can be waited for."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.dropped: list[tuple[str, str]] = []
        self._changed = asyncio.Event()

    def job(  # noqa: PLR0913 - the ways in which jobs differ
        self,
        name: str,
        *,
        session: str = "a",
        final: bool = False,
        utterance: int = 1,
        deadline: float | None = None,
        timing: bool = False,
    ) -> Job:
        def done(transcript: Transcript) -> None:
            self.done.append(transcript.text)
            self._changed.set()

        def dropped(reason: str) -> None:
            self.dropped.append((name, reason))
            self._changed.set()

        return Job(
            session=session,
            number=1,
            utterance=utterance,
            audio=np.zeros(16, np.float32),
            final=final,
            prefix=name,
            asked_at=time.monotonic(),
            deadline=time.monotonic() if deadline is None else deadline,
            said=name if timing else None,
            done=done,
            dropped=dropped,
        )

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.done) + len(self.dropped) < count:
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
def ears() -> Iterator[GatedTranscriber]:
    transcriber = GatedTranscriber()
    yield transcriber
    transcriber.gate.release(100)


def queue_for(ears: GatedTranscriber, limit: int = 10) -> RecognitionQueue:
    return RecognitionQueue(Ears(ears), Metrics(), workers=1, limit=limit)


async def test_finals_go_before_partials_and_the_longest_waiting_first(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears), Results()
    async with queue.running():
        for name, final in [("p1", False), ("f1", True), ("p2", False), ("f2", True)]:
            queue.submit(results.job(name, session=name, final=final))
        ears.gate.release(4)
        await results.wait_for(4)
    assert ears.order == ["f1", "f2", "p1", "p2"]


async def test_of_a_sessions_partials_only_the_newest_waits(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears), Results()
    async with queue.running():
        for name in ("old", "older still", "new"):
            queue.submit(results.job(name))
        ears.gate.release(3)
        await results.wait_for(3)
    assert results.done == ["new"]
    assert results.dropped == [("old", "newer"), ("older still", "newer")]


async def test_nobody_starves(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears), Results()
    async with queue.running():
        for round_number in range(3):
            for session in "abc":
                queue.submit(results.job(f"{session}{round_number}", session=session))
            ears.gate.release(3)
            await results.wait_for(3 * (round_number + 1))
    assert [name[0] for name in ears.order] == ["a", "b", "c"] * 3


async def test_past_the_limit_partials_are_refused_and_finals_are_not(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears, limit=2), Results()
    async with queue.running():
        for session in "abcd":
            queue.submit(results.job(f"partial {session}", session=session))
        for session in "abcd":
            queue.submit(results.job(f"final {session}", session=session, final=True))
        ears.gate.release(8)
        await results.wait_for(8)
    refused = [name for name, reason in results.dropped if reason == "busy"]
    assert refused == ["partial c", "partial d"]
    assert [name for name in results.done if name.startswith("final")] == [
        f"final {session}" for session in "abcd"
    ]


async def test_a_recogniser_that_fails_harms_only_its_job(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears), Results()
    async with queue.running():
        for name in ("broken", "bug", "sound"):
            queue.submit(results.job(name, final=True))
        ears.gate.release(3)
        await results.wait_for(3)
    assert results.done == ["sound"]
    assert results.dropped == [("broken", "failed"), ("bug", "failed")]


async def test_jobs_of_an_utterance_that_is_over_are_forgotten(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears), Results()
    queue.submit(results.job("gone", final=True, utterance=1))
    queue.submit(results.job("gone too", utterance=1))
    queue.submit(results.job("wanted", final=True, utterance=2))
    queue.drop("a", 1)
    assert queue.depth == 1
    async with queue.running():
        ears.gate.release(3)
        await results.wait_for(2)
    assert results.done == ["wanted"]
    assert results.dropped == [("gone too", "newer")]


class BatchingTranscriber(GatedTranscriber):
    """Also takes up to three clips at once; remembers which it was given together."""

    batch_limit = 3

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    def transcribe_batch(
        self, clips: Sequence[Audio], *, final: bool, word_times: bool = False
    ) -> list[Transcript]:
        del final, word_times
        assert self.gate.acquire(timeout=10)
        self.batches.append(len(clips))
        return [Transcript(text=str(len(clip))) for clip in clips]


async def test_the_earliest_deadline_goes_first(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears), Results()
    for name, deadline in [("late", 3.0), ("soon", 1.0), ("later", 2.0)]:
        queue.submit(results.job(name, session=name, final=True, deadline=deadline))
    async with queue.running():
        ears.gate.release(3)
        await results.wait_for(3)
    assert ears.order == ["soon", "later", "late"]


async def test_a_newer_partial_keeps_the_place_of_the_one_it_replaces(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears), Results()
    for name, session, deadline in [("a1", "a", 1.0), ("b1", "b", 2.0), ("a2", "a", 3.0)]:
        queue.submit(results.job(name, session=session, deadline=deadline))
    async with queue.running():
        ears.gate.release(2)
        await results.wait_for(3)
    assert ears.order == ["a2", "b1"]


async def test_under_load_only_every_so_manieth_partial_of_a_session_is_taken(
    ears: GatedTranscriber,
) -> None:
    queue, results = queue_for(ears), Results()
    queue.partials_every = 2
    async with queue.running():
        for number in range(4):
            queue.submit(results.job(f"p{number}", session="a"))
            queue.submit(results.job(f"q{number}", session="b"))
            ears.gate.release(2)
            await results.wait_for(2 * (number + 1))
        queue.partials_every = None
        queue.submit(results.job("none"))
        queue.submit(results.job("final", final=True))
        ears.gate.release(1)
        await results.wait_for(10)
    assert results.dropped == [
        *((name, "busy") for name in ("p1", "q1", "p3", "q3")),
        ("none", "busy"),
    ]
    assert results.done == ["p0", "q0", "p2", "q2", "final"]


async def test_partials_that_wait_are_decoded_together_and_finals_one_by_one() -> None:
    ears = BatchingTranscriber()
    queue, results = queue_for(ears), Results()
    for number in range(2):
        queue.submit(results.job("", session=f"f{number}", final=True))
    for number in range(4):
        queue.submit(results.job("", session=f"p{number}"))
    async with queue.running():
        ears.gate.release(10)
        await results.wait_for(6)
    assert ears.batches == [3]
    assert ears.order == ["", "", ""]
    assert results.dropped == []


async def test_a_free_worker_is_left_its_share() -> None:
    ears = BatchingTranscriber()
    queue, results = RecognitionQueue(Ears(ears), Metrics(), workers=2, limit=10), Results()
    async with queue.running():
        await asyncio.sleep(0)
        for number in range(2):
            queue.submit(results.job("", session=f"p{number}"))
        ears.gate.release(2)
        await results.wait_for(2)
    assert ears.batches == []


async def test_a_dropped_final_never_reaches_a_worker(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears), Results()
    queue.submit(results.job("speculative", final=True))
    queue.drop("a", 1, 1)
    async with queue.running():
        queue.submit(results.job("wanted", session="b", final=True))
        ears.gate.release(2)
        await results.wait_for(1)
        await asyncio.sleep(0.05)
    assert ears.order == ["wanted"]


async def test_words_are_timed_when_nothing_else_waits(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears), Results()
    queue.submit(results.job("times", session="a", timing=True))
    queue.submit(results.job("partial", session="a"))
    queue.submit(results.job("final", session="b", final=True))
    async with queue.running():
        ears.gate.release(3)
        await results.wait_for(3)
    assert ears.order == ["final", "partial", "times"]
    assert results.dropped == []


async def test_words_are_not_timed_when_much_waits(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears, limit=8), Results()
    for name in ("one", "two"):
        queue.submit(results.job(name, session=name, final=True))
    queue.submit(results.job("times", timing=True))
    assert results.dropped == [("times", "busy")]


async def test_word_times_of_a_call_that_ended_are_forgotten(ears: GatedTranscriber) -> None:
    queue, results = queue_for(ears), Results()
    queue.submit(results.job("times", timing=True))
    queue.drop("a")
    assert queue.depth == 0
