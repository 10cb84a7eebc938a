"""The pattern language of the rules, compiled to one regular expression over a line of words.

A pattern is words in order, as one would say them:

    ^ (it | that)? ~ <sound> ~ like ~ (you | your) !(good | a deal)

    word        that word; "is" also takes "'s", "would" takes "'d", "has" takes "'s"
    <sound>     any inflection of the word: sound, sounds, sounded, sounding
    @feeling    any word or phrase of that lexicon
    a | b       inside ( ): one or the other; a word of more than one part is written as it is
    ?           after a word or ( ): may be missing
    ~           adverbs or hedges, four words at most: "really", "a bit", "maybe"
    ..4         up to four words of any kind, as few as will do
    !(...)      what follows is not this
    ^  ^^       here begins a clause (^) or a sentence (^^)
    $           here the sentence ends
    $?          here the sentence ends with a question mark
    *ing        any word of five letters or more that ends so
    #           a number, in digits or as a word
    ,           a comma that must be there

Nothing in the language can repeat without bound, so no text can make matching slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from voice_coach.moves.inflection import inflections
from voice_coach.moves.words import ADVERB, CLAUSE, SENTENCE, Line, read_words

__all__ = ["Lexicons", "Pattern", "PatternError", "compile_pattern"]

Lexicons = Mapping[str, Sequence[str]]
"""Name of a lexicon to its words and phrases, in plain spelling."""

_PIECE = re.compile(
    r"\*[a-z]+|\.\.\d+|<[a-z' ]+>|@[a-z_]+|[a-z]+(?:'[a-z]+)*|'[a-z]+|\d+|\$\?|\^\^|!\(|[()|?~^$#,]|\S"
)
_SKIP = "(?:, )?"
_SIGN = f"[{SENTENCE}{CLAUSE}]?"
_ALSO = {"is": ("is", "'s"), "has": ("has", "'s"), "would": ("would", "'d"), "had": ("had", "would")}
_PLACES = {
    "^": f"{_SKIP}(?=[{SENTENCE}{CLAUSE}])",
    "^^": f"(?={SENTENCE})",
    "$": r"(?=[.?!] |$)",
    "$?": r"(?=\? )",
    ",": "(?=, )",
}
_MOST_GAP_WORDS = 12
_MOST_ADVERB_WORDS = 4
_MOST_PIECES = 300


class PatternError(ValueError):
    """The pattern cannot be read; the message says which part and what is expected."""


class Pattern:
    """One compiled pattern."""

    __slots__ = ("_expression", "_needs")

    def __init__(self, expression: re.Pattern[str], needs: frozenset[str] | None) -> None:
        """Take the expression, and the words of which one must be there for it to match at all."""
        self._expression = expression
        self._needs = needs

    def finditer(self, line: Line, low: int = 0, high: int | None = None) -> Iterator[re.Match[str]]:
        """All matches in a line, or between two positions of its encoding."""
        if self._needs is not None and self._needs.isdisjoint(line.vocabulary):
            return iter(())
        return self._expression.finditer(line.encoded, low, len(line.encoded) if high is None else high)

    def search(self, line: Line, low: int = 0, high: int | None = None) -> re.Match[str] | None:
        """The first match; None without one."""
        return next(self.finditer(line, low, high), None)


def compile_pattern(pattern: str, lexicons: Lexicons) -> Pattern:
    """Compile one pattern, to be matched against a `Line`.

    Args:
        pattern: In the language described at the top of this module.
        lexicons: The lexicons that `@name` may refer to.

    Raises:
        PatternError: The pattern is empty, unbalanced, too long, or names an unknown lexicon.
    """
    pieces = _PIECE.findall(pattern)
    if len(pieces) > _MOST_PIECES:
        raise PatternError(f"it has {len(pieces)} pieces; at most {_MOST_PIECES}, so split it")
    reader = _Reader(pieces, lexicons)
    body = reader.alternatives()
    if reader.pieces:
        raise PatternError(f"there is a `{reader.pieces[0]}` without its beginning")
    expression = re.compile(f"(?<= ){body.expression}")
    if expression.match("  ", 1) and not body.expression.startswith("(?="):
        raise PatternError("it would match without any word")
    return Pattern(expression, body.needs)


class _Part(NamedTuple):
    """A piece of a pattern as a regular expression, and the words of which it needs one."""

    expression: str
    needs: frozenset[str] | None = None


class _Reader:
    """Reads pieces from left to right and gives the regular expression for them."""

    def __init__(self, pieces: list[str], lexicons: Lexicons) -> None:
        self.pieces = pieces
        self._lexicons = lexicons

    def alternatives(self) -> _Part:
        """Read up to a closing bracket or the end: one or more sequences with `|` between."""
        options = [self._sequence()]
        while self.pieces and self.pieces[0] == "|":
            self.pieces.pop(0)
            options.append(self._sequence())
        needs = [option.needs for option in options if option.needs is not None]
        return _Part(
            f"(?:{'|'.join(option.expression for option in options)})",
            frozenset().union(*needs) if len(needs) == len(options) else None,
        )

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self.pieces and self.pieces[0] not in {"|", ")"}:
            part = self._piece(self.pieces.pop(0))
            if self.pieces and self.pieces[0] == "?":
                self.pieces.pop(0)
                part = _Part(f"(?:{part.expression})?")
            parts.append(part)
        if not parts:
            raise PatternError("there is an empty place where a word is expected")
        needs = [part.needs for part in parts if part.needs is not None]
        return _Part("".join(part.expression for part in parts), min(needs, key=len, default=None))

    def _piece(self, piece: str) -> _Part:
        if piece in {"(", "!("}:
            inside = self.alternatives()
            if not self.pieces:
                raise PatternError("a bracket is not closed")
            self.pieces.pop(0)
            return _Part(f"(?!{inside.expression})") if piece == "!(" else inside
        if piece in _PLACES:
            return _Part(_PLACES[piece])
        if piece.startswith(".."):
            return _Part(_gap(int(piece[2:])))
        if piece[0].isalnum() or piece[0] == "'":
            words = [_any_of(_ALSO.get(part, (part,))) for part in _spoken(piece)]
            return _Part("".join(word.expression for word in words), words[-1].needs)
        return self._one_of_many(piece)

    def _one_of_many(self, piece: str) -> _Part:
        if piece == "#":
            words = _any_of(self._lexicon("number"))
            return _Part(f"(?:{_one('[$€£]?[0-9][^ ]*')}|{words.expression})")
        if piece.startswith("*"):
            return _Part(_one(f"[a-z]{{2,20}}{piece[1:]}"))
        if piece == "~":
            return _Part(f"(?:{_SKIP}{_SIGN}[^ {ADVERB}]+{ADVERB} ){{0,{_MOST_ADVERB_WORDS}}}")
        if piece.startswith("@"):
            return _any_of(self._lexicon(piece[1:]))
        if piece.startswith("<"):
            if not piece[1:-1].split():
                raise PatternError(f"`{piece}` must hold a word")
            return _any_of(sorted(inflections(piece[1:-1])))
        raise PatternError(f"`{piece}` means nothing in a pattern")

    def _lexicon(self, name: str) -> Sequence[str]:
        if name not in self._lexicons:
            known = ", ".join(sorted(self._lexicons))
            raise PatternError(f"there is no lexicon `{name}`; known are {known}")
        return self._lexicons[name]


def _gap(words: int) -> str:
    if words > _MOST_GAP_WORDS:
        raise PatternError(f"a gap of {words} words is too wide; at most {_MOST_GAP_WORDS}")
    return f"(?:(?![.?!] )[^ ]+ ){{0,{words}}}?"


def _spoken(piece: str) -> list[str]:
    """The parts of a word as `read_words` would give them, so that "don't" matches in a rule."""
    parts = [word.text for word in read_words(piece).words]
    return parts or [piece]


def _one(words: str) -> str:
    return f"{_SKIP}{_SIGN}{words}{ADVERB}? "


def _any_of(phrases: Sequence[str]) -> _Part:
    """One of the phrases, longest first; words of a phrase may carry clause signs."""
    parts = [phrase.split() for phrase in sorted(phrases, key=len, reverse=True)]
    options = [f"{ADVERB}? {_SIGN}".join(re.escape(word) for word in words) for words in parts]
    return _Part(_one(f"(?:{'|'.join(options)})"), frozenset(words[0] for words in parts))
