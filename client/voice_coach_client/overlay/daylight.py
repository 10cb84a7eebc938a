"""Whether a terminal is light or dark: what it says itself, or what its environment says."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Mapping

from voice_coach_client.overlay.palette import DARK, LIGHT, Palette

__all__ = ["palette_of", "palette_of_terminal"]

_ASK_BACKGROUND = b"\x1b]11;?\x1b\\\x1b[c"
"""The colour of the background (which not every terminal tells), then the kind of terminal (which each
does): so the end of the answer is known without waiting."""
_BACKGROUND = re.compile(rb"\]11;rgba?:([0-9a-fA-F]+)/([0-9a-fA-F]+)/([0-9a-fA-F]+)")
_PATIENCE_SECONDS = 0.3
_LIGHT_FROM = 0.5
_LIGHT_COLOURS = frozenset({"7", "15"})
"""White, as the variable `COLORFGBG` numbers the background."""


def palette_of(answer: bytes, environment: Mapping[str, str]) -> Palette:
    """Choose the colours by what a terminal answered, else by `COLORFGBG`, else dark."""
    if found := _BACKGROUND.search(answer):
        red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in found.groups())
        return LIGHT if 0.299 * red + 0.587 * green + 0.114 * blue >= _LIGHT_FROM else DARK
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if background in _LIGHT_COLOURS else DARK


def palette_of_terminal() -> Palette:
    """Ask the terminal; a third of a second at most."""
    return palette_of(_ask(), os.environ)


def _ask() -> bytes:
    if sys.platform == "win32" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return b""
    import termios  # noqa: PLC0415 - not on Windows
    import tty  # noqa: PLC0415 - not on Windows

    typed = sys.stdin.fileno()
    before = termios.tcgetattr(typed)
    answer = b""
    try:
        tty.setcbreak(typed)
        os.write(sys.stdout.fileno(), _ASK_BACKGROUND)
        until = time.monotonic() + _PATIENCE_SECONDS
        while not answer.endswith(b"c") and (left := until - time.monotonic()) > 0:
            if not select.select([typed], [], [], left)[0]:
                break
            answer += os.read(typed, 1024)
    finally:
        termios.tcsetattr(typed, termios.TCSAFLUSH, before)
    return answer
