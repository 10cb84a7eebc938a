"""A journal's call as it was played: who answered, as they were on that day, and a session with them."""

from __future__ import annotations

from voice_coach.coaching.drill_book import Drill
from voice_coach.coaching.drill_file import parse_drill
from voice_coach.coaching.drill_run import DrillRun
from voice_coach.coaching.spacing import DrillMemory
from voice_coach.conversation.counterpart_partner import CounterpartPartner
from voice_coach.conversation.drill_partner import DrillPartner
from voice_coach.conversation.partner import Partner
from voice_coach.conversation.session import Session
from voice_coach.counterpart.scenario import parse_scenario
from voice_coach.counterpart.story import Scenario, with_guardedness
from voice_coach.errors import InputError
from voice_coach.journal.format import JournalHeader
from voice_coach.moves.recognizer import Recognizer

__all__ = ["played_drill", "played_partner", "played_scenario", "played_session"]


def played_scenario(header: JournalHeader) -> Scenario:
    """Build the scenario from the header, whatever has become of its file since.

    Raises:
        InputError: It was a drill, which has none (`not-a-rehearsal`).
        ScenarioError: Its text is none that today's voice_coach can read.
    """
    if header.drill_source:
        raise InputError(
            f"Session {header.session} is a drill, and this is for rehearsals only.",
            code="not-a-rehearsal",
        )
    scenario = parse_scenario(header.scenario_source, f"the scenario of session {header.session}")
    if header.guardedness is None:
        return scenario
    return with_guardedness(scenario, header.guardedness)


def played_drill(header: JournalHeader) -> Drill | None:
    """Build the drill from the header; None for a rehearsal.

    Raises:
        ScenarioError: Its text is none that today's voice_coach can read.
    """
    if not header.drill_source:
        return None
    return parse_drill(header.drill_source, f"the drill of session {header.session}")


def played_partner(header: JournalHeader) -> Partner:
    """Build who answers in the call that the header describes.

    Raises:
        ScenarioError: As `played_scenario` does.
    """
    drill = played_drill(header)
    if drill is None:
        return CounterpartPartner.of(played_scenario(header), header.seed)
    run = DrillRun(drill=drill, seed=header.seed, memory=header.memory or DrillMemory())
    return DrillPartner.of(run)


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
