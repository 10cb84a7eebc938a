"""Rooms without speech, made by arithmetic: an hour of them, drawn from a seed, none of it recorded.

Each maker gives ten seconds, float32 at 16 kHz, before its level is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["KINDS", "LEVELS_DB", "PIECE_SECONDS", "rooms"]

PIECE_SECONDS: Final = 10
LEVELS_DB: Final = (-60.0, -45.0, -30.0, -15.0)
"""Loudest moment against full scale; digital silence stays silent."""
_SAMPLES: Final = PIECE_SECONDS * SAMPLE_RATE_HZ

Random = np.random.Generator


def _noise(random: Random, samples: int = _SAMPLES) -> Audio:
    return random.standard_normal(samples).astype(np.float32)


def _band(audio: Audio, low_hz: float, high_hz: float) -> Audio:
    hz = np.fft.rfftfreq(len(audio), 1 / SAMPLE_RATE_HZ)
    shape = 1 / (1 + (low_hz / np.maximum(hz, 1)) ** 4) / (1 + (hz / high_hz) ** 4)
    banded: Audio = np.fft.irfft(np.fft.rfft(audio) * shape, len(audio)).astype(np.float32)
    return banded


def _tones(random: Random, hz: Iterator[float] | list[float], samples: int = _SAMPLES) -> Audio:
    at = np.arange(samples) / SAMPLE_RATE_HZ
    total = np.zeros(samples)
    for number, pitch in enumerate(hz, 1):
        total += np.sin(2 * np.pi * pitch * at + random.uniform(0, 6)) / number
    return total.astype(np.float32)


def _knocks(random: Random, every: float, low_hz: float, high_hz: float, seconds: float) -> Audio:
    """Short bursts of filtered noise at uneven times, each of its own loudness."""
    room = 0.003 * _noise(random)
    at = random.exponential(every)
    length = round(seconds * 6 * SAMPLE_RATE_HZ)
    decay = np.exp(-np.arange(length) / (seconds * SAMPLE_RATE_HZ))
    while (start := round(at * SAMPLE_RATE_HZ)) + length < _SAMPLES:
        burst = _band(_noise(random, length), low_hz, high_hz * random.uniform(0.7, 1.3)) * decay
        room[start : start + length] += random.uniform(0.3, 1.0) * burst / np.abs(burst).max()
        at += random.exponential(every) + 0.04
    return room.astype(np.float32)


def _silence(random: Random) -> Audio:
    del random
    return np.zeros(_SAMPLES, np.float32)


def _room(random: Random) -> Audio:
    """Air and distant traffic: noise that falls off towards the treble."""
    hz = np.fft.rfftfreq(_SAMPLES, 1 / SAMPLE_RATE_HZ)
    slope = np.maximum(hz, 20) ** -random.uniform(0.3, 1.0)
    room: Audio = np.fft.irfft(np.fft.rfft(_noise(random)) * slope, _SAMPLES).astype(np.float32)
    return room


def _hum(random: Random) -> Audio:
    mains = float(random.choice([50.0, 60.0]))
    hum = _tones(random, [mains * n for n in (1, 2, 3, 5, 7, 9)])
    return hum + np.float32(0.02) * _noise(random)


def _fan(random: Random) -> Audio:
    blades = _tones(random, [random.uniform(80, 240) * n for n in (1, 2, 3)])
    at = np.arange(_SAMPLES) / SAMPLE_RATE_HZ
    sway = 1 + 0.3 * np.sin(2 * np.pi * random.uniform(0.2, 1.5) * at)
    air = _band(_noise(random), 100, random.uniform(800, 3000))
    return ((0.3 * blades + air) * sway).astype(np.float32)


def _typing(random: Random) -> Audio:
    return _knocks(random, random.uniform(0.08, 0.3), 900, 5000, 0.004)


def _mouse(random: Random) -> Audio:
    return _knocks(random, 1.2, 2000, 6000, 0.0015)


def _chair(random: Random) -> Audio:
    """Creaks: a stick-slip buzz that glides, and the thump of a foot."""
    sound = _knocks(random, 3.0, 40, 250, 0.05)
    for _ in range(random.integers(1, 4)):
        length = round(random.uniform(0.3, 1.2) * SAMPLE_RATE_HZ)
        start = int(random.integers(0, _SAMPLES - length))
        phase = np.cumsum(np.linspace(random.uniform(60, 200), random.uniform(60, 300), length))
        creak = np.sign(np.sin(2 * np.pi * phase / SAMPLE_RATE_HZ)).astype(np.float32)
        sound[start : start + length] += 0.5 * _band(creak, 400, 2500) * np.hanning(length)
    return sound.astype(np.float32)


def _breath(random: Random) -> Audio:
    at = np.arange(_SAMPLES) / SAMPLE_RATE_HZ
    rate = random.uniform(0.2, 0.5)
    wave = np.maximum(0, np.sin(2 * np.pi * rate * at)) ** 2
    mouth = _band(_noise(random), random.uniform(300, 600), random.uniform(1200, 3500))
    breath: Audio = (mouth * wave + 0.01 * _noise(random)).astype(np.float32)
    return breath


def _music(random: Random) -> Audio:
    """A melody of soft tones with overtones, from the next room."""
    scale = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12]) / 12)
    at, sound = 0, np.zeros(_SAMPLES, np.float32)
    while at < _SAMPLES - SAMPLE_RATE_HZ:
        length = round(random.uniform(0.2, 0.8) * SAMPLE_RATE_HZ)
        pitch = float(random.choice(scale))
        note = _tones(random, [pitch * n for n in (1, 2, 3, 4)], length)
        sound[at : at + length] += note * np.hanning(length)
        at += length // int(random.integers(1, 3))
    return _band(sound, 100, random.uniform(700, 4000))


def _telephone(random: Random) -> Audio:
    """Rings and beeps."""
    sound = 0.003 * _noise(random)
    for start in range(0, _SAMPLES - 2 * SAMPLE_RATE_HZ, 3 * SAMPLE_RATE_HZ):
        length = round(random.uniform(0.1, 1.5) * SAMPLE_RATE_HZ)
        pair = [random.uniform(350, 1000), random.uniform(440, 2000)]
        sound[start : start + length] += _tones(random, pair, length)
    return sound.astype(np.float32)


KINDS: Final[dict[str, Callable[[Random], Audio]]] = {
    "digital silence": _silence,
    "room": _room,
    "mains hum": _hum,
    "fan": _fan,
    "typing": _typing,
    "mouse": _mouse,
    "chair": _chair,
    "breath": _breath,
    "music": _music,
    "telephone": _telephone,
}


def rooms(kind: str, minutes: float, seed: int = 1) -> Iterator[Audio]:
    """Give pieces of ten seconds of one kind, at one level after the other, for so many minutes."""
    random = np.random.default_rng([seed, *kind.encode()])
    for number in range(round(minutes * 60 / PIECE_SECONDS)):
        sound = KINDS[kind](random)
        loudest = float(np.abs(sound).max())
        level = 10 ** (LEVELS_DB[number % len(LEVELS_DB)] / 20)
        yield (sound * (level / loudest)).astype(np.float32) if loudest else sound
