"""How a call ends: on its own terms, with "not today, but call me", or by hanging up."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from voice_coach.counterpart.mind import Disclosure, Mind, Stage
from voice_coach.counterpart.moment import Answer, Moment, joined
from voice_coach.counterpart.pressure import CLOSING, close
from voice_coach.counterpart.reply import Outcome, SegmentState
from voice_coach.counterpart.rules import RULES, TURNING_POINTS
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import Topic, TopicRole

__all__ = ["hang_up", "let_go", "propose_terms", "to_answer_on_terms", "warn", "what_led_here"]

_replace = msgspec.structs.replace

_MOST_REFUSALS = 2
_MOST_EXPLANATIONS = 4
_MOST_TURNING_POINTS = 5
_REFUSAL = Topic(
    id="refusal",
    role=TopicRole.POSITION,
    evidence=(
        (
            "can not", "not possible", "impossible", "no way", "unable", "not able", "do not do that",
            "will not do that", "too much to ask", "not going to happen", "have to check", "have to ask",
        ),
    ),
)  # fmt: skip
_BARE_NO = ("no.", "no,", "no ", "nope", "never")


def propose_terms(moment: Moment, *, after_silence: bool) -> Answer:
    """It moves first: the secrets come out, and the deal is on the table."""
    terms = moment.scenario.terms
    mind = moment.mind.raised(dict.fromkeys(terms.reveals, SegmentState.DISCLOSED))
    words = moment.line("proposes", terms.proposes) or moment.wording("terms-explained")
    told = tuple(
        Disclosure(topic=topic, before=moment.mind.topics[topic], sentence=words[-1])
        for topic in (terms.reveals if words else ())
    )
    mind = _replace(mind, stage=Stage.PROPOSED, pending="", last_disclosures=told)
    reason = "It filled the silence." if after_silence else "It had only been waiting for its turn."
    return moment.answer("terms-proposed", words, mind=mind, reason=reason)


def to_answer_on_terms(moment: Moment) -> Answer:
    """Its terms are on the table: taken, refused, pushed at, or talked about."""
    text, terms = moment.heard.text, moment.scenario.terms
    if moment.kinds & CLOSING - {"bargaining"}:
        mind = _replace(close(moment, "terms-withdrawn"), stage=Stage.TALKING)
        return moment.answer(
            "terms-withdrawn", mind=mind, reason="Pressure after the terms were laid out."
        )
    if cover(text, [_REFUSAL]):
        return _refused(moment)
    if "bargaining" in moment.kinds:
        return _bargained(moment)
    if cover(text, [terms.accepted_by]):
        sentences = moment.line("settled", terms.settled) or moment.wording("agreement")
        return _ended(moment, moment.answer("agreement", sentences), Outcome.AGREEMENT)
    return _refused(moment) if text.lower().strip().startswith(_BARE_NO) else _explain(moment)


def _explain(moment: Moment) -> Answer:
    """Neither taken nor refused: it says more about what it needs, and not for ever."""
    terms = moment.scenario.terms
    if moment.in_a_row("terms-explained", "terms-bargained", "solution-considered") >= _MOST_EXPLANATIONS:
        return let_go(moment, "They talked about its terms, but did not take them.")
    sentences = moment.line("explains", terms.explains) or moment.wording("terms-explained")
    if "premature_solution" in moment.kinds:
        # Not premature any more: it is weighed against what was asked for.
        words = joined(moment.wording("solution-considered"), sentences)
        return moment.answer("solution-considered", words)
    return moment.answer("terms-explained", sentences)


def _refused(moment: Moment) -> Answer:
    mind = _refusing(moment)
    if mind.refusals >= _MOST_REFUSALS:
        return let_go(moment.with_mind(mind), "Its terms were refused twice.")
    return moment.answer("terms-refused", mind=mind)


def _bargained(moment: Moment) -> Answer:
    """A number against its terms: it holds to what it asked for, and not for ever."""
    mind = _refusing(moment)
    if mind.refusals > _MOST_REFUSALS:
        return let_go(moment.with_mind(mind), "Its terms were haggled over, and not taken.")
    return moment.answer("terms-bargained", mind=mind)


def _refusing(moment: Moment) -> Mind:
    return _replace(moment.mind, refusals=moment.mind.refusals + 1)


def let_go(moment: Moment, reason: str, *, rule: str = "not-today") -> Answer:
    """Not today, but call me. Its own words, else shared ones: this line is kept for this moment."""
    return _ended(moment, moment.answer(rule, reason=reason), Outcome.NOT_TODAY)


def warn(moment: Moment) -> Answer:
    """It says that it is about to end the call, before it does."""
    return moment.answer("warning", mind=_replace(moment.mind, warned=True))


def hang_up(moment: Moment) -> Answer:
    """It had warned, and it went on like that."""
    pressed = ", ".join(dict.fromkeys(moment.mind.pressed)) or "nothing that moved it"
    answer = moment.answer("hang-up", reason=f"What it remembers: {pressed}.")
    return _ended(moment, answer, Outcome.HUNG_UP)


def _ended(moment: Moment, answer: Answer, outcome: Outcome) -> Answer:
    """The end, with what led there among its reasons."""
    return _replace(answer, reasons=(*answer.reasons, *what_led_here(moment.mind.rules)), ends=outcome)


def what_led_here(rules: Sequence[str]) -> tuple[str, ...]:
    """The turning points among the rules that applied, oldest first; each names its exchange.

    Exchanges are counted from 1; the opening is none.
    """
    turned = [
        f"Exchange {number}: {RULES[rule].reason}"
        for number, rule in enumerate(rules)
        if rule in TURNING_POINTS
    ]
    return tuple(turned[-_MOST_TURNING_POINTS:])
