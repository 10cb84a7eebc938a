"""Who answers in a call, and what it needs to know of them: a scenario's person, or a drill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_coach.coaching.drill import DrillCard
from voice_coach.coaching.drill_book import Drill
from voice_coach.coaching.drill_run import DrillRun
from voice_coach.coaching.drill_shelf import read_drill_shelf
from voice_coach.coaching.spacing import DrillMemory
from voice_coach.conversation.counterpart_partner import CounterpartPartner
from voice_coach.conversation.drill_partner import DrillPartner
from voice_coach.conversation.partner import Partner
from voice_coach.counterpart.expected_words import expected_words
from voice_coach.counterpart.scenario import Scenario
from voice_coach.counterpart.shelf import read_shelf
from voice_coach.counterpart.story import Guardedness, with_guardedness
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.journal.library import Library
from voice_coach.messages import Hello, ScenarioCard
from voice_coach.settings import Settings
from voice_coach_server.cards import card_of, card_of_drill

__all__ = ["Cast", "cast_for", "cast_of_scenario"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who answers."""

    id: str
    """The scenario's, or the drill's."""
    card: ScenarioCard
    voice: VoiceStyle
    words: tuple[str, ...]
    """Names that the trainee may say and no recogniser knows."""
    partner: Callable[[int], Partner]
    """Makes them, from the seed of the call."""
    scenario_source: str = ""
    guardedness: Guardedness | None = None
    drill: DrillCard | None = None
    drill_source: str = ""
    memory: DrillMemory | None = None


def cast_for(hello: Hello, table: str, settings: Settings) -> Cast:
    """Find who is asked for. By an id alone: a path that comes over the wire is never opened.

    Args:
        hello: What the client asks for.
        table: In a training room: whose earlier runs of a drill count.
        settings: Where scenarios, drills and sessions are.

    Raises:
        ScenarioError: `unknown-scenario` or `unknown-drill`.
        StoreError: The sessions before cannot be read.
    """
    if hello.drill:
        drill = read_drill_shelf(settings.drills.path).find(hello.drill)
        with Library(settings.store.path) as library:
            memory = library.drill_memory(drill.id, table)
        return _cast_of_drill(drill, memory)
    scenario = read_shelf(settings.scenarios.path).find(hello.scenario)
    if hello.guardedness is not None:
        scenario = with_guardedness(scenario, hello.guardedness)
    return cast_of_scenario(scenario)


def cast_of_scenario(scenario: Scenario) -> Cast:
    """Cast a scenario's person."""
    return Cast(
        id=scenario.id,
        card=card_of(scenario),
        voice=scenario.voice,
        words=expected_words(scenario),
        partner=lambda seed: CounterpartPartner.of(scenario, seed),
        scenario_source=scenario.source_text,
        guardedness=scenario.guardedness,
    )


def _cast_of_drill(drill: Drill, memory: DrillMemory) -> Cast:
    return Cast(
        id=drill.id,
        card=card_of_drill(drill),
        voice=drill.voice,
        words=(),
        partner=lambda seed: DrillPartner.of(DrillRun(drill=drill, seed=seed, memory=memory)),
        drill=drill.card(memory.last),
        drill_source=drill.source_text,
        memory=memory,
    )
