"""When two words count as the same: inflections, synonyms of the everyday, small recognition errors."""

from __future__ import annotations

from functools import lru_cache

from voice_coach.moves.inflection import stem
from voice_coach.moves.spelling import word_set

__all__ = ["FUNCTION_WORDS", "SHORTEST_FUZZY", "content_stems", "is_alike", "sounds_alike"]

FUNCTION_WORDS = word_set("""
a an the this that these those and or but if so because as than then while when where what who whom
whose which why how i me my mine myself we us our ours you your yours yourself he him his she her
hers it its they them their theirs am is are was were be been being 's have has had having do does
did doing done will would can could shall should may might must to of in on at by for with from
about into onto over up down out off through after before between around not no yes yeah okay well
right oh mmhm just really very quite too also still even only again here there now like kind sort
thing things stuff lot bit some any all both each every more most much many such own same other one
ones get got go going know think mean guess say said want let sure maybe probably actually basically
something anything everything nothing someone anyone good great thank thanks please feel feeling
sound sounds seem seems look looks tell told see huh um uh way make made come came take took put
always never ever
""")
"""Words that carry no topic of their own: repeating them proves nothing."""

SHORTEST_FUZZY = 6
"""Shorter words must be said exactly, or in an inflection."""
_LONG_WORD = 9
_BONY_WORD = 7
_NO_VOWELS = str.maketrans("", "", "aeiouy")


def content_stems(words: list[str]) -> list[str]:
    """Stems of the words that carry a topic, in order."""
    return [stem(word) for word in words if word not in FUNCTION_WORDS and len(word) > 1]


@lru_cache(maxsize=50_000)
def is_alike(said: str, meant: str) -> bool:
    """True when a word said is a form of the word meant, or a small recognition error away from it."""
    if said == meant or stem(said) == stem(meant):
        return True
    return sounds_alike(said, meant)


def sounds_alike(said: str, meant: str) -> bool:
    """True for two words that begin alike and differ by one letter, or by vowels only in a long one."""
    if min(len(said), len(meant)) < SHORTEST_FUZZY or said[0] != meant[0]:
        return False
    shortest = min(len(said), len(meant))
    same_bones = shortest >= _BONY_WORD and said.translate(_NO_VOWELS) == meant.translate(_NO_VOWELS)
    allowed = 2 if shortest >= _LONG_WORD or same_bones else 1
    return _distance_within(said, meant, allowed)


def _distance_within(one: str, other: str, allowed: int) -> bool:
    if abs(len(one) - len(other)) > allowed:
        return False
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (left != right))
        if min(row) > allowed:
            return False
    return row[-1] <= allowed
