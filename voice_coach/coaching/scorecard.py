"""The scorecard: yes/no checks after a call, each with the sentence that proves it.

What the trainee could have said is the scenario's, so that the advice fits this person and not the book.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voice_coach.coaching.evidence import (
    at,
    hint_at,
    most_told,
    moves_of,
    place,
    quote,
    stretch,
    tensest,
    whole,
)
from voice_coach.coaching.turn import Check, Debrief, Speaker, Turn
from voice_coach.coaching.turning_points import find_turning_points, headline
from voice_coach.counterpart.reply import Outcome
from voice_coach.counterpart.story import Layer, Scenario
from voice_coach.moves.move import Family, TopicRole

__all__ = ["debrief"]

_LABELS = frozenset({"label", "i_label", "missing_piece_label"})
_ASKING = frozenset(
    {"bargaining", "deadline_pressure", "leverage", "threat", "premature_solution", "yes_fishing"}
)
_HEAVY = frozenset({"leverage", "deadline_pressure", "threat", "bargaining", "arguing"})
_QUESTIONS = frozenset({"question", "calibrated_question", "why_question", "yes_fishing"})
_LISTENED = 0.5
"""Share of talking from which the trainee was the one who talked."""


def debrief(turns: Sequence[Turn], outcome: Outcome, scenario: Scenario) -> Debrief:
    """What the trainee takes home from a call, however far it came."""
    mine = [turn for turn in turns if turn.speaker is Speaker.TRAINEE]
    share = _talk_share(turns)
    checks = (
        _check_thats_right(turns, mine, scenario),
        _check_feeling_first(mine, scenario),
        _check_why_they_came(turns, mine, scenario),
        *_check_silence(turns, scenario),
        _check_pressure(turns, mine, scenario),
        _check_listening(mine, scenario),
        _check_interruptions(turns, mine, scenario),
        _check_share(turns, mine, share, scenario),
    )
    thats_right = any(turn.thats_right for turn in turns)
    return Debrief(
        headline=headline(turns, outcome, scenario),
        checks=checks,
        labels=_count(mine, _LABELS),
        summaries=_count(mine, {"summary"}),
        thats_right=thats_right,
        talk_share=share,
        turning_points=find_turning_points(turns),
    )


# ---------------------------------------------------------------- the checks


def _check_thats_right(turns: Sequence[Turn], mine: Sequence[Turn], scenario: Scenario) -> Check:
    said = next((turn for turn in turns if turn.thats_right), None)
    attempts = list(moves_of(mine, {"summary"}))
    return Check(
        id="thats-right",
        question="Did they say “that's right”?",
        passed=said is not None,
        evidence=whole(said) if said else at(attempts[-1]) if attempts else most_told(turns),
        you_said="" if said or not attempts else quote(attempts[-1]),
        you_could_have_said="" if said else scenario.good_summary,
    )


def _check_feeling_first(mine: Sequence[Turn], scenario: Scenario) -> Check:
    named = next(moves_of(mine, {*_LABELS, "summary", "accusation_audit"}), None)
    asked = next(moves_of(mine, _ASKING), None)
    passed = named is not None and (asked is None or place(named) < place(asked))
    proof = named if passed else asked
    instead = whole(mine[0]) if mine else None
    feeling = _first(scenario, TopicRole.FEELING)
    return Check(
        id="feeling-first",
        question="Did you name a feeling before you asked for anything?",
        passed=passed,
        evidence=at(proof) if proof else instead,
        you_said=quote(asked) if asked and not passed else "",
        you_could_have_said="" if passed or feeling is None else feeling.you_could_say,
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


def _check_pressure(turns: Sequence[Turn], mine: Sequence[Turn], scenario: Scenario) -> Check:
    pushed = next(moves_of(mine, _HEAVY), None)
    before = [turn for turn in mine if pushed and turn.index < pushed[0].index]
    return Check(
        id="no-pressure",
        question="Did you get by without pressure?",
        passed=pushed is None,
        evidence=at(pushed) if pushed else tensest(turns),
        you_said=quote(pushed) if pushed else "",
        you_could_have_said=_still_open(before, scenario) if pushed else "",
    )


def _check_listening(mine: Sequence[Turn], scenario: Scenario) -> Check:
    reflections = [f for t in mine for f in ((t, m) for m in t.moves if m.family is Family.REFLECTION)]
    questions = list(moves_of(mine, _QUESTIONS))
    passed = bool(reflections) and len(reflections) >= len(questions)
    proof = reflections[-1] if passed else questions[-1] if questions else None
    instead = whole(mine[-1]) if mine else None
    feelings = [x for x in scenario.layers if x.role is TopicRole.FEELING and not x.secret]
    return Check(
        id="reflect-or-ask",
        question="Did you give back what you heard at least as often as you asked?",
        passed=passed,
        evidence=at(proof) if proof else instead,
        you_said=quote(proof) if proof and not passed else "",
        you_could_have_said=feelings[-1].you_could_say if feelings and not passed else "",
    )


def _check_interruptions(turns: Sequence[Turn], mine: Sequence[Turn], scenario: Scenario) -> Check:
    cut = next((turn for turn in mine if turn.interrupted), None)
    return Check(
        id="let-them-finish",
        question="Did you let them finish?",
        passed=cut is None,
        evidence=whole(cut) if cut else most_told(turns),
        you_said=cut.text if cut else "",
        you_could_have_said=f"(One breath later.) {_still_open(mine, scenario)}" if cut else "",
    )


def _check_share(turns: Sequence[Turn], mine: Sequence[Turn], share: float, scenario: Scenario) -> Check:
    passed = bool(turns) and share <= _LISTENED
    longest = max(mine, key=lambda t: t.end_seconds - t.start_seconds, default=None)
    first = scenario.name.split()[0]
    return Check(
        id="talk-share",
        question=f"Did {first} speak at least as much as you?",
        passed=passed,
        evidence=whole(longest) if longest and not passed else most_told(turns),
        you_said=longest.text if longest and not passed else "",
        you_could_have_said="" if passed else f"{_still_open(mine, scenario)} (And then a silence.)",
    )


# ---------------------------------------------------------------- counts


def _count(turns: Sequence[Turn], kinds: Iterable[str]) -> int:
    return sum(1 for _ in moves_of(turns, kinds))


def _rule(turn: Turn) -> str:
    return turn.because.rule if turn.because else ""


def _still_open(mine: Sequence[Turn], scenario: Scenario) -> str:
    """A label for the first topic that these turns did not name; a summary when they named all."""
    named = {covered.topic for turn in mine for covered in turn.covers}
    return next(
        (
            layer.you_could_say
            for layer in scenario.layers
            if not layer.secret and layer.role is not TopicRole.POSITION and layer.id not in named
        ),
        scenario.good_summary,
    )


def _first(scenario: Scenario, role: TopicRole) -> Layer | None:
    return next((layer for layer in scenario.layers if layer.role is role and not layer.secret), None)


def _talk_share(turns: Sequence[Turn]) -> float:
    """The trainee's share of all speaking time; 0 when nobody spoke."""
    spoken = dict.fromkeys(Speaker, 0.0)
    for turn in turns:
        spoken[turn.speaker] += max(0.0, turn.end_seconds - turn.start_seconds)
    total = sum(spoken.values())
    return round(spoken[Speaker.TRAINEE] / total, 3) if total else 0.0
