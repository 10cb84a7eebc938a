"""Replay: feed a journal's events into a fresh session and compare what it commands now.

The conversation is a pure function of its journal, so the same rules, scenario, seed and settings give
the same commands. Where they do not, the first difference is named: a rule has changed since, or the
conversation is not as pure as it must be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from voice_coach.conversation.commands import Command
from voice_coach.conversation.events import Event
from voice_coach.errors import VoiceCoachError
from voice_coach.journal.divergence import Divergence
from voice_coach.journal.format import Journal, JournalHeader

__all__ = ["HandlesEvents", "Replayed", "replay"]


class HandlesEvents(Protocol):
    """What is asked of a session."""

    def handle(self, event: Event) -> Sequence[Command]:
        """Take one event; give the commands it leads to, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of a replay."""

    identical: bool
    events: int
    """How many events were fed, the diverging one included."""
    divergence: Divergence | None


def replay(
    journal: Journal,
    make_session: Callable[[JournalHeader], HandlesEvents],
    *,
    until: int | None = None,
) -> Replayed:
    """Feed the journal's events into a fresh session until its commands differ.

    A call that was cut off may lack the last commands of its last event: they were not written yet.

    Args:
        journal: What happened.
        make_session: Builds a session from the header: scenario text, seed and settings.
        until: Number in the journal of the last event to be fed; None feeds all.

    Raises:
        JournalError: A command stands before the first event.
        VoiceCoachError: `make_session` cannot build the session.
    """
    session = make_session(journal.header)
    exchanges = list(journal.exchanges())
    for number, exchange in enumerate(exchanges, start=1):
        expected = exchange.commands
        refusal = ""
        got: tuple[Command, ...] = ()
        try:
            got = tuple(_as_written(command) for command in session.handle(exchange.event))
        except VoiceCoachError as error:
            refusal = str(error)
        cut_off = number == len(exchanges) and not journal.complete and not refusal
        if refusal or expected != (got[: len(expected)] if cut_off else got):
            divergence = Divergence(
                event_number=number,
                seq=exchange.seq,
                event=exchange.event,
                expected=expected,
                got=got,
                refusal=refusal,
                made_by=journal.header.app,
            )
            return Replayed(identical=False, events=number, divergence=divergence)
        if exchange.seq == until:
            return Replayed(identical=True, events=number, divergence=None)
    return Replayed(identical=True, events=len(exchanges), divergence=None)


def _as_written(command: Command) -> Command:
    """The command as it would be read from a journal, so that 1 and 1.0, list and tuple are equal."""
    written: Command = msgspec.json.decode(msgspec.json.encode(command), type=Command)
    return written
