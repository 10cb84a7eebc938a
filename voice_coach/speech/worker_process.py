"""One running voice worker as the server sees it: started, asked with a time limit, killed."""

from __future__ import annotations

import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from voice_coach.speech.voice_pipe import Answer, Request, read_frame, write_frame

__all__ = ["WorkerLostError", "WorkerProcess"]

_WORKER = "voice_coach.speech.voice_worker"


class WorkerLostError(Exception):
    """The worker died, hangs or babbles; `str(error)` says which. Never leaves the voice."""


class WorkerProcess:
    """A worker process with its two pipes, its temporary folder and the thread that reads its answers."""

    def __init__(self, engine: str) -> None:
        """Start it without waiting for it.

        Args:
            engine: Whose worker it is, as `voice_worker` names them.

        Raises:
            OSError: The process or its folder cannot be made.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="voice_coach-"))
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                # -P: a file in the current folder must not stand in for a module of ours.
                [sys.executable, "-P", "-m", _WORKER, engine, str(self._folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._requests = cast("BinaryIO", self._process.stdin)
        self._answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        # A thread, because a pipe cannot be read with a time limit on every system.
        self._reader = threading.Thread(target=self._read, name="voice-worker-answers", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def ask(self, request: Request, timeout_seconds: float) -> Answer:
        """Send a request and wait for its answer.

        After a `WorkerLostError` the worker is of no use: an answer may still be on its way.

        Raises:
            WorkerLostError: No answer came, or none that can be read.
        """
        try:
            write_frame(self._requests, request)
            body = self._answers.get(timeout=timeout_seconds)
        except (OSError, ValueError):  # ValueError: closed by `stop` in another thread
            raise WorkerLostError("its process died") from None
        except queue.Empty:
            raise WorkerLostError(f"it did not answer within {timeout_seconds:g} s") from None
        if body is None:
            raise WorkerLostError("its process died")
        try:
            answer: Answer = msgspec.msgpack.decode(body, type=Answer)
        except msgspec.MsgspecError as error:
            raise WorkerLostError(f"its answer cannot be read: {error}") from None
        return answer

    def stop(self) -> None:
        """Kill the process and release everything. Idempotent; a waiting `ask` is told at once."""
        # Killed rather than asked: it keeps nothing that must be saved, and it may hang.
        self._process.kill()
        self._process.wait()
        self._reader.join()
        try:
            self._requests.close()
        except OSError:
            # Closing flushes what a dead process did not take; the descriptor is released all the same.
            self._requests = cast("BinaryIO", self._process.stdin)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _read(self) -> None:
        with cast("BinaryIO", self._process.stdout) as stream:
            while (body := read_frame(stream)) is not None:
                self._answers.put(body)
        self._answers.put(None)
