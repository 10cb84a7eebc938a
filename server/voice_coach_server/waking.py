"""Taking up a call from its journal after the server that carried it died.

A call is a pure function of its journal, so a fresh session that is fed the journal is where the call
was. What was only in memory is gone: timers, transcripts under way, sound. So the call is woken with an
event of its own (`Woken`): whoever was speaking begins again. The client sends the microphone again from
where the trainee's unfinished utterance began, so that no word is lost and none is heard twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.commands import Phase
from voice_coach.conversation.session import Session
from voice_coach.errors import InputError, ProtocolError
from voice_coach.journal.account import take_back
from voice_coach.journal.durable import is_being_written
from voice_coach.journal.format import Exchange, Journal, JournalHeader
from voice_coach.journal.journal import JOURNAL_NAME
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.journal.store import session_folder
from voice_coach.messages import Hello, Ring, RoundStarted, ServerMessage, TurnSettled, VerdictShown
from voice_coach.moves.recognizer import Recognizer
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_server.call_start import CallStart
from voice_coach_server.cast import cast_of_header
from voice_coach_server.house import Call
from voice_coach_server.keeper import Keeper

__all__ = ["call_is_over", "wake"]

_UNJUDGED_SAMPLES = SAMPLE_RATE_HZ // 2
"""Sound before a crash that voice activity may not have judged yet: heard again, it harms nothing."""


def call_is_over() -> ProtocolError:
    """The answer to a client that comes back to a call which nobody can go on with."""
    return ProtocolError(
        "That call is not open any more; what was said is kept. Start a new one.",
        code="unknown-session",
    )


def wake(store: Path, hello: Hello, table: str, recognizer: Recognizer) -> tuple[Call, Session, Keeper]:
    """Take up the call that a client comes back to. Takes tenths of a second: not on the event loop.

    Args:
        store: Where sessions are kept.
        hello: Names the session, what its client has seen, and how much it has recorded.
        table: In a training room: which table's client it is.
        recognizer: Finds the moves.

    Raises:
        ProtocolError: `unknown-session`: it has ended, is another table's or server's, or never was.
        InputError: Today's rules do not lead to where the call was (`call-diverged`).
        JournalError, ScenarioError, StoreError: It cannot be read or kept.
    """
    try:
        folder = session_folder(store, hello.resume)
    except InputError:
        raise call_is_over() from None
    journal_file = folder / JOURNAL_NAME
    if not journal_file.exists() or is_being_written(journal_file):
        raise call_is_over()
    keeper, journal = Keeper.reopen(store, hello.resume)
    try:
        _demand_open(journal, table)
        told = _Told(played_session(journal.header, recognizer))
        _tell(told, journal)
        exchanges = tuple(journal.exchanges())
        if exchanges:
            # The last event may stand there without all of its commands.
            for command in told.last[len(exchanges[-1].commands) :]:
                keeper.command(command)
        return _call(journal.header, exchanges, told.session, hello, keeper), told.session, keeper
    except BaseException:
        keeper.release()
        raise


class _Told:
    """A session that is told what happened; remembers what the last event led to."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.last: list[c.Command] = []

    def handle(self, event: e.Event) -> list[c.Command]:
        self.last = self.session.handle(event)
        return self.last


def _demand_open(journal: Journal, table: str) -> None:
    if journal.complete or journal.header.table != table:
        raise call_is_over()


def _tell(told: _Told, journal: Journal) -> None:
    divergence = replay(journal, lambda _: told).divergence
    if divergence is not None:
        raise InputError(
            "This call cannot go on, because the rules have changed since; what was said is kept: "
            f"{divergence}",
            code="call-diverged",
        )


def _call(
    header: JournalHeader,
    exchanges: tuple[Exchange, ...],
    session: Session,
    hello: Hello,
    keeper: Keeper,
) -> Call:
    sample = _goes_on_at(exchanges, session, keeper.recorded_samples)
    ends = [exchange.event.at for exchange in exchanges]
    at = max([*ends, sample / SAMPLE_RATE_HZ, hello.recorded_samples / SAMPLE_RATE_HZ])
    first: e.Event = e.Woken(at=at, sample=sample)
    if session.phase is Phase.READY:
        first = e.CallStarted(at=at)
    return Call(
        id=header.session,
        cast=cast_of_header(header),
        record=header.record,
        settings=header.settings,
        table=header.table,
        start=CallStart(then=(first,), earlier=tuple(_earlier(exchanges)), first_sample=sample, at=at),
    )


def _goes_on_at(exchanges: tuple[Exchange, ...], session: Session, recorded_samples: int) -> int:
    """Where the microphone goes on: at the unfinished utterance, or a little before what was judged."""
    if session.open_from_sample is not None:
        return session.open_from_sample
    judged = max((_sample_of(exchange.event) for exchange in exchanges), default=0)
    return max(judged, recorded_samples - _UNJUDGED_SAMPLES)


def _sample_of(event: e.Event) -> int:
    """How far the microphone's stream had been judged, as far as an event says."""
    match event:
        case e.SpeechStarted() | e.SpeechPaused() | e.SampleReached() | e.Woken():
            return event.sample
        case _:
            return 0


def _earlier(exchanges: tuple[Exchange, ...]) -> Iterator[ServerMessage]:
    """What a page shows of the call so far, whether it has seen it or not."""
    commands = [command for exchange in exchanges for command in exchange.commands]
    turns: dict[int, c.ShowTurn] = {}
    verdicts: dict[int, c.ShowVerdict] = {}
    for command in commands:
        if isinstance(command, c.ShowTurn):
            turns[command.turn.index] = command
        elif isinstance(command, c.ShowVerdict):
            verdicts[command.verdict.round] = command
        elif isinstance(command, c.TakeBackTurn):
            take_back(turns, command)
            gone = command.utterance
            verdicts = {n: one for n, one in verdicts.items() if one.verdict.utterance != gone}
    for index in sorted(turns):
        yield TurnSettled(utterance=turns[index].utterance, turn=turns[index].turn)
    for ring in [command for command in commands if isinstance(command, c.ShowRing)][-1:]:
        yield Ring(segments=ring.segments)
    for begun in [command for command in commands if isinstance(command, c.ShowRound)][-1:]:
        yield RoundStarted(round=begun.round)
    for number in sorted(verdicts):
        yield VerdictShown(verdict=verdicts[number].verdict)
