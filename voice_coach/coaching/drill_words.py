"""What a drill says besides its lines, and what a trainee may ask of it instead of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from voice_coach.counterpart.moment import chance
from voice_coach.moves.pattern import compile_pattern
from voice_coach.moves.rulefile import Problems, read_yaml
from voice_coach.moves.words import read_words

__all__ = ["Request", "request_in", "wording"]

_FILE = Path(__file__).with_name("drill_manners.yaml")
_KINDS = (
    "good",
    "not_yet",
    "thats_right",
    "more",
    "your_turn",
    "again",
    "skipped",
    "nothing_said",
    "over",
)
_MOST_WORDS = 8
"""A longer turn is an answer, whatever it begins with."""
_REPEAT = compile_pattern(
    "^^ (sorry | okay | please)? (can you | could you | would you)? (please)?"
    " (repeat (that | this | it)? | say (that | it) again | come again | once more | one more time |"
    " again | pardon | pardon me | what did you say | i did not (hear | get | catch) (that | it | you))"
    " (please | again | once more)? $",
    {},
)
_SKIP = compile_pattern(
    "^^ (okay | please | let us | can we | i)? (skip | pass | next)"
    " (on | it | this | that | one | this one | that one | please)? (please)? $",
    {},
)


class Request(StrEnum):
    """What can be asked for instead of answering."""

    REPEAT = "repeat"
    SKIP = "skip"


def request_in(text: str) -> Request | None:
    """Say what is asked for when that is all that was said; None for an answer."""
    line = read_words(text.rstrip(" .…"))  # the ears write dots where a voice trails off
    if sum(not word.is_mark for word in line.words) > _MOST_WORDS:
        return None
    if _SKIP.search(line):
        return Request.SKIP
    return Request.REPEAT if _REPEAT.search(line) else None


def wording(kind: str, seed: int, number: int) -> str:
    """One way to say it: never the same twice running, where there is another.

    Args:
        kind: A key of `drill_manners.yaml`.
        seed: The run's.
        number: How often a drill has said something of this kind.
    """
    pool = _pools()[kind]
    start = int(chance(seed, 0, f"drill-{kind}") * len(pool))
    return pool[(start + number) % len(pool)]


@lru_cache(maxsize=1)
def _pools() -> Mapping[str, tuple[str, ...]]:
    problems = Problems()
    top = read_yaml(_FILE, problems)
    found = top.fields(_KINDS, needed=_KINDS) if top else {}
    pools = {kind: node.texts() for kind, node in found.items()}
    problems.raise_if_any()
    return pools
