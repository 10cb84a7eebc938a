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
    """Words that were said, with what tells at a glance which phrases cannot be among them.

    Hundreds of phrases are looked for in each sentence, and nearly all of them are not there.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self.words = words = [word.text for word in line.words]
        self._stemmed = [stem(word) for word in words]
        self._stems = frozenset(self._stemmed)
        self._starts: dict[str, list[int]] = {}
        self._initials = frozenset(word[0] for word in words if len(word) >= SHORTEST_FUZZY)

    def candidates(self, group: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The phrases of a group, as their words, that may have been said: each word has a likeness."""
        by_stem, by_initial = _phrase_index(group)
        found: dict[tuple[str, ...], None] = {}
        for key in by_stem.keys() & self._stems:
            found.update(dict.fromkeys(by_stem[key]))
        for key in by_initial.keys() & self._initials:
            found.update(dict.fromkeys(by_initial[key]))
        return [wanted for wanted in found if all(self._may_hold(word) for word in wanted)]

    def starts(self, wanted: str) -> list[int]:
        """Where something like this word was said; many phrases begin alike, so it is kept."""
        if wanted not in self._starts:
            meant, initial = stem(wanted), wanted[0]
            self._starts[wanted] = [
                i
                for i, (word, stemmed) in enumerate(zip(self.words, self._stemmed, strict=True))
                if stemmed == meant or (word[0] == initial and is_alike(word, wanted))
            ]
        return self._starts[wanted]

    def _may_hold(self, word: str) -> bool:
        """False only when nothing here is alike, as `is_alike` has it."""
        return stem(word) in self._stems or (len(word) >= SHORTEST_FUZZY and word[0] in self._initials)


_Index = dict[str, list[tuple[str, ...]]]


@lru_cache(maxsize=2_048)
def _phrase_index(group: tuple[str, ...]) -> tuple[_Index, _Index]:
    """A group's phrases by the stem of their first word, and by its initial when it is a long one."""
    by_stem: _Index = {}
    by_initial: _Index = {}
    for phrase in group:
        wanted = _phrase_words(phrase)
        if not wanted:
            continue
        by_stem.setdefault(stem(wanted[0]), []).append(wanted)
        if len(wanted[0]) >= SHORTEST_FUZZY:
            by_initial.setdefault(wanted[0][0], []).append(wanted)
    return by_stem, by_initial


def cover(text: str, topics: Sequence[Topic]) -> tuple[Coverage, ...]:
    """The topics that a text covers, in the order of `topics`, with spans in the raw text."""
    return _cover(_read(text), topics) if topics else ()


def cover_line(line: Line, topics: Sequence[Topic]) -> tuple[Coverage, ...]:
    """The same for text that has been read already."""
    return _cover(_Spoken(line), topics)


@lru_cache(maxsize=1_024)
def _read(text: str) -> _Spoken:
    return _Spoken(read_words(text))


def _cover(spoken: _Spoken, topics: Sequence[Topic]) -> tuple[Coverage, ...]:
    found: list[Coverage] = []
    for topic in topics:
        places = _topic_places(spoken, topic)
        if places:
            spans = sorted({spoken.line.span(first, last) for first, last in places})
            found.append(Coverage(topic=topic.id, role=topic.role, spans=tuple(spans)))
    return tuple(found)


def _topic_places(spoken: _Spoken, topic: Topic) -> tuple[_Place, ...]:
    """One place for each group of evidence, nearest together; empty when a group is not met."""
    groups: list[list[_Place]] = []
    for group in topic.evidence:
        places = [place for wanted in spoken.candidates(group) for place in _places(spoken, wanted)]
        if not places:
            return ()
        groups.append(sorted(set(places))[:_MOST_PLACES])
    together = (
        (max(last for _, last in choice) - min(first for first, _ in choice), choice)
        for choice in product(*groups)
    )
    width, best = min(together, default=(0, ()))
    return best if width <= _ONE_THOUGHT else ()


def _places(spoken: _Spoken, wanted: tuple[str, ...]) -> list[_Place]:
    ends = ((start, _follow(spoken.words, start, wanted)) for start in spoken.starts(wanted[0]))
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


def _phrase_words(phrase: str) -> tuple[str, ...]:
    """The words of a phrase that must be said; all of them when they are all function words."""
    spoken = [word.text for word in read_words(phrase).words if not word.is_mark]
    weighty = tuple(word for word in spoken if word not in FUNCTION_WORDS or word in _KEPT)
    return weighty if any(word not in FUNCTION_WORDS for word in weighty) else tuple(spoken)
