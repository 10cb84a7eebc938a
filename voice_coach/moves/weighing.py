"""Weighs what speaks for and against a reflection without any opening phrase; the weights are data."""

from __future__ import annotations

from dataclasses import dataclass

from voice_coach.moves.finding import Finding
from voice_coach.moves.likeness import content_stems, is_alike
from voice_coach.moves.rulebook import MoveRules
from voice_coach.moves.words import Line

__all__ = ["Verdict", "find_paraphrase"]

_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The weighed evidence for one sentence."""

    first: int
    last: int
    score: float
    reasons: tuple[str, ...]


def find_paraphrase(line: Line, previous: Line, move: MoveRules) -> tuple[Finding | None, Verdict | None]:
    """The sentence with the most weight for it, if it is enough; and the verdict either way."""
    theirs = frozenset(content_stems([word.text for word in previous.words]))
    verdicts = [_weigh(line, first, last, theirs, move) for first, last in _sentences(line)]
    best = max(verdicts, key=lambda v: (v.score, -v.first), default=None)
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


def _sentences(line: Line) -> list[tuple[int, int]]:
    """First and last word of each sentence that is long enough, its closing mark not counted."""
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(line.words):
        last = line.sentence_end(first)
        if last - first >= _FEWEST_WORDS:
            found.append((first, last))
        first = last + 1
    return found


def _weigh(line: Line, first: int, last: int, theirs: frozenset[str], move: MoveRules) -> Verdict:
    low = line.position(first) - 1
    high = line.position(min(last + 1, len(line.words)))
    quantities = _quantities(line, first, last, theirs)
    score, reasons = 0.0, []
    for evidence in move.evidence:
        if evidence.pattern is None:
            amount = quantities[evidence.quantity]
        else:
            amount = 1.0 if evidence.pattern.search(line.encoded, low, high) else 0.0
        if amount:
            score += evidence.weight * amount
            reasons.append(f"{evidence.weight * amount:+.1f} {evidence.because}")
    return Verdict(first=first, last=last, score=score, reasons=tuple(reasons))


def _quantities(line: Line, first: int, last: int, theirs: frozenset[str]) -> dict[str, float]:
    words = [word.text for word in line.words[first:last] if not word.is_mark]
    stems = content_stems(words)
    repeated = [s for s in stems if s in theirs or any(is_alike(s, other) for other in theirs)]
    asked = last < len(line.words) and line.words[last].text == "?"
    return {
        "repeated": len(repeated) / len(stems) if stems else 0.0,
        "new": min(1.0, (len(stems) - len(repeated)) / 6),
        "words": min(1.0, len(words) / 20),
        "questions": 1.0 if asked else 0.0,
    }
