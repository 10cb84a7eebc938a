"""One shared recogniser for all sessions, behind a bounded and fair queue.

Finals come before partials and are never dropped for load; among finals the longest waiting goes
first. Of a session's partials only the newest waits, and the session that was served longest ago goes
first, so that nobody starves. Past the limit new partials are refused. Word times of settled turns come
last, and are refused when much else waits.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from voice_coach.errors import VoiceCoachError
from voice_coach.speech.transcriber import Audio, Transcriber, Transcript
from voice_coach_server.metrics import Metrics

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
    words: tuple[str, ...] = ()
    """What the scenario makes likely to be said."""
    said: str | None = None
    """Words that are known, and only to be timed; None to find them."""
    done: Callable[[Transcript], None]
    """Called on the event loop with the transcript."""
    dropped: Callable[[str], None]
    """Called on the event loop with the reason when there will be no transcript."""


class RecognitionQueue:
    """Runs jobs on `workers` threads over one transcriber."""

    def __init__(self, transcriber: Transcriber, metrics: Metrics, *, workers: int, limit: int) -> None:
        """Prepare the queue; `running` starts its workers.

        Args:
            transcriber: Must allow `workers` calls at the same time.
            metrics: Where decodes and drops are counted.
            workers: Decodes at the same time.
            limit: Waiting jobs past which partials are refused.
        """
        self._transcriber = transcriber
        self._metrics = metrics
        self._workers = workers
        self._limit = limit
        self._finals: list[Job] = []
        self._partials: dict[str, Job] = {}
        self._timings: list[Job] = []
        self._served: dict[str, int] = {}
        self._serving = itertools.count(1)
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
        older = self._partials.pop(job.session, None)
        if older is not None:
            self._drop(older, "newer")
        if job.final:
            self._finals.append(job)
        elif self.depth >= self._limit:
            self._drop(job, "busy")
            return
        else:
            self._partials[job.session] = job
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
        if utterance is None:
            self._served.pop(session, None)

    def _drop(self, job: Job, reason: str) -> None:
        self._metrics.transcriptions_dropped.labels(reason).inc()
        job.dropped(reason)

    def _next(self) -> Job | None:
        """The job whose turn it is; None when the one that was announced is gone."""
        if self._finals:
            return self._finals.pop(0)
        if not self._partials:
            return self._timings.pop(0) if self._timings else None
        session = min(self._partials, key=lambda name: self._served.get(name, 0))
        self._served[session] = next(self._serving)
        return self._partials.pop(session)

    async def _work(self) -> None:
        while True:
            await self._waiting.acquire()
            job = self._next()
            if job is not None:
                self._metrics.queue_depth.set(self.depth)
                await self._run(job)

    async def _run(self, job: Job) -> None:
        try:
            transcript = await asyncio.to_thread(self._recognise, job)
        except VoiceCoachError as error:
            _log.warning("a transcription failed: %s", error)
            self._drop(job, "failed")
            return
        except Exception:  # noqa: BLE001 - whatever a recogniser raises, other calls go on
            _log.exception("the recogniser raised an unexpected error")
            self._drop(job, "failed")
            return
        kind = "words" if job.said is not None else "final" if job.final else "partial"
        self._metrics.transcriptions.labels(kind).inc()
        self._metrics.decode_seconds.labels(kind).observe(transcript.decode_seconds)
        if transcript.fallback:
            self._metrics.fallbacks.inc()
        job.done(transcript)

    def _recognise(self, job: Job) -> Transcript:
        """In a worker's thread: find the words, or time those that are known."""
        if job.said is None:
            return self._transcriber.transcribe(
                job.audio, final=job.final, prefix=job.prefix, words=job.words
            )
        began = time.perf_counter()
        words = self._transcriber.time_words(job.audio, job.said)
        return Transcript(text=job.said, words=words, decode_seconds=time.perf_counter() - began)
