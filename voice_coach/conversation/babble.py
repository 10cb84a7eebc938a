"""What a recogniser writes when somebody laughs, hums or clears their throat: letters, but no words."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_babble"]

_WORD: Final = re.compile(r"[a-z']+")
_NO_WORD: Final = re.compile(r"[bp]?[aeouhm]*[hm]|a+ha+|(ha|he|ho)+|[b-hj-z]")
"""Breath, hums and vowels between them ("uh-huh", "umhum", "buh-huh", "ahem"), and single letters."""
_INSISTED: Final = frozenset({
    "but", "enough", "excuse", "hello", "hey", "hold", "listen", "look", "never", "no", "nope", "not",
    "please", "sorry", "stop", "wait", "well", "what", "when", "where", "who", "why", "wrong",
})  # fmt: skip
"""What people do say twice to take the floor."""


def is_babble(text: str) -> bool:
    """True for no words at all, and for one word again and again that nobody insists on.

    Laughter comes out of the recogniser as "ha ha", but as often as "beep, beep, beep" or "t-t-t-t": one
    short sound, as often as it was heard.
    """
    words = _WORD.findall(text.lower())
    if all(_NO_WORD.fullmatch(word) for word in words):
        return True
    return len(words) > 1 and len(set(words)) == 1 and words[0] not in _INSISTED
