"""Which of the scenario's topics an utterance covers, and the words that prove it.

A topic is covered when every group of its evidence is met by one of the group's phrases, close enough
together to be one thought. A phrase is met when its words are said in order: in any inflection, with
a few other words between them, function words left out or changed, a letter or two misheard.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

from voice_coach.moves.inflection import stem
from voice_coach.moves.likeness import FUNCTION_WORDS, SHORTEST_FUZZY, is_alike
from voice_coach.moves.move import Coverage, Topic
from voice_coach.moves.spelling import word_set
from voice_coach.moves.words import Line, read_words

__all__ = ["cover", "cover_line"]

_MOST_BETWEEN = 3
"""Words that may stand between two words of a phrase."""
_ONE_THOUGHT = 30
"""All the evidence for a topic lies within this many words."""
_MOST_PLACES = 4
"""Places of one group that are tried; a word said more often proves nothing more."""
_KEPT = word_set("not no never nobody none nothing without alone again i you we they")
"""Function words that carry the meaning of a phrase."""

_Place = tuple[int, int]


class _Spoken:
    """Words that were said, with what tells at a glance that a phrase is not among them.

    Hundreds of phrases are looked for in each sentence, and nearly all of them are not there.
    """

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self._stems = frozenset(stem(word) for word in words)
        self._initials = frozenset(word[0] for word in words if len(word) >= SHORTEST_FUZZY)

    def may_hold(self, wanted: tuple[str, ...], stems: tuple[str, ...]) -> bool:
        """False only when one of the wanted words has nothing alike here, as `is_alike` has it."""
        for word, stemmed in zip(wanted, stems, strict=True):
            if stemmed in self._stems:
                continue
            if len(word) < SHORTEST_FUZZY or word[0] not in self._initials:
                return False
        return True


def cover(text: str, topics: Sequence[Topic]) -> tuple[Coverage, ...]:
    """The topics that a text covers, in the order of `topics`, with spans in the raw text."""
    return cover_line(_read(text), topics) if topics else ()


@lru_cache(maxsize=1_024)
def _read(text: str) -> Line:
    return read_words(text)


def cover_line(line: Line, topics: Sequence[Topic]) -> tuple[Coverage, ...]:
    """The same for text that has been read already."""
    spoken = _Spoken([word.text for word in line.words])
    found: list[Coverage] = []
    for topic in topics:
        places = _topic_places(spoken, topic)
        if places:
            spans = sorted({line.span(first, last) for first, last in places})
            found.append(Coverage(topic=topic.id, role=topic.role, spans=tuple(spans)))
    return tuple(found)


def _topic_places(spoken: _Spoken, topic: Topic) -> tuple[_Place, ...]:
    """One place for each group of evidence, nearest together; empty when a group is not met."""
    groups: list[list[_Place]] = []
    for group in topic.evidence:
        places = [place for phrase in group for place in _places(spoken, phrase)]
        if not places:
            return ()
        groups.append(sorted(set(places))[:_MOST_PLACES])
    together = (
        (max(last for _, last in choice) - min(first for first, _ in choice), choice)
        for choice in product(*groups)
    )
    width, best = min(together, default=(0, ()))
    return best if width <= _ONE_THOUGHT else ()


def _places(spoken: _Spoken, phrase: str) -> list[_Place]:
    wanted, stems = _phrase_words(phrase)
    if not wanted or not spoken.may_hold(wanted, stems):
        return []
    words = spoken.words
    starts = [i for i, word in enumerate(words) if is_alike(word, wanted[0])]
    ends = ((start, _follow(words, start, wanted)) for start in starts)
    return [(start, end) for start, end in ends if end]


def _follow(words: list[str], start: int, wanted: tuple[str, ...]) -> int:
    """One past the last word of a phrase that begins at `start`; 0 when it does not go on."""
    at = start + 1
    for word in wanted[1:]:
        reach = range(at, min(at + _MOST_BETWEEN + 1, len(words)))
        here = next((i for i in reach if is_alike(words[i], word)), None)
        if here is None:
            return 0
        at = here + 1
    return at


@lru_cache(maxsize=8_192)
def _phrase_words(phrase: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a phrase that must be said (when all are function words: all), and their stems."""
    spoken = tuple(word.text for word in read_words(phrase).words if not word.is_mark)
    weighty = tuple(word for word in spoken if word not in FUNCTION_WORDS or word in _KEPT)
    wanted = weighty if any(word not in FUNCTION_WORDS for word in weighty) else spoken
    return wanted, tuple(stem(word) for word in wanted)
