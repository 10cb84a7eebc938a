"""What is that sound over the counterpart's voice? A judgement on its first moments, before any words.

A person who takes the floor wants it at once, and words by transcription come half a second too late.
So the reply is paused on what can be heard earlier, and words decide afterwards. Three things are told
from speech without a model, on about 200 ms: a hum with closed lips ("mm-hm": voiced, and next to
nothing above its nasal resonance), breath and knocks (no voice in it), and the counterpart's own voice
coming back from the loudspeaker (the same wave, a little later). Coughs, keys and noise mostly do not
get here: the voice-activity network takes them for what they are.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.conversation.events import OverlapSound
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["ECHO_LATEST_SECONDS", "judge_overlap"]

ECHO_LATEST_SECONDS: Final = 0.4
"""How much later than it was sent the loudspeaker's sound may reach the microphone."""

_FRAME: Final = 512
_HOP: Final = 160
_FFT: Final = 1024
_VOICE_HZ: Final = (70, 400)
"""Pitch of people who speak, laugh or hum."""
_PERIODIC: Final = 0.55
"""Autocorrelation at the pitch from which a frame is voiced; noise stays below 0.4."""
_NASAL_HZ: Final = 600
_NASAL_SHARE: Final = 0.985
"""Share of a hum's power below 600 Hz; with open lips some of it is always higher."""
_LOUD_DB: Final = 20.0
"""Frames this far below the loudest are the gaps between sounds."""
_LEAST_VOICED: Final = 3
"""Frames (50 ms together) that make a voice; a click can be one or two."""
_ECHO_LIKENESS: Final = 0.5
"""Of two unrelated voices 99 of 100 stay below 0.2; an echo with its room lies above 0.6."""
_INAUDIBLE: Final = 1e-3
"""Sound sent 60 dB below what is heard cannot be where it comes from."""


def judge_overlap(heard: Audio, playing: Audio) -> OverlapSound:
    """Say what kind of sound this is.

    Args:
        heard: The microphone from the first voiced window on, 16 kHz, 60 ms or more.
        playing: What was sent to the loudspeaker, at the same rate, from `ECHO_LATEST_SECONDS` before
            the first sample of `heard` to its last; empty when nothing was audible.
    """
    frames = _frames(heard)
    if not len(frames):
        return OverlapSound.UNCLEAR
    power = _power(frames)
    loud = _loudness(power) > _loudness(power).max() - _LOUD_DB
    if len(playing) >= len(heard) and _echo_likeness(heard, playing) > _ECHO_LIKENESS:
        return OverlapSound.ECHO
    voiced = loud & (_periodicity(frames) > _PERIODIC)
    if voiced.sum() < _LEAST_VOICED:
        return OverlapSound.BURST
    hz = np.fft.rfftfreq(_FFT, 1 / SAMPLE_RATE_HZ)
    nasal = power[:, hz < _NASAL_HZ].sum(axis=1) / (power.sum(axis=1) + 1e-12)
    open_lips = voiced & (nasal < _NASAL_SHARE)
    return OverlapSound.SPEECH if open_lips.sum() >= _LEAST_VOICED else OverlapSound.HUM


def _frames(audio: Audio) -> NDArray[np.float32]:
    """Overlapping frames without their mean, shape (frames, 512)."""
    if len(audio) < _FRAME:
        return np.zeros((0, _FRAME), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(audio, _FRAME)[::_HOP]
    level: NDArray[np.float32] = frames - frames.mean(axis=1, keepdims=True)
    return level


def _power(frames: NDArray[np.float32]) -> NDArray[Any]:
    """Power spectra above the rumble of the room, shape (frames, 513)."""
    power: NDArray[Any] = np.abs(np.fft.rfft(frames * np.hanning(_FRAME), _FFT)) ** 2
    power[:, : 80 * _FFT // SAMPLE_RATE_HZ] = 0.0
    return power


def _loudness(power: NDArray[Any]) -> NDArray[Any]:
    loudness: NDArray[Any] = 10 * np.log10(power.sum(axis=1) + 1e-12)
    return loudness


def _periodicity(frames: NDArray[np.float32]) -> NDArray[Any]:
    """Highest normalised autocorrelation at a pitch of people, one value a frame."""
    longest, shortest = (SAMPLE_RATE_HZ // hz for hz in _VOICE_HZ)
    correlation = np.fft.irfft(np.abs(np.fft.rfft(frames, _FFT)) ** 2)[:, : longest + 1]
    # Later lags overlap less of the frame: undo that.
    overlap = 1 - np.arange(longest + 1) / _FRAME
    normal = correlation / (correlation[:, :1] * overlap + 1e-12)
    highest: NDArray[Any] = normal[:, shortest:].max(axis=1)
    return highest


def _echo_likeness(heard: Audio, playing: Audio) -> float:
    """Highest normalised correlation of the two waves over all delays: 1 is the same, 0 unrelated.

    Differenced first, so that a loud low vowel does not resemble every other one.
    """
    wave, reference = np.diff(heard.astype(np.float64)), np.diff(playing.astype(np.float64))
    length = len(wave)
    size = 1 << (len(reference) + length).bit_length()
    products = np.fft.irfft(np.fft.rfft(reference, size) * np.conj(np.fft.rfft(wave, size)), size)
    energies = np.concatenate([[0.0], np.cumsum(np.square(reference))])
    energies = energies[length:] - energies[:-length]
    scale = np.sqrt(np.maximum(energies, 0.0) * np.square(wave).sum())
    # Where nothing was played there is nothing to resemble.
    sounding = scale > _INAUDIBLE * np.square(wave).sum()
    likeness = np.abs(products[: len(scale)])[sounding] / scale[sounding]
    return float(likeness.max(initial=0.0))
