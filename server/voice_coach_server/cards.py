"""What a start page shows of the scenarios and the drills."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from voice_coach.coaching.drill import DrillCard
from voice_coach.coaching.drill_book import Drill
from voice_coach.counterpart.scenario import Scenario
from voice_coach.counterpart.story import Guardedness
from voice_coach.journal.library import Library
from voice_coach.messages import ScenarioCard
from voice_coach_server.visitor import Visitor

__all__ = ["card_of", "card_of_drill", "cards_of", "drill_cards"]


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


def card_of_drill(drill: Drill) -> ScenarioCard:
    """Give a drill as whom one meets in it: who speaks its lines, and as brief what to do."""
    return ScenarioCard(
        id="",
        title=drill.title,
        person=drill.person,
        stake=drill.trains,
        guardedness=Guardedness.OPEN,
        brief=drill.how,
    )


def drill_cards(drills: Iterable[Drill], store: Path, visitor: Visitor) -> list[DrillCard]:
    """Give the drills' cards, with how the run before of who asks went: the owner's own, or a table's.

    Raises:
        StoreError: The sessions cannot be read.
    """
    if not (visitor.is_owner or visitor.table):
        return [drill.card() for drill in drills]
    with Library(store) as library:
        return [drill.card(library.drill_memory(drill.id, visitor.table).last) for drill in drills]
