"""Raw text as a line of words: lower case, contractions opened, disfluencies gone, offsets kept.

Rules are matched against `Line.encoded`, in which every word stands alone between spaces, a mark
stands as a word of its own, and a word that begins a sentence or a clause carries a sign:

    raw     "Um, it-it sounds like you're tired. And..."
    encoded " «it sounds like you are tired . «and "

A word that a rule may skip (an adverb or a hedge; which ones is data) carries a sign after it: "really°".
Every encoded word knows the characters of the raw text it came from, so whatever is found in the
line can be highlighted in the text as it was recognised.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from voice_coach.moves.spelling import spoken_parts, word_set

__all__ = ["ADVERB", "CLAUSE", "MARKS", "SENTENCE", "Line", "Word", "read_words"]

SENTENCE = "«"
"""Sign before a word that begins a sentence (also after "so", "well", "okay" at its beginning)."""
CLAUSE = "\u2039"
"""Sign before a word that may begin a clause: after a comma, a conjunction, an interjection."""
ADVERB = "°"
"""Sign after a word that does not change which move is made."""
MARKS = frozenset(".?!,")

_TOKEN = re.compile(
    r"(?P<back>\b(?:m+|uh)[- ]?h(?:m+|uh|u+h)\b)"
    r"|(?P<number>[$€£]?\d+(?:[.,:]\d+)*(?:%|k\b)?)"
    r"|(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)*['\u2019]?\d*)"
    r"|(?P<cut>--+|[-\u2013\u2014\u2026]|\.{2,3})"
    r"|(?P<mark>[.?!,;:])",
    re.IGNORECASE,
)
_STRAIGHT = {0x2019: "'"}
_FILLERS = word_set("um uh uhm umm uhh erm er ehm hm hmm hmmm mm mmm ah")
_CHATTER = frozenset({("you", "know"), ("i", "mean"), ("kind", "of"), ("sort", "of")})
"""Said without meaning it; dropped unless what follows makes them words of weight."""
_MEANT_BEFORE = word_set("do did will would if what as that when let so") | {"do not"}
_MEANT_AFTER = word_set("that what how why when who where it him her them to a the if you is")
_OPENERS = word_set(
    "so well okay ok right alright yeah yes yep no sure oh and but now then mmhm because look listen"
    " great good absolutely exactly wow gosh also or wait see"
)
_CONJUNCTIONS = word_set("and but so because or then that yeah okay well right mmhm")
_LONGEST_REPEAT = 3
_LONGEST_ADVERB = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word or mark of the line."""

    text: str
    """Normal form: lower case, straight apostrophe, one part of an opened contraction."""
    start: int
    """First character in the raw text."""
    end: int
    """One past the last character in the raw text."""
    opens: str = ""
    """`SENTENCE`, `CLAUSE` or empty."""

    @property
    def is_mark(self) -> bool:
        """True for a full stop, question mark, exclamation mark or comma."""
        return self.text in MARKS


class Line:
    """The words of one utterance, and the string the rules are matched against."""

    __slots__ = ("_positions", "encoded", "raw", "vocabulary", "words")

    def __init__(self, raw: str, words: tuple[Word, ...], adverbs: frozenset[str]) -> None:
        """Encode the words; `raw` is kept for spans and cues."""
        self.raw = raw
        self.words = words
        self.vocabulary = frozenset(word.text for word in words)
        skipped = _adverb_places(words, adverbs)
        parts = [
            f"{word.opens}{word.text}{ADVERB if index in skipped else ''} "
            for index, word in enumerate(words)
        ]
        positions = [1]
        for part in parts:
            positions.append(positions[-1] + len(part))
        self.encoded = " " + "".join(parts)
        self._positions = positions

    def word_at(self, position: int) -> int:
        """Index of the word that stands at a position of `encoded`."""
        return max(0, min(len(self.words), bisect_right(self._positions, position)) - 1)

    def position(self, index: int) -> int:
        """Where the word with this index begins in `encoded`; one past the end for the last plus one."""
        return self._positions[index]

    def sentence_end(self, index: int) -> int:
        """One past the last word of the sentence that holds the word `index`; marks not counted."""
        for end in range(index, len(self.words)):
            if self.words[end].text in ".?!":
                return end
        return len(self.words)

    def sentence_start(self, index: int) -> int:
        """The first word of the sentence that holds the word `index`."""
        for start in range(min(index, len(self.words)) - 1, -1, -1):
            if self.words[start].text in ".?!":
                return start + 1
        return 0

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Raw characters from word `first` up to, not including, word `last`."""
        return self.words[first].start, self.words[last - 1].end


def read_words(raw: str, adverbs: frozenset[str] = frozenset()) -> Line:
    """Read raw text, whatever it holds: no input is an error, what is not a word is passed over.

    Args:
        raw: The text as it was recognised.
        adverbs: Words and short phrases that rules may skip.
    """
    words = _open_contractions(raw)
    words = _without_repeats(_without_fillers(words))
    return Line(raw, _with_openings(words), adverbs)


def _adverb_places(words: tuple[Word, ...], adverbs: frozenset[str]) -> set[int]:
    """Indices of the words that belong to an adverb or a hedge."""
    places: set[int] = set()
    for index in range(len(words) if adverbs else 0):
        for size in range(1, _LONGEST_ADVERB + 1):
            if " ".join(word.text for word in words[index : index + size]) in adverbs:
                places.update(range(index, index + size))
    return places


def _open_contractions(raw: str) -> list[Word]:
    words: list[Word] = []
    cut_before = False
    for token in _TOKEN.finditer(raw):
        start, end = token.span()
        kind = token.lastgroup
        if kind == "cut":
            cut_before = True
            if words and token.group() != "-":
                _append_mark(words, ",", start, end)
            continue
        if kind == "mark":
            _append_mark(words, {";": ",", ":": ","}.get(token.group(), token.group()), start, end)
            cut_before = False
            continue
        text = token.group().lower().translate(_STRAIGHT)
        parts = ["mmhm"] if kind == "back" else spoken_parts(text)
        if cut_before:
            _drop_fragment(words, parts[0])
        words += [Word(text=part, start=start, end=end) for part in parts]
        cut_before = False
    return words


def _append_mark(words: list[Word], mark: str, start: int, end: int) -> None:
    """Add a mark; of several in a row the strongest stays."""
    if not words:
        return
    last = words[-1]
    if last.is_mark:
        strongest = max(last.text, mark, key=",.!?".index)
        words[-1] = Word(text=strongest, start=last.start, end=end)
    else:
        words.append(Word(text=mark, start=start, end=end))


def _drop_fragment(words: list[Word], following: str) -> None:
    """Take back a word broken off and begun again: "th- that", "you-you are"."""
    while words and words[-1].text == ",":
        if not all(following.startswith(word.text) for word in words[-2:-1]):
            return
        words.pop()
    if words and not words[-1].is_mark and following.startswith(words[-1].text):
        words.pop()


def _without_fillers(words: list[Word]) -> list[Word]:
    kept: list[Word] = []
    skip = 0
    for index, word in enumerate(words):
        if skip:
            skip -= 1
            continue
        if word.text in _FILLERS:
            continue
        pair = (word.text, words[index + 1].text) if index + 1 < len(words) else ("", "")
        if pair in _CHATTER and kept and not _is_meant(pair, kept[-1].text, words[index + 2 : index + 3]):
            skip = 1
            continue
        if word.text == "," and (not kept or kept[-1].is_mark):
            continue
        kept.append(word)
    return kept


def _is_meant(pair: tuple[str, str], before: str, after: list[Word]) -> bool:
    if pair in {("kind", "of"), ("sort", "of")}:
        return before in {"what", "this", "that", "the", "a", "some", "any", "which", "other"}
    if before in _MEANT_BEFORE:
        return True
    return bool(after) and after[0].text in _MEANT_AFTER


def _without_repeats(words: list[Word]) -> list[Word]:
    """Keep the last of words said twice in a row, up to three words at a time; numbers are kept."""
    kept: list[Word] = []
    for word in words:
        kept.append(word)
        for size in range(1, _LONGEST_REPEAT + 1):
            if len(kept) < 2 * size:
                break
            if word.text != kept[-1 - size].text:
                continue
            last, before = kept[-size:], kept[-2 * size : -size]
            same = all(a.text == b.text for a, b in zip(last, before, strict=True))
            if same and not any(w.is_mark or w.text[-1].isdigit() for w in last):
                del kept[-2 * size : -size]
                break
    return kept


def _with_openings(words: list[Word]) -> tuple[Word, ...]:
    opened: list[Word] = []
    sentence, clause = True, True
    for word in words:
        if word.is_mark:
            opened.append(word)
            sentence = sentence or word.text != ","
            clause = True
            continue
        sign = SENTENCE if sentence else CLAUSE if clause else ""
        opened.append(Word(text=word.text, start=word.start, end=word.end, opens=sign))
        sentence = sentence and word.text in _OPENERS
        # "I think that it ..." begins a clause after "that"; "that is it" does not.
        clause = word.text in _CONJUNCTIONS and not (word.text == "that" and sign)
    return tuple(opened)
