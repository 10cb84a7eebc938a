"""Going on with a call after the server that carried it died.

`journal.taking_up` brings a session to where the call was. What was only in memory is gone: timers,
transcripts under way, sound. So the call is woken with an event of its own (`Woken`): whoever was
speaking begins again. The client sends the microphone again from where the trainee's unfinished utterance
began, so that no word is lost and none is heard twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.commands import Phase
from voice_coach.conversation.session import Session
from voice_coach.errors import InputError, JournalError, ProtocolError, ScenarioError
from voice_coach.journal.account import take_back
from voice_coach.journal.format import Exchange
from voice_coach.journal.taking_up import TakenUp, take_up
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
        taken = take_up(store, hello.resume, recognizer)
    except InputError as error:
        if error.stable_code == "call-diverged" or isinstance(error, JournalError | ScenarioError):
            raise
        raise call_is_over() from None
    if taken.header.table != table:
        taken.journal.close()
        raise call_is_over()
    keeper = Keeper.reopen(store, taken)
    return _call(taken, hello, keeper.recorded_samples), taken.session, keeper


def _call(taken: TakenUp, hello: Hello, recorded_samples: int) -> Call:
    header, session = taken.header, taken.session
    sample = _goes_on_at(taken.exchanges, session, recorded_samples)
    at = max(taken.at, sample / SAMPLE_RATE_HZ, hello.recorded_samples / SAMPLE_RATE_HZ)
    first: e.Event = e.Woken(at=at, sample=sample)
    if session.phase is Phase.READY:
        first = e.CallStarted(at=at)
    return Call(
        id=header.session,
        cast=cast_of_header(header),
        record=header.record,
        settings=header.settings,
        table=header.table,
        start=CallStart(
            then=(first,), earlier=tuple(_earlier(taken.exchanges)), first_sample=sample, at=at
        ),
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
