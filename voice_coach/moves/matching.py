"""Finds the moves that patterns can find, with the readings that take them back."""

from __future__ import annotations

import re

from voice_coach.moves.finding import Finding, Refusal
from voice_coach.moves.pattern import compile_pattern
from voice_coach.moves.rulebook import MoveRules, Rule
from voice_coach.moves.words import CLAUSE, Line

__all__ = ["find_by_patterns", "turn_of_thought"]

_TURN = compile_pattern(
    "^ (but | although | however | so (what | how | why | would | do | can | could | are) | and "
    "(what | how | why | so) | what (do | would | did | can | could | is | are) | how (do | would"
    " | did | can | could | is | are | does) | (do | would | could | can | did | are) you | is "
    "that (right | correct | fair | true | it) | tell me | does that)",
    {},
)
"""Where one move ends and another begins in the same breath."""
_LONGEST_SPAN = 40
_BEFORE = 4
"""Words before a match that a reading against it may begin in."""


def turn_of_thought(line: Line, first: int, last: int) -> int | None:
    """Index of the word at which a "but" or a question begins between two words; None without one."""
    found = _TURN.search(line, line.position(first), line.position(last))
    return line.word_at(_first_letter(line, found.start())) if found else None


def find_by_patterns(
    line: Line, move: MoveRules, refusals: list[Refusal], *, settled_words: int | None = None
) -> list[Finding]:
    """All places where one of the move's rules fires; what was refused is noted in `refusals`.

    Args:
        line: What was said.
        move: The rules.
        refusals: Where to note what nearly fired.
        settled_words: While the person still talks, a cue must end within this many words: the next
            word can turn "so why" into "so why don't we". None when all has been said.
    """
    found: list[Finding] = []
    for rule in move.rules:
        for pattern in rule.patterns:
            for match in pattern.finditer(line):
                finding = _weigh(line, move, rule, match, refusals)
                if finding is not None and (settled_words is None or finding.cue_last <= settled_words):
                    found.append(finding)
    found.sort(key=lambda f: (f.first, -f.confidence, f.cue_last))
    apart: list[Finding] = []
    for finding in found:
        if not apart or finding.first >= apart[-1].last:
            apart.append(finding)
    return apart


def _weigh(
    line: Line, move: MoveRules, rule: Rule, match: re.Match[str], refusals: list[Refusal]
) -> Finding | None:
    cue_first, cue_last = _words_of(line, match)
    if cue_first >= cue_last:
        cue_first = line.sentence_start(cue_last)
        cue_last = max(cue_first + 1, cue_last)
    first, last = _span(line, move.span, cue_first, cue_last)
    if move.alone and (cue_first > 0 or any(not w.is_mark for w in line.words[cue_last:])):
        return None
    against = _reading_against(line, rule, cue_first, cue_last)
    if not against and rule.beside:
        low, high = line.position(first) - 1, line.position(last)
        against = (
            ""
            if any(p.search(line, low, high) for p in rule.beside)
            else "nothing about the other side in it"
        )
    if against:
        start, end = line.span(cue_first, cue_last)
        refusals.append(
            Refusal(kind=move.kind, rule=rule.name, words=line.raw[start:end], reading=against)
        )
        return None
    return Finding(
        move=move,
        rule=rule.name,
        first=first,
        last=last,
        cue_first=cue_first,
        cue_last=cue_last,
        confidence=rule.confidence,
        rival=rule.unless[0].reading if rule.unless else "",
    )


def _words_of(line: Line, match: re.Match[str]) -> tuple[int, int]:
    """The words of a match, without a mark at its beginning."""
    if match.start() == match.end():
        at = line.word_at(match.start())
        return at, at
    first, last = line.word_at(match.start()), line.word_at(match.end() - 1) + 1
    while first < last and line.words[first].is_mark:
        first += 1
    while last > first and line.words[last - 1].is_mark:
        last -= 1
    return first, last


def _span(line: Line, how: str, cue_first: int, cue_last: int) -> tuple[int, int]:
    end = max(cue_last, min(line.sentence_end(cue_last - 1), cue_first + _LONGEST_SPAN))
    if how == "match":
        return cue_first, cue_last
    if how == "sentence":
        start = max(line.sentence_start(cue_first), cue_first - _LONGEST_SPAN // 2)
        return start, end
    turn = turn_of_thought(line, cue_last, end) if end > cue_last else None
    last = turn if turn is not None and turn > cue_first else end
    while last > cue_last and line.words[last - 1].text == ",":
        last -= 1
    return cue_first, max(last, cue_last)


def _reading_against(line: Line, rule: Rule, cue_first: int, cue_last: int) -> str:
    """The first reading that is found around the match, in its sentence; empty when there is none."""
    start = max(line.sentence_start(cue_first), cue_first - _BEFORE)
    end = line.sentence_end(cue_last - 1)
    low, high = line.position(start) - 1, line.position(end)
    cue_low, cue_high = line.position(cue_first), line.position(cue_last)
    if high < len(line.encoded):
        high += 2
    for unless in rule.unless:
        for match in unless.pattern.finditer(line, low, high):
            if match.start() <= cue_high and match.end() >= cue_low:
                return unless.reading
            if match.start() == match.end():
                return unless.reading
    return ""


def _first_letter(line: Line, position: int) -> int:
    """Skip a comma that the match began with."""
    while position < len(line.encoded) and line.encoded[position] in f", {CLAUSE}":
        position += 1
    return position
