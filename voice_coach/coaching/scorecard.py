"""The scorecard: yes/no checks after a call, each with the sentence that proves it.

What the trainee could have said is the scenario's, so that the advice fits this person and not the book.
A recorded call may have no scenario: then nothing is advised, and what needs its facts is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voice_coach.coaching.advice import Advice
from voice_coach.coaching.evidence import (
    LABELS,
    at,
    ends_on_label,
    hint_at,
    most_told,
    moves_of,
    place,
    quote,
    stretch,
    talk_share,
    tensest,
    whole,
)
from voice_coach.coaching.turn import Check, Debrief, Speaker, Turn
from voice_coach.coaching.turning_points import find_turning_points, headline, headline_heard
from voice_coach.counterpart.reply import Outcome
from voice_coach.counterpart.story import Scenario
from voice_coach.moves.move import Family, TopicRole

__all__ = ["debrief", "debrief_heard"]

_ASKING = frozenset(
    {"bargaining", "deadline_pressure", "leverage", "threat", "premature_solution", "yes_fishing"}
)
_HEAVY = frozenset({"leverage", "deadline_pressure", "threat", "bargaining", "arguing"})
_QUESTIONS = frozenset({"question", "calibrated_question", "why_question", "yes_fishing"})
_LISTENED = 0.5
"""Share of talking from which the trainee was the one who talked."""


def debrief(turns: Sequence[Turn], outcome: Outcome, scenario: Scenario) -> Debrief:
    """What the trainee takes home from a call, however far it came."""
    return _debrief(
        turns,
        scenario,
        silence=_check_silence(turns, scenario),
        said=headline(turns, outcome, scenario),
    )


def debrief_heard(turns: Sequence[Turn], scenario: Scenario | None) -> Debrief:
    """What a recorded call teaches; its counterpart was a person, of whom only the words are known.

    Args:
        turns: Those of which it is known whose they are. Their `thats_right` is what the words say.
        scenario: What the call was about, if that is one of the scenarios.
    """
    silence = _check_silence_heard(turns)
    return _debrief(turns, scenario, silence=silence, said=headline_heard(turns))


def _debrief(
    turns: Sequence[Turn], scenario: Scenario | None, *, silence: Iterable[Check], said: str
) -> Debrief:
    mine = [turn for turn in turns if turn.speaker is Speaker.TRAINEE]
    share = talk_share(turns)
    advice = Advice(scenario)
    why_they_came = () if scenario is None else (_check_why_they_came(turns, mine, scenario),)
    checks = (
        _check_thats_right(turns, mine, advice),
        _check_feeling_first(mine, advice),
        *why_they_came,
        *silence,
        _check_pressure(turns, mine, advice),
        _check_listening(mine, advice),
        _check_interruptions(turns, mine, advice),
        _check_share(turns, mine, share, advice),
    )
    return Debrief(
        headline=said,
        checks=checks,
        labels=_count(mine, LABELS),
        summaries=_count(mine, {"summary"}),
        thats_right=any(turn.thats_right for turn in turns),
        talk_share=share,
        turning_points=find_turning_points(turns),
    )


# ---------------------------------------------------------------- the checks


def _check_thats_right(turns: Sequence[Turn], mine: Sequence[Turn], advice: Advice) -> Check:
    said = next((turn for turn in turns if turn.thats_right), None)
    attempts = list(moves_of(mine, {"summary"}))
    return Check(
        id="thats-right",
        question="Did they say “that's right”?",
        passed=said is not None,
        evidence=whole(said) if said else at(attempts[-1]) if attempts else most_told(turns),
        you_said="" if said or not attempts else quote(attempts[-1]),
        you_could_have_said="" if said else advice.summary,
    )


def _check_feeling_first(mine: Sequence[Turn], advice: Advice) -> Check:
    named = next(moves_of(mine, {*LABELS, "summary", "accusation_audit"}), None)
    asked = next(moves_of(mine, _ASKING), None)
    passed = named is not None and (asked is None or place(named) < place(asked))
    proof = named if passed else asked
    instead = whole(mine[0]) if mine else None
    return Check(
        id="feeling-first",
        question="Did you name a feeling before you asked for anything?",
        passed=passed,
        evidence=at(proof) if proof else instead,
        you_said=quote(asked) if asked and not passed else "",
        you_could_have_said="" if passed else advice.first_feeling,
    )


def _check_why_they_came(turns: Sequence[Turn], mine: Sequence[Turn], scenario: Scenario) -> Check:
    reasons = [x.id for x in scenario.layers if x.role is TopicRole.REASON and not x.secret]
    proof: dict[str, Turn] = {}
    for turn in mine:
        for covered in turn.covers:
            proof.setdefault(covered.topic, turn)
    missed = [topic for topic in reasons if topic not in proof]
    last = proof[reasons[-1]] if reasons and not missed else None
    spans = [
        span
        for covered in (last.covers if last else ())
        if covered.topic in reasons
        for span in covered.spans
    ]
    evidence = hint_at(turns, missed) or most_told(turns)
    if last is not None:
        evidence = stretch(last, min(a for a, _ in spans), max(b for _, b in spans))
    return Check(
        id="why-they-came",
        question="Did you say why they came, in your own words?",
        passed=not missed,
        evidence=evidence,
        you_could_have_said=scenario.layer(missed[0]).you_could_say if missed else "",
    )


def _check_silence(turns: Sequence[Turn], scenario: Scenario) -> Iterable[Check]:
    """Only when there was a silence to leave: after a label that touched something deep."""
    held = [turn for turn in turns if _rule(turn) == "silence-filled"]
    offered = [turn for turn in turns if _rule(turn) == "label-into-silence"]
    if not offered:
        return
    after = next((t for t in turns if t.index == offered[-1].index + 1), None)
    broken = after if after is not None and after.speaker is Speaker.TRAINEE else None
    passed = bool(held)
    yield Check(
        id="silence",
        question="Did you leave the silence alone after a label that landed?",
        passed=passed,
        evidence=whole(held[0] if held else broken or offered[-1]),
        you_said=broken.text if broken and not passed else "",
        you_could_have_said=""
        if passed
        else f"Nothing, for four seconds. {scenario.name.split()[0]} was about to go on.",
    )


def _check_silence_heard(turns: Sequence[Turn]) -> Iterable[Check]:
    """Whether the other side was who spoke after a label; asked only when there was one."""
    labelled = [
        (position, turn)
        for position, turn in enumerate(turns)
        if turn.speaker is Speaker.TRAINEE and any(move.kind in LABELS for move in turn.moves)
    ]
    if not labelled:
        return

    def left_alone(position: int, turn: Turn) -> bool:
        after = turns[position + 1] if position + 1 < len(turns) else None
        return ends_on_label(turn) and (after is None or after.speaker is not turn.speaker)

    filled = next((turn for position, turn in labelled if not left_alone(position, turn)), None)
    yield Check(
        id="silence",
        question="After naming something, did you leave the next word to them?",
        passed=filled is None,
        evidence=whole(filled or labelled[-1][1]),
        you_said=filled.text if filled else "",
    )


def _check_pressure(turns: Sequence[Turn], mine: Sequence[Turn], advice: Advice) -> Check:
    pushed = next(moves_of(mine, _HEAVY), None)
    before = [turn for turn in mine if pushed and turn.index < pushed[0].index]
    return Check(
        id="no-pressure",
        question="Did you get by without pressure?",
        passed=pushed is None,
        evidence=at(pushed) if pushed else tensest(turns),
        you_said=quote(pushed) if pushed else "",
        you_could_have_said=advice.still_open(before) if pushed else "",
    )


def _check_listening(mine: Sequence[Turn], advice: Advice) -> Check:
    reflections = [f for t in mine for f in ((t, m) for m in t.moves if m.family is Family.REFLECTION)]
    questions = list(moves_of(mine, _QUESTIONS))
    passed = bool(reflections) and len(reflections) >= len(questions)
    proof = reflections[-1] if passed else questions[-1] if questions else None
    instead = whole(mine[-1]) if mine else None
    return Check(
        id="reflect-or-ask",
        question="Did you give back what you heard at least as often as you asked?",
        passed=passed,
        evidence=at(proof) if proof else instead,
        you_said=quote(proof) if proof and not passed else "",
        you_could_have_said="" if passed else advice.last_feeling,
    )


def _check_interruptions(turns: Sequence[Turn], mine: Sequence[Turn], advice: Advice) -> Check:
    cut = next((turn for turn in mine if turn.interrupted), None)
    return Check(
        id="let-them-finish",
        question="Did you let them finish?",
        passed=cut is None,
        evidence=whole(cut) if cut else most_told(turns),
        you_said=cut.text if cut else "",
        you_could_have_said=advice.with_still_open("(One breath later.) {}", mine) if cut else "",
    )


def _check_share(turns: Sequence[Turn], mine: Sequence[Turn], share: float, advice: Advice) -> Check:
    passed = bool(turns) and share <= _LISTENED
    longest = max(mine, key=lambda t: t.end_seconds - t.start_seconds, default=None)
    return Check(
        id="talk-share",
        question=f"Did {advice.name} speak at least as much as you?",
        passed=passed,
        evidence=whole(longest) if longest and not passed else most_told(turns),
        you_said=longest.text if longest and not passed else "",
        you_could_have_said="" if passed else advice.with_still_open("{} (And then a silence.)", mine),
    )


# ---------------------------------------------------------------- counts


def _count(turns: Sequence[Turn], kinds: Iterable[str]) -> int:
    return sum(1 for _ in moves_of(turns, kinds))


def _rule(turn: Turn) -> str:
    return turn.because.rule if turn.because else ""
