"""How a run of a drill went, in figures and in two sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from voice_coach.coaching.drill import DrillResult, DrillScore, Verdict
from voice_coach.coaching.evidence import whole
from voice_coach.coaching.turn import Check, Speaker, Turn

__all__ = ["checks_of", "result_of", "score_of", "streak_after"]

_WORTH_A_WORD = 2
"""So often something must have gone wrong before it is what to work on, if anything else did too."""


def score_of(verdicts: Sequence[Verdict]) -> DrillScore:
    """Count a run."""
    return DrillScore(
        passed=sum(verdict.passed for verdict in verdicts),
        rounds=len(verdicts),
        longest_streak=max((verdict.streak for verdict in verdicts), default=0),
    )


def streak_after(verdicts: Sequence[Verdict]) -> int:
    """Rounds passed in a row at the end."""
    return verdicts[-1].streak if verdicts else 0


def result_of(
    drill: str, verdicts: Sequence[Verdict], findings: Sequence[str], last: DrillScore | None
) -> DrillResult:
    """Sum a run up.

    Args:
        drill: The drill's id.
        verdicts: Of all rounds that were answered.
        findings: What was found in each.
        last: The run before, if one is known.
    """
    score = score_of(verdicts)
    return DrillResult(
        drill=drill,
        headline=_headline(score, last),
        score=score,
        verdicts=tuple(verdicts),
        last=last,
        work_on=_work_on(verdicts, findings),
    )


def checks_of(verdicts: Sequence[Verdict], turns: Sequence[Turn]) -> tuple[Check, ...]:
    """Give the verdicts as the checks of a debrief, which a review shows and a reviewer may overrule.

    Args:
        verdicts: Of all rounds that were answered.
        turns: The call, both sides.
    """
    spoken = iter([turn for turn in turns if turn.speaker is Speaker.TRAINEE])
    checks = []
    for verdict in verdicts:
        said = verdict.utterance is not None
        # Both are in the order of the call; turns between two answers asked for the line again.
        turn = next((turn for turn in spoken if turn.text == verdict.you_said), None) if said else None
        check = Check(
            id=f"round-{verdict.round}",
            question=f"Round {verdict.round}: {verdict.reason}",
            passed=verdict.passed,
            evidence=whole(turn) if turn else None,
            you_said="" if verdict.passed else verdict.you_said,
            you_could_have_said=verdict.you_could_have_said,
        )
        checks.append(check)
    return tuple(checks)


def _headline(score: DrillScore, last: DrillScore | None) -> str:
    if not score.rounds:
        return "No round was answered."
    said = f"{score.passed} of {score.rounds} passed, {score.longest_streak} in a row at best"
    if last is None or not last.rounds:
        return f"{said}."
    before = f"{last.passed} of {last.rounds}"
    now_share, last_share = score.passed / score.rounds, last.passed / last.rounds
    if now_share > last_share:
        return f"{said}; better than last time ({before})."
    if now_share < last_share:
        return f"{said}; last time it was {before}."
    return f"{said}; as last time ({before})."


def _work_on(verdicts: Sequence[Verdict], findings: Sequence[str]) -> str:
    wrong = [
        (finding, verdict.reason)
        for finding, verdict in zip(findings, verdicts, strict=True)
        if not verdict.passed
    ]
    if not wrong:
        return ""
    finding, times = Counter(finding for finding, _ in wrong).most_common(1)[0]
    reason = next(reason for found, reason in reversed(wrong) if found == finding)
    return f"{times} times: {reason}" if times >= _WORTH_A_WORD else reason
