"""Ctrl+C as a wish that a call can honour, instead of an exception in the middle of it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["interrupts"]


@contextmanager
def interrupts(wish: Callable[[], None]) -> Iterator[None]:
    """Call a function in the running event loop whenever the program is asked to stop.

    For SIGINT and SIGTERM, in the main thread only; what handled them before does so again afterwards.
    A server in the same process takes both for itself when it starts: enter this after it.
    """
    loop = asyncio.get_running_loop()

    def handle(number: int, frame: object) -> None:
        del number, frame
        loop.call_soon_threadsafe(wish)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
