"""What a start page shows of a scenario."""

from __future__ import annotations

from voice_coach.counterpart.scenario import Scenario
from voice_coach.messages import ScenarioCard

__all__ = ["card_of"]


def card_of(scenario: Scenario) -> ScenarioCard:
    """Give a scenario's card: who, what is at stake, how guarded; nothing that they hold back."""
    return ScenarioCard(
        id=scenario.id,
        title=scenario.title,
        person=scenario.person,
        stake=scenario.stake,
        guardedness=scenario.guardedness,
        brief=scenario.brief,
    )
