"""A journal's call as it was played: its scenario on that day, and a session that plays it again."""

from __future__ import annotations

from voice_coach.conversation.counterpart_partner import CounterpartPartner
from voice_coach.conversation.partner import Partner
from voice_coach.conversation.session import Session
from voice_coach.counterpart.scenario import parse_scenario
from voice_coach.counterpart.story import Scenario, with_guardedness
from voice_coach.journal.format import JournalHeader
from voice_coach.moves.recognizer import Recognizer

__all__ = ["played_partner", "played_scenario", "played_session"]


def played_scenario(header: JournalHeader) -> Scenario:
    """Build the scenario from the header, whatever has become of its file since.

    Raises:
        ScenarioError: Its text is none that today's voice_coach can read.
    """
    scenario = parse_scenario(header.scenario_source, f"the scenario of session {header.session}")
    if header.guardedness is None:
        return scenario
    return with_guardedness(scenario, header.guardedness)


def played_partner(header: JournalHeader) -> Partner:
    """Build who answers in the call that the header describes.

    Raises:
        ScenarioError: As `played_scenario` does.
    """
    return CounterpartPartner.of(played_scenario(header), header.seed)


def played_session(header: JournalHeader, recognizer: Recognizer) -> Session:
    """Prepare the call that the header describes; nothing has happened in it yet.

    Raises:
        ScenarioError: As `played_scenario` does.
    """
    return Session(
        partner=played_partner(header),
        recognizer=recognizer,
        settings=header.settings,
        cues=header.cues,
    )
