"""Recorded calls that were brought in: heard one after the other, each in a process that can be killed.

A bad file can make a decoder crash or hang; then that process is ended, and the person is told. Live
calls come first: the process runs at lower priority, and there is only one of it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from voice_coach.errors import InputError, VoiceCoachError
from voice_coach.journal.heard import Side
from voice_coach.journal.library import Library
from voice_coach.recorded.worker import Report, Request
from voice_coach.settings import Settings

__all__ = ["HearingDesk", "Job", "JobState"]

_log = logging.getLogger(__name__)

_WORKER: Final = "voice_coach.recorded.worker"
_SILENT_SECONDS: Final = 120.0
"""A process that reports nothing for so long hangs; loading a model takes a few seconds."""
_STOPPING_SECONDS: Final = 60.0
"""How long a process that was told to stop may understand what it has read."""
_CLOSING_SECONDS: Final = 5.0
"""The same when the server itself stops."""
_REMEMBERED: Final = 100
"""Jobs that are over and can still be asked for."""


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    HEARING = "hearing"
    DONE = "done"
    CANCELLED = "cancelled"
    """Stopped on request; `session` has what was heard, if anything was."""
    FAILED = "failed"


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A job as the API tells it."""

    state: JobState
    seconds_done: float
    seconds_total: float
    session: str
    problem: str


@dataclass(slots=True, kw_only=True)
class Job:
    """One file."""

    id: str
    file: Path
    """Where it was put; removed when the job is over."""
    name: str
    mine: Side
    scenario: str
    state: JobState = JobState.WAITING
    report: Report = field(default_factory=Report)
    problem: str = ""
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def over(self) -> bool:
        """Nothing more will happen to it."""
        return self.state not in (JobState.WAITING, JobState.HEARING)

    @property
    def answer(self) -> object:
        """What the API tells."""
        return _Answer(
            state=self.state,
            seconds_done=self.report.seconds_done,
            seconds_total=self.report.seconds_total,
            session=self.report.session,
            problem=self.problem,
        )


class HearingDesk:
    """Takes files and hears them in the order they came."""

    def __init__(self, settings: Settings) -> None:
        """Prepare the desk; `running` begins to hear."""
        self._settings = settings
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[Job] = deque()
        self._reserved = 0
        self._more = asyncio.Event()

    @property
    def folder(self) -> Path:
        """Where files that arrive are put; private like the store it is in."""
        return self._settings.store.path / "incoming"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hear what comes for as long as the context is open; then stop, and keep what is done."""
        await asyncio.to_thread(self._clear)
        hearing = asyncio.create_task(self._hear_all())
        try:
            yield
        finally:
            for job in self._jobs.values():
                job.stop.set()
            self._more.set()
            if not hearing.done():
                hearing.cancel()
            with suppress(asyncio.CancelledError):
                await hearing

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Keep a place in the queue for a file while it arrives.

        Raises:
            InputError: Too many wait already (code `busy`).
        """
        limit = self._settings.recorded.waiting_limit
        if len(self._waiting) + self._reserved >= limit:
            raise InputError(
                f"{limit} recorded calls wait to be heard already; bring this one when one is done.",
                code="busy",
            )
        self._reserved += 1
        try:
            yield
        finally:
            self._reserved -= 1

    def take(self, file: Path, *, name: str, mine: Side, scenario: str) -> Job:
        """Queue a file that has arrived; it is the desk's from now on."""
        job = Job(id=secrets.token_hex(8), file=file, name=name, mine=mine, scenario=scenario)
        for old in [job for job in self._jobs.values() if job.over][: len(self._jobs) - _REMEMBERED]:
            del self._jobs[old.id]
        self._jobs[job.id] = job
        self._waiting.append(job)
        self._more.set()
        return job

    def find(self, job: str) -> Job:
        """Give a job.

        Raises:
            InputError: There is none of that id (code `unknown-job`).
        """
        if job not in self._jobs:
            raise InputError("There is no such job; it may be long over.", code="unknown-job")
        return self._jobs[job]

    def cancel(self, job: str) -> Job:
        """Stop a job; what is done is kept. One that is over stays as it is. Raises as `find` does."""
        found = self.find(job)
        found.stop.set()
        if found in self._waiting:
            self._waiting.remove(found)
            found.state = JobState.CANCELLED
            found.file.unlink(missing_ok=True)
        return found

    def _clear(self) -> None:
        """Remove what a server that was killed left behind."""
        if self.folder.is_dir():
            for left in self.folder.iterdir():
                left.unlink(missing_ok=True)

    async def _hear_all(self) -> None:
        while True:
            while not self._waiting:
                self._more.clear()
                await self._more.wait()
            job = self._waiting.popleft()
            job.state = JobState.HEARING
            try:
                await self._hear(job)
            except OSError as error:
                job.problem = f"The ears could not be started: {error.strerror}."
                job.state = JobState.FAILED
            finally:
                await asyncio.to_thread(self._finish, job)

    async def _hear(self, job: Job) -> None:
        process = await asyncio.create_subprocess_exec(
            # -P: a file in the current folder must not stand in for a module of ours.
            sys.executable, "-P", "-m", _WORKER,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        stopping = asyncio.create_task(self._stop_when_told(job, process))
        try:
            await self._follow(job, process)
        except asyncio.CancelledError:
            # The server stops: the process was told so, and has a moment to keep what is done.
            with suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(process.wait(), _CLOSING_SECONDS)
            raise
        finally:
            stopping.cancel()
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _follow(self, job: Job, process: asyncio.subprocess.Process) -> None:
        """Send the request and read reports until there are no more."""
        assert process.stdin is not None  # noqa: S101 - both were asked for
        assert process.stdout is not None  # noqa: S101
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(msgspec.json.encode(self._request(job)) + b"\n")
            await process.stdin.drain()
        try:
            while line := await asyncio.wait_for(process.stdout.readline(), _SILENT_SECONDS):
                job.report = self._merged(job.report, msgspec.json.decode(line, type=Report))
                job.problem = job.report.problem
        except TimeoutError:
            job.problem = f"{job.name} made the ears hang; they were ended."
        except (msgspec.DecodeError, ValueError):
            job.problem = f"{job.name} made the ears fail; they were ended."
        if not job.report.over and not job.problem and not job.stop.is_set():
            job.problem = f"{job.name} made the ears fail; what was heard before is kept."

    @staticmethod
    def _merged(before: Report, now: Report) -> Report:
        """The last report has no figures of its own."""
        return msgspec.structs.replace(
            now,
            seconds_done=now.seconds_done or before.seconds_done,
            seconds_total=now.seconds_total or before.seconds_total,
            session=now.session or before.session,
        )

    async def _stop_when_told(self, job: Job, process: asyncio.subprocess.Process) -> None:
        await job.stop.wait()
        if process.stdin is not None:
            process.stdin.close()
        await asyncio.sleep(_STOPPING_SECONDS)
        with suppress(ProcessLookupError):
            process.kill()

    def _request(self, job: Job) -> Request:
        settings = self._settings
        return Request(
            file=str(job.file),
            store=str(settings.store.path),
            name=job.name,
            mine=job.mine,
            scenario=job.scenario,
            scenarios_folder=str(settings.scenarios.path),
            ears=settings.ears,
        )

    def _finish(self, job: Job) -> None:
        """Remove the file, put the call into the library and say how it ended."""
        job.file.unlink(missing_ok=True)
        complete = False
        if job.report.session:
            try:
                with Library(self._settings.store.path) as library:
                    library.mend(job.report.session)
                    complete = library.add_or_update(job.report.session).complete
            except VoiceCoachError as error:
                job.problem = job.problem or str(error)
        if job.problem:
            job.state = JobState.FAILED
            _log.warning("a recorded call could not be heard to its end")
        elif complete:
            job.state = JobState.DONE
            job.report = msgspec.structs.replace(job.report, seconds_done=job.report.seconds_total)
        else:
            job.state = JobState.CANCELLED
