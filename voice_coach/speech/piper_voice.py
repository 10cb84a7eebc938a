"""The counterpart's natural voice by Piper: optional, and loaded only in a process of its own."""

from __future__ import annotations

from pathlib import Path

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.settings import VoiceSettings
from voice_coach.speech.breaths import breaths
from voice_coach.speech.piper_model import PACKAGED_VOICE, require_piper
from voice_coach.speech.process_voice import ProcessVoice
from voice_coach.speech.prosody import PACE_RATE, PIPER_VOLUME, PROSODY
from voice_coach.speech.voice_pipe import PiperManner, Say

__all__ = ["PiperVoice"]

_OWN_WORDS_PER_MINUTE = 165
"""What the settings call the model's own pace, which is eSpeak's at the same number."""
_STIFFNESS = 1.5
"""Every sound lasts a whole number of frames, and the model rounds up: a length scale changes the length
of a sentence by two thirds of what it says."""


class PiperVoice(ProcessVoice):
    """The natural voice. It has one speaker: of a person's style it takes the pace, not the register."""

    def __init__(self, settings: VoiceSettings) -> None:
        """Start the worker in the background, without waiting for it.

        Raises:
            SettingsError: A rate or a timeout that no voice can keep.
            VoiceError: Piper or its voice is not installed, or no process can be started.
        """
        require_piper(settings.piper_model)
        super().__init__(settings, engine="piper", voice=settings.piper_model)

    @property
    def name(self) -> str:
        """`piper/` and the model, such as `piper/en_US-joe-medium`."""
        return f"piper/{Path(self._settings.piper_model).stem or PACKAGED_VOICE}"

    def parts(self, sentence: str) -> tuple[str, ...]:
        """Give a long sentence in two parts: the second is made while the first one sounds."""
        return breaths(sentence)

    def _say_frame(self, text: str, delivery: Delivery, style: VoiceStyle) -> Say:
        rate = self._settings.words_per_minute / _OWN_WORDS_PER_MINUTE
        rate *= PROSODY[delivery].rate * PACE_RATE[style.pace]
        # The model hears an exclamation mark: a twentieth higher, and livelier.
        lively = delivery is Delivery.DELIGHTED and text.endswith(".") and not text.endswith("..")
        return Say(
            text=f"{text[:-1]}!" if lively else text,
            manner=PiperManner(length_scale=rate**-_STIFFNESS, volume=PIPER_VOLUME[delivery]),
        )
