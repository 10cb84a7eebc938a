"""Keeping a full screen clean of what C libraries write to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

__all__ = ["stderr_aside"]


@contextmanager
def stderr_aside() -> Iterator[None]:
    """Let standard error go nowhere, except what Textual writes: its screen.

    PortAudio and ALSA write there when a device goes, into the middle of the screen; the headset says
    the same in a sentence. Textual writes its screen to `sys.__stderr__`, so that gets a file descriptor
    of its own.
    """
    ours = sys.__stderr__
    with TemporaryFile() as aside, os.fdopen(os.dup(2), "w", encoding="utf-8") as screen:
        os.dup2(aside.fileno(), 2)
        sys.__stderr__ = screen  # type: ignore[misc] # a constant for the type checker only
        try:
            yield
        finally:
            sys.__stderr__ = ours  # type: ignore[misc]
            os.dup2(screen.fileno(), 2)
