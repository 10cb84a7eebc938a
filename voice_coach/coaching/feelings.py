"""Words for a feeling, by its name: what a drill means by "@alone", so that a near synonym passes too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from voice_coach.moves.rulefile import Problems, read_yaml

__all__ = ["load_feelings", "spelled_out", "unknown_feelings"]

_FILE = Path(__file__).with_name("feelings.yaml")
_SIGN = "@"


@lru_cache(maxsize=1)
def load_feelings() -> Mapping[str, tuple[str, ...]]:
    """Give the words for each feeling, by its name.

    Raises:
        ScenarioError: The file is missing or wrong.
    """
    problems = Problems()
    top = read_yaml(_FILE, problems)
    pairs = (top.pairs() if top else None) or []
    found = {name: words.texts() for name, words in pairs}
    problems.raise_if_any()
    return found


def unknown_feelings(phrases: Iterable[str]) -> list[str]:
    """The names, with their sign, for which there are no words."""
    return [
        phrase for phrase in phrases if phrase.startswith(_SIGN) and phrase[1:] not in load_feelings()
    ]


def spelled_out(phrases: Iterable[str]) -> tuple[str, ...]:
    """The phrases, each once, with all the words of a feeling in the place of its name."""
    words: dict[str, None] = {}
    for phrase in phrases:
        named = load_feelings().get(phrase[1:], ()) if phrase.startswith(_SIGN) else (phrase,)
        words.update(dict.fromkeys(named))
    return tuple(words)
