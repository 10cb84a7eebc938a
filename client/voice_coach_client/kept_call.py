"""A kept call as the messages its trainee saw, so that the overlay can show it again.

Sound is not among them: the review page plays it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voice_coach.conversation import commands as c
from voice_coach.conversation.commands import Command
from voice_coach.conversation.events import Event
from voice_coach.journal.format import Journal
from voice_coach.messages import (
    PROTOCOL_VERSION,
    CueShown,
    Ended,
    Partial,
    PhaseChanged,
    Reply,
    Ring,
    RoundStarted,
    ScenarioCard,
    ServerMessage,
    TurnSettled,
    TurnTakenBack,
    VerdictShown,
    Welcome,
)
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ

__all__ = ["Shown", "shown_messages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message and when it came."""

    at_seconds: float
    """Since the session's start."""
    message: ServerMessage


def shown_messages(journal: Journal, card: ScenarioCard) -> Iterator[Shown]:
    """Give what the trainee's overlay was told, in order.

    Args:
        journal: The kept call.
        card: Whom the trainee met.
    """
    header = journal.header
    yield Shown(
        at_seconds=0.0,
        message=Welcome(
            version=PROTOCOL_VERSION,
            session=header.session,
            scenario=card,
            microphone_rate_hz=SAMPLE_RATE_HZ,
            record=header.record,
            model=header.model,
            voice=header.voice,
        ),
    )
    at = 0.0
    for entry in journal.entries:
        if isinstance(entry.value, Event):
            at = entry.value.at
        elif (message := _message(entry.value, header.session)) is not None:
            yield Shown(at_seconds=at, message=message)


def _message(command: Command, session: str) -> ServerMessage | None:  # noqa: C901, PLR0911 - one for each
    match command:
        case c.ShowPhase():
            return PhaseChanged(phase=command.phase)
        case c.ShowPartial():
            return Partial(
                utterance=command.utterance,
                settled=command.settled,
                tentative=command.tentative,
                moves=command.moves,
            )
        case c.ShowTurn():
            return TurnSettled(utterance=command.utterance, turn=command.turn)
        case c.TakeBackTurn():
            return TurnTakenBack(utterance=command.utterance)
        case c.Say():
            return Reply(
                reply=command.reply,
                sentences=command.sentences,
                delivery=command.delivery,
                sample_rate_hz=0,
                thats_right=command.thats_right,
            )
        case c.ShowRing():
            return Ring(segments=command.segments, opened=command.opened)
        case c.ShowCue():
            return CueShown(cue=command.cue)
        case c.ShowRound():
            return RoundStarted(round=command.round)
        case c.ShowVerdict():
            return VerdictShown(verdict=command.verdict)
        case c.EndCall():
            return Ended(
                session=session,
                outcome=command.outcome,
                debrief=command.debrief,
                drill=command.drill,
            )
        case _:
            return None
