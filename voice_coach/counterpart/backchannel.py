"""Signs of listening while the trainee speaks at length: short, soft, and nobody's turn."""

from __future__ import annotations

from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.moment import chance
from voice_coach.counterpart.story import Line, Scenario

__all__ = ["backchannel"]

_OFTEN = 0.75
"""Share of the moments for one that are used: always the same beat would sound like a machine."""
_SILENT_FROM_TENSION = 0.8
"""Who is this tense does not nod along."""


def backchannel(scenario: Scenario, mind: Mind, seed: int, number: int) -> Line:
    """Give the sign of listening for the `number`-th moment of a call; empty for none.

    Unlike a sentence it may come again later, but never twice running.
    """
    if mind.tension >= _SILENT_FROM_TENSION or chance(seed, number, "backchannel") >= _OFTEN:
        return ()
    pool = scenario.lines.get("backchannel") or scenario.manners.get("backchannel", ())
    # Steps through the pool from a place that the call chose, so no two neighbours are alike.
    start = int(chance(seed, 0, "backchannel-from") * len(pool))
    return pool[(start + number) % len(pool)] if pool else ()
