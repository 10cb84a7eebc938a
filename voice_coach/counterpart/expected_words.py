"""The words of a scenario that a trainee may say and no recogniser knows: its names and products."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from voice_coach.counterpart.story import Line, Scenario

__all__ = ["expected_words"]

_SENTENCE_END: Final = re.compile(r"(?<=[.?!:])[\"'\u201d\u2019)]*\s+")
_WORD: Final = r"[^\W\d_a-z][\w'\u2019-]*\w"
_NAME: Final = re.compile(rf"{_WORD}(?:\s+{_WORD})*")
"""Words in a row that begin with a capital letter, such as "Halden Ridge"."""
_NO_NAME: Final = re.compile(
    r"(mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august"
    r"|(septem|octo|novem|decem)ber|mr|mrs|ms|dr|i|i['\u2019]\w+|god|christmas|new|year",
    re.IGNORECASE,
)
_POSSESSIVE: Final = re.compile(r"['\u2019]s$")


def expected_words(scenario: Scenario) -> tuple[str, ...]:
    """Give the words that the ears should expect in a call, the author's own list first.

    After that the person's name, and whatever stands with a capital letter inside a sentence of the
    scenario's: at the beginning of a sentence every word has one.
    """
    found = [*scenario.words, scenario.name]
    for text in _texts(scenario):
        found += _names(text)
    spellings: dict[str, str] = {}
    for name in found:
        # Spelt in several ways it is one name, and the author's own list knows best how it is spelt.
        spellings.setdefault(name.lower(), name)
    return tuple(spellings.values())


def _names(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        _, _, rest = sentence.partition(" ")
        for match in _NAME.findall(rest):
            words = [_POSSESSIVE.sub("", word) for word in match.split()]
            name = " ".join(word for word in words if not _NO_NAME.fullmatch(word))
            if name:
                yield name


def _texts(scenario: Scenario) -> Iterator[str]:
    """Everything that is said or told in the scenario; phrases to look for may hold names as well."""
    yield from (scenario.brief, scenario.role, scenario.stake, scenario.good_summary)
    terms = scenario.terms
    yield from _sentences(scenario.opening, terms.proposes, terms.settled, terms.explains)
    for layer in scenario.layers:
        yield from _sentences(layer.confirms, layer.hints, layer.says, layer.gap)
        yield layer.you_could_say
        # A phrase may begin with the name itself.
        yield from (f"- {phrase}" for group in layer.topic.evidence for phrase in group)
    yield from _sentences(*(echo.more for echo in scenario.echoes))
    yield from _sentences(*(guess.says for guess in scenario.corrections))
    yield from _sentences(*scenario.lines.values())


def _sentences(*lines: Iterable[Line]) -> Iterator[str]:
    for several in lines:
        for line in several:
            yield from line
