"""A server that can be killed, and the way to it, which can be cut."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

__all__ = ["KillableServer"]

_START_SECONDS: Final = 60.0


class KillableServer:
    """A server that can be killed, and the way to it, which can be cut."""

    def __init__(self, store: Path, trouble: str) -> None:
        """Start it.

        Args:
            store: Where it keeps calls; what the disk has synced is noted there, too.
            trouble: Which of the faults it is for.
        """
        self._store, self._trouble = store, trouble
        self.port = _free_port()
        self._sockets: set[asyncio.StreamWriter] = set()
        self._closed = False
        self._proxy: asyncio.Server | None = None
        self.way_port = 0
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server at its address. It may not take connections yet."""
        self.process = subprocess.Popen(  # noqa: S603 - our own module, in our own interpreter
            [
                *(sys.executable, "-m", "voice_coach_benchmarks.fault_server"),
                *(str(self._store), str(self.port), self._trouble),
            ],
            stderr=subprocess.DEVNULL,
        )
        return self.process

    async def wait(self) -> None:
        """Come back when it takes connections.

        Raises:
            TimeoutError: It does not start.
        """
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                if time.monotonic() > deadline:
                    raise TimeoutError("the server did not start") from None
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return

    async def open_way(self) -> None:
        """Open the way that the calls take: `way_port`."""
        self._proxy = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.way_port = int(self._proxy.sockets[0].getsockname()[1])

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closed:
            writer.transport.abort()
            return
        try:
            back, out = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.transport.abort()
            return
        self._sockets |= {writer, out}
        await asyncio.gather(_pump(reader, out), _pump(back, writer))
        self._sockets -= {writer, out}

    def cut(self) -> None:
        """Reset every connection and let none through."""
        self._closed = True
        for writer in tuple(self._sockets):
            writer.transport.abort()

    def mend(self) -> None:
        """Let connections through again."""
        self._closed = False

    def trouble(self) -> None:
        """Begin what goes wrong inside the server."""
        self.process.send_signal(signal.SIGUSR1)

    def kill(self) -> None:
        """`kill -9`."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Close the way and end the server."""
        if self._proxy is not None:
            self._proxy.close()
        self.process.terminate()
        self.process.wait()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
