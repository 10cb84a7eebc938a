"""A voice worker that speaks tones: the real process, pipes and frames, and no speech engine.

usage: python -m voice_coach_benchmarks.tone_worker ENGINE FOLDER (started by the fault suite's server)
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

from voice_coach.counterpart.reply import Delivery
from voice_coach.speech import voice_worker
from voice_coach.speech.voice import ScriptedVoice
from voice_coach.speech.voice_pipe import Manner, Sound

__all__ = ["TONES", "ToneSpeaker"]

TONES: Final = "tones"


class ToneSpeaker:
    """Says 60 ms of tone for each word."""

    def __init__(self, folder: Path, voice: str) -> None:
        """Need nothing."""
        del folder, voice
        self.voice = TONES
        self._voice = ScriptedVoice()

    def say(self, text: str, manner: Manner) -> Sound:
        """Give the tones."""
        del manner
        spoken = self._voice.speak(text, Delivery.CALM)
        return Sound(pcm=spoken.pcm, sample_rate_hz=spoken.sample_rate_hz)


if __name__ == "__main__":
    voice_worker.ENGINES = MappingProxyType({TONES: (__spec__.name, "ToneSpeaker")})
    voice_worker.main()
