"""The mirror: the other side's last or key words said back, with next to nothing added."""

from __future__ import annotations

from voice_coach.moves.finding import Finding
from voice_coach.moves.likeness import FUNCTION_WORDS, is_alike
from voice_coach.moves.rulebook import MoveRules
from voice_coach.moves.spelling import word_set
from voice_coach.moves.words import Line

__all__ = ["find_mirror"]

_MOST_WORDS = 9
_MOST_CONTENT = 5
_LONG_ENOUGH = 3
"""With more words of weight than this, one may be new or misheard."""
_ASKING = word_set(
    "what how why when where who which whose do does did can could would will should shall is are was"
    " were"
)
_SWAPPED = {
    "i": "you",
    "my": "your",
    "me": "you",
    "we": "you",
    "our": "your",
    "us": "you",
    "am": "are",
    "mine": "yours",
}
_LEAD = word_set("so oh okay well right and mmhm yeah but alright ah now")
_COURTESY = word_set(
    "thank thanks okay yeah mmhm right sure good great bye hi hello please sorry alright oh"
)


def find_mirror(line: Line, previous: Line, move: MoveRules) -> Finding | None:
    """Find a mirror when it is all that was said; None otherwise."""
    words = [(i, word.text) for i, word in enumerate(line.words) if not word.is_mark]
    while len(words) > 1 and words[0][1] in _LEAD:
        words = words[1:]
    said = [text for _, text in words]
    theirs = [word.text for word in previous.words if not word.is_mark]
    if not said or not theirs or len(said) > _MOST_WORDS or said[0] in _ASKING:
        return None
    confidence = _likeness(said, theirs)
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
        reasons=("every word of weight was the other side's",),
    )


def _likeness(said: list[str], theirs: list[str]) -> float:
    """Confidence that words are theirs said back; 0 when they are not."""
    content = [word for word in said if word not in FUNCTION_WORDS]
    if not content:
        same = said == theirs and not set(said) <= _COURTESY
        return 0.6 if same else 0.0
    if len(content) > _MOST_CONTENT or set(content) <= _COURTESY:
        return 0.0
    shared = [word for word in content if any(is_alike(word, other) for other in theirs)]
    missing = len(content) - len(shared)
    if missing > (len(content) > _LONG_ENOUGH):
        return 0.0
    ours = {_SWAPPED.get(word, word) for word in theirs}
    added = [w for w in said if w in FUNCTION_WORDS and w not in ours and w not in theirs]
    return 0.85 if len(added) <= len(said) // 2 else 0.0
