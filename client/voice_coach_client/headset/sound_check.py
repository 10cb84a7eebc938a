"""What a sound check finds: whether somebody is heard well, and whether the microphone hears the speaker.

Pure functions of samples; `voice-coach devices test` records them.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec
import numpy as np

from voice_coach.speech.audio import pcm_to_float

__all__ = ["Heard", "SoundCheck", "check_speech", "echo"]

_WINDOW_SAMPLES = 320
_SILENT_DB = -60.0
_QUIET_DB = -38.0
"""Below this the ears begin to guess: ordinary speech into a headset lies between -30 and -15."""
_CLIPPED = 32_000 / 32_768
_CLIPPED_SHARE = 0.001
_LOUDEST_SHARE = 0.1
"""Speech is the loudest tenth of the windows; the rest is its pauses and the room."""


class Heard(StrEnum):
    """How somebody came through."""

    NOTHING = "nothing"
    TOO_QUIET = "too quiet"
    CLIPPING = "clipping"
    WELL = "well"


class SoundCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of the microphone while somebody spoke."""

    heard: Heard
    speech_db: float
    """Loudness of the speech below full scale, which is 0."""
    clipped: float
    """Share of the samples that reached full scale."""


def check_speech(pcm: bytes) -> SoundCheck:
    """Judge a few seconds in which somebody should have spoken.

    Args:
        pcm: 16-bit mono samples at 16 kHz, at least 20 ms.
    """
    sound = pcm_to_float(pcm)
    windows = sound[: len(sound) // _WINDOW_SAMPLES * _WINDOW_SAMPLES].reshape(-1, _WINDOW_SAMPLES)
    # In double precision: the square of the quietest sample is smaller than what single can add up.
    loudness = np.sort(np.sqrt(np.mean(np.square(windows, dtype=np.float64), axis=1)))
    loudest = loudness[-max(1, round(len(loudness) * _LOUDEST_SHARE)) :]
    speech_db = 20 * float(np.log10(max(float(np.mean(loudest)), 1e-5)))
    clipped = float(np.mean(np.abs(sound) >= _CLIPPED))
    if clipped > _CLIPPED_SHARE:
        heard = Heard.CLIPPING
    elif speech_db < _SILENT_DB:
        heard = Heard.NOTHING
    elif speech_db < _QUIET_DB:
        heard = Heard.TOO_QUIET
    else:
        heard = Heard.WELL
    return SoundCheck(heard=heard, speech_db=round(speech_db, 1), clipped=round(clipped, 4))


def echo(heard: bytes, played: bytes) -> float:
    """Say how much of what was played came back: the likeness at the delay where it is greatest.

    Args:
        heard: What the microphone gave meanwhile; 16-bit mono, of the same rate and at least as long.
        played: What the loudspeaker was given.

    Returns:
        0 (nothing of it) to 1 (nothing but it).
    """
    inside, sound = pcm_to_float(heard).astype(np.float64), pcm_to_float(played).astype(np.float64)
    if len(inside) < len(sound) or not inside.any() or not sound.any():
        return 0.0
    size = 1 << int(np.ceil(np.log2(len(inside) + len(sound))))
    match = np.fft.irfft(np.fft.rfft(inside, size) * np.conj(np.fft.rfft(sound, size)), size)
    delays = len(inside) - len(sound) + 1
    sums = np.concatenate([[0.0], np.cumsum(np.square(inside))])
    energy = np.maximum(sums[len(sound) :] - sums[: -len(sound)], 0)
    # Where the microphone gave next to nothing, there is nothing to be alike.
    floor = np.mean(np.square(inside)) * len(sound) * 1e-3
    return float(np.max(np.abs(match[:delays]) / np.sqrt((energy + floor) * np.sum(np.square(sound)))))
