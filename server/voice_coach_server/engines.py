"""The engines a server runs on, put together by whoever starts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from voice_coach.moves.recognizer import Recognizer
from voice_coach.speech.transcriber import Transcriber
from voice_coach.speech.turn_end import ScriptedMelody, TurnMelody
from voice_coach.speech.voice import Voice
from voice_coach.speech.voice_activity import VoiceActivity

__all__ = ["Engines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """One of each, shared by all sessions."""

    transcriber: Transcriber
    voice_activity: VoiceActivity
    voice: Voice
    recognizer: Recognizer
    melody: TurnMelody = field(default_factory=ScriptedMelody)
    """Judges pauses by their sound; one without answers leaves the words to decide."""
    reopen_transcriber: Callable[[], Transcriber] | None = None
    """Opens another recogniser like the first, should that hang."""
