"""Who is speaking, and who has the floor: decided on sample counts, without a clock and a model.

`SpeechGate` turns speech probabilities into the starts and pauses of speech. `is_taking_the_floor`
says whether words spoken over the counterpart are an interruption. When a turn is over stands in
`turn_end.py`.
"""

from __future__ import annotations

import re
from enum import StrEnum

from voice_coach.moves.encourager import is_encourager
from voice_coach.settings import TurnSettings

__all__ = ["GateSignal", "SpeechGate", "is_taking_the_floor"]

_WINDOW_SAMPLES = 512
_START_WINDOWS = 2
"""Voiced windows in a row (64 ms) that begin speech: a click is shorter."""
_PAUSE_WINDOWS = 3
"""Unvoiced windows in a row (96 ms) that pause it: the gap inside a stop consonant is shorter."""

_WORDS_TO_BE_SURE = 2
_ECHO_ERRORS = 0.3
"""Share of the words of an echo that may be misheard; a sentence of one's own has more new words."""
_NO_WORD = re.compile(r"(ha|he|heh|hah|ho)+h?|h*m+|ahem|a+h+|o+h+|u+h+|u+m+|e+r+m*")
"""How the recogniser spells laughter, a cleared throat and hums."""
_WORD = re.compile(r"[a-z']+")


class GateSignal(StrEnum):
    """What the gate noticed."""

    STARTED = "started"
    PAUSED = "paused"


class SpeechGate:
    """Hysteresis over the speech probabilities of consecutive 512-sample windows."""

    def __init__(self, settings: TurnSettings, first_sample: int = 0) -> None:
        """Begin in silence, with the window that begins at `first_sample`."""
        self._settings = settings
        self._next_sample = first_sample
        self._speaking = False
        self._run = 0
        self._run_started_at = 0

    def restart(self) -> None:
        """Take what comes next for silence until it is speech again; the count of samples goes on."""
        self._speaking = False
        self._run = 0

    def process(self, probability: float) -> tuple[GateSignal, int] | None:
        """Take the next window's probability; give a signal and the sample it dates from, or None."""
        window_start = self._next_sample
        self._next_sample += _WINDOW_SAMPLES
        settings = self._settings
        towards_change = (
            probability < settings.silence_threshold
            if self._speaking
            else probability >= settings.speech_threshold
        )
        if not towards_change:
            self._run = 0
            return None
        if self._run == 0:
            self._run_started_at = window_start
        self._run += 1
        if self._run < (_PAUSE_WINDOWS if self._speaking else _START_WINDOWS):
            return None
        self._run = 0
        self._speaking = not self._speaking
        signal = GateSignal.STARTED if self._speaking else GateSignal.PAUSED
        return signal, self._run_started_at


def is_taking_the_floor(text: str, counterpart_saying: str, *, final: bool) -> bool:
    """Say whether words heard over the counterpart's voice mean to stop it.

    An encourager ("mm-hm", "I see") does not, and neither does the counterpart's own voice coming
    back through the microphone, of which the recogniser may get a word wrong.

    Args:
        text: The words.
        counterpart_saying: The reply that is being spoken.
        final: False while the words still grow: one word may yet become "I see".
    """
    words = _WORD.findall(text.lower())
    if (
        not words
        or is_encourager(text)
        or all(map(_NO_WORD.fullmatch, words))
        or (len(words) < _WORDS_TO_BE_SURE and not final)
    ):
        return False
    own = set(_WORD.findall(counterpart_saying.lower()))
    return sum(word not in own for word in words) > _ECHO_ERRORS * len(words)
