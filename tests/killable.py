"""The real program, which a test can kill and start again at the same address."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Program", "program"]


class Program:
    """`voice-coach serve`, which can be killed and started again at the same address."""

    def __init__(self, store: Path) -> None:
        self._store = store
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "voice_coach.cli", "serve", "--no-open"),
                *("--port", str(self.port), "--store", str(self._store)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return self.process

    def wait(self) -> None:
        """Come back when it takes connections."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def program(store: Path) -> Iterator[Program]:
    running = Program(store)
    try:
        yield running
    finally:
        running.process.terminate()
        running.process.wait()
