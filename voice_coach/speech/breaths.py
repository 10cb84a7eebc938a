"""Where a speaker draws breath: a long sentence in parts, so that its beginning can sound at once."""

from __future__ import annotations

import re

__all__ = ["breaths"]

_LONGEST_BEGINNING_CHARACTERS = 60
_SHORTEST_PART_CHARACTERS = 12
_AT_A_MARK = re.compile(r"[,;:–—](?=\s)")  # noqa: RUF001 - both dashes part a sentence
_BEFORE_A_JOINT = re.compile(r"\s(?=(?:and|because|but|if|or|so|when|while)\s)")


def breaths(sentence: str) -> tuple[str, ...]:
    """Give the sentence as one part, or as two when it is long and has a place to breathe.

    The first part is as long as allowed, so that its sound covers the making of the second one. A comma,
    colon, semicolon or dash is a better place than a conjunction.

    Args:
        sentence: Plain words on one line.

    Returns:
        One or two parts; joined by a space they are the sentence.
    """
    if len(sentence) <= _LONGEST_BEGINNING_CHARACTERS:
        return (sentence,)
    last = min(_LONGEST_BEGINNING_CHARACTERS, len(sentence) - _SHORTEST_PART_CHARACTERS)
    for places in (
        [found.end() for found in _AT_A_MARK.finditer(sentence)],
        [found.start() for found in _BEFORE_A_JOINT.finditer(sentence)],
    ):
        fitting = [place for place in places if _SHORTEST_PART_CHARACTERS <= place <= last]
        if fitting:
            return sentence[: fitting[-1]], sentence[fitting[-1] + 1 :]
    return (sentence,)
