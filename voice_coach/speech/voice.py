"""What the rest of the program asks of a voice, and the scripted one for logic tests."""

from __future__ import annotations

from typing import Protocol

import msgspec
import numpy as np

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.errors import VoiceError
from voice_coach.speech.sentence import speakable

__all__ = ["USUAL_STYLE", "ScriptedVoice", "Spoken", "Voice"]

USUAL_STYLE = VoiceStyle()
"""The voice of somebody of whom nothing else is said."""


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """One spoken sentence, or a part of one."""

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

    def parts(self, sentence: str) -> tuple[str, ...]:
        """Say in which parts to give a sentence to `speak` for its sound to begin soon.

        A quick voice gives the sentence back whole. The parts' words are the sentence's, in order.
        """
        ...

    def speak(self, sentence: str, delivery: Delivery, style: VoiceStyle = USUAL_STYLE) -> Spoken:
        """Synthesise one sentence, or one of its parts (at most 1,000 characters).

        Args:
            sentence: The words. What follows them depends on their end: a breath after a part, a pause
                after a sentence.
            delivery: The mood of this line.
            style: The person who says it; the same person sounds the same in the whole call.

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
        self.styles: list[VoiceStyle] = []
        """The style of each."""
        self._closed = False

    def parts(self, sentence: str) -> tuple[str, ...]:
        """A tone takes no time to make: the sentence as it is."""
        return (sentence,)

    def speak(self, sentence: str, delivery: Delivery, style: VoiceStyle = USUAL_STYLE) -> Spoken:
        """Remember the sentence and give its tone.

        Raises:
            VoiceError: There is nothing to say or too much, or the voice is closed; as a real voice.
        """
        speakable(sentence)
        if self._closed:
            raise VoiceError("The voice is closed, so it cannot speak any more.")
        self.spoken.append((sentence, delivery))
        self.styles.append(style)
        samples = int(0.06 * len(sentence.split()) * self._sample_rate_hz)
        tone = 3000 * np.sin(2 * np.pi * 220 * np.arange(samples) / self._sample_rate_hz)
        return Spoken(pcm=tone.astype("<i2").tobytes(), sample_rate_hz=self._sample_rate_hz)

    def close(self) -> None:
        """Refuse to speak from now on; there is nothing to release."""
        self._closed = True
