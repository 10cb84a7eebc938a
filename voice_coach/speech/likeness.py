"""How alike two pieces of text sound: spelling to a rough row of sounds, and the distance of two rows.

It is no phonetics of English. It only has to say that "Castileine" may have been "Castellane", and that
"invoice" was not; so all vowels are one sound, and consonants that ears confuse are near each other.
"""

from __future__ import annotations

import itertools
import re
import string
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["distance", "may_be_near", "sounds"]

_VOWEL: Final = "a"
_SPELLINGS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z0-9]", ""),
        (r"^[kgp]n", "n"),
        (r"^wr", "r"),
        (r"^x", "z"),
        (r"(?<=[a-z]{2})e$", ""),
        (r"tch|ch|cz", "C"),
        (r"sch|sh|ti(?=on)", "S"),
        (r"th", "T"),
        (r"ph", "f"),
        (r"gh", ""),
        (r"ck|q(?!u)|c(?![eiy])", "k"),
        (r"qu", "kw"),
        (r"x", "ks"),
        (r"dg(?=[eiy])|j|g(?=[ei])", "J"),
        (r"c", "s"),
        (r"wh", "w"),
        (r"(?<=[aeiouy])h", ""),
        (r"y(?=[aeiou])", "Y"),
        (r"[aeiouy]+", _VOWEL),
        (r"(.)\1+", r"\1"),
    )
)
_NEAR: Final = frozenset(
    frozenset(pair)
    for pair in (
        "bp", "dt", "gk", "vf", "zs", "CJ", "CS", "JS", "Ss", "Tf", "Tt", "Td", "Ts", "mn", "rl", "wv",
        "bv", "bm", "dn", "vm", "wr", "wl", "YJ", "Jd", "Ct", "Jg",
    )
)  # fmt: skip
"""Consonants made at one place, or in one way: a small model takes one for the other."""
_NEAR_TO: Final = {
    sound: frozenset().union(*(pair for pair in _NEAR if sound in pair))
    for sound in frozenset().union(*_NEAR)
}
_NEAR_COST: Final = 0.45
_WEAK: Final = frozenset(f"hwYr{_VOWEL}")
"""Come and go with the speaker and the sounds around them."""
_WEAK_COST: Final = 0.35
_COST: Final = 0.8
_ALONE: Final = {
    sound: _WEAK_COST if sound in _WEAK else _COST
    for sound in string.ascii_lowercase + string.digits + "CJSTY"
}
"""What leaving out a sound costs."""
_SWAP_COST: Final = 0.1
"""What taking one sound for an unlike one costs more than leaving out the costlier of them."""


def _swap_cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if other in _NEAR_TO.get(one, ()):
        return _NEAR_COST
    return max(_ALONE[one], _ALONE[other]) + _SWAP_COST


_SWAPPED: Final = {one: {other: _swap_cost(one, other) for other in _ALONE} for one in _ALONE}


@lru_cache(maxsize=4096)
def sounds(word: str) -> str:
    """Give the rough sounds of one word, one letter each."""
    plain = unicodedata.normalize("NFKD", word.lower())
    for spelling, sound in _SPELLINGS:
        plain = spelling.sub(sound, plain)
    return plain


@lru_cache(maxsize=16_384)
def distance(one: str, other: str, most: float = 1.0) -> float:
    """Give how unlike two rows of sounds are: 0 is the same, 1 has nothing in common.

    Past `most` nobody is interested, and 1 is as good an answer as the true one.
    """
    weight = max(_weight(one), _weight(other))
    if not weight:
        return 0.0
    alone = [_ALONE[sound] for sound in other]
    row = list(itertools.accumulate(alone, initial=0.0))
    for sound in one:
        swap, own = _SWAPPED[sound], _ALONE[sound]
        left = row[0] + own
        fresh = [left]
        for at, against in enumerate(other):
            left = min(row[at] + swap[against], row[at + 1] + own, left + alone[at])
            fresh.append(left)
        row = fresh
        if min(row) > most * weight:
            return 1.0
    return min(1.0, row[-1] / weight)


def may_be_near(one: str, other: str, most: float) -> bool:
    """Say at a glance whether the distance of two rows can be as little as `most`.

    The costs that are certain: the difference of their lengths, and each strong sound that nothing in the
    other row comes near.
    """
    weights = _weight(one), _weight(other)
    allowed = most * max(weights)
    return (
        abs(weights[0] - weights[1]) <= allowed
        and _lost(one, other) <= allowed
        and _lost(other, one) <= allowed
    )


def _lost(row: str, other: str) -> float:
    return _COST * len(_strong(row) - _heard_as(other))


@lru_cache(maxsize=16_384)
def _weight(row: str) -> float:
    return sum(_ALONE[sound] for sound in row)


@lru_cache(maxsize=16_384)
def _strong(row: str) -> frozenset[str]:
    return frozenset(row) - _WEAK


@lru_cache(maxsize=16_384)
def _heard_as(row: str) -> frozenset[str]:
    """All sounds that some sound of the row may be taken for."""
    return frozenset(row).union(*(_NEAR_TO[sound] for sound in set(row) if sound in _NEAR_TO))
