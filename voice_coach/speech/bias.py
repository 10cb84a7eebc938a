"""The scenario's words: names and products that the recogniser cannot know, heard for what they are.

Whisper can be told words to expect, as if they had just been said. Told so, it finds them; but it also
says them into silence, and hears the rest of the sentence worse. So its unbiased transcript stays the
transcript. Where that is in doubt and a part of it sounds like an expected word, the same sound is
decoded once more with those words in front; and of that second hearing only the expected words are
taken over, where both hearings sound alike. What has no words gets none, and a sentence without
look-alikes costs nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from voice_coach.speech.likeness import distance, may_be_near, sounds

__all__ = ["Lexicon"]

_WORD: Final = re.compile(r"\S+")
_PARTS: Final = re.compile(r"^(?P<before>\W*)(?P<bare>.*?)(?P<after>(?:['\u2019]s)?\W*)$", re.DOTALL)
_LIKELY: Final = 0.42
"""Worth a second hearing: a sound or two differ, or a weak one came or went."""
_LIKELY_IF_SHORT: Final = 0.3
_SHORT_SOUNDS: Final = 5
"""Rows of no more sounds than this are like too much else."""
_LEAST_SOUNDS: Final = 4
_EXPECTED: Final = 0.55
"""Words this near are told to the decoder at a second hearing."""
_SAME_PLACE: Final = 0.55
"""What two hearings have at one place may be this different: it was the first that went astray."""
_MISSPELT: Final = 0.26
"""A rare word this near an expected one is that word, without a second hearing."""
_MORE_WORDS: Final = 2
"""An unknown word falls apart into up to this many more known ones."""
_MOST_EXPECTED: Final = 12
"""Words told to the decoder at once; each is one more to attend to, and one more to distract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    words: tuple[str, ...]
    sound: str
    likely: float
    """The distance at which it is worth a second hearing."""

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class _Place:
    """Words of a text that sound like a term, the nearest first."""

    far: float
    start: int
    stop: int


class Lexicon:
    """The words to expect in one call. Immutable, safe from several threads."""

    def __init__(self, words: Sequence[str], is_common: Callable[[str], bool]) -> None:
        """Take in the words.

        Args:
            words: Names, products, places: one or several words each, spelt as they are to be shown.
            is_common: Whether the recogniser knows a word without help. A common part of a name
                ("Health", "Lane") is expected only together with the rest.
        """
        self._is_common = is_common
        # Longer ones first: "Dana Whitfield" is looked for before "Whitfield".
        terms = sorted(self._all_terms(words), key=lambda term: -len(term.sound))
        self._terms = tuple(dict.fromkeys(terms))

    def _all_terms(self, words: Sequence[str]) -> Iterator[_Term]:
        for text in words:
            parts = tuple(_WORD.findall(text))
            rare = [(part,) for part in parts if not self._is_common(part)]
            for several in {parts, *rare}:
                sound = "".join(map(sounds, several))
                if len(sound) >= _LEAST_SOUNDS and (len(several) > 1 or several in rare):
                    likely = _LIKELY if len(sound) > _SHORT_SOUNDS else _LIKELY_IF_SHORT
                    yield _Term(words=several, sound=sound, likely=likely)

    def likely(self, text: str) -> tuple[str, ...]:
        """Give the words to expect at a second hearing, the likest first; none if it is not worth it."""
        words = [_bare(word) for word in _WORD.findall(text)]
        said = " ".join(words).lower()
        unsaid = [term for term in self._terms if term.text.lower() not in said]
        if not any(next(_places(words, term, term.likely), None) for term in unsaid):
            return ()
        nearest = {
            term.text: place.far
            for term in unsaid
            if (place := min(_places(words, term, _EXPECTED), default=None)) is not None
        }
        wanted = [text for text in nearest if not any(text != more and text in more for more in nearest)]
        return tuple(sorted(wanted, key=lambda text: (nearest[text], text))[:_MOST_EXPECTED])

    def taken_over(self, text: str, biased: str) -> str:
        """Put the expected words of a second, biased hearing into the text, where both sound alike."""
        mine, theirs = _WORD.findall(text), _WORD.findall(self.spelt(biased))
        matcher = SequenceMatcher(
            a=[_bare(word).lower() for word in mine],
            b=[_bare(word).lower() for word in theirs],
            autojunk=False,
        )
        taken: list[str] = []
        for change, i1, i2, j1, j2 in matcher.get_opcodes():
            part = mine[i1:i2]
            if change == "replace":
                heard = {_bare(word).lower() for word in theirs[j1:j2]}
                part = self._with_terms(part, [t for t in self._terms if _all_in(t, heard)])
            taken += part
        return " ".join(taken)

    def _with_terms(self, words: list[str], terms: Sequence[_Term]) -> list[str]:
        """Put each of the terms where some of the words sound most like it, if any do."""
        for at, term in enumerate(terms):
            place = min(_places([_bare(word) for word in words], term, _SAME_PLACE), default=None)
            if place is not None:
                return [
                    *self._with_terms(words[: place.start], terms[at + 1 :]),
                    *_in_place_of(words[place.start : place.stop], term),
                    *self._with_terms(words[place.stop :], terms[at + 1 :]),
                ]
        return words

    def spelt(self, text: str) -> str:
        """Write rare words that sound like an expected one as that one."""
        words = _WORD.findall(text)
        for term in self._terms:
            bare = [_bare(word) for word in words]
            for place in sorted(_places(bare, term, _MISSPELT)):
                part = bare[place.start : place.stop]
                same = [word.lower() for word in part] == [word.lower() for word in term.words]
                if not same and not any(map(self._is_common, part)):
                    words[place.start : place.stop] = _in_place_of(words[place.start : place.stop], term)
                    break
        return " ".join(words)


def _places(words: Sequence[str], term: _Term, most: float) -> Iterator[_Place]:
    """Where some of the words sound like the term."""
    heard = [sounds(word) for word in words]
    for start in range(len(heard)):
        window = ""
        for stop in range(start + 1, min(len(heard), start + len(term.words) + _MORE_WORDS) + 1):
            window += heard[stop - 1]
            if may_be_near(term.sound, window, most):
                far = distance(term.sound, window, most)
                if far <= most:
                    yield _Place(far=far, start=start, stop=stop)


def _all_in(term: _Term, words: set[str]) -> bool:
    return all(word.lower() in words for word in term.words)


def _in_place_of(part: Sequence[str], term: _Term) -> list[str]:
    """The term's words, with the marks that stood around the words they replace."""
    before, after = _parts(part[0])["before"], _parts(part[-1])["after"]
    return (before + term.text + after).split()


def _bare(word: str) -> str:
    return _parts(word)["bare"]


def _parts(word: str) -> dict[str, str]:
    parts = _PARTS.match(word)
    return parts.groupdict() if parts else {"before": "", "bare": word, "after": ""}
