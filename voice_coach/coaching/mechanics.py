"""What an answer in a drill is worth: one finding, by the moves that were recognised in it.

Each task has one function, which asks its questions in the order of how much a trainee learns from
them: what spoils the answer before what is missing in it. All are pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

import msgspec

from voice_coach.coaching.drill_book import Prompt
from voice_coach.coaching.drill_shape import Task
from voice_coach.moves.coverage import cover
from voice_coach.moves.likeness import content_stems
from voice_coach.moves.move import Heard, Move
from voice_coach.moves.pattern import Pattern, compile_pattern
from voice_coach.moves.recognizer import Recognizer
from voice_coach.moves.words import read_words

__all__ = ["PASSED", "Judged", "judge", "judge_text"]

PASSED = "passed"
_PRESSURE = ("threat", "leverage", "deadline_pressure", "arguing", "bargaining")
_LABELS = ("label", "missing_piece_label")
_CLOSED = ("question", "yes_fishing", "no_oriented_question")
_OPEN = ("calibrated_question", "open_invitation", "why_question")
_ASKING = (*_CLOSED, *_OPEN)
_REFLECTING = ("label", "i_label", "missing_piece_label", "paraphrase", "mirror", "summary")
_LONGEST_LABEL_WORDS = 28
"""About ten seconds: who talks longer explains."""
_LONGEST_MIRROR_WORDS = 9
_LEFT_OUT_WORDS = 2
_FEWEST_LETTERS = 7
"""Of a mirror that is taken for their words by its letters."""
_MISHEARD_LIKENESS = 0.82
_FEWEST_AUDITS = 2
_LEAD = {"so", "oh", "and", "okay", "well"}
_TURNED = {
    "i": ("you",),
    "me": ("you",),
    "my": ("your",),
    "mine": ("yours",),
    "we": ("you",),
    "us": ("you",),
    "our": ("your",),
    "am": ("are",),
    "you": ("i", "me", "we", "us"),
    "your": ("my", "our"),
}
"""A word of theirs, and what becomes of it when somebody else says it back."""
_WEIGHTY = {"feelings", "needs"}

_OF_THEM = compile_pattern(
    "^^ (so | oh | wow | well | and | okay)?"
    " (you | your | it | that | this | there | <sound> | <seem> | <look>)",
    {},
)
"""How a statement about the other side begins; what it names is judged by the words for it."""
_SOUNDS_LIKE = compile_pattern("^ ~ (it | that)? ~ (<sound> | <seem> | <look> | <feel>) ~ like", {})
_TALKING_ON = compile_pattern("(^ but | you should | i can | i will | we can | we will | let us)", {})
"""What nobody says who leaves a label to stand."""
_WHY = compile_pattern("(why | how come | what for)", {})
_OPENING = compile_pattern("^^ ~ (how | what | when | where | who | which)", {})
"""How a question begins that neither a yes nor a no can answer."""
_LEADING = compile_pattern(
    "(^^ ~ (do | does | did | is | are | was | were | has | have | would | will | could | can | should)"
    " not |"
    " have you tried | have you thought | why not just | what if you | how about |"
    " you should | you could just | is it not)",
    {},
)
_SAFE_NO = compile_pattern(
    "^^ ~ !(it | that | this | i) ..4 (a (bad | mad | man) idea | a (bad | mad) time |"
    " be (opposed | against) | (given | gave | give) ..1 (up | upon) | out (of | in) the question)",
    {},
)
"""What is left of a question for a no when the ears missed how it began."""
_DEFENDING = compile_pattern(
    "(^ but | i do not want you to think | please do not think | i did not mean | in my defense |"
    " ^^ ~ (no)? (i am | we are | i did | we did | it is | it was | that is | this is) not)",
    {},
)
_ACCUSING = compile_pattern(
    "(you (are)? ~ (probably | must | may | might | likely to | going to) |"
    " i (know | am sure | bet | imagine) ~ (that)? ~ you |"
    " (it | this) ~ (must | may | might | probably | is going to) ~ (<sound> | <seem> | <feel> | <look>)"
    " |"
    " i (must | may) ~ (<sound> | <seem> | <look>) | you are ~ (right to be | not going to like) |"
    " and that ~ (i | we | you | our | my | your | nobody))",
    {},
)
"""Counts accusations where the ears heard no full stop between them."""
_GIVING_IN = compile_pattern(
    "(okay | fine | alright | all right | sure | deal | you win | i give in | we will do (it | that) |"
    " i will do (it | that) | you can have | i will give you | i will see what i can do |"
    " whatever you (want | say | need) | i guess (we | i) can | we can do that | i can do that) ",
    {},
)
_PROMISING = compile_pattern("(^ ~ (i | we) (will | can) !(not) | you can have)", {})
"""What "you" may stand in without giving anything back of theirs: "Okay, we'll do it for you"."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in an answer."""

    finding: str
    """One of the task's `FINDINGS`."""
    quote: str = ""
    """The words that decided."""
    given: frozenset[str] = frozenset()
    """Summaries: the points that were given back so far."""
    missing: tuple[str, ...] = ()
    """Summaries: the titles of those that were not."""


def judge(
    task: Task, prompt: Prompt, text: str, moves: Sequence[Move], given: frozenset[str] = frozenset()
) -> Judged:
    """Judge an answer.

    Args:
        task: What the drill asks for.
        prompt: The line that was answered.
        text: The answer.
        moves: What the recogniser found in it, with the prompt as what was said before.
        given: Points that were given back in earlier attempts of the round.
    """
    return _MECHANICS[task](_Answer(prompt=prompt, text=text, moves=tuple(moves), given=given))


def judge_text(task: Task, prompt: Prompt, text: str, recognizer: Recognizer) -> Judged:
    """Judge an answer of which nothing but the words is known."""
    heard = Heard(text=text, previous=" ".join(prompt.says), topics=prompt.topics)
    return judge(task, prompt, text, recognizer.recognize(heard))


@dataclass(frozen=True, kw_only=True)
class _Answer:
    prompt: Prompt
    text: str
    moves: tuple[Move, ...]
    given: frozenset[str]

    @cached_property
    def words(self) -> list[str]:
        return [word.text for word in read_words(self.text).words if not word.is_mark]

    @cached_property
    def theirs(self) -> list[str]:
        """The words of the line that was answered."""
        return [word.text for word in read_words(" ".join(self.prompt.says)).words if not word.is_mark]

    @cached_property
    def named(self) -> frozenset[str]:
        """What the line is about, as far as the answer names it."""
        return frozenset(found.topic for found in cover(self.text, self.prompt.about))

    def move(self, *kinds: str) -> Move | None:
        return next((move for move in self.moves if move.kind in kinds), None)

    def quoted(self, finding: str, move: Move) -> Judged:
        return Judged(finding=finding, quote=self.text[move.start : move.end].strip(" .,?!"))

    def whole(self, finding: str) -> Judged:
        return Judged(finding=finding, quote=self.text.strip(" .,?!"))

    def says(self, pattern: Pattern) -> bool:
        return pattern.search(read_words(self.text)) is not None


def _label(answer: _Answer) -> Judged:  # noqa: PLR0911 - one for each finding
    label, asked = answer.move(*_LABELS), answer.move(*_ASKING)
    if pressing := answer.move(*_PRESSURE):
        return answer.quoted("pressure", pressing)
    if advice := answer.move("premature_solution"):
        return answer.quoted("advice", advice)
    if asked and (label is None or asked.start >= label.end):
        return answer.quoted("question", asked)
    if label is None and (own := answer.move("i_label")):
        return answer.quoted("i_label", own)
    names_it = bool(answer.named & _weighty(answer.prompt))
    if label is None and answer.says(_OPENING):
        return answer.whole("question")
    if label is None and not (names_it and answer.says(_OF_THEM)):
        return answer.whole("no_label")
    if len(answer.words) > _LONGEST_LABEL_WORDS:
        return answer.whole("too_long")
    return answer.whole(PASSED if names_it or not answer.prompt.about else "other_feeling")


def _weighty(prompt: Prompt) -> frozenset[str]:
    """What a label may name: feelings and needs; facts only of a line that has nothing else."""
    names = frozenset(topic.id for topic in prompt.about)
    return names & _WEIGHTY or names


def _mirror(answer: _Answer) -> Judged:
    theirs = answer.theirs
    if (
        answer.move("mirror")
        or _is_run_of(answer.words, theirs)
        or (not answer.says(_OPENING) and _sounds_like_run_of(answer.words, theirs))
    ):
        return answer.whole(PASSED)
    if asked := answer.move(*_ASKING):
        return answer.quoted("question", asked)
    if not set(content_stems(answer.words)) & set(content_stems(theirs)):
        return answer.whole("no_mirror")
    if len(answer.words) > _LONGEST_MIRROR_WORDS:
        return answer.whole("too_long")
    return answer.whole("changed")


def _is_run_of(said: list[str], theirs: list[str]) -> bool:
    """Whether the words are some of theirs in their order, said from the other side."""
    said = said[1:] if len(said) > 1 and said[0] in _LEAD else said
    if not said or len(said) > _LONGEST_MIRROR_WORDS:
        return False
    return any(_goes_on(said, theirs[at:]) for at in range(len(theirs)))


def _sounds_like_run_of(said: list[str], theirs: list[str]) -> bool:
    """Whether the letters are nearly those of some of their words: "a fresh tart" is "a fresh start"."""
    mine = "".join(said)
    if len(mine) < _FEWEST_LETTERS or len(said) > _LONGEST_MIRROR_WORDS:
        return False
    turned = [_TURNED.get(word, (word,))[0] for word in theirs]
    sizes = range(max(1, len(said) - 1), len(said) + 2)
    runs = {"".join(turned[at : at + size]) for at in range(len(turned)) for size in sizes}
    return any(SequenceMatcher(None, mine, run).ratio() >= _MISHEARD_LIKENESS for run in runs)


def _goes_on(said: list[str], theirs: list[str]) -> bool:
    """Whether the words come one after the other, with a small word or two of theirs left out."""
    at = 0
    for place, mine in enumerate(said):
        reach = theirs[at : at + (_LEFT_OUT_WORDS + 1 if place else 1)]
        here = [i for i, other in enumerate(reach) if mine in (other, *_TURNED.get(other, ()))]
        if not here:
            return False
        at += here[0] + 1
    return True


def _summary(answer: _Answer) -> Judged:
    if pressing := answer.move(*_PRESSURE):
        return answer.quoted("pressure", pressing)
    points = answer.prompt.points
    found = frozenset(hit.topic for hit in cover(answer.text, [point.topic for point in points]))
    given = answer.given | found
    missing = tuple(point.title for point in points if point.topic.id not in given)
    asked = answer.move("calibrated_question", "why_question", "question")
    if not given or (asked and not found):
        return Judged(finding="no_summary", quote=answer.text.strip(), given=given, missing=missing)
    return Judged(finding="missing" if missing else PASSED, given=given, missing=missing)


def _how(answer: _Answer) -> Judged:
    if why := answer.move("why_question"):
        return answer.quoted("still_why", why)
    if answer.says(_WHY):
        return answer.whole("still_why")
    if answer.says(_LEADING) or answer.move("premature_solution", *_PRESSURE):
        return answer.whole("leading")
    if asked := answer.move("calibrated_question"):
        return answer.quoted(PASSED, asked)
    return answer.whole("closed")


def _no_oriented(answer: _Answer) -> Judged:
    if pressing := answer.move(*_PRESSURE):
        return answer.quoted("pressure", pressing)
    if answer.move("no_oriented_question") or answer.says(_SAFE_NO):
        return answer.whole(PASSED)
    if answer.move(*_OPEN) or answer.says(_OPENING):
        return answer.whole("open")
    return answer.whole("yes_question")


def _audit(answer: _Answer) -> Judged:
    audits = [move for move in answer.moves if move.kind == "accusation_audit"]
    if answer.says(_DEFENDING) or answer.move("arguing"):
        return answer.whole("defended")
    named = sum(1 for _ in _ACCUSING.finditer(read_words(answer.text)))
    if max(len(audits), named) >= _FEWEST_AUDITS:
        return answer.whole(PASSED)
    return answer.quoted("one_only", audits[0]) if audits else answer.whole("no_audit")


def _silence(answer: _Answer) -> Judged:
    label = answer.move(*_LABELS, "i_label")
    names_it = answer.named & _weighty(answer.prompt) and answer.says(_OF_THEM)
    if label is None and not names_it and not answer.says(_SOUNDS_LIKE):
        return answer.whole("no_label")
    end = label.end if label else 0
    after = [move for move in answer.moves if move.start >= end and move.kind not in _REFLECTING]
    if after:
        return answer.quoted("spoke", after[0])
    return answer.whole("spoke" if answer.says(_TALKING_ON) else PASSED)


def _pressure(answer: _Answer) -> Judged:
    if back := answer.move("threat", "leverage", "deadline_pressure"):
        return answer.quoted("pressed_back", back)
    if argued := answer.move("arguing"):
        return answer.quoted("argued", argued)
    if given := answer.move("bargaining", "premature_solution"):
        return answer.quoted("gave_in", given)
    if why := answer.move("why_question"):
        return answer.quoted("why", why)
    taken = answer.move(*_REFLECTING, "calibrated_question", "accusation_audit")
    promised = taken and taken.kind == "paraphrase" and answer.says(_PROMISING)
    said_back = answer.says(_SOUNDS_LIKE) or _is_run_of(answer.words, answer.theirs)
    if said_back or (taken and not promised):
        return answer.whole(PASSED)
    return answer.whole("gave_in" if answer.says(_GIVING_IN) else "no_reflection")


_MECHANICS: Mapping[Task, Callable[[_Answer], Judged]] = {
    Task.LABEL: _label,
    Task.MIRROR: _mirror,
    Task.SUMMARY: _summary,
    Task.HOW: _how,
    Task.NO_ORIENTED: _no_oriented,
    Task.AUDIT: _audit,
    Task.SILENCE: _silence,
    Task.PRESSURE: _pressure,
}
