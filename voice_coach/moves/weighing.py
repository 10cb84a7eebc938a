"""Weighs what speaks for and against a reflection without any opening phrase; the weights are data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_coach.moves.finding import Finding
from voice_coach.moves.likeness import content_stems, sounds_alike
from voice_coach.moves.pattern import compile_pattern
from voice_coach.moves.rulebook import MoveRules
from voice_coach.moves.spelling import word_set
from voice_coach.moves.words import Line

__all__ = ["Verdict", "find_paraphrase"]

_FEWEST_WORDS = 3
_FEWEST_BEFORE = 6
_SHORT_WORDS = 5
_PLAIN_SCORE = 1.5
"""Score of a thought that leaves no doubt what it is; more makes no difference to its company."""
_WHOLE_ECHO_WORDS = 4
_REMEMBERED_WORDS = 80
_JOINTS = word_set("so and but because okay yeah right well")
_SUBJECTS = word_set("you i we it that there they he she your my if what how the this")
_SELF = word_set("i my me we our us")
_THEM = word_set("you your yours yourself")
_TURNED = {"i": "you", "my": "your", "me": "you", "am": "are", "mine": "yours", "myself": "yourself"}
_ASKED = compile_pattern("$?", {})
_ASKS = compile_pattern(
    "(^ ~ in? (what | how | why | when | where | who | which)"
    " (is | are | was | were | do | does | did | would | will | could | can | has | have | else"
    " | about | much"
    " | many | long | often | kind | 's | sort | come | made | makes | might | should | brought | brings"
    " | number | thoughts | other)"
    " | (do | did | are | were | have | can | could | would | will) (not)? you | (be | is | are) what $"
    " | ^ ~ (is | does | has | was | are | do | did) (that | there | it | this | he | she | they"
    " | your | any)"
    " | (tell | walk | remind) me | talk to me | ask you | wonder | wondering | on a scale"
    " | ^ ~ (what | how | which | who | where | when | why) ..12 ..12 $?"
    " | ^^ ~ (any | anything else | anyone))",
    {},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The weighed evidence for one sentence."""

    first: int
    last: int
    score: float
    reasons: tuple[str, ...]


def find_paraphrase(line: Line, previous: Line, move: MoveRules) -> tuple[Finding | None, Verdict | None]:
    """The thought with the most weight for it, if it is enough; and the verdict either way."""
    before = _Before(previous)
    verdicts = [_weigh(line, first, last, before, move) for first, last in _thoughts(line)]
    best = _with_company(verdicts, move)
    if best is None or best.score < move.threshold:
        return None, best
    finding = Finding(
        move=move,
        rule="paraphrase.weighed",
        first=best.first,
        last=best.last,
        cue_first=best.first,
        cue_last=best.last,
        confidence=min(0.95, 0.6 + 0.1 * (best.score - move.threshold)),
        rival="advice, news or a question",
        reasons=best.reasons,
    )
    return finding, best


def _with_company(verdicts: list[Verdict], move: MoveRules) -> Verdict | None:
    """The best verdict, made better or worse by what else was said in the same turn."""
    best = max(verdicts, key=lambda v: (v.score, -v.first), default=None)
    if best is None or len(verdicts) == 1:
        return best
    others = [max(-1.0, min(1.0, v.score / _PLAIN_SCORE)) for v in verdicts if v is not best]
    mood = sum(others) / len(others)
    for evidence in move.evidence:
        if evidence.quantity == "company":
            worth = evidence.weight * mood
            reasons = (*best.reasons, f"{worth:+.1f} {evidence.because}")
            best = replace(best, score=best.score + worth, reasons=reasons)
    return best


class _Before:
    """What the other side had said: all that is needed to tell whether it comes back."""

    def __init__(self, previous: Line) -> None:
        words = [word.text for word in previous.words if not word.is_mark]
        self.stems = frozenset(content_stems(words))
        self.turned = [_TURNED.get(word, word) for word in words[-_REMEMBERED_WORDS:]]
        spoke_of_self = bool(_SELF & set(words))
        self.quantities = {
            "disclosed": min(1.0, len(words) / 16) if spoke_of_self else 0.0,
            "asked_before": 1.0 if _ASKED.search(previous) else 0.0,
            "nothing_before": 0.0 if words else 1.0,
        }


def _thoughts(line: Line) -> list[tuple[int, int]]:
    """First and last word of each sentence, and of each part of one that begins again with a subject.

    Without punctuation a whole turn is one sentence; "so you ...", "and i ..." show where it begins
    again.
    """
    found: list[tuple[int, int]] = []
    first = 0
    for index, word in enumerate(line.words):
        if word.text in ".?!":
            found.append((first, index))
            first = index + 1
        elif index - first >= _FEWEST_BEFORE and word.text in _JOINTS and _begins_again(line, index):
            found.append((first, index))
            first = index
    found.append((first, len(line.words)))
    return [(start, end) for start, end in found if end - start >= _FEWEST_WORDS]


def _begins_again(line: Line, index: int) -> bool:
    return any(word.text in _SUBJECTS for word in line.words[index + 1 : index + 2])


def _weigh(line: Line, first: int, last: int, before: _Before, move: MoveRules) -> Verdict:
    low = line.position(first) - 1
    high = line.position(min(last + 1, len(line.words)))
    asks = _ASKS.search(line, low, high) is not None
    quantities = {
        **before.quantities,
        **_quantities(line, first, last, before),
        "asks": 1.0 if asks else 0.0,
        "asks_besides": 1.0 if not asks and _ASKS.search(line) else 0.0,
        "company": 0.0,
    }
    score, reasons = 0.0, []
    for evidence in move.evidence:
        if evidence.pattern is None:
            amount = quantities[evidence.quantity]
        else:
            amount = 1.0 if evidence.pattern.search(line, low, high) else 0.0
        if amount:
            score += evidence.weight * amount
            reasons.append(f"{evidence.weight * amount:+.1f} {evidence.because}")
    return Verdict(first=first, last=last, score=score, reasons=tuple(reasons))


def _quantities(line: Line, first: int, last: int, before: _Before) -> dict[str, float]:
    words = [word.text for word in line.words[first:last] if not word.is_mark]
    stems = content_stems(words)
    repeated = [
        s for s in stems if s in before.stems or any(sounds_alike(s, other) for other in before.stems)
    ]
    return {
        "repeated": len(repeated) / len(stems) if stems else 0.0,
        "echo": min(
            1.0, _longest_shared_run(words[:_REMEMBERED_WORDS], before.turned) / _WHOLE_ECHO_WORDS
        ),
        "words": min(1.0, len(words) / 20),
        "short": 1.0 if len(words) <= _SHORT_WORDS and not _THEM & set(words) else 0.0,
    }


def _longest_shared_run(said: list[str], theirs: list[str]) -> int:
    """Words in the longest run that both say; a run without a word of weight does not count."""
    best = 0
    row = [0] * (len(theirs) + 1)
    for index, word in enumerate(said, 1):
        new = [0] * (len(theirs) + 1)
        for j, other in enumerate(theirs, 1):
            if word == other:
                new[j] = row[j - 1] + 1
                if new[j] > best and content_stems(said[index - new[j] : index]):
                    best = new[j]
        row = new
    return best if best > 1 else 0
