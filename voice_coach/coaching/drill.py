"""What a drill shows while it runs and afterwards: rounds, verdicts, and how it went last time."""

from __future__ import annotations

import msgspec

__all__ = ["DrillCard", "DrillResult", "DrillRound", "DrillScore", "Verdict"]


class DrillScore(msgspec.Struct, frozen=True, kw_only=True):
    """How one run of a drill went."""

    passed: int
    rounds: int
    """Rounds that were answered; fewer than planned when the drill was left early."""
    longest_streak: int


class DrillCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a start page shows of a drill; also served at `/api/drills`."""

    id: str
    title: str
    trains: str
    """What it makes easier, one sentence."""
    how: str
    """What to do in each round, one or two sentences."""
    rounds: int
    prompts: int
    """How many there are to choose from."""
    last: DrillScore | None = None
    """The run before, if one is kept on this machine."""


class DrillRound(msgspec.Struct, frozen=True, kw_only=True):
    """The round that begins with the line that is being spoken now."""

    number: int
    """From 1."""
    rounds: int
    streak: int
    """Rounds passed in a row before it."""
    passed: int
    """Rounds passed before it."""
    prompt: str
    """Id of the prompt."""
    task: str
    """What to do now, one short line: "Name the feeling", "Now stay silent"."""
    why: str
    """Why this prompt was chosen, one sentence."""
    line: str = ""
    """What is said to the trainee in it, without the sign ("Good.") that may be spoken before."""
    again: bool = False
    """The same prompt goes on: a summary that is not complete yet, a silence after the label."""
    hold_seconds: float | None = None
    """The silence to hold from now on; null where none is asked for."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one answer was worth, said at once."""

    round: int
    utterance: int | None = None
    """The trainee's turn it is about; null for a silence."""
    prompt: str
    passed: bool
    reason: str
    """One sentence."""
    you_said: str = ""
    you_could_have_said: str = ""
    streak: int
    """Rounds passed in a row, this one included."""


class DrillResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the trainee takes home from one drill."""

    drill: str
    headline: str
    """One sentence: how it went, against last time where there was one."""
    score: DrillScore
    verdicts: tuple[Verdict, ...]
    last: DrillScore | None = None
    work_on: str = ""
    """What went wrong most often, one sentence; empty when nothing did."""
