"""What a page really plays: recorded sample by sample, and found again in the session's own sound."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import soundfile
from playwright.sync_api import Page

from voice_coach.speech.audio import pcm_to_float
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["Played", "find", "record"]

_CAPTURE = Path(__file__).with_name("played_sound.js")
_AUDIBLE = 0.005
_EDGE_SECONDS = 0.5


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """Where in its track something came from that was heard: each of its ends by itself."""

    from_seconds: float
    to_seconds: float
    likeness: float
    """Normalised correlation of the worse end with the track there; 1 is the very same sound."""


def record(page: Page, act: Callable[[], None], milliseconds: float) -> dict[str, Audio]:
    """Give what each side's element gave out since just before `act`, at 16 kHz."""
    if not page.evaluate("Boolean(window.startCapture)"):
        page.evaluate(_CAPTURE.read_text("utf-8"))
    page.evaluate("startCapture()")
    act()
    page.wait_for_timeout(milliseconds)
    found: dict[str, str] = page.evaluate("stopCapture()")
    return {side: pcm_to_float(base64.b64decode(sound)) for side, sound in found.items()}


def find(heard: Audio, track: Path) -> Played:
    """Look for the audible part of what was heard in a track.

    Its ends are looked for apart: a machine without a moment to spare may lose sound in between.
    """
    sound, rate = soundfile.read(track, dtype="float32")
    assert rate == SAMPLE_RATE_HZ
    loud = np.flatnonzero(np.abs(heard) > _AUDIBLE)
    assert len(loud), "nothing was heard"
    edge = round(_EDGE_SECONDS * SAMPLE_RATE_HZ)
    begins, like_begin = _place(heard[loud[0] : loud[0] + edge], sound)
    ends, like_end = _place(heard[loud[-1] + 1 - edge : loud[-1] + 1], sound)
    return Played(
        from_seconds=begins / SAMPLE_RATE_HZ,
        to_seconds=(ends + edge) / SAMPLE_RATE_HZ,
        likeness=min(like_begin, like_end),
    )


def _place(part: Audio, whole: Audio) -> tuple[int, float]:
    size = 1 << int(np.ceil(np.log2(len(whole) + len(part))))
    match = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)
    at = int(np.argmax(match[: len(whole) - len(part) + 1]))
    energy = float(np.linalg.norm(part) * np.linalg.norm(whole[at : at + len(part)]))
    return at, float(match[at]) / energy
