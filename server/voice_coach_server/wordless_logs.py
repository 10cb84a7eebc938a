"""Logs without a word that was said: what an error carries is not printed, only where it was raised.

An exception's own text may hold what somebody said (`KeyError: 'our best price is ...'`), and at DEBUG
the libraries print whole frames, paths and arguments. So our code logs `place_of(error)`, and the
libraries' loggers are held by `keep_words_out`, whatever level the root logger has.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

__all__ = ["keep_words_out", "place_of"]

_FRAMES = 4
"""Frames that are named, the innermost first: enough to find a bug, one line in a log."""


def place_of(error: BaseException) -> str:
    """Give an error's type and where it was raised, such as `KeyError at session.py:12 (handle)`."""
    frames = reversed(traceback.extract_tb(error.__traceback__)[-_FRAMES:])
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} ({frame.name})" for frame in frames)
    return f"{type(error).__name__} at {places or 'an unknown place'}"


class _PlacesOnly(logging.Filter):
    """Lets a library's error through as one line with a place in the code."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None or record.name == "asyncio":
            # asyncio prints tasks and callbacks with their arguments: its sentence goes too.
            where = place_of(error) if error is not None else "no error is known"
            record.msg, record.args = f"an error that nobody caught: {where}", None
            record.exc_info = record.exc_text = None
        return True


_PLACES_ONLY = _PlacesOnly()


def keep_words_out() -> None:
    """Hold the loggers of the libraries that see what is said, for this process."""
    for name, level in (
        # In its debug mode asyncio warns of slow callbacks, and prints what they were called with.
        ("asyncio", logging.ERROR),
        ("uvicorn.error", logging.WARNING),
        ("websockets.server", logging.WARNING),
    ):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.addFilter(_PLACES_ONLY)
