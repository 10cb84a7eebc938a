"""Whether an answer of the recogniser can be one.

A recogniser is somebody else's code, on memory that may be broken. What it gives is looked at before a
call believes it: an answer that cannot be shown or kept costs itself, and neither a call nor the queue.
"""

from __future__ import annotations

import math
import re
from typing import Final

from voice_coach.speech.transcriber import Transcript

__all__ = ["can_be_believed"]

_MOST_LETTERS_PER_SECOND: Final = 1_000
"""Fifty times what the fastest speaker says."""
_NO_TEXT: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
"""Control characters, and halves of pairs that no file can hold."""


def can_be_believed(answer: object, audio_seconds: float) -> bool:
    """Whether an answer about so much sound is a transcript that can be shown and kept."""
    if not isinstance(answer, Transcript) or not isinstance(answer.text, str):
        return False
    return (
        len(answer.text) <= _MOST_LETTERS_PER_SECOND * (audio_seconds + 1)
        and _NO_TEXT.search(answer.text) is None
        and math.isfinite(answer.decode_seconds)
    )
