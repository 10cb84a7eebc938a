"""Is the turn over? How long a silence must last before it is, from what is known about it.

A silence of `s` seconds ends the turn when the odds that it does reach a threshold. Three things move
the odds: the words so far (a complete sentence makes the end likely, a trailing "because" unlikely), how
they were said (a voice that has fallen makes it likely), and the silence itself: pauses inside a turn are
short and long ones ever rarer, so each further moment of silence multiplies the odds. Solved for `s`, the
silence that is needed falls linearly with the sum of the log-odds of words and melody. The session's
settings name two points of that line, the silence after a complete sentence and after an unfinished one
when the melody says nothing. What lies between them is doubt, and where there is doubt the trainee's own
pauses stretch the silence.
"""

from __future__ import annotations

import math
import re
from collections import deque
from enum import Enum
from typing import Final

from voice_coach.settings import TurnSettings

__all__ = ["NO_MELODY", "Completeness", "PauseHabit", "completeness", "silence_needed"]

NO_MELODY: Final = 0.5
"""The probability that moves nothing: how the words were said is not known."""


class Completeness(Enum):
    """How likely the turn is over after these words, when nothing is known but the words.

    Round numbers on purpose: what counts is their order, and that the recogniser's full stop is weak
    evidence, because it puts one after fragments as well.
    """

    SAID = 0.9
    """A sentence that may stand as it is."""
    UNMARKED = 0.6
    """No sign at its end: the recogniser itself heard no end."""
    LISTING = 0.3
    """A list that has not come to its "and"."""
    UNFINISHED = 0.1
    """It ends on a word that asks for more, a filler, a comma or an open label ("it sounds like you")."""
    WORDLESS = 0.0
    """Nothing was understood: no words to judge by."""


_WORD = re.compile(r"[a-z']+")
_ASKS_FOR_MORE = frozenset({
    "a", "although", "an", "and", "as", "because", "but", "er", "erm", "i", "i'm", "if", "into",
    "it's", "my", "or", "our", "than", "the", "their", "they're", "uh", "um", "we", "while", "whose",
    "you're", "your",
})  # fmt: skip
"""No turn ends on one of these, whatever mark stands behind it: function words, and fillers."""
_SELDOM_LAST = frozenset({
    "about", "also", "at", "by", "for", "from", "her", "in", "is", "like", "of", "on", "so", "then",
    "these", "this", "those", "to", "very", "was", "were", "what", "when", "where", "which", "who",
    "with", "without",
})  # fmt: skip
"""These ask for more too, unless a mark says that the voice ended there: "what is this about?"."""
_OPEN_LABEL = re.compile(
    r"\b(sounds?|seems?|looks?|feels?) (like|as if|as though|that)"
    r"( (you|they|we|it|there|that|this|he|she))?"
    r"( (feel|felt|have|had|are|want|wanted|might|would))?$"
)
"""A label whose content is still to come: the stem, at most a pronoun and a helping verb."""
_LISTING = re.compile(r"(, (?!and\b|or\b)[\w']+( [\w']+)?){2}$")
"""Two short items after commas and no "and" before the last."""

_PAUSES_KEPT: Final = 20
_USUAL_PAUSES_SECONDS: Final = (0.3, 0.3, 0.3, 0.3)
"""What is believed of a trainee who has not paused yet: a median pause of fluent speech, and enough of
them that one long thought does not slow the whole call."""
_SHORTEST_PAUSE_SECONDS: Final = 0.2
"""Shorter silences are articulation, not pauses."""
_QUANTILE: Final = 0.75
_MOST_STRETCH: Final = 2.0
_REAL_DOUBT: Final = 0.1
"""Share of the way from said to unfinished from which a pause may be one of this trainee's own."""
_SUREST_MELODY: Final = 0.98
"""However sure a melody sounds, it is one witness: a trailing "because" still counts against it."""


def completeness(text: str) -> Completeness:
    """Judge the words so far, punctuation included. Pure spelling: no grammar and no model."""
    # An ellipsis says nothing: Whisper writes one wherever the audio ends without a falling voice.
    shown = text.rstrip(" .…")
    bare = shown.lower().rstrip("?!")
    words = _WORD.findall(bare)
    if not words:
        return Completeness.WORDLESS
    trails_off = text.rstrip().endswith(("..", "…"))
    marked = text.rstrip().endswith((".", "?", "!", "…"))
    if shown.endswith((",", "-")) or words[-1] in _ASKS_FOR_MORE or _OPEN_LABEL.search(bare):
        return Completeness.UNFINISHED
    if words[-1] in _SELDOM_LAST and (trails_off or not marked):
        return Completeness.UNFINISHED
    if _LISTING.search(bare):
        return Completeness.LISTING
    return Completeness.SAID if marked else Completeness.UNMARKED


class PauseHabit:
    """How long this trainee pauses inside turns, learnt during the call."""

    def __init__(self) -> None:
        """Begin with what is usual."""
        self._pauses: deque[float] = deque(_USUAL_PAUSES_SECONDS, maxlen=_PAUSES_KEPT)

    def note(self, seconds: float) -> None:
        """Learn from a silence that turned out to be inside a turn."""
        if seconds >= _SHORTEST_PAUSE_SECONDS:
            self._pauses.append(seconds)

    @property
    def stretch(self) -> float:
        """Factor (1 to 2) on a silence that is in doubt: this trainee's long pauses against the usual.

        Never below 1: somebody who hurries is served by short silences anyway, and being cut off costs
        a person more than waiting a moment.
        """
        pauses = sorted(self._pauses)
        long_pause = pauses[round(_QUANTILE * (len(pauses) - 1))]
        usual = _USUAL_PAUSES_SECONDS[-1]
        return min(max(long_pause / usual, 1.0), _MOST_STRETCH)


def silence_needed(
    text: str, habit: PauseHabit, settings: TurnSettings, melody: float = NO_MELODY
) -> float:
    """Give the silence in seconds that ends the turn after these words.

    Between `patience_seconds` and `unfinished_patience_seconds`, and never more than
    `longest_silence_seconds`, whatever the words, the habit and the melody.

    Args:
        text: The words so far, punctuation included.
        habit: How long this trainee pauses.
        settings: The two silences between which it lies, and the cap.
        melody: Probability (0 to 1) that the turn is over, by its sound alone.
    """
    judged = completeness(text)
    if judged is Completeness.WORDLESS:
        return settings.longest_silence_seconds
    said, unfinished = _log_odds(Completeness.SAID.value), _log_odds(Completeness.UNFINISHED.value)
    heard = _log_odds(min(max(melody, 1 - _SUREST_MELODY), _SUREST_MELODY))
    doubt = min(max((said - _log_odds(judged.value) - heard) / (said - unfinished), 0.0), 1.0)
    longest = max(settings.unfinished_patience_seconds, settings.patience_seconds)
    silence = settings.patience_seconds + doubt * (longest - settings.patience_seconds)
    silence *= 1 + (habit.stretch - 1) * min(doubt / _REAL_DOUBT, 1.0)
    return min(silence, longest, settings.longest_silence_seconds)


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))
