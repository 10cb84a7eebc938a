"""What a person sees of a call, as one frozen value, and how each message changes it.

`reduce` is the whole logic of the terminal overlay: no screen, no clock, no socket. How it looks is
the business of `terminal`.
"""

from __future__ import annotations

from typing import assert_never

import msgspec

from voice_coach.coaching.drill import DrillCard, DrillRound, Verdict
from voice_coach.coaching.turn import Cue, Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import RingSegment
from voice_coach.messages import (
    AudioFrame,
    CueShown,
    Ended,
    Failed,
    Latency,
    Notice,
    Partial,
    PausePlayback,
    PhaseChanged,
    Reply,
    ReplyEnd,
    ResumePlayback,
    Ring,
    RoundStarted,
    ScenarioCard,
    StopPlayback,
    TurnSettled,
    TurnTakenBack,
    VerdictShown,
    Welcome,
)
from voice_coach.moves.move import Move
from voice_coach_client.connection import Dropped, Received

__all__ = ["CallView", "Line", "reduce"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One turn of either side, as it stands at the moment."""

    speaker: Speaker
    number: int
    """Utterance or reply."""
    text: str
    firm: int
    """So many characters of the text will not change any more."""
    moves: tuple[Move, ...] = ()
    settled: bool = False
    """The turn is over; nothing of this line changes any more."""
    interrupted: bool = False
    thats_right: bool = False


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the overlay."""

    session: str = ""
    scenario: ScenarioCard | None = None
    drill: DrillCard | None = None
    record: bool = True
    """The sound of both sides is kept."""
    phase: Phase = Phase.READY
    lines: tuple[Line, ...] = ()
    """In the order in which they began."""
    ring: tuple[RingSegment, ...] = ()
    opened: tuple[str, ...] = ()
    """Topics whose segment has just risen."""
    cue: Cue | None = None
    round: DrillRound | None = None
    """The round of a drill that is going on."""
    verdicts: tuple[Verdict, ...] = ()
    """Of a drill, in the order of its rounds; an answer that was taken back has none."""
    latency: Latency | None = None
    """Of the last turn."""
    notice: str = ""
    """Trouble in words; the latest."""
    away: bool = False
    """The connection broke and is coming back."""
    ended: Ended | None = None


def reduce(  # noqa: C901, PLR0911, PLR0912 - one branch and one return a message type
    view: CallView, message: Received
) -> CallView:
    """Give what is seen after a message."""
    change = msgspec.structs.replace
    match message:
        case Welcome():
            # After a resume the server repeats only what was missed, so the rest is kept.
            return change(
                view,
                session=message.session,
                scenario=message.scenario,
                drill=message.drill,
                record=message.record,
                away=False,
            )
        case PhaseChanged():
            return change(view, phase=message.phase)
        case Partial() | Reply() | TurnSettled():
            return change(view, lines=_placed(view.lines, _line(message)))
        case Ring():
            return change(view, ring=message.segments, opened=message.opened)
        case CueShown():
            return change(view, cue=message.cue)
        case Notice() | Failed():
            return change(view, notice=message.text)
        case Dropped():
            return change(view, away=True)
        case Ended():
            return change(view, ended=message, phase=Phase.ENDED, cue=None)
        case TurnTakenBack():
            kept = tuple(v for v in view.verdicts if v.utterance != message.utterance)
            return change(view, lines=_without(view.lines, message.utterance), verdicts=kept)
        case RoundStarted():
            return change(view, round=message.round)
        case VerdictShown():
            return change(view, verdicts=(*view.verdicts, message.verdict))
        case Latency():
            return change(view, latency=message)
        case ReplyEnd() | StopPlayback() | PausePlayback() | ResumePlayback() | AudioFrame():
            return view
        case _:
            assert_never(message)


def _line(message: Partial | Reply | TurnSettled) -> Line:
    match message:
        case Partial():
            return Line(
                speaker=Speaker.TRAINEE,
                number=message.utterance,
                text=message.settled + message.tentative,
                firm=len(message.settled),
                moves=message.moves,
            )
        case Reply():
            text = " ".join(message.sentences)
            return Line(
                speaker=Speaker.COUNTERPART,
                number=message.reply,
                text=text,
                firm=len(text),
                thats_right=message.thats_right,
            )
        case TurnSettled():
            turn = message.turn
            return Line(
                speaker=turn.speaker,
                number=message.utterance,
                text=turn.text,
                firm=len(turn.text),
                moves=turn.moves,
                settled=True,
                interrupted=turn.interrupted,
                thats_right=turn.thats_right,
            )


def _without(lines: tuple[Line, ...], utterance: int) -> tuple[Line, ...]:
    """Forget the trainee's line of this number, and the answer to it."""
    numbers = [(line.speaker, line.number) for line in lines]
    if (Speaker.TRAINEE, utterance) not in numbers:
        return lines
    return lines[: numbers.index((Speaker.TRAINEE, utterance))]


def _placed(lines: tuple[Line, ...], new: Line) -> tuple[Line, ...]:
    """Put a line in the place of the one it continues, or at the end. What is settled stays settled."""
    for index, line in enumerate(lines):
        if (line.speaker, line.number) == (new.speaker, new.number):
            if line.settled and not new.settled:
                return lines
            return (*lines[:index], new, *lines[index + 1 :])
    return (*lines, new)
