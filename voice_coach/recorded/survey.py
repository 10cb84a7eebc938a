"""What the channels of a call hold, found by reading the file once before it is heard.

Two channels mean two speakers only if they differ: many recorders write one sound into both, or a voice
into one and nothing into the other. The loudness of each half second tells: where two people are on
channels of their own, one is much louder than the other nearly always, because mostly one of them speaks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.journal.heard import Side
from voice_coach.recorded.call_file import Block, CallFile
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ

__all__ = ["Survey", "survey"]

_MOMENT_SAMPLES: Final = SAMPLE_RATE_HZ // 2
_SOUNDING: Final = 10 ** (-50 / 20)
"""Root mean square of a half second in which something may be said, of full scale."""
_APART_DB: Final = 6.0
_LEAST_APART: Final = 0.2
"""Share of the sounding moments in which one channel must stand out."""
_NOTHING: Final = 1e-12
_SAME: Final = 0.95
"""Correlation from which two channels are one sound, at whatever loudness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What is known of a file before anything in it is understood."""

    seconds: float
    """Decoded, not as the file says."""
    sides: tuple[Side, ...]
    """What to listen to: left and right, or `both` alone."""
    remarks: tuple[str, ...]
    """One sentence for a person about each thing that matters."""
    damaged: bool
    """Not all of the file could be decoded."""
    mix: tuple[float, ...]
    """How much of each channel makes the one sound of `both`; unused for two sides."""

    def to_hear(self, block: Block) -> Block:
        """Give the channels that are listened to."""
        if len(self.sides) > 1:
            return block
        mixed: Block = np.asarray([self.mix], np.float32) @ block
        return mixed


def survey(call: CallFile, goes_on: Callable[[float], bool] = lambda _: True) -> Survey | None:
    """Read the file once.

    Args:
        call: The file.
        goes_on: Told the seconds read so far; False ends the survey.

    Returns:
        None when it was ended.

    Raises:
        AudioError: As for `CallFile.blocks`.
    """
    samples = 0
    powers: list[Block] = []
    products = np.zeros(3)
    for block in call.blocks():
        samples += block.shape[1]
        if not goes_on(samples / SAMPLE_RATE_HZ):
            return None
        if len(block) > 1:
            whole = block[:, : block.shape[1] // _MOMENT_SAMPLES * _MOMENT_SAMPLES]
            moments = whole.reshape(2, -1, _MOMENT_SAMPLES)
            powers.append(np.square(moments).mean(axis=2))
            left, right = block
            products += [np.dot(left, right), np.dot(left, left), np.dot(right, right)]
    sides, mix, remarks = _sides(call.channels, powers, products)
    seconds = samples / SAMPLE_RATE_HZ
    return Survey(
        seconds=seconds, sides=sides, remarks=remarks, damaged=call.falls_short(seconds), mix=mix
    )


_Found = tuple[tuple[Side, ...], tuple[float, ...], tuple[str, ...]]


def _sides(channels: int, powers: list[Block], products: NDArray[np.float64]) -> _Found:
    if channels == 1:
        return _one_sound("This is a mono recording", (1.0,))
    power = np.concatenate(powers, axis=1) if powers else np.zeros((2, 0), np.float32)
    left_sounds, right_sounds = (bool((np.sqrt(one) > _SOUNDING).any()) for one in power)
    if left_sounds != right_sounds:
        heard, silent = ("left", "right") if left_sounds else ("right", "left")
        mix = (1.0, 0.0) if left_sounds else (0.0, 1.0)
        return _one_sound(f"Only the {heard} channel holds sound (the {silent} one is silent)", mix)
    sounding = power[:, (np.sqrt(power) > _SOUNDING).any(axis=0)]
    apart_db = np.abs(10 * np.log10((sounding[0] + _NOTHING) / (sounding[1] + _NOTHING)))
    apart = float((apart_db > _APART_DB).mean()) if len(apart_db) else 1.0
    both, left, right = products
    likeness = both / np.sqrt(left * right) if left and right else 0.0
    if abs(likeness) > _SAME or apart < _LEAST_APART:
        # Channels against each other in phase would cancel out.
        return _one_sound("Both channels hold the same sound", (0.5, 0.5 if likeness >= 0 else -0.5))
    return (Side.LEFT, Side.RIGHT), (), ()


def _one_sound(found: str, mix: tuple[float, ...]) -> _Found:
    said = f"{found}, so the speakers cannot be told apart: mark whose turn is whose."
    return (Side.BOTH,), mix, (said,)
