"""Sounds a person makes over somebody's voice without wanting the floor, made by arithmetic and eSpeak.

Everything is float32 at 16 kHz and drawn from a seed, so a run can be repeated. None of it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_coach.settings import VoiceEngine, VoiceSettings
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["SPOKEN_LAUGHTER", "SPOKEN_SIGNS", "SPOKEN_WORDS", "VOICES", "echo", "sounds"]

VOICES = (
    *(
        VoiceSettings(voice=f"gmw/{voice}")
        for voice in ("en-us", "en-us+m3", "en-us+m7", "en-us+croak", "en-gb-x-rp")
    ),
    *(VoiceSettings(voice=f"gmw/en-us+{voice}") for voice in ("f2", "f4", "f5")),
    VoiceSettings(engine=VoiceEngine.PIPER),
)
"""Who speaks: eSpeak's men and women, and the natural voice where it is installed."""
SPOKEN_SIGNS = ("Uh-huh.", "Hmm.", "Hmm hmm.", "Um-hum.", "Aha.", "Yeah.", "Right.", "I see.", "Ahem.")
"""Signs of listening and a cleared throat, in spellings that a voice does not read out by the letter, as
it does "mm-hm" ("em em aitch em"): hums behind closed lips are made by arithmetic instead."""
SPOKEN_LAUGHTER = ("Ha ha ha.", "He he he.", "Heh heh.")
SPOKEN_WORDS = (
    "Wait, that is not what I asked.",
    "No, hold on a second.",
    "Stop, please.",
    "It sounds like you were left alone with that.",
    "But you promised us a date.",
    "Excuse me, may I say something?",
    "Hang on, who told you that?",
    "Let me finish.",
    "Sorry, what do you mean by that?",
    "You never called us back.",
)
_EACH = 8


def _noise(random: np.random.Generator, seconds: float) -> Audio:
    return random.standard_normal(round(seconds * SAMPLE_RATE_HZ)).astype(np.float32)


def _band(audio: Audio, low_hz: float, high_hz: float) -> Audio:
    spectrum = np.fft.rfft(audio)
    hz = np.fft.rfftfreq(len(audio), 1 / SAMPLE_RATE_HZ)
    shape = 1 / (1 + (low_hz / np.maximum(hz, 1)) ** 4) / (1 + (hz / high_hz) ** 4)
    banded: Audio = np.fft.irfft(spectrum * shape, len(audio)).astype(np.float32)
    return banded


def _faded(audio: Audio, attack: float, release: float) -> Audio:
    time = np.arange(len(audio)) / SAMPLE_RATE_HZ
    return (audio * np.minimum(time / attack, 1) * np.exp(-time / release)).astype(np.float32)


def _voiced(hz: NDArray[np.floating[Any]], formants: tuple[tuple[float, float], ...]) -> Audio:
    """A glottal buzz of this pitch contour through resonances (centre, strength)."""
    phase = np.cumsum(hz) / SAMPLE_RATE_HZ
    total = np.zeros(len(hz))
    for harmonic in range(1, 24):
        at = harmonic * float(hz.mean())
        gain = sum(strength / (1 + ((at - centre) / 90) ** 2) for centre, strength in formants)
        total += gain / harmonic**0.5 * np.sin(2 * np.pi * harmonic * phase)
    sound: Audio = (total / np.abs(total).max()).astype(np.float32)
    return sound


def _cough(random: np.random.Generator) -> Audio:
    """Two or three bursts of breath: a sharp attack, a noisy decay, a little voice at the end."""
    parts = []
    for _ in range(int(random.integers(1, 4))):
        burst = _faded(_band(_noise(random, 0.25), 300, 3500), 0.004, 0.06)
        parts += [burst / np.abs(burst).max(), np.zeros(round(random.uniform(0.05, 0.15) * 16_000))]
    return np.concatenate(parts).astype(np.float32)


def _typing(random: np.random.Generator) -> Audio:
    """A key every 80 to 250 ms: a click of a few milliseconds and the desk under it."""
    sound = np.zeros(2 * SAMPLE_RATE_HZ, np.float32)
    at = 0
    while at < len(sound) - 2000:
        click = _faded(_band(_noise(random, 0.04), 200, 6000), 0.0005, 0.008)
        sound[at : at + len(click)] += random.uniform(0.3, 1.0) * click / np.abs(click).max()
        at += round(random.uniform(0.08, 0.25) * SAMPLE_RATE_HZ)
    return sound


def _laughter(random: np.random.Generator) -> Audio:
    """Four to six "ha": breath, then an open vowel, five times a second, falling."""
    pitch = random.uniform(160, 320)
    parts = []
    for number in range(int(random.integers(4, 7))):
        time = np.linspace(0, 1, round(0.11 * SAMPLE_RATE_HZ))
        vowel = _voiced(pitch * (1 - 0.05 * number) * (1 - 0.15 * time), ((750, 1.0), (1250, 0.5)))
        breath = 0.25 * _band(_noise(random, 0.08), 700, 4000)
        parts += [breath, vowel * np.hanning(len(vowel)).astype(np.float32) * 0.85**number]
    return np.concatenate(parts).astype(np.float32)


def _hum(random: np.random.Generator) -> Audio:
    """A nasal hum, a short breath, and the hum again, higher: "mm-hm"."""
    pitch = random.uniform(90, 240)
    first, second = random.uniform(0.12, 0.25, 2)
    nasal = ((250, 1.0), (1000, 0.04))
    low = _voiced(pitch * np.linspace(1.0, 0.92, round(first * SAMPLE_RATE_HZ)), nasal)
    high = _voiced(pitch * np.linspace(1.05, 1.3, round(second * SAMPLE_RATE_HZ)), nasal)
    breath = 0.03 * _band(_noise(random, 0.06), 500, 3000)
    return np.concatenate([low * np.hanning(len(low)), breath, high * np.hanning(len(high))]).astype(
        np.float32
    )


_KINDS: dict[str, Callable[[np.random.Generator], Audio]] = {
    "cough": _cough,
    "typing": _typing,
    "laughter": _laughter,
    "hum": _hum,
}


def sounds() -> Iterator[tuple[str, Audio]]:
    """Give (kind, sound) of the sounds made by arithmetic, at the loudness of speech."""
    for kind, make in _KINDS.items():
        for seed in range(_EACH):
            sound = make(np.random.default_rng(seed))
            yield kind, (0.2 * sound / np.abs(sound).max()).astype(np.float32)


def echo(playing: Audio, seed: int) -> Audio:
    """What a microphone hears of a loudspeaker: later, quieter, with the room in it and some noise."""
    random = np.random.default_rng(seed)
    delay = round(random.uniform(0.03, 0.2) * SAMPLE_RATE_HZ)
    room = _faded(_noise(random, 0.25), 0.001, 0.05) * random.uniform(0.02, 0.05)
    room[0] = 1.0
    heard = np.convolve(playing, room)[: len(playing)] * random.uniform(0.1, 0.4)
    heard = np.concatenate([np.zeros(delay), heard])[: len(playing)]
    return (heard + 0.001 * _noise(random, 1.0 + len(playing) / SAMPLE_RATE_HZ)[: len(playing)]).astype(
        np.float32
    )
