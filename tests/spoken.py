"""Speech for every test that needs some: the project's own voice, at the ears' rate, made once."""

from __future__ import annotations

from contextlib import closing
from functools import cache

import numpy as np

from voice_coach.counterpart.reply import Delivery
from voice_coach.settings import VoiceSettings
from voice_coach.speech.audio import pcm_to_float
from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach_client.resampling import resample

__all__ = ["silence", "spoken"]


@cache
def spoken(text: str) -> Audio:
    """Speak one sentence calmly. Shared between tests: the array cannot be written to.

    By a voice that has said nothing before: eSpeak speaks a sentence a little differently after another,
    and a test must not hear which tests came before it.
    """
    with closing(Pyttsx3Voice(VoiceSettings())) as voice:
        sound = voice.speak(text, Delivery.CALM)
    audio = pcm_to_float(resample(sound.pcm, sound.sample_rate_hz, SAMPLE_RATE_HZ))
    audio.flags.writeable = False
    return audio


def silence(seconds: float) -> Audio:
    """Digital silence."""
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), dtype=np.float32)
