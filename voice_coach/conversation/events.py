"""Everything that can happen to a session, as one tagged union.

Events are what the journal keeps, so they hold all that a decision may depend on. `at` is seconds
since session start by the shell's clock; it is a record and never decides anything. Audio time is a
sample count of the trainee's microphone stream (16 kHz), which is what turn taking works on.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

__all__ = [
    "CallEnded",
    "CallStarted",
    "CuesSwitched",
    "Disconnected",
    "EndReason",
    "Event",
    "MicrophoneMuted",
    "OverlapJudged",
    "OverlapSound",
    "Reconnected",
    "ReplyPlayed",
    "ReplySpoken",
    "ReplyStarted",
    "SampleReached",
    "SpeechPaused",
    "SpeechStarted",
    "TimerFired",
    "TranscriptDropped",
    "TranscriptFinal",
    "TranscriptPartial",
    "TurnEndJudged",
    "VoiceFailed",
    "Woken",
    "Word",
    "WordsTimed",
]


class EndReason(StrEnum):
    """Why the shell ends a call."""

    TRAINEE = "trainee"
    CONNECTION_LOST = "connection_lost"
    SERVER_STOPPED = "server_stopped"


class OverlapSound(StrEnum):
    """What a sound over the counterpart's voice is, by its first moments."""

    SPEECH = "speech"
    HUM = "hum"
    """A voice behind closed lips: "mm-hm"."""
    BURST = "burst"
    """No voice in it: breath, a cough, a knock."""
    ECHO = "echo"
    """The counterpart's own voice from the loudspeaker."""
    UNCLEAR = "unclear"


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One recognised word with its time in the trainee's stream."""

    text: str
    start_sample: int
    end_sample: int
    probability: float


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    at: float
    """Seconds since session start."""


class CallStarted(_Event, frozen=True, tag="call_started"):
    """The trainee pressed the button and the microphone (or its stand-in) is ready."""


class CallEnded(_Event, frozen=True, tag="call_ended"):
    """The trainee ended the call, or the shell had to."""

    reason: EndReason


class SpeechStarted(_Event, frozen=True, tag="speech_started"):
    """Voice activity began, or began again inside an utterance."""

    sample: int
    """First sample of the first voiced window."""


class SpeechPaused(_Event, frozen=True, tag="speech_paused"):
    """Voice activity ended for now; whether the turn is over is the session's to decide."""

    sample: int
    """First sample of the first unvoiced window."""


class OverlapJudged(_Event, frozen=True, tag="overlap_judged"):
    """The answer to a `JudgeOverlap`."""

    sound: OverlapSound
    sample: int
    """How far the sound that was judged reached."""


class TurnEndJudged(_Event, frozen=True, tag="turn_end_judged"):
    """The answer to a `JudgeTurnEnd`."""

    sample: int
    """How far the sound that was judged reached."""
    probability: float
    """That the turn is over, by its sound alone: 0 to 1, 0.5 where it says nothing."""


class SampleReached(_Event, frozen=True, tag="sample_reached"):
    """The microphone stream has passed the sample an `AwaitSample` named."""

    timer: str
    sample: int


class TimerFired(_Event, frozen=True, tag="timer_fired"):
    """A `StartTimer` ran out."""

    timer: str


class TranscriptPartial(_Event, frozen=True, tag="transcript_partial"):
    """A quick transcript of an utterance that is still going on."""

    job: int
    """The `Transcribe.job` it answers."""
    text: str
    end_sample: int
    """How far the audio behind it reached."""
    sureness: tuple[float, ...] = ()
    """The recogniser's probability (0 to 1) of each word of `text`; empty when it is not known."""


class TranscriptFinal(_Event, frozen=True, tag="transcript_final"):
    """The best transcript of an utterance up to the pause (speculative until the turn is decided)."""

    job: int
    text: str
    end_sample: int
    words: tuple[Word, ...] = ()
    """Empty in a live call, which does not wait for them: see `WordsTimed`."""
    fallback: bool = False
    """A guard tripped and the audio was decoded again with full padding."""
    decode_seconds: float = 0.0


class TranscriptDropped(_Event, frozen=True, tag="transcript_dropped"):
    """A transcription was not done: replaced by a newer one, refused under load, or it failed."""

    job: int
    reason: str


class WordsTimed(_Event, frozen=True, tag="words_timed"):
    """When the words of a settled turn were spoken: for highlights and review, it decides nothing.

    It comes some time after the turn, once for each piece of a long one, and not at all under load. A
    later one of the same utterance and time replaces an earlier one, as a turn that goes on does.
    """

    utterance: int
    words: tuple[Word, ...]


class ReplyStarted(_Event, frozen=True, tag="reply_started"):
    """The first sample of a reply became audible to the trainee."""

    reply: int


class ReplySpoken(_Event, frozen=True, tag="reply_spoken"):
    """The voice engine has finished synthesising a reply, so its length is known."""

    reply: int
    seconds: float


class ReplyPlayed(_Event, frozen=True, tag="reply_played"):
    """Playback of a reply ended: all of it, or cut."""

    reply: int
    text_heard: str
    complete: bool


class VoiceFailed(_Event, frozen=True, tag="voice_failed"):
    """No sound could be made for a reply; it is shown as text only."""

    reply: int
    reason: str


class MicrophoneMuted(_Event, frozen=True, tag="microphone_muted"):
    """The trainee muted or unmuted the microphone."""

    on: bool


class CuesSwitched(_Event, frozen=True, tag="cues_switched"):
    """The trainee wants cues from now on, or none."""

    on: bool


class Disconnected(_Event, frozen=True, tag="disconnected"):
    """The trainee's connection is gone; the session waits for it."""


class Reconnected(_Event, frozen=True, tag="reconnected"):
    """The trainee's connection is back."""


class Woken(_Event, frozen=True, tag="woken"):
    """The server that carried the call died, and another has taken it up from its journal.

    Nothing that was awaited comes any more, and no sound is remembered: the microphone goes on at
    `sample`, and what came after it is sent again.
    """

    sample: int


Event = (
    CallStarted
    | CallEnded
    | SpeechStarted
    | SpeechPaused
    | OverlapJudged
    | TurnEndJudged
    | SampleReached
    | TimerFired
    | TranscriptPartial
    | TranscriptFinal
    | TranscriptDropped
    | WordsTimed
    | ReplyStarted
    | ReplySpoken
    | ReplyPlayed
    | VoiceFailed
    | MicrophoneMuted
    | CuesSwitched
    | Disconnected
    | Reconnected
    | Woken
)
