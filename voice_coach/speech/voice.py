"""What the rest of the program asks of a voice, and the scripted one for logic tests."""

from __future__ import annotations

from typing import Protocol

import msgspec
import numpy as np

from voice_coach.counterpart.reply import Delivery
from voice_coach.errors import VoiceError
from voice_coach.speech.sentence import speakable

__all__ = ["ScriptedVoice", "Spoken", "Voice"]


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """One spoken sentence."""

    pcm: bytes
    """Signed 16-bit little-endian mono samples."""
    sample_rate_hz: int

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return len(self.pcm) / 2 / self.sample_rate_hz


class Voice(Protocol):
    """A voice that turns one sentence at a time into sound. Blocking; safe from several threads."""

    @property
    def name(self) -> str:
        """For the journal's header and `doctor`, such as `pyttsx3/espeak`."""
        ...

    def speak(self, sentence: str, delivery: Delivery) -> Spoken:
        """Synthesise one sentence (at most 1,000 characters).

        Raises:
            VoiceError: No sound could be made, even after the worker was restarted once.
        """
        ...

    def close(self) -> None:
        """Release the worker. Idempotent; `speak` afterwards raises `VoiceError`."""
        ...


class ScriptedVoice:
    """Makes a quiet tone of 60 ms per word: for logic tests only."""

    name = "scripted"

    def __init__(self, sample_rate_hz: int = 22_050) -> None:
        """Choose the rate of the tone."""
        self._sample_rate_hz = sample_rate_hz
        self.spoken: list[tuple[str, Delivery]] = []
        self._closed = False

    def speak(self, sentence: str, delivery: Delivery) -> Spoken:
        """Remember the sentence and give its tone.

        Raises:
            VoiceError: There is nothing to say or too much, or the voice is closed; as a real voice.
        """
        speakable(sentence)
        if self._closed:
            raise VoiceError("The voice is closed, so it cannot speak any more.")
        self.spoken.append((sentence, delivery))
        samples = int(0.06 * len(sentence.split()) * self._sample_rate_hz)
        tone = 3000 * np.sin(2 * np.pi * 220 * np.arange(samples) / self._sample_rate_hz)
        return Spoken(pcm=tone.astype("<i2").tobytes(), sample_rate_hz=self._sample_rate_hz)

    def close(self) -> None:
        """Refuse to speak from now on; there is nothing to release."""
        self._closed = True
