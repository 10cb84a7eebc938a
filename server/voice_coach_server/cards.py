"""What a start page shows of the scenarios."""

from __future__ import annotations

from collections.abc import Iterable

from voice_coach.counterpart.scenario import Scenario
from voice_coach.counterpart.story import Guardedness
from voice_coach.messages import ScenarioCard

__all__ = ["card_of", "cards_of"]


def cards_of(scenarios: Iterable[Scenario]) -> list[ScenarioCard]:
    """Give the cards, whoever opens up most freely first: nobody should begin with the hardest."""
    levels = list(Guardedness)
    return [card_of(s) for s in sorted(scenarios, key=lambda s: (levels.index(s.guardedness), s.title))]


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
