"""What the rest of the program asks of who judges a pause by its sound, and the scripted stand-in.

Words say whether a sentence is complete; how it was said tells whether more is coming. Whoever judges is
asked once a pause and gives evidence only: `conversation/turn_end.py` weighs it with everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from voice_coach.speech.transcriber import Audio

__all__ = ["NOTHING_HEARD", "ScriptedMelody", "TurnMelody"]

NOTHING_HEARD: Final = 0.5
"""The answer of who cannot tell."""


class TurnMelody(Protocol):
    """Judges how the sound before a pause ends. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """What it is, for a person who asks."""
        ...

    def probability(self, audio: Audio) -> float:
        """Give the probability (0 to 1) that a turn is over which ends with this sound.

        0.5 is no evidence either way: what is usual is left out of it.

        Args:
            audio: Shape (samples,), float32 in [-1, 1], 16 kHz, up to the moment the pause was noticed.
                Any length, even none; at most the last 8 s are listened to.
        """
        ...


class ScriptedMelody:
    """Answers from a list, then says nothing: for tests of logic."""

    name = "nothing else"

    def __init__(self, answers: Sequence[float] = ()) -> None:
        """Prepare the answers."""
        self._answers = list(answers)

    def probability(self, audio: Audio) -> float:
        """Give the next answer, whatever the sound."""
        del audio
        return self._answers.pop(0) if self._answers else NOTHING_HEARD
