"""The place in a kept call from which it can be tried again: where a line of the counterpart begins.

A call is a pure function of its events. So a fresh session that is fed the events before that line is
in the state that the call was in, and the event that began the line begins it again; what comes after
is new. Everything here is read from the journal alone.

Nothing that was awaited at that place has to be awaited again: the counterpart takes the floor only
when no utterance of the trainee is open, and whatever is still awaited then decides nothing any more
(`tests/journal/test_branch_point.py` asks that of every line).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from voice_coach.coaching.turn import Cue, Speaker, Turn
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.utterance import SAMPLE_RATE_HZ
from voice_coach.counterpart.reply import RingSegment
from voice_coach.errors import InputError
from voice_coach.journal.format import Exchange, Journal, JournalHeader

__all__ = ["BranchPoint", "find_branch_point"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPoint:
    """A line of the counterpart, all that came before it, and what was known of that later."""

    journal: Journal
    """Of the call that is tried again."""
    earlier: tuple[Exchange, ...]
    """All that happened before the line."""
    turn: Turn
    """The line as it was heard then."""
    before: Turn | None
    """The turn before it; None when it is the first."""
    line: Exchange
    """What began it: the turn it answers, or the silence that it breaks."""
    later: tuple[Exchange, ...]
    """What came of it in that call."""

    @property
    def header(self) -> JournalHeader:
        """All that the call depends on besides its events."""
        return self.journal.header

    @property
    def seconds(self) -> float:
        """When the line began, on the call's time line."""
        return self.line.event.at

    @property
    def sample(self) -> int:
        """How far the microphone's stream had come by then, as far as the journal tells."""
        heard = (_sample_of(event) for event in self._events)
        return max(round(self.seconds * SAMPLE_RATE_HZ), *heard)

    @property
    def resumes_at_sample(self) -> int:
        """Where both clocks go on: so late that what is said now cannot be taken for the turn before.

        Words that follow a turn closely take its answer back; whoever tries again gives a new answer.
        """
        return self.sample + round(self.header.settings.take_back_seconds * SAMPLE_RATE_HZ) + 1

    @property
    def connected(self) -> bool:
        """Whether the trainee's connection was there."""
        states = {e.Disconnected: False, e.Reconnected: True}
        return next(
            (states[type(event)] for event in reversed(self._events) if type(event) in states), True
        )

    @property
    def cues(self) -> bool:
        """Whether cues were wanted."""
        switched = (event.on for event in reversed(self._events) if isinstance(event, e.CuesSwitched))
        return next(switched, self.header.cues)

    @property
    def turns(self) -> tuple[c.ShowTurn, ...]:
        """The turns that were settled before what began the line, in order."""
        shown = _settled(self.earlier)
        return tuple(shown[index] for index in sorted(shown))

    @property
    def ring(self) -> tuple[RingSegment, ...]:
        """How far the counterpart was understood."""
        rings = (command for command in _commands(self.earlier) if isinstance(command, c.ShowRing))
        return next(rings, c.ShowRing(segments=())).segments

    @property
    def cue(self) -> Cue | None:
        """The cue that was on show."""
        cues = (command for command in _commands(self.earlier) if isinstance(command, c.ShowCue))
        return next(cues, c.ShowCue(cue=None)).cue

    @property
    def timed_later(self) -> tuple[e.WordsTimed, ...]:
        """Times of words spoken before the line that became known after it began."""
        return tuple(
            exchange.event
            for exchange in self.later
            if isinstance(exchange.event, e.WordsTimed)
            and all(word.end_sample <= self.sample for word in exchange.event.words)
        )

    @property
    def _events(self) -> tuple[e.Event, ...]:
        return (*(exchange.event for exchange in self.earlier), self.line.event)


def find_branch_point(journal: Journal, turn: int) -> BranchPoint:
    """Find where a line of the counterpart begins.

    Args:
        journal: The whole call, or as far as it went.
        turn: Index of the line among the turns of both sides.

    Raises:
        InputError: There is no such turn (code `unknown-turn`), or the trainee spoke it
            (`not-their-line`).
        JournalError: A command stands before the first event.
    """
    exchanges = tuple(journal.exchanges())
    settled = _settled(exchanges)
    shown = settled.get(turn)
    if shown is None or shown.turn.speaker is not Speaker.COUNTERPART:
        raise _no_line(journal.header.session, turn, settled)
    for place, exchange in enumerate(exchanges):
        said = (command.reply for command in exchange.commands if isinstance(command, c.Say))
        if shown.utterance in said:
            return BranchPoint(
                journal=journal,
                turn=shown.turn,
                before=settled[turn - 1].turn if turn - 1 in settled else None,
                earlier=exchanges[:place],
                line=exchange,
                later=exchanges[place + 1 :],
            )
    raise InputError(
        f"The journal of session {journal.header.session} does not say how turn {turn} began.",
        code="unknown-turn",
    )


def _no_line(session: str, turn: int, settled: dict[int, c.ShowTurn]) -> InputError:
    lines = [str(i) for i in sorted(settled) if settled[i].turn.speaker is Speaker.COUNTERPART]
    theirs = f"their lines are {', '.join(lines)}" if lines else "they never spoke"
    if turn in settled:
        return InputError(
            f"Turn {turn} of session {session} is your own: a call can be tried again from a line of the"
            f" other side, and {theirs}.",
            code="not-their-line",
        )
    return InputError(
        f"Session {session} has no turn {turn}: counted from 0, {theirs}.", code="unknown-turn"
    )


def _settled(exchanges: Iterable[Exchange]) -> dict[int, c.ShowTurn]:
    """The turns of both sides by index, without those that were taken back."""
    settled: dict[int, c.ShowTurn] = {}
    for exchange in exchanges:
        for command in exchange.commands:
            if isinstance(command, c.ShowTurn):
                settled[command.turn.index] = command
            elif isinstance(command, c.TakeBackTurn):
                settled = {
                    index: shown
                    for index, shown in settled.items()
                    if shown.turn.speaker is not Speaker.TRAINEE or shown.utterance != command.utterance
                }
    return settled


def _commands(exchanges: tuple[Exchange, ...]) -> Iterator[c.Command]:
    """All commands, the newest first."""
    for exchange in reversed(exchanges):
        yield from reversed(exchange.commands)


def _sample_of(event: e.Event) -> int:
    match event:
        case e.SpeechStarted() | e.SpeechPaused() | e.OverlapJudged() | e.SampleReached():
            return event.sample
        case e.TranscriptPartial() | e.TranscriptFinal():
            return event.end_sample
    return 0
