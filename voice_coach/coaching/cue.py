"""The one live cue: chosen by rules from the call so far; sparse, and quiet after a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from voice_coach.coaching.turn import Cue, Speaker, Turn
from voice_coach.counterpart.reply import RingSegment, SegmentState
from voice_coach.counterpart.rules import RULES
from voice_coach.moves.likeness import FUNCTION_WORDS
from voice_coach.moves.move import Family
from voice_coach.moves.spelling import word_set
from voice_coach.moves.words import read_words

__all__ = ["AFTER_RULE", "choose_cue"]

_WAITING = frozenset({"label", "i_label", "mirror", "summary", "missing_piece_label"})
"""Moves after which the page stays silent with the trainee."""
_STILL_WORTH_A_CUE = frozenset(
    {"summary-partial", "same-stem", "mirror-parroted", "mislabel-again", "label-again", "stacked"}
)
"""Answers to such a move that say that it did not land."""
_TIMES_EACH = 2
_TURNS_WITHOUT_REFLECTION = 2
_LOOKED_BACK = 3
_REPEATED = 2
_SHORTEST_WORD = 5
_TELLING_WORDS = word_set("again alone always never nobody nothing still twice")
"""Short or common words that say something when they come back."""
_ENOUGH_TO_SUM_UP = 3

_TOLD = frozenset({SegmentState.DISCLOSED, SegmentState.LABELLED})

AFTER_RULE = {
    "interruption-named": ("let-them-finish", "Let them finish, then say back what you heard."),
    "summary-partial": ("find-the-gap", "Something is missing. They just pointed at it: go there."),
    "counterfeit-yes": ("hollow-yes", "That yes was a way out. Name what holds them back."),
    "yes-fishing": ("hollow-yes", "That yes carries no weight. Ask so that they can say no."),
    "premature-solution": ("too-early", "Too early for a solution. What have they not said yet?"),
    "why": ("how-not-why", "A why made them defend. Try the same with what or how."),
    "concern-third-time": (
        "start-over",
        "They say it a third time. Ask if you may start that part over.",
    ),
    "questions-in-series": ("no-more-questions", "Enough questions. Say what you have understood."),
    "same-stem": ("other-words", "Same opening three times. Say it in your own words."),
    "mirror-parroted": ("beyond-mirrors", "Mirrors have done their part. Name the feeling behind it."),
    "label-again": ("go-deeper", "That is named already. What lies under it?"),
    "stacked": ("one-breath", "Name it, then stop. The question can wait."),
    "paraphrase-off": ("their-words", "Not quite. Use their own last words, and wait."),
    "label-too-early": ("earn-it", "Too close, too soon. Stay with what they have told you."),
    "summary-under-pressure": ("same-again", "They heard it. Say once more what matters to them."),
    "terms-bargained": ("their-terms", "They asked what you can do. Answer that."),
    "helps-after-silence": ("just-say", "Say what you have understood so far, however little."),
    "mislabel-again": ("listen-first", "Stop guessing. Repeat their last words and wait."),
    "warning": ("last-chance", "They are about to leave. Ask what you have missed."),
    "terms-refused": ("their-terms", "They asked what you can do. Answer that."),
}
"""What the counterpart's last answer asks for: the cue's name and its text."""


def choose_cue(
    turns: Sequence[Turn], ring: Sequence[RingSegment], shown: Sequence[str], *, wanted: bool = True
) -> Cue | None:
    """The cue for this moment, in which the trainee is about to speak; mostly none.

    Args:
        turns: The call so far, both sides.
        ring: How far each topic is understood.
        shown: Rules of the cues shown so far, oldest first: none is shown twice in a row.
        wanted: False for a trainee who chose to see none.
    """
    counterpart = [turn for turn in turns if turn.speaker is Speaker.COUNTERPART]
    trainee = [turn for turn in turns if turn.speaker is Speaker.TRAINEE]
    if not wanted or not counterpart or not trainee or any(turn.thats_right for turn in counterpart):
        return None
    rule = counterpart[-1].because.rule if counterpart[-1].because else ""
    kinds = {move.kind for move in trainee[-1].moves}
    if kinds & _WAITING and rule not in _STILL_WORTH_A_CUE:
        return None
    candidates: list[Callable[[], Cue | None]] = [
        lambda: _after_rule(rule),
        lambda: _sum_up(ring),
        lambda: _questions_only(trainee),
        lambda: _said_twice(counterpart),
        lambda: _nothing_named(trainee),
    ]
    for candidate in candidates:
        cue = candidate()
        if cue is not None and _is_due(cue.rule, shown):
            return cue
    return None


def _is_due(rule: str, shown: Sequence[str]) -> bool:
    return (not shown or shown[-1] != rule) and list(shown).count(rule) < _TIMES_EACH


def _after_rule(rule: str) -> Cue | None:
    if rule in AFTER_RULE:
        name, text = AFTER_RULE[rule]
        return Cue(rule=name, text=text)
    if rule in RULES and RULES[rule].costs:
        return Cue(rule="way-back", text="That closed them. Ask whether you may start that part over.")
    return None


def _sum_up(ring: Sequence[RingSegment]) -> Cue | None:
    told = sum(segment.state in _TOLD for segment in ring)
    summed_up = any(segment.state is SegmentState.SUMMARISED for segment in ring)
    if told > _ENOUGH_TO_SUM_UP and not summed_up:
        return Cue(
            rule="sum-up",
            text="You have heard a lot. Sum it up: what happened, how it felt, why they came.",
        )
    return None


def _questions_only(trainee: Sequence[Turn]) -> Cue | None:
    last = trainee[-_TURNS_WITHOUT_REFLECTION:]
    asking = [any(move.family is Family.QUESTION for move in turn.moves) for turn in last]
    if len(last) == _TURNS_WITHOUT_REFLECTION and all(asking) and not _reflected(last):
        return Cue(rule="name-not-ask", text="Two questions in a row. Name what you hear instead.")
    return None


def _said_twice(counterpart: Sequence[Turn]) -> Cue | None:
    """A word the counterpart keeps coming back to; one that tells of a feeling before any other."""
    turns_with: Counter[str] = Counter()
    for turn in counterpart[-_LOOKED_BACK:]:
        words = {word.text for word in read_words(turn.text).words}
        turns_with.update(word for word in words if _weighs(word))
    repeated = [word for word, count in turns_with.items() if count >= _REPEATED]
    if not repeated:
        return None
    word = min(repeated, key=lambda word: (word not in _TELLING_WORDS, -turns_with[word], word))
    times = "twice" if turns_with[word] == _REPEATED else f"{turns_with[word]} times"
    return Cue(rule="said-twice", text=f"They've said “{word}” {times}. Name what is behind it.")


def _weighs(word: str) -> bool:
    long_enough = len(word) >= _SHORTEST_WORD and word not in FUNCTION_WORDS
    return long_enough or word in _TELLING_WORDS


def _nothing_named(trainee: Sequence[Turn]) -> Cue | None:
    last = trainee[-_TURNS_WITHOUT_REFLECTION:]
    if len(last) == _TURNS_WITHOUT_REFLECTION and not _reflected(last):
        return Cue(rule="name-it", text="What might they feel? Name it: “It sounds like...”")
    return None


def _reflected(turns: Sequence[Turn]) -> bool:
    return any(
        move.family in {Family.REFLECTION, Family.EMPATHY} for turn in turns for move in turn.moves
    )
