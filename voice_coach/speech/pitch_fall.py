"""Has the voice fallen? What the pitch of the last syllables says about the end of a turn.

Who has said everything lets the voice sink below its middle; who goes on holds it up or lifts it. It is
measured with arithmetic only: the pitch of the last tenth of a second that has one, in semitones from the
middle of the last few seconds of the same person, so that high and low voices count alike.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.turn_end import NOTHING_HEARD

__all__ = ["PitchFall"]

_HEARD_SAMPLES: Final = 8 * SAMPLE_RATE_HZ
_FRAME: Final = 640
"""40 ms: two and a half waves of a low voice."""
_HOP: Final = 160
_FFT: Final = 2048
_PITCH_HZ: Final = (70, 400)
_PERIODIC: Final = 0.6
"""Autocorrelation at the pitch from which a frame has one."""
_NEARLY: Final = 0.9
_LOUD_DB: Final = 25.0
"""Frames this far below the loud ones are breath and room."""
_LEAST_FRAMES: Final = 20
"""Voiced frames (0.2 s together) without which there is no middle to fall from."""
_LAST_FRAMES: Final = 8
_OCTAVE_SLIPS: Final = (-10.0, 6.0)
"""Semitones beyond which the pitch was mistaken for its half or its double, or the voice creaks."""
_NEUTRAL_SEMITONES: Final = -2.0
"""Every voice sinks while it speaks: pauses inside a turn are below the middle too, by less."""
_LOG_ODDS_PER_SEMITONE: Final = 0.6
_LEAST: Final = 0.18
"""However far the voice rises: questions rise too, and are over."""


class PitchFall:
    """Judges by the fall of the voice. Has no state."""

    name = "the fall of the voice"

    def probability(self, audio: Audio) -> float:
        """See `TurnMelody.probability`."""
        fall = _semitones_at_the_end(audio[-_HEARD_SAMPLES:])
        if fall is None:
            return NOTHING_HEARD
        return max(_LEAST, 1 / (1 + math.exp(_LOG_ODDS_PER_SEMITONE * (fall - _NEUTRAL_SEMITONES))))


def _semitones_at_the_end(audio: Audio) -> float | None:
    """Pitch of the last voiced frames against the middle of all; None where it cannot be told."""
    frames = _frames(audio)
    if not len(frames):
        return None
    level_db = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-12)
    pitch_hz, periodic = _pitch(frames)
    voiced = pitch_hz[(periodic > _PERIODIC) & (level_db > np.percentile(level_db, 95) - _LOUD_DB)]
    if len(voiced) < _LEAST_FRAMES:
        return None
    fall = 12 * math.log2(float(np.median(voiced[-_LAST_FRAMES:]) / np.median(voiced)))
    lowest, highest = _OCTAVE_SLIPS
    return fall if lowest < fall < highest else None


def _frames(audio: Audio) -> Audio:
    if len(audio) < _FRAME:
        return np.zeros((0, _FRAME), np.float32)
    frames: Audio = np.lib.stride_tricks.sliding_window_view(audio, _FRAME)[::_HOP]
    return frames


def _pitch(frames: Audio) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Give each frame's pitch in Hz, and how periodic it is (0 to 1)."""
    window = np.hanning(_FRAME).astype(np.float32)
    centred = (frames - frames.mean(axis=1, keepdims=True)) * window
    correlation = _autocorrelation(centred)
    # A window fades what lies a wave apart: its own autocorrelation says by how much.
    faded = _autocorrelation(window[None])[0]
    shortest, longest = SAMPLE_RATE_HZ // _PITCH_HZ[1], SAMPLE_RATE_HZ // _PITCH_HZ[0]
    lags = np.arange(shortest, longest + 1)
    power = np.maximum(correlation[:, :1], 1e-12)
    likeness = correlation[:, lags] / power / (faded[lags] / faded[0])
    best = _first_wave(likeness)
    return SAMPLE_RATE_HZ / lags[best], likeness[np.arange(len(frames)), best]


def _first_wave(likeness: NDArray[np.floating]) -> NDArray[np.intp]:
    """Give each row's first peak that is nearly its highest: two waves apart, sound is alike as well."""
    peaks = np.zeros(likeness.shape, bool)
    middle = likeness[:, 1:-1]
    peaks[:, 1:-1] = (middle >= likeness[:, :-2]) & (middle >= likeness[:, 2:])
    peaks &= likeness >= _NEARLY * likeness.max(axis=1, keepdims=True)
    first: NDArray[np.intp] = np.where(peaks.any(axis=1), peaks.argmax(axis=1), likeness.argmax(axis=1))
    return first


def _autocorrelation(rows: Audio) -> NDArray[np.floating]:
    spectrum = np.fft.rfft(rows, _FFT)
    correlation: NDArray[np.floating] = np.fft.irfft(spectrum.real**2 + spectrum.imag**2)
    return correlation
