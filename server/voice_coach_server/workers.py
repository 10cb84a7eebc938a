"""One shared recogniser for all sessions, behind a bounded and fair queue.

Every job has a deadline: a final's is a moment after its speech ended, a partial's is when it was asked
for. Finals come before partials and are never dropped for load; among the finals, and among the partials,
the earliest deadline goes first. Of a session's partials only the newest waits, but it keeps the place of
the oldest that was not answered, so that nobody starves. Past the limit new partials are refused, and
under load only some of them are taken (`partials_every`). Word times of settled turns come last, and are
refused when much else waits.

Partials that wait while all workers are busy are decoded together, as many as the recogniser takes at
once. Finals are not: together they save little, and the first would be as late as the last.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from voice_coach.errors import VoiceCoachError
from voice_coach.speech.transcriber import (
    SAMPLE_RATE_HZ,
    Audio,
    BatchTranscriber,
    Transcriber,
    Transcript,
)
from voice_coach_server.answers import can_be_believed
from voice_coach_server.ears import Ears
from voice_coach_server.metrics import Metrics
from voice_coach_server.service import Service
from voice_coach_server.wordless_logs import place_of

__all__ = ["Job", "RecognitionQueue"]

_log = logging.getLogger(__name__)

_TIMING_SHARE = 0.25
"""Of the limit of waiting jobs, past which words are not timed: there is more urgent work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of audio to recognise, and where its result goes."""

    session: str
    number: int
    utterance: int
    audio: Audio
    final: bool
    prefix: str
    asked_at: float
    """When it was asked for, on the event loop's clock."""
    deadline: float
    """When its result is due, on the same clock."""
    words: tuple[str, ...] = ()
    """What the scenario makes likely to be said."""
    said: str | None = None
    """Words that are known, and only to be timed; None to find them."""
    done: Callable[[Transcript], None]
    """Called on the event loop with the transcript."""
    dropped: Callable[[str], None]
    """Called on the event loop with the reason when there will be no transcript."""


class RecognitionQueue:
    """Runs jobs over one recogniser, `workers` at a time."""

    def __init__(self, ears: Ears, metrics: Metrics, *, workers: int, limit: int) -> None:
        """Prepare the queue; `running` starts its workers.

        Args:
            ears: Must allow `workers` calls at the same time.
            metrics: Where decodes and drops are counted.
            workers: Decodes at the same time.
            limit: Waiting jobs past which partials are refused.
        """
        self.partials_every: int | None = 1
        """Of each session's partials only every so-manieth is taken; None: none are."""
        self.service = Service(workers, time.monotonic())
        """How the workers keep up."""
        self._ears = ears
        self._metrics = metrics
        self._workers = workers
        self._idle = 0
        self._limit = limit
        self._finals: list[Job] = []
        self._partials: dict[str, Job] = {}
        self._owed_since: dict[str, float] = {}
        """Deadline of each session's oldest partial that was not answered."""
        self._asked: dict[str, int] = {}
        """Partials that each session has asked for."""
        self._timings: list[Job] = []
        self._waiting = asyncio.Semaphore(0)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the workers for as long as the context is open."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._work()) for _ in range(self._workers)]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()

    @property
    def depth(self) -> int:
        """Jobs that wait."""
        return len(self._finals) + len(self._partials) + len(self._timings)

    def submit(self, job: Job) -> None:
        """Queue a job. A waiting partial of the same session gives way."""
        if job.said is not None:
            self._submit_timing(job)
            return
        if not job.final and not self._takes_partial(job.session):
            self._drop(job, "busy")
            return
        older = self._partials.pop(job.session, None)
        if older is not None:
            self._drop(older, "newer")
        if job.final:
            self._finals.append(job)
            self._owed_since.pop(job.session, None)
        else:
            self._partials[job.session] = job
            self._owed_since.setdefault(job.session, job.deadline)
        self._metrics.queue_depth.set(self.depth)
        self._waiting.release()

    def _submit_timing(self, job: Job) -> None:
        if self.depth >= self._limit * _TIMING_SHARE:
            self._drop(job, "busy")
            return
        self._timings.append(job)
        self._metrics.queue_depth.set(self.depth)
        self._waiting.release()

    def drop(self, session: str, utterance: int | None = None, number: int | None = None) -> None:
        """Forget waiting jobs of a session, of one of its utterances, or one job. Nobody is told."""

        def unwanted(job: Job) -> bool:
            return (
                job.session == session
                and utterance in (None, job.utterance)
                and number in (None, job.number)
            )

        self._finals = [job for job in self._finals if not unwanted(job)]
        self._timings = [job for job in self._timings if not unwanted(job)]
        partial = self._partials.get(session)
        if partial is not None and unwanted(partial):
            del self._partials[session]
            self._owed_since.pop(session, None)
        if utterance is None:
            self._asked.pop(session, None)
        self._metrics.queue_depth.set(self.depth)

    def look(self) -> Service:
        """Bring the figures of the service up to date and give them."""
        now = time.monotonic()
        waiting = max((now - job.asked_at for job in self._finals), default=0.0)
        self.service.look(waiting_seconds=waiting, now=now)
        return self.service

    def _takes_partial(self, session: str) -> bool:
        asked = self._asked.get(session, 0)
        self._asked[session] = asked + 1
        if self.partials_every is None or asked % self.partials_every:
            return False
        return session in self._partials or self.depth < self._limit

    def _drop(self, job: Job, reason: str) -> None:
        self._metrics.transcriptions_dropped.labels(reason).inc()
        job.dropped(reason)

    def _take(self) -> list[Job]:
        """The job whose turn it is, or several partials; none when what was announced is gone."""
        if self._finals:
            first = min(self._finals, key=lambda job: job.deadline)
            self._finals.remove(first)
            return [first]
        if not self._partials:
            return [self._timings.pop(0)] if self._timings else []
        waiting = sorted(self._partials.values(), key=lambda job: self._owed_since[job.session])
        taken = waiting[: self._fair_count(waiting)]
        for job in taken:
            del self._partials[job.session], self._owed_since[job.session]
        return taken

    def _fair_count(self, waiting: Sequence[Job]) -> int:
        """How many partials one worker takes together, leaving the idle ones theirs."""
        transcriber = self._ears.transcriber
        if not isinstance(transcriber, BatchTranscriber) or any(job.prefix for job in waiting):
            return 1
        return min(-(-len(waiting) // (1 + self._idle)), transcriber.batch_limit)

    async def _work(self) -> None:
        while True:
            self._idle += 1
            try:
                await self._waiting.acquire()
            finally:
                self._idle -= 1
            jobs = self._take()
            if jobs:
                self._metrics.queue_depth.set(self.depth)
                await self._run(jobs)

    async def _run(self, jobs: Sequence[Job]) -> None:
        final = jobs[0].final
        began = time.monotonic()
        self.service.started(
            final=final, waited_seconds=max(began - job.asked_at for job in jobs), now=began
        )
        try:
            transcripts = await self._ears.ask(
                lambda transcriber: _recognise(transcriber, jobs),
                audio_seconds=sum(len(job.audio) for job in jobs) / SAMPLE_RATE_HZ,
            )
        except VoiceCoachError as error:
            _log.warning("a transcription failed: %s", place_of(error))
            transcripts = []
        except Exception as error:  # noqa: BLE001 - whatever a recogniser raises, other calls go on
            _log.error("the recogniser raised an unexpected error: %s", place_of(error))
            transcripts = []
        finally:
            now = time.monotonic()
            self.service.ended(final=final, each_seconds=(now - began) / len(jobs), now=now)
            self._metrics.decode_busy_seconds.inc(now - began)
        if len(transcripts) != len(jobs) or not all(
            can_be_believed(transcript, len(job.audio) / SAMPLE_RATE_HZ)
            for transcript, job in zip(transcripts, jobs, strict=True)
        ):
            for job in jobs:
                self._drop(job, "failed")
            return
        for job, transcript in zip(jobs, transcripts, strict=True):
            self._deliver(job, transcript, now)

    def _deliver(self, job: Job, transcript: Transcript, now: float) -> None:
        kind = "words" if job.said is not None else "final" if job.final else "partial"
        self._metrics.transcriptions.labels(kind).inc()
        self._metrics.decode_seconds.labels(kind).observe(transcript.decode_seconds)
        self._metrics.lateness_seconds.labels(kind).observe(max(now - job.deadline, 0.0))
        if transcript.fallback:
            self._metrics.fallbacks.inc()
        job.done(transcript)


def _recognise(transcriber: Transcriber, jobs: Sequence[Job]) -> Sequence[Transcript]:
    """In a thread of the ears: find the words, or time those that are known."""
    if len(jobs) > 1 and isinstance(transcriber, BatchTranscriber):
        return transcriber.transcribe_batch([job.audio for job in jobs], final=jobs[0].final)
    (job,) = jobs
    if job.said is None:
        return [transcriber.transcribe(job.audio, final=job.final, prefix=job.prefix, words=job.words)]
    began = time.perf_counter()
    words = transcriber.time_words(job.audio, job.said)
    return [Transcript(text=job.said, words=words, decode_seconds=time.perf_counter() - began)]
