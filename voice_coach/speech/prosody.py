"""How a delivery and a person sound: rate, pitch, inflection, volume, and the pause after the sentence.

Every number is a point on the engine's own scale around the voice's normal, chosen by measuring:
each delivery stays intelligible, and each differs from calm in at least two things one can hear. All
lie a little below the voice's normal height, where a recogniser misheard half as many words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec
import numpy as np

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import Pace, Register
from voice_coach.errors import VoiceError

__all__ = ["PACE_RATE", "PIPER_VOLUME", "PROSODY", "REGISTER_PITCH", "Prosody", "gap_seconds", "trim"]

_LEAD_SECONDS = 0.010
"""Kept before the first audible sample: a soft consonant begins below the threshold."""
_DECAY_SECONDS = 0.030
"""Kept after the last audible sample: the room of the last sound, faded out."""
_FADE_SECONDS = 0.003
_AUDIBLE = 0.01
"""Share of the peak from which a sample counts as audible: 40 dB below it."""
_SILENT_PEAK = 64
"""A peak below this (of 32,767) is no speech at all."""


class Prosody(msgspec.Struct, frozen=True, kw_only=True):
    """One way to speak."""

    rate: float
    """Factor on the words per minute of the settings."""
    pitch: int
    """0 to 100; 50 is the voice's own height. Used where the engine knows pitch (eSpeak)."""
    inflection: int
    """0 (monotone) to 100; 50 is the voice's own range of pitch. eSpeak only."""
    volume: float
    """0 to 1; pyttsx3 only, see `PIPER_VOLUME`."""
    gap_seconds: float
    """Silence after the sentence, before the next one."""


PROSODY: Mapping[Delivery, Prosody] = MappingProxyType(
    {
        Delivery.CALM: Prosody(rate=1.0, pitch=38, inflection=50, volume=0.8, gap_seconds=0.16),
        # Held back: slower, lower, nearly flat, and a longer pause as if weighing each word.
        Delivery.GUARDED: Prosody(rate=0.9, pitch=28, inflection=25, volume=0.7, gap_seconds=0.2),
        # Clipped: faster, tighter, louder, and hardly a pause.
        Delivery.IRRITATED: Prosody(rate=1.15, pitch=48, inflection=60, volume=0.95, gap_seconds=0.12),
        # Unhurried with a smile in it: higher and more melodious than calm, but slower and not louder.
        Delivery.WARM: Prosody(rate=0.93, pitch=48, inflection=68, volume=0.8, gap_seconds=0.18),
        Delivery.DELIGHTED: Prosody(rate=1.06, pitch=59, inflection=88, volume=0.9, gap_seconds=0.14),
    }
)

PIPER_VOLUME: Mapping[Delivery, float] = MappingProxyType(
    {
        Delivery.CALM: 1.05,
        Delivery.GUARDED: 0.8,
        Delivery.IRRITATED: 1.35,
        Delivery.WARM: 0.9,
        Delivery.DELIGHTED: 1.25,
    }
)
"""Factor on the loudness the model gives, whose loudest sample is about two thirds of full scale: no
delivery clips. Piper has no measure of pitch: its other noises change it by less than one can hear."""

PACE_RATE: Mapping[Pace, float] = MappingProxyType({Pace.SLOW: 0.88, Pace.EVEN: 1.0, Pace.QUICK: 1.12})
"""Factor on the rate, whatever the delivery: smaller steps than from guarded to irritated."""

REGISTER_PITCH: Mapping[Register, int] = MappingProxyType(
    {Register.LOW: -18, Register.MIDDLE: 0, Register.HIGH: 18}
)
"""Added to the pitch, whatever the delivery. eSpeak only: Piper's one speaker has one height, and sound
that is only played faster or slower takes on the size of a dwarf or a giant."""

_BREATH_SECONDS = 0.07
"""After a part of a sentence: as long as the voice itself rests at a comma."""
_ENDS = frozenset(".?!…")
_CLOSING = "\"')”\u2019"


def gap_seconds(text: str, delivery: Delivery) -> float:
    """Give the silence after these words: after a part of a sentence only a breath."""
    ends = text.rstrip(_CLOSING)[-1:] in _ENDS
    return PROSODY[delivery].gap_seconds if ends else _BREATH_SECONDS


def trim(pcm: bytes, sample_rate_hz: int, gap_seconds: float) -> bytes:
    """Cut the silence an engine puts around a sentence, and end it with exactly the wanted gap.

    What comes back starts at most 10 ms before the first audible sample (engines add up to a quarter
    of a second, which a listener would wait for) and ends `gap_seconds` after the last one.

    Args:
        pcm: Signed 16-bit little-endian mono samples.
        sample_rate_hz: Their rate.
        gap_seconds: Silence after the last audible sample.

    Raises:
        VoiceError: There is no sound in it.
    """
    samples = np.frombuffer(pcm, "<i2").astype(np.float32)
    level = np.abs(samples)
    peak = float(level.max(initial=0.0))
    if peak < _SILENT_PEAK:
        raise VoiceError("The voice engine gave silence instead of speech.")
    audible = np.flatnonzero(level >= _AUDIBLE * peak)
    first, last = int(audible[0]), int(audible[-1])
    start = max(0, first - round(_LEAD_SECONDS * sample_rate_hz))
    stop = min(len(samples), last + 1 + round(_DECAY_SECONDS * sample_rate_hz))
    kept = samples[start:stop].copy()
    # Faded, because a cut in the middle of a wave is a click. The fade in ends before the first audible
    # sample where there is room; the fade out spans the whole decay.
    _fade(kept, min(first - start, round(_FADE_SECONDS * sample_rate_hz)), stop - last - 1)
    quiet = max(0, round(gap_seconds * sample_rate_hz) - (stop - last - 1))
    return np.append(np.round(kept), np.zeros(quiet)).astype("<i2").tobytes()


def _fade(samples: np.ndarray[tuple[int], np.dtype[np.float32]], fade_in: int, fade_out: int) -> None:
    samples[:fade_in] *= np.linspace(0.0, 1.0, fade_in, dtype=np.float32)
    if fade_out:
        samples[-fade_out:] *= np.linspace(1.0, 0.0, fade_out, dtype=np.float32)
