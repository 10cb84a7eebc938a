"""The summary, by coverage; and the move that is spoilt by what follows it in the same breath."""

from __future__ import annotations

from collections.abc import Sequence

from voice_coach.moves.coverage import cover_line
from voice_coach.moves.finding import Finding
from voice_coach.moves.matching import turn_of_thought
from voice_coach.moves.move import Coverage, Topic, TopicRole
from voice_coach.moves.pattern import compile_pattern
from voice_coach.moves.rulebook import MoveRules
from voice_coach.moves.words import Line

__all__ = ["STACKABLE", "find_stacked", "find_summary"]

STACKABLE = frozenset({"label", "i_label", "missing_piece_label", "summary", "paraphrase"})
_WEIGHTY = frozenset({TopicRole.FEELING, TopicRole.REASON})
_FEWEST_TOPICS = 2
_FEWEST_WORDS = 8
_ASK = compile_pattern(
    "^ (but | however | although | still) ..8 (i need | we need | i want | we want | you need | "
    "you have to | can you | could you | would you | will you | i have to | we have to | you "
    "should | we can | we can not | i can not | sign | i am going to | we are going to | i would "
    "like | we would like | let us | the price | what if | how about)",
    {},
)
_OWN_OFFER = compile_pattern(
    "(i | we) (will | would | can | could | am going to | are going to | offer | are offering | "
    "am offering | propose)",
    {},
)
_THEM = compile_pattern(
    "(you | your | yours | yourself | for you | it is | there is | there was | nobody | no one | "
    "they | somebody)",
    {},
)
_TAG = compile_pattern(
    "(is that right | is that it | did i get that (right)? | have i got that right | am i right |"
    " does that sound right | did i miss anything | have i missed anything | is that correct | "
    "right $? | correct $?)",
    {},
)


def find_summary(line: Line, topics: Sequence[Topic], move: MoveRules) -> tuple[Finding | None, str]:
    """Find a summary of the topics in all that was said.

    Returns:
        The finding, or None and the reason why it is none; an empty reason when it is not even near.
    """
    covers = cover_line(line, topics)
    if len(covers) < _FEWEST_TOPICS:
        return None, "it covers one topic only" if covers else ""
    first = min(line_word(line, span[0]) for cover in covers for span in cover.spans)
    last = max(line_word(line, span[1] - 1) + 1 for cover in covers for span in cover.spans)
    reason = _why_not(line, covers, first, last)
    if reason:
        return None, reason
    start = line.sentence_start(first)
    end = line.sentence_end(last - 1)
    turn = turn_of_thought(line, last, end) if last < end else None
    finding = Finding(
        move=move,
        rule="summary.coverage",
        first=start,
        last=turn or end,
        cue_first=first,
        cue_last=last,
        confidence=min(0.95, 0.7 + 0.08 * len(covers)),
        rival="a paraphrase of one point",
        covers=covers,
        reasons=tuple(f"covers {cover.topic} ({cover.role})" for cover in covers),
    )
    return finding, ""


def line_word(line: Line, character: int) -> int:
    """Index of the word that holds a character of the raw text."""
    for index, word in enumerate(line.words):
        if word.end > character:
            return index
    return len(line.words) - 1


def _why_not(line: Line, covers: Sequence[Coverage], first: int, last: int) -> str:
    low, high = line.position(line.sentence_start(first)) - 1, line.position(last)
    of_them = sum(1 for _ in _THEM.finditer(line, low, high))
    end = line.sentence_end(last - 1)
    asked = end < len(line.words) and line.words[end].text == "?"
    asking = asked and turn_of_thought(line, line.sentence_start(first), last) is not None
    against = (
        (not any(c.role in _WEIGHTY for c in covers), "it names no feeling and no reason"),
        (len(line.words) < _FEWEST_WORDS, "it is too short to tell their side"),
        (_ASK.search(line, line.position(first)), "it ends in a but and an ask"),
        (not of_them, "it does not speak of the other side"),
        (sum(1 for _ in _OWN_OFFER.finditer(line, low, high)) > of_them, "it is an offer of one's own"),
        (asking and not _TAG.search(line), "it is a question"),
    )
    return next((reading for is_so, reading in against if is_so), "")


def find_stacked(line: Line, found: Sequence[Finding], move: MoveRules) -> Finding | None:
    """Find the question or the "but" that follows a label or a summary in the same breath."""
    stacked_on = [finding for finding in found if finding.kind in STACKABLE]
    if not stacked_on:
        return None
    end = max(finding.last for finding in stacked_on)
    after = [
        f for f in found if f.first >= end and f.move.family == "question" and f.kind != "yes_fishing"
    ]
    turn = turn_of_thought(line, end, len(line.words)) if end < len(line.words) else None
    if turn is not None and line.words[turn].text in {"but", "however", "although"}:
        first, last, what = turn, line.sentence_end(turn), "a but after it"
    elif after and not _TAG.search(line, line.position(after[0].first)):
        first, last, what = after[0].first, after[0].last, "a question after it"
    else:
        return None
    return Finding(
        move=move,
        rule="stacked_move.same-breath",
        first=first,
        last=last,
        cue_first=first,
        cue_last=min(first + 1, last),
        confidence=0.8,
        rival=f"a {stacked_on[-1].kind} that is left to stand",
        reasons=(what,),
    )
