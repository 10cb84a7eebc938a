"""The counterpart's voice by pyttsx3: eSpeak NG on Linux, the system's own voices elsewhere."""

from __future__ import annotations

import sys

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.settings import VoiceSettings
from voice_coach.speech.process_voice import FASTEST_WPM, SLOWEST_WPM, ProcessVoice
from voice_coach.speech.prosody import PACE_RATE, PROSODY, REGISTER_PITCH
from voice_coach.speech.voice_pipe import Pyttsx3Manner, Say

__all__ = ["Pyttsx3Voice"]

_DRIVERS = {"darwin": "nsss", "win32": "sapi5"}
"""pyttsx3's default driver by `sys.platform`; eSpeak everywhere else."""
_LOWEST_PITCH, _HIGHEST_PITCH = 0, 99


class Pyttsx3Voice(ProcessVoice):
    """The plain voice, always installed."""

    def __init__(self, settings: VoiceSettings) -> None:
        """Start the worker in the background, without waiting for it.

        Raises:
            SettingsError: A rate or a timeout that no voice can keep.
            VoiceError: No process can be started.
        """
        super().__init__(settings, engine="pyttsx3", voice=settings.voice)

    @property
    def name(self) -> str:
        """`pyttsx3/` and its driver, such as `pyttsx3/espeak`."""
        return f"pyttsx3/{_DRIVERS.get(sys.platform, 'espeak')}"

    def parts(self, sentence: str) -> tuple[str, ...]:
        """Any sentence takes some hundredths of a second: it stays whole."""
        return (sentence,)

    def _say_frame(self, text: str, delivery: Delivery, style: VoiceStyle) -> Say:
        prosody = PROSODY[delivery]
        words_per_minute = round(self._settings.words_per_minute * prosody.rate * PACE_RATE[style.pace])
        pitch = prosody.pitch + REGISTER_PITCH[style.register]
        manner = Pyttsx3Manner(
            words_per_minute=min(max(words_per_minute, SLOWEST_WPM), FASTEST_WPM),
            pitch=min(max(pitch, _LOWEST_PITCH), _HIGHEST_PITCH),
            inflection=prosody.inflection,
            volume=prosody.volume,
        )
        return Say(text=text, manner=manner)
