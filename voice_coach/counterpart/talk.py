"""Reactions to questions, invitations and plain talk."""

from __future__ import annotations

import msgspec

from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.mirrors import elaborate
from voice_coach.counterpart.moment import Answer, Moment, joined
from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.story import Line
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import Topic, TopicRole

__all__ = [
    "to_accusation_audit",
    "to_calibrated_question",
    "to_no_oriented_question",
    "to_open_invitation",
    "to_plain",
    "to_question",
    "to_solution",
    "to_stacked",
]

_replace = msgspec.structs.replace

_QUESTIONS = ("calibrated-question", "no-oriented-question", "question", "questions-in-series")
_ASKING = frozenset({"question", "calibrated_question", "no_oriented_question"})
_MOST_QUESTIONS_IN_A_ROW = 2
_AUDITS_THAT_WORK = 2
_CONCERNS_BEFORE_SAYING_SO = 2
_HALF = 0.5
_APOLOGY = Topic(
    id="apology",
    role=TopicRole.FEELING,
    evidence=(("i am sorry", "we are sorry", "i apologize", "i apologise"),),
)
_TAKEN_BACK = Topic(id="but", role=TopicRole.FACT, evidence=(("but", "however"),))


def to_accusation_audit(moment: Moment) -> Answer:
    """It softens, and makes some pressure good; the same opening wears off."""
    if moment.mind.rules.count("accusation-audit") >= _AUDITS_THAT_WORK:
        return moment.answer("accusation-audit-worn")
    mind = _replace(moment.mind, grudge=max(0, moment.mind.grudge - 1))
    return moment.answer("accusation-audit", mind=mind)


def to_no_oriented_question(moment: Moment) -> Answer:
    """Saying no is safe: it goes on, with a hint at what is missing; but not for ever."""
    if moment.in_a_row(*_QUESTIONS) > _MOST_QUESTIONS_IN_A_ROW:
        return moment.answer("questions-in-series")
    return _with_hint(moment, "no-oriented-question")


def to_calibrated_question(moment: Moment) -> Answer:
    """It thinks aloud; fired in series, questions become an interview."""
    if moment.in_a_row(*_QUESTIONS) >= _MOST_QUESTIONS_IN_A_ROW:
        return moment.answer("questions-in-series")
    return _with_hint(moment, "calibrated-question")


def to_open_invitation(moment: Moment) -> Answer:
    """It goes on from what it said last."""
    words, mind = elaborate(moment, moment.heard.heard_of_previous)
    if words:
        return moment.answer("open-invitation", (*moment.wording("open-invitation"), *words), mind=mind)
    return _with_hint(moment, "open-invitation")


def to_question(moment: Moment) -> Answer:
    """A plain answer, as long as it does not become an interview."""
    if moment.in_a_row(*_QUESTIONS) >= _MOST_QUESTIONS_IN_A_ROW:
        return moment.answer("questions-in-series")
    words, mind = elaborate(moment, moment.heard.text)
    if words and mind is moment.mind:
        return moment.answer("question", words)
    return moment.answer("question")


def to_stacked(moment: Moment) -> Answer:
    """Only the last part is answered; what was named before it counts half, and opens nothing."""
    stacked = moment.move("stacked_move")
    before = moment.heard.text[: stacked.start] if stacked else moment.heard.text
    named = {found.topic for found in cover(before, moment.scenario.topics)}
    named |= {found.topic for found in moment.heard.covers}
    told = {
        topic: SegmentState.LABELLED
        for topic in named
        if moment.mind.is_open(topic) and not moment.mind.grudge
    }
    moment = moment.with_mind(moment.mind.raised(told))
    last, mind = _to_the_last_part(moment)
    titles = ", ".join(moment.scenario.layer(topic).title for topic in sorted(told))
    answer = moment.answer(
        "stacked",
        joined(moment.wording("stacked"), last),
        mind=mind,
        reason=f"Named before it: {titles}." if titles else "",
    )
    return _replace(answer, share=_HALF)


def _to_the_last_part(moment: Moment) -> tuple[Line, Mind]:
    if "premature_solution" in moment.kinds:
        return moment.wording("premature-solution"), moment.mind
    if "yes_fishing" in moment.kinds:
        return moment.wording("yes-fishing"), moment.mind
    if moment.kinds & _ASKING and not moment.mind.grudge:
        return moment.hint(moment.next_closed())
    return moment.wording("concern"), moment.mind


def to_solution(moment: Moment) -> Answer:
    """Once it felt understood, a proposal of the trainee's is a help, and is thought through."""
    return moment.answer("solution-considered")


def to_plain(moment: Moment) -> Answer:
    """Talk without a move: it answers with its concern, and at last says that it is repeating itself."""
    text = moment.heard.text
    sorry = cover(text, [_APOLOGY]) and not cover(text, [_TAKEN_BACK])
    if sorry and moment.mind.rules.count("apology") < _AUDITS_THAT_WORK:
        mind = _replace(moment.mind, grudge=max(0, moment.mind.grudge - 1))
        return moment.answer("apology", mind=mind)
    told = [f for f in cover(text, moment.scenario.topics) if moment.mind.is_open(f.topic)]
    if any(found.role is not TopicRole.POSITION for found in told) and not moment.in_a_row(
        "acknowledged"
    ):
        return moment.answer("acknowledged")
    concerns = ("concern-repeated", "concern-third-time", "premature-solution", "question")
    if moment.in_a_row(*concerns) >= _CONCERNS_BEFORE_SAYING_SO:
        return moment.answer("concern-third-time")
    return moment.answer("concern-repeated", moment.wording("concern"))


def _with_hint(moment: Moment, rule: str) -> Answer:
    """The rule's own words and a hint at the next layer; after pressure only the words."""
    opener = moment.wording(rule)
    words: Line = ()
    mind = moment.mind
    if not mind.grudge:
        words, mind = moment.hint(moment.next_closed())
    return moment.answer(rule, (*opener, *words), mind=mind)
