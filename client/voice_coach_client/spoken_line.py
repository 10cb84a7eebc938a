"""What the scripted trainee says, as sound whose true end is known to the sample."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

import msgspec
import numpy as np

from voice_coach.counterpart.reply import Delivery
from voice_coach.errors import VoiceError
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.voice import Spoken, Voice
from voice_coach_client.resampling import resample

__all__ = ["AUDIBLE", "Line", "SpokenLine", "first_audible", "speak_lines"]

AUDIBLE = 328
"""Amplitude (of 32,767) from which a sample counts as heard: one hundredth of full scale."""

_SENTENCE_END = re.compile(r"(?<=[.?!…])\s+")


class Line(Protocol):
    """One line of a script."""

    @property
    def text(self) -> str:
        """What is said."""
        ...

    @property
    def silence_before_seconds(self) -> float:
        """How long the trainee is silent before it."""
        ...


class SpokenLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the trainee, spoken."""

    text: str
    silence_before_seconds: float
    pcm: bytes
    """16-bit mono at 16 kHz, cut at its first and last audible sample: its end is the end of speech."""


def speak_lines(
    lines: Iterable[Line], voice: Voice, delivery: Delivery = Delivery.CALM
) -> tuple[SpokenLine, ...]:
    """Speak each line, sentence by sentence. Blocking.

    Raises:
        VoiceError: The voice failed, or gave a line without any audible sample.
    """
    return tuple(
        SpokenLine(
            text=line.text,
            silence_before_seconds=line.silence_before_seconds,
            pcm=_speak(line.text, voice, delivery),
        )
        for line in lines
    )


def first_audible(pcm: bytes) -> int | None:
    """Give the index of the first audible sample of 16-bit mono sound, `None` when there is none."""
    audible = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) >= AUDIBLE)
    return int(audible[0]) if len(audible) else None


def _speak(text: str, voice: Voice, delivery: Delivery) -> bytes:
    spoken = [voice.speak(sentence, delivery) for sentence in _SENTENCE_END.split(text.strip())]
    pcm = b"".join(_at_ears_rate(sentence) for sentence in spoken)
    audible = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) >= AUDIBLE)
    if not len(audible):
        raise VoiceError(f"The voice {voice.name} gave no sound for a line of {len(text)} characters.")
    return pcm[2 * int(audible[0]) : 2 * int(audible[-1]) + 2]


def _at_ears_rate(spoken: Spoken) -> bytes:
    return resample(spoken.pcm, spoken.sample_rate_hz, SAMPLE_RATE_HZ)
