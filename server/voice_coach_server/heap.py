"""Gives memory that is free back to the system: the C library of Linux keeps what the ears let go.

Each decode takes and frees some hundred large blocks, in several threads. glibc gives each thread an
arena of its own, and keeps what is freed in it: after some minutes of calls a third of the server's
memory is free memory that it does not give back (see docs/why/ears.md). Two arenas are enough for the
two threads that decode, and a look every half minute gives the rest back. One takes 10 to 20 ms and
makes no decode slower.

Other C libraries have neither function: nothing happens there.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
from collections.abc import Callable
from functools import cache

__all__ = ["give_back", "keep_giving_back", "use_few_arenas"]

_M_ARENA_MAX = -8
"""From glibc's malloc.h."""
_ARENAS = 2
_EVERY_SECONDS = 30.0


def use_few_arenas() -> bool:
    """Bound the arenas of this process, before it starts threads; False where it cannot be done."""
    mallopt = _function("mallopt")
    return mallopt is not None and mallopt(_M_ARENA_MAX, _ARENAS) == 1


def give_back() -> bool:
    """Give free memory back now. Takes some 10 ms; False when there was none, or no way to do it."""
    trim = _function("malloc_trim")
    return trim is not None and trim(0) == 1


async def keep_giving_back() -> None:
    """Give free memory back every half minute, until cancelled."""
    while _function("malloc_trim") is not None:
        await asyncio.sleep(_EVERY_SECONDS)
        await asyncio.to_thread(give_back)


@cache
def _function(name: str) -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    found: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return found
