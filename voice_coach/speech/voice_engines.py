"""The voice that the settings ask for; only that engine's adapter is imported."""

from __future__ import annotations

from voice_coach.settings import VoiceEngine, VoiceSettings
from voice_coach.speech.process_voice import ProcessVoice

__all__ = ["open_voice"]


def open_voice(settings: VoiceSettings) -> ProcessVoice:
    """Start the voice in the background; `warm_up` waits for it.

    Raises:
        SettingsError: A rate or a timeout that no voice can keep.
        VoiceError: Its packages are not installed, or no process can be started.
    """
    if settings.engine is VoiceEngine.PIPER:
        from voice_coach.speech.piper_voice import PiperVoice  # noqa: PLC0415

        return PiperVoice(settings)
    from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice  # noqa: PLC0415

    return Pyttsx3Voice(settings)
