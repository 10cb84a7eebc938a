"""Lines that a person types, for an event loop: reading them must not hold up a call."""

from __future__ import annotations

import asyncio
import threading
from typing import TextIO

__all__ = ["TypedLines"]


class TypedLines:
    """Reads a stream in a thread of its own. Make it inside the event loop that asks for the lines."""

    def __init__(self, stream: TextIO) -> None:
        """Begin to read at once; the thread ends with the stream, or with the program."""
        self._stream = stream
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        threading.Thread(target=self._read, name="typed lines", daemon=True).start()

    async def next(self) -> str | None:
        """Give the next line without the blanks around it; `None` from the end of the stream on."""
        line = await self._lines.get()
        if line is None:
            self._lines.put_nowait(None)
        return line

    def _read(self) -> None:
        try:
            for line in self._stream:
                if not self._put(line.strip()):
                    return
        except (OSError, ValueError):
            pass  # It cannot be read, or was closed meanwhile: nobody can type into it.
        self._put(None)

    def _put(self, line: str | None) -> bool:
        try:
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
        except RuntimeError:
            return False  # The loop is closed: nobody waits for lines any more.
        return True
