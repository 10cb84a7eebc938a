"""The scenario of a journal, as it was played: its text on that day, at the level that was chosen."""

from __future__ import annotations

from voice_coach.counterpart.scenario import parse_scenario
from voice_coach.counterpart.story import Scenario, with_guardedness
from voice_coach.journal.format import JournalHeader

__all__ = ["played_scenario"]


def played_scenario(header: JournalHeader) -> Scenario:
    """Build the scenario from the header, whatever has become of its file since.

    Raises:
        ScenarioError: Its text is none that today's voice_coach can read.
    """
    scenario = parse_scenario(header.scenario_source, f"the scenario of session {header.session}")
    if header.guardedness is None:
        return scenario
    return with_guardedness(scenario, header.guardedness)
