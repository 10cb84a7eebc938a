"""A cable between a client and a server, which a test may pull out or let go dead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

__all__ = ["Cable", "laid_cable"]


class Cable:
    """Passes bytes on in both directions while it is plugged in."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._live = asyncio.Event()
        self._live.set()
        self._pulled = False
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = 0

    def pull(self) -> None:
        """Every connection breaks at once, and no new one comes about."""
        self._pulled = True
        for end in tuple(self._ends):
            end.transport.abort()

    def go_dead(self) -> None:
        """Nothing passes any more, and nobody is told."""
        self._live.clear()

    def mend(self) -> None:
        """It is as it was."""
        self._pulled = False
        self._live.set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        if self._pulled:
            writer.transport.abort()
            return
        self.connections += 1
        there, back = await asyncio.open_connection(*self._target)
        self._ends |= {writer, back}
        tasks = [asyncio.create_task(self._pass(*way)) for way in ((reader, back), (there, writer))]
        self._tasks.update(tasks)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            # What was said last may still be on its way in the other direction.
            await asyncio.wait(tasks, timeout=1.0)
        finally:
            for task in tasks:
                task.cancel()
            for end in (writer, back):
                end.transport.abort()
            self._ends -= {writer, back}

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                await self._live.wait()
                target.write(data)
                await target.drain()
            target.write_eof()


@asynccontextmanager
async def laid_cable(host: str, port: int) -> AsyncIterator[tuple[Cable, int]]:
    """Lay a cable to a server; gives it and the port at its near end."""
    cable = Cable(host, port)
    server = await asyncio.start_server(cable.connected, "127.0.0.1", 0)
    try:
        yield cable, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        cable.mend()
        cable.pull()
        await asyncio.sleep(0.05)
