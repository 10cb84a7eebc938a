"""Opens what the settings want to judge pauses by their sound."""

from __future__ import annotations

from voice_coach.settings import Melody
from voice_coach.speech.pitch_fall import PitchFall
from voice_coach.speech.smart_turn import SmartTurn, is_installed
from voice_coach.speech.turn_end import ScriptedMelody, TurnMelody

__all__ = ["open_melody"]


def open_melody(wanted: Melody) -> TurnMelody:
    """Open it.

    Raises:
        ModelError: The network is wanted, or installed, and cannot be loaded.
    """
    match wanted:
        case Melody.NONE:
            return ScriptedMelody()
        case Melody.AUTO if not is_installed():
            return PitchFall()
        case Melody.PITCH:
            return PitchFall()
    return SmartTurn()
