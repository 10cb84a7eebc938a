"""What was just said: finds the conversational moves in one utterance.

`Recognizer.recognize` is a pure function of what was heard. Each move is found by the rules of its
file; then they are weighed against each other: a move that lies inside another which its file says it
yields to is the other's words, not a move of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voice_coach.moves.coverage import cover_line
from voice_coach.moves.finding import Finding, Refusal
from voice_coach.moves.matching import find_by_patterns
from voice_coach.moves.mirror import find_mirror
from voice_coach.moves.move import Family, Heard, Move
from voice_coach.moves.rulebook import Rulebook, load_rulebook
from voice_coach.moves.summary import find_stacked, find_summary
from voice_coach.moves.weighing import find_paraphrase
from voice_coach.moves.words import Line, read_words

__all__ = ["Hearing", "Recognizer", "load_recognizer"]

_MOST_CHARACTERS = 100_000
"""What is said in one turn is far shorter; the rest of a longer text is not looked at."""


_UNSETTLED_WORDS = 2
"""The last words of growing text may still change what was said just before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """All that was found, and all that was refused with the reason."""

    line: Line
    findings: tuple[Finding, ...]
    refusals: tuple[Refusal, ...]


class Recognizer:
    """Recognises moves by the rules of one rule book. It holds no state between utterances."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Take the rules; nothing is read or written after this."""
        self.rulebook = rulebook
        self._adverbs = rulebook.adverbs
        self._by_patterns = tuple(m for m in rulebook.moves if m.rules)
        self._measured = {m.measure: m for m in rulebook.moves if m.measure}

    def recognize(self, heard: Heard) -> tuple[Move, ...]:
        """The moves of one utterance, by where they start; with `heard.partial` only the safe ones."""
        hearing = self.examine(heard)
        return tuple(_as_move(hearing.line, finding) for finding in hearing.findings)

    def examine(self, heard: Heard) -> Hearing:
        """The same with all reasons, for and against."""
        line = read_words(heard.text[:_MOST_CHARACTERS], self._adverbs)
        if not any(not word.is_mark for word in line.words):
            return Hearing(line=line, findings=(), refusals=())
        previous = read_words(heard.previous[-_MOST_CHARACTERS:], self._adverbs)
        refusals: list[Refusal] = []
        found: list[Finding] = []
        settled_words = len(line.words) - _UNSETTLED_WORDS if heard.partial else None
        for move in self._by_patterns:
            if move.partial or not heard.partial:
                found += find_by_patterns(line, move, refusals, settled_words=settled_words)
        found += self._measure(line, previous, heard, found, refusals)
        found = _without_yielding(line, found, refusals)
        if "stacked" in self._measured and not heard.partial:
            stacked = find_stacked(line, found, self._measured["stacked"])
            found += [stacked] if stacked else []
        found = [_with_coverage(line, finding, heard) for finding in found]
        found.sort(key=lambda f: (f.first, f.last, f.kind))
        return Hearing(line=line, findings=tuple(found), refusals=tuple(refusals))

    def _measure(
        self, line: Line, previous: Line, heard: Heard, found: Sequence[Finding], refusals: list[Refusal]
    ) -> list[Finding]:
        """The moves that patterns alone cannot find."""
        more: list[Finding] = []
        if heard.topics and "summary" in self._measured:
            summary, reason = find_summary(line, heard.topics, self._measured["summary"])
            if summary:
                more.append(summary)
            elif reason:
                refusals.append(
                    Refusal(kind="summary", rule="summary.coverage", words=line.raw, reading=reason)
                )
        if heard.partial:
            return more
        if "mirror" in self._measured:
            mirror = find_mirror(line, previous, self._measured["mirror"])
            more += [mirror] if mirror else []
        reflected = any(f.move.family is Family.REFLECTION for f in [*found, *more])
        if "paraphrase" in self._measured and not reflected:
            move = self._measured["paraphrase"]
            paraphrase, verdict = find_paraphrase(line, previous, move)
            if paraphrase:
                more.append(paraphrase)
            elif verdict:
                reading = (
                    f"weighs {verdict.score:.1f} of {move.threshold:.1f}: {'; '.join(verdict.reasons)}"
                )
                refusals.append(
                    Refusal(kind="paraphrase", rule="paraphrase.weighed", words=line.raw, reading=reading)
                )
        return more


def load_recognizer(extra_rules: Sequence[Path] = ()) -> Recognizer:
    """Read and check all rule files, and give a recogniser for them.

    Args:
        extra_rules: A trainer's own rule files, or folders of them.

    Raises:
        ScenarioError: A file is missing or wrong; every problem is named with file and line.
    """
    return Recognizer(load_rulebook(extra_rules))


def _without_yielding(line: Line, found: list[Finding], refusals: list[Refusal]) -> list[Finding]:
    """Drop what lies inside a move that it yields to; the winner remembers its rival."""
    kept: list[Finding] = []
    beaten: dict[int, str] = {}
    for finding in found:
        winner = next(
            (
                other
                for other in found
                if other is not finding
                and other.kind in finding.move.yields_to
                and finding.is_inside(other)
            ),
            None,
        )
        if winner is None:
            kept.append(finding)
            continue
        start, end = line.span(finding.cue_first, finding.cue_last)
        beaten[id(winner)] = f"{finding.kind.replace('_', ' ')} ({finding.rule})"
        refusals.append(
            Refusal(
                kind=finding.kind,
                rule=finding.rule,
                words=line.raw[start:end],
                reading=f"part of the {winner.kind.replace('_', ' ')} around it",
            )
        )
    return [replace(f, rival=beaten[id(f)]) if id(f) in beaten else f for f in kept]


def _with_coverage(line: Line, finding: Finding, heard: Heard) -> Finding:
    """Fill in which topics a reflection names, from the words that it highlights."""
    if finding.covers or not heard.topics or finding.move.family is not Family.REFLECTION:
        return finding
    start, end = line.span(finding.first, finding.last)
    inside = tuple(
        cover
        for cover in cover_line(line, heard.topics)
        if all(start <= span[0] and span[1] <= end for span in cover.spans)
    )
    return replace(finding, covers=inside)


def _as_move(line: Line, finding: Finding) -> Move:
    start, end = line.span(finding.first, finding.last)
    cue_start, cue_end = line.span(finding.cue_first, finding.cue_last)
    return Move(
        kind=finding.kind,
        family=finding.move.family,
        start=start,
        end=end,
        cue=line.raw[cue_start:cue_end],
        confidence=round(finding.confidence, 2),
        rule=finding.rule,
        rival=finding.rival,
        covers=finding.covers,
    )
