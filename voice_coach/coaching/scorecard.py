"""The scorecard: yes/no checks after a call, each with the sentence that proves it.

What the trainee could have said is the scenario's, so that the advice fits this person and not the book.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from voice_coach.coaching.turn import Check, Debrief, Evidence, Speaker, Turn
from voice_coach.counterpart.reply import Outcome
from voice_coach.counterpart.rules import RULES
from voice_coach.counterpart.story import Layer, Scenario
from voice_coach.moves.move import Family, Move, TopicRole

__all__ = ["debrief"]

_LABELS = frozenset({"label", "i_label", "missing_piece_label"})
_ASKING = frozenset(
    {"bargaining", "deadline_pressure", "leverage", "threat", "premature_solution", "yes_fishing"}
)
_HEAVY = frozenset({"leverage", "deadline_pressure", "threat", "bargaining", "arguing"})
_QUESTIONS = frozenset({"question", "calibrated_question", "why_question", "yes_fishing"})
_LISTENED = 0.5
"""Share of talking from which the trainee was the one who talked."""

_Found = tuple[Turn, Move]


def debrief(turns: Sequence[Turn], outcome: Outcome, scenario: Scenario) -> Debrief:
    """What the trainee takes home from a call, however far it came."""
    mine = [turn for turn in turns if turn.speaker is Speaker.TRAINEE]
    share = _talk_share(turns)
    checks = (
        _check_thats_right(turns, mine, scenario),
        _check_feeling_first(mine, scenario),
        _check_why_they_came(mine, scenario),
        *_check_silence(turns, scenario),
        _check_pressure(mine, scenario),
        _check_listening(mine, scenario),
        _check_interruptions(mine),
        _check_share(turns, mine, share, scenario),
    )
    thats_right = any(turn.thats_right for turn in turns)
    return Debrief(
        headline=_headline(turns, outcome, scenario),
        checks=checks,
        labels=_count(mine, _LABELS),
        summaries=_count(mine, {"summary"}),
        thats_right=thats_right,
        talk_share=share,
    )


# ---------------------------------------------------------------- the checks


def _check_thats_right(turns: Sequence[Turn], mine: Sequence[Turn], scenario: Scenario) -> Check:
    said = next((turn for turn in turns if turn.thats_right), None)
    attempts = list(_moves(mine, {"summary"}))
    return Check(
        id="thats-right",
        question="Did they say “that's right”?",
        passed=said is not None,
        evidence=_whole(said) if said else _at(attempts[-1]) if attempts else None,
        you_said="" if said or not attempts else _quote(attempts[-1]),
        you_could_have_said="" if said else scenario.good_summary,
    )


def _check_feeling_first(mine: Sequence[Turn], scenario: Scenario) -> Check:
    named = next(_moves(mine, {*_LABELS, "summary", "accusation_audit"}), None)
    asked = next(_moves(mine, _ASKING), None)
    passed = named is not None and (asked is None or _place(named) < _place(asked))
    proof = named if passed else asked
    feeling = _first(scenario, TopicRole.FEELING)
    return Check(
        id="feeling-first",
        question="Did you name a feeling before you asked for anything?",
        passed=passed,
        evidence=_at(proof) if proof else None,
        you_said=_quote(asked) if asked and not passed else "",
        you_could_have_said="" if passed or feeling is None else feeling.you_could_say,
    )


def _check_why_they_came(mine: Sequence[Turn], scenario: Scenario) -> Check:
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
    evidence = None
    if last is not None:
        evidence = _evidence(last, min(a for a, _ in spans), max(b for _, b in spans))
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
        evidence=_whole(held[0]) if held else _whole(broken) if broken else None,
        you_said=broken.text if broken and not passed else "",
        you_could_have_said=""
        if passed
        else f"Nothing, for four seconds. {scenario.name.split()[0]} was about to go on.",
    )


def _check_pressure(mine: Sequence[Turn], scenario: Scenario) -> Check:
    pushed = next(_moves(mine, _HEAVY), None)
    before = {k.topic for turn in mine if pushed and turn.index < pushed[0].index for k in turn.covers}
    open_still = [
        x
        for x in scenario.layers
        if not x.secret and x.id not in before and x.role is not TopicRole.POSITION
    ]
    return Check(
        id="no-pressure",
        question="Did you get by without pressure?",
        passed=pushed is None,
        evidence=_at(pushed) if pushed else None,
        you_said=_quote(pushed) if pushed else "",
        you_could_have_said=open_still[0].you_could_say if pushed and open_still else "",
    )


def _check_listening(mine: Sequence[Turn], scenario: Scenario) -> Check:
    reflections = [f for t in mine for f in ((t, m) for m in t.moves if m.family is Family.REFLECTION)]
    questions = list(_moves(mine, _QUESTIONS))
    passed = bool(reflections) and len(reflections) >= len(questions)
    proof = reflections[-1] if passed else questions[-1] if questions else None
    feelings = [x for x in scenario.layers if x.role is TopicRole.FEELING and not x.secret]
    return Check(
        id="reflect-or-ask",
        question="Did you give back what you heard at least as often as you asked?",
        passed=passed,
        evidence=_at(proof) if proof else None,
        you_said=_quote(proof) if proof and not passed else "",
        you_could_have_said=feelings[-1].you_could_say if feelings and not passed else "",
    )


def _check_interruptions(mine: Sequence[Turn]) -> Check:
    cut = next((turn for turn in mine if turn.interrupted), None)
    return Check(
        id="let-them-finish",
        question="Did you let them finish?",
        passed=cut is None,
        evidence=_whole(cut) if cut else None,
        you_said=cut.text if cut else "",
        you_could_have_said="The same, one breath later." if cut else "",
    )


def _check_share(turns: Sequence[Turn], mine: Sequence[Turn], share: float, scenario: Scenario) -> Check:
    passed = bool(turns) and share <= _LISTENED
    longest = max(mine, key=lambda t: t.end_seconds - t.start_seconds, default=None)
    first = scenario.name.split()[0]
    return Check(
        id="talk-share",
        question=f"Did {first} speak at least as much as you?",
        passed=passed,
        evidence=_whole(longest) if longest and not passed else None,
        you_said=longest.text if longest and not passed else "",
        you_could_have_said="" if passed else "Half of that, and then a silence.",
    )


# ---------------------------------------------------------------- the headline


def _headline(turns: Sequence[Turn], outcome: Outcome, scenario: Scenario) -> str:
    first = scenario.name.split()[0]
    earned = next((turn for turn in turns if turn.thats_right), None)
    closed = next((t for t in turns if _rule(t) in RULES and RULES[_rule(t)].costs), None)
    before_right = {
        Outcome.AGREEMENT: f"You agreed on {first}'s own terms.",
        Outcome.HUNG_UP: f"{first} hung up: {_said_before(turns, closed)}",
        Outcome.NOT_TODAY: f"Not today: {first} left without saying what this call was about.",
        Outcome.TRAINEE_LEFT: f"You ended the call before {first} said “that's right”.",
        Outcome.INTERRUPTED: "The call broke off; this is how far it came.",
    }
    after_right = {
        Outcome.AGREEMENT: f"You agreed on {first}'s own terms, after “that's right”.",
        Outcome.HUNG_UP: f"{first} felt understood, and hung up: {_said_before(turns, closed)}",
        Outcome.NOT_TODAY: f"{first} felt understood, but the terms stayed open: not today.",
        Outcome.TRAINEE_LEFT: "You heard “that's right”, and ended the call before it was settled.",
        Outcome.INTERRUPTED: "You heard “that's right” before the call broke off.",
    }
    return (after_right if earned else before_right)[outcome]


def _said_before(turns: Sequence[Turn], closed: Turn | None) -> str:
    mine = [t for t in turns if t.speaker is Speaker.TRAINEE and closed and t.index < closed.index]
    if not mine:
        return "nothing you said reached what the call was about."
    return f"it turned when you said “{mine[-1].text}”"


# ---------------------------------------------------------------- proof


def _moves(turns: Iterable[Turn], kinds: Iterable[str]) -> Iterator[_Found]:
    wanted = frozenset(kinds)
    return ((turn, move) for turn in turns for move in turn.moves if move.kind in wanted)


def _count(turns: Sequence[Turn], kinds: Iterable[str]) -> int:
    return sum(1 for _ in _moves(turns, kinds))


def _place(found: _Found) -> tuple[int, int]:
    return found[0].index, found[1].start


def _quote(found: _Found) -> str:
    turn, move = found
    return turn.text[move.start : move.end]


def _at(found: _Found) -> Evidence:
    turn, move = found
    return _evidence(turn, move.start, move.end)


def _whole(turn: Turn) -> Evidence:
    return _evidence(turn, 0, len(turn.text))


def _evidence(turn: Turn, start: int, end: int) -> Evidence:
    """A stretch of a turn; its seconds are estimated from where its characters stand."""
    seconds = (turn.end_seconds - turn.start_seconds) / max(1, len(turn.text))
    return Evidence(
        turn=turn.index,
        quote=turn.text[start:end],
        start_seconds=turn.start_seconds + start * seconds,
        end_seconds=turn.start_seconds + end * seconds,
    )


def _rule(turn: Turn) -> str:
    return turn.because.rule if turn.because else ""


def _first(scenario: Scenario, role: TopicRole) -> Layer | None:
    return next((layer for layer in scenario.layers if layer.role is role and not layer.secret), None)


def _talk_share(turns: Sequence[Turn]) -> float:
    """The trainee's share of all speaking time; 0 when nobody spoke."""
    spoken = dict.fromkeys(Speaker, 0.0)
    for turn in turns:
        spoken[turn.speaker] += max(0.0, turn.end_seconds - turn.start_seconds)
    total = sum(spoken.values())
    return round(spoken[Speaker.TRAINEE] / total, 3) if total else 0.0
