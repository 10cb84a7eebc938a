"""The mirror: the other side's last or key words said back, with next to nothing added."""

from __future__ import annotations

from itertools import pairwise

from voice_coach.moves.finding import Finding
from voice_coach.moves.likeness import FUNCTION_WORDS, is_alike
from voice_coach.moves.rulebook import MoveRules
from voice_coach.moves.spelling import word_set
from voice_coach.moves.words import Line

__all__ = ["find_mirror"]

_MOST_WORDS = 9
_MOST_CONTENT = 5
_MISHEARD_AMONG = 4
"""Of so many words of weight one may be misheard."""
_REMEMBERED_WORDS = 80
_ASKING = word_set(
    "what how why when where who which whose do does did can could would will should shall"
)
_INVERTED = word_set("do does did is are was were can could would will should have has")
_OF_SELF = word_set("i me my mine we us our am myself")
_OF_THEM = word_set("you your yours are yourself")
_ANSWERED = {"i": "you", "me": "you", "my": "your", "am": "are", "you": "i", "your": "my"}
_WITHOUT_WEIGHT = (
    _OF_SELF | _OF_THEM | word_set("it that this he she they is was are be do does did have has had")
)
"""What makes an ending of small words an answer ("it is", "I did") and not a mirror ("for now")."""
_TURNED = dict.fromkeys(_OF_SELF, _OF_THEM) | dict.fromkeys(_OF_THEM, _OF_SELF)
_LEAD = word_set("so oh okay well right and mmhm yeah but alright ah just")
_FREE = word_set("the a an of to that this your you 's is are just")
"""Small words that may be added without saying anything new."""
_COURTESY = word_set(
    "thank thanks okay yeah mmhm right sure good great bye hi hello please sorry alright oh"
)


def find_mirror(line: Line, previous: Line, move: MoveRules) -> Finding | None:
    """Find a mirror when it is all that was said; None otherwise."""
    words = [(i, word.text) for i, word in enumerate(line.words) if not word.is_mark]
    while len(words) > 1 and words[0][1] in _LEAD:
        words = words[1:]
    said = [text for _, text in words]
    theirs = [word.text for word in previous.words if not word.is_mark][-_REMEMBERED_WORDS:]
    if _is_question(previous) or not said or not theirs or len(said) > _MOST_WORDS:
        return None
    confidence = 0.0 if _asks(said, theirs) else _likeness(said, theirs)
    if not confidence:
        return None
    first, last = words[0][0], words[-1][0] + 1
    return Finding(
        move=move,
        rule="mirror.their-words",
        first=first,
        last=last,
        cue_first=first,
        cue_last=last,
        confidence=confidence,
        rival="an answer with their word",
        reasons=("every word of weight was the other side's, in their order",),
    )


def _is_question(previous: Line) -> bool:
    """True when the other side asked: then their word said back is an answer."""
    words = [word.text for word in previous.words]
    if not words or words[-1] == "?":
        return bool(words)
    return words[previous.sentence_start(len(words) - 1) :][0] in _INVERTED


def _asks(said: list[str], theirs: list[str]) -> bool:
    """True when it begins or ends as a question does, and they did not say it so: "which Friday"."""
    if said[-1] in _ASKING:
        return True
    return said[0] in _ASKING and said[:2] not in [list(pair) for pair in pairwise(theirs)]


def _likeness(said: list[str], theirs: list[str]) -> float:
    """Confidence that words are theirs said back; 0 when they are not."""
    content = [word for word in said if word not in FUNCTION_WORDS]
    if set(said) <= _COURTESY or len(content) > _MOST_CONTENT:
        return 0.0
    if not content:
        whole = said in (theirs, [_ANSWERED.get(word, word) for word in theirs])
        return 0.6 if whole or _is_their_ending(said, theirs) else 0.0
    allowed = {turned for word in theirs for turned in (word, *_TURNED.get(word, ()))}
    small = [word for word in said if word in FUNCTION_WORDS and word not in allowed]
    if not set(small) <= _FREE or len(small) > 1:
        return 0.0
    missed = len(content) - _most_in_order(content, theirs)
    return 0.85 if missed <= (len(content) >= _MISHEARD_AMONG) else 0.0


def _is_their_ending(said: list[str], theirs: list[str]) -> bool:
    """True for small words that ended what they said and carry weight all the same: "for now"."""
    return len(said) > 1 and theirs[-len(said) :] == said and not _WITHOUT_WEIGHT & set(said)


def _most_in_order(content: list[str], theirs: list[str]) -> int:
    """How many of the words of weight were said by them, one after the other."""
    best = 0
    for start, other in enumerate(theirs):
        if is_alike(content[0], other):
            at, count = start + 1, 1
            for word in content[1:]:
                here = next(
                    (i for i in range(at, min(at + 4, len(theirs))) if is_alike(word, theirs[i])), None
                )
                if here is not None:
                    at, count = here + 1, count + 1
            best = max(best, count)
    return best
