"""A run of a drill: its rounds so far, the one that goes on, and what is shown of them. Pure values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from voice_coach.coaching.drill import DrillResult, DrillRound, Verdict
from voice_coach.coaching.drill_book import Drill, Prompt
from voice_coach.coaching.drill_score import result_of, score_of, streak_after
from voice_coach.coaching.mechanics import PASSED, Judged
from voice_coach.coaching.spacing import Asked, DrillMemory, choose_prompt
from voice_coach.counterpart.moment import TraineeTurn

__all__ = ["HOLD_SECONDS", "SILENT", "DrillRun", "Round"]

HOLD_SECONDS = 4.0
"""The silence to hold after a label, where a drill asks for one."""
SILENT = "silent"
"""The finding of a round in which nothing was said."""
_SILENT_ROUNDS = 2
"""After so many of them in a row nobody is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The round that goes on."""

    prompt: Prompt
    why: str
    """Why this prompt was chosen."""
    attempts: int = 0
    """At a summary: those that were not complete."""
    given: frozenset[str] = frozenset()
    """Points of a summary that were given back."""
    held: tuple[Judged, TraineeTurn] | None = None
    """The label after which the silence is being held."""
    asked: bool = False
    """The trainee was silent for long and was asked once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRun:
    """A drill and how far it has come."""

    drill: Drill
    seed: int
    memory: DrillMemory = field(default_factory=DrillMemory)
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[str, ...] = ()
    """What was found in the answer of each round."""

    @property
    def is_over(self) -> bool:
        """All rounds were answered, or nobody is there."""
        last = self.findings[-_SILENT_ROUNDS:]
        alone = len(last) == _SILENT_ROUNDS and set(last) == {SILENT}
        return alone or len(self.verdicts) >= self.drill.rounds

    @property
    def result(self) -> DrillResult:
        """What it came to so far."""
        return result_of(self.drill.id, self.verdicts, self.findings, self.memory.last)

    def next_round(self) -> Round:
        """Choose the next prompt."""
        names = [prompt.id for prompt in self.drill.prompts]
        # A prompt that was practised once may be gone from the file since.
        earlier = [each for each in self.memory.asked if each.prompt in names]
        asked = [Asked(prompt=each.prompt, passed=each.passed) for each in self.verdicts]
        choice = choose_prompt(names, earlier, asked, self.seed)
        return Round(prompt=self.drill.prompt(choice.prompt), why=choice.why)

    def shown(self, now: Round, *, again: bool = False) -> DrillRound:
        """What is shown of the round that goes on."""
        step = "answer" if now.held is None else "hold"
        return DrillRound(
            number=len(self.verdicts) + 1,
            rounds=self.drill.rounds,
            streak=streak_after(self.verdicts),
            passed=score_of(self.verdicts).passed,
            prompt=now.prompt.id,
            task=self.drill.tasks[step],
            why=now.why,
            line=" ".join(now.prompt.says),
            again=again,
            hold_seconds=None if now.held is None else HOLD_SECONDS,
        )

    def settled(self, now: Round, finding: str, reason: str, heard: TraineeTurn | None) -> DrillRun:
        """The run after a verdict, which is its last one.

        Args:
            now: The round that is over.
            finding: `passed`, or what was wrong.
            reason: The same as a sentence.
            heard: The answer; None for a silence.
        """
        passed = finding == PASSED
        verdict = Verdict(
            round=len(self.verdicts) + 1,
            utterance=heard.utterance if heard else None,
            prompt=now.prompt.id,
            passed=passed,
            reason=reason,
            you_said=heard.text if heard else "",
            you_could_have_said="" if passed else now.prompt.could,
            streak=streak_after(self.verdicts) + 1 if passed else 0,
        )
        return replace(self, verdicts=(*self.verdicts, verdict), findings=(*self.findings, finding))

    def reason(self, judged: Judged) -> str:
        """Say in the drill's words what was found."""
        sentence = self.drill.reasons[judged.finding]
        return sentence.format(quote=judged.quote, missing=_listed(judged.missing))


def _listed(titles: Sequence[str]) -> str:
    return f"{', '.join(titles[:-1])} and {titles[-1]}" if len(titles) > 1 else "".join(titles)
