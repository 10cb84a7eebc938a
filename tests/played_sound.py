"""What a page really plays: recorded sample by sample, and found again in the session's own sound."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import soundfile
from numpy.typing import NDArray
from playwright.sync_api import Page

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["Played", "find", "record"]

_CAPTURE = Path(__file__).with_name("played_sound.js")
_AUDIBLE = 0.005


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """Where in its track something came from that was heard."""

    from_seconds: float
    to_seconds: float
    likeness: float
    """Normalised correlation with the track there; 1 is the very same sound."""


def record(page: Page, act: Callable[[], None], milliseconds: float) -> dict[str, Audio]:
    """Give what each side's element gave out since just before `act`, at 16 kHz."""
    if not page.evaluate("Boolean(window.startCapture)"):
        page.evaluate(_CAPTURE.read_text("utf-8"))
    page.evaluate("startCapture()")
    act()
    page.wait_for_timeout(milliseconds)
    found = page.evaluate("stopCapture()")
    return {
        side: at_16_khz(np.frombuffer(base64.b64decode(sound), "<f4"), found["rate"])
        for side, sound in found["sound"].items()
    }


def find(heard: Audio, track: Path) -> Played:
    """Look for the audible part of what was heard in a track."""
    sound, rate = soundfile.read(track, dtype="float32")
    whole = at_16_khz(sound, rate)
    loud = np.flatnonzero(np.abs(heard) > _AUDIBLE)
    assert len(loud), "nothing was heard"
    part = heard[loud[0] : loud[-1] + 1]
    size = 1 << int(np.ceil(np.log2(len(whole) + len(part))))
    match = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)
    at = int(np.argmax(match[: len(whole)]))
    there = whole[at : at + len(part)]
    energy = float(np.linalg.norm(part) * np.linalg.norm(there))
    return Played(
        from_seconds=at / SAMPLE_RATE_HZ,
        to_seconds=(at + len(part)) / SAMPLE_RATE_HZ,
        likeness=float(match[at]) / energy,
    )


def at_16_khz(sound: NDArray[np.float32], rate: float) -> Audio:
    """Resample by straight lines: enough to recognise speech, and to find it again."""
    count = round(len(sound) * SAMPLE_RATE_HZ / rate)
    places = np.arange(count) * (rate / SAMPLE_RATE_HZ)
    return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)
