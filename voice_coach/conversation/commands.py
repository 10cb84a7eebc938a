"""Everything a session can ask the shell to do, as one tagged union. The session does none of it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from voice_coach.coaching.drill import DrillResult, DrillRound, Verdict
from voice_coach.coaching.turn import Cue, Debrief, Turn
from voice_coach.counterpart.reply import Because, Delivery, Outcome, RingSegment
from voice_coach.moves.move import Move

__all__ = [
    "AwaitSample",
    "CancelTimer",
    "Command",
    "DropTranscription",
    "EndCall",
    "JudgeOverlap",
    "JudgeTurnEnd",
    "ListenAfresh",
    "Murmur",
    "PauseReply",
    "Phase",
    "ResumeReply",
    "Say",
    "ShowCue",
    "ShowPartial",
    "ShowPhase",
    "ShowRing",
    "ShowRound",
    "ShowTurn",
    "ShowVerdict",
    "StartTimer",
    "StopReply",
    "TakeBackTurn",
    "Transcribe",
]


class Phase(StrEnum):
    """The states of a call, as the overlay names them too. The table is in `session.py`."""

    READY = "ready"
    COUNTERPART_SPEAKING = "counterpart_speaking"
    TALKED_OVER = "talked_over"
    LISTENING = "listening"
    TRAINEE_SPEAKING = "trainee_speaking"
    TRAINEE_PAUSING = "trainee_pausing"
    UNDERSTANDING = "understanding"
    ENDED = "ended"


class _Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="command", tag=True):
    pass


class Transcribe(_Command, frozen=True, tag="transcribe"):
    """Recognise the microphone audio of a range of samples."""

    job: int
    """Unique in the session, growing."""
    utterance: int
    from_sample: int
    to_sample: int
    final: bool
    """False: quick and replaceable by a newer one. True: never dropped for load."""
    prefix: str = ""
    """Text already settled for this range: the transcript must begin with it."""
    quiet_samples: int = 0
    """Of the end of the range: speech was over by then, or only rang on."""


class DropTranscription(_Command, frozen=True, tag="drop_transcription"):
    """Results of an utterance's pending jobs are no longer wanted."""

    utterance: int
    job: int | None = None
    """Only this job; None means all of the utterance's."""


class AwaitSample(_Command, frozen=True, tag="await_sample"):
    """Send `SampleReached` when the microphone stream passes `sample`. Replaces one of that name."""

    timer: str
    sample: int


class JudgeOverlap(_Command, frozen=True, tag="judge_overlap"):
    """Say what kind of sound this range of the microphone holds; answer with `OverlapJudged`."""

    from_sample: int
    to_sample: int


class JudgeTurnEnd(_Command, frozen=True, tag="judge_turn_end"):
    """Say how likely the turn is over by the sound of its last words; answer with `TurnEndJudged`.

    It is asked once a pause. No answer, or a late one, leaves the words to decide.
    """

    from_sample: int
    to_sample: int


class ListenAfresh(_Command, frozen=True, tag="listen_afresh"):
    """Report the next speech as `SpeechStarted` even if voice activity never paused before it."""


class StartTimer(_Command, frozen=True, tag="start_timer"):
    """Send `TimerFired` after `seconds`. Replaces a running timer of the same name."""

    timer: str
    seconds: float


class CancelTimer(_Command, frozen=True, tag="cancel_timer"):
    """Forget the timer of this name, of either clock, if there is one."""

    timer: str


class Say(_Command, frozen=True, tag="say"):
    """Speak a reply, sentence by sentence, and show its text."""

    reply: int
    sentences: tuple[str, ...]
    delivery: Delivery
    because: Because
    thats_right: bool = False


class Murmur(_Command, frozen=True, tag="murmur"):
    """Give a sign of listening, softly, while the trainee has the floor: it is nobody's turn."""

    text: str


class StopReply(_Command, frozen=True, tag="stop_reply"):
    """Silence the reply now; answer with `ReplyPlayed(complete=False)`."""

    reply: int


class PauseReply(_Command, frozen=True, tag="pause_reply"):
    """Hold the reply where it is: the trainee may be taking the floor."""

    reply: int


class ResumeReply(_Command, frozen=True, tag="resume_reply"):
    """Go on with a paused reply from where it stopped."""

    reply: int


class TakeBackTurn(_Command, frozen=True, tag="take_back_turn"):
    """A settled turn of the trainee was not over: it goes on under the same number."""

    utterance: int


class ShowPartial(_Command, frozen=True, tag="show_partial"):
    """The words so far of the utterance in progress."""

    utterance: int
    settled: str
    """These words never change again."""
    tentative: str
    """The rest may still change."""
    moves: tuple[Move, ...] = ()
    """Spans refer to `settled + tentative` joined as they stand (a joining space is in `tentative`)."""


class ShowTurn(_Command, frozen=True, tag="show_turn"):
    """A turn of either side is settled."""

    utterance: int
    """For the trainee: the utterance; for the counterpart: the reply."""
    turn: Turn


class ShowRing(_Command, frozen=True, tag="show_ring"):
    """How far the counterpart is understood, segment by segment."""

    segments: tuple[RingSegment, ...]
    opened: tuple[str, ...] = ()
    """Topics that just rose: they glow once."""


class ShowRound(_Command, frozen=True, tag="show_round"):
    """A drill's round begins, asks for something else, or stands again after a turn was taken back."""

    round: DrillRound


class ShowVerdict(_Command, frozen=True, tag="show_verdict"):
    """What an answer in a drill was worth; `TakeBackTurn` of its utterance takes it back too."""

    verdict: Verdict


class ShowCue(_Command, frozen=True, tag="show_cue"):
    """Show the one cue, or with `None` take it away."""

    cue: Cue | None


class ShowPhase(_Command, frozen=True, tag="show_phase"):
    """The call entered another state."""

    phase: Phase


class EndCall(_Command, frozen=True, tag="end_call"):
    """The call is over: close the journal, show the debrief."""

    outcome: Outcome
    debrief: Debrief
    drill: DrillResult | None = None
    """Set when this was a drill."""


Command = (
    Transcribe
    | DropTranscription
    | AwaitSample
    | ListenAfresh
    | JudgeOverlap
    | JudgeTurnEnd
    | PauseReply
    | ResumeReply
    | TakeBackTurn
    | StartTimer
    | CancelTimer
    | Say
    | Murmur
    | StopReply
    | ShowPartial
    | ShowTurn
    | ShowRing
    | ShowRound
    | ShowVerdict
    | ShowCue
    | ShowPhase
    | EndCall
)
