"""Small signs of listening ("mm-hm", "I see", "go on") that take no turn and interrupt nobody."""

from __future__ import annotations

from voice_coach.moves.words import read_words

__all__ = ["is_encourager"]

_MOST_WORDS = 3
_SMALL = frozenset(
    {"mmhm", "right", "okay", "sure", "yeah", "yes", "oh", "wow", "alright", "huh", "really", "uh", "ah"}
)
_PHRASES = frozenset(
    {
        "i see",
        "go on",
        "got it",
        "i understand",
        "i hear you",
        "keep going",
        "of course",
        "i get it",
        "all right",
    }
)


def is_encourager(text: str) -> bool:
    """True for one or two small words, or a small phrase with at most one of them before it."""
    words = [word.text for word in read_words(text).words if not word.is_mark]
    if not words:
        # "Hm." and "Um" are passed over as words, and still they are what was heard.
        return any(character.isalpha() for character in text)
    if len(words) > _MOST_WORDS:
        return False
    if all(word in _SMALL for word in words):
        return True
    return " ".join(words) in _PHRASES or (words[0] in _SMALL and " ".join(words[1:]) in _PHRASES)
