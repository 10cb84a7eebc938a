"""What a voice may be given to say: one sentence of plain words, nothing an engine would obey.

Speech engines read commands out of text: eSpeak obeys control-A, macOS obeys `[[...]]`, Windows takes
text that begins with `<` for XML. Here all of that becomes plain words before any engine sees it.
"""

from __future__ import annotations

import unicodedata

from voice_coach.errors import VoiceError

__all__ = ["LONGEST_SENTENCE_CHARACTERS", "speakable"]

LONGEST_SENTENCE_CHARACTERS = 1000
"""About a minute of speech: more than anybody says in one sentence."""

_BRACKETS = frozenset("<>[]{}")
_JOINED = {"\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": ""}
"""Invisible marks inside words: dropped, so that the word stays whole."""


def speakable(sentence: str) -> str:
    """Give the sentence as plain words on one line.

    Brackets, control characters and what is no character at all become spaces; the words between
    them stay.

    Raises:
        VoiceError: It is longer than 1,000 characters, or has no letter or digit to say.
    """
    if len(sentence) > LONGEST_SENTENCE_CHARACTERS:
        raise VoiceError(
            f"A sentence of {len(sentence)} characters is too long to be said at once; "
            f"split it into sentences of at most {LONGEST_SENTENCE_CHARACTERS}."
        )
    plain = " ".join("".join(map(_plain, sentence)).split())
    if not any(character.isalnum() for character in plain):
        raise VoiceError("A sentence without a single letter or digit cannot be said; give it words.")
    return plain


def _plain(character: str) -> str:
    if character in _JOINED:
        return _JOINED[character]
    # Category C: control, format, surrogate, private use and unassigned.
    if character in _BRACKETS or unicodedata.category(character).startswith("C"):
        return " "
    return character
