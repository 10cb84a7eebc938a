"""A trainee that follows a script: it listens, leaves its silences, speaks, and ends the call.

It has no clock and no socket: each `tick` is one frame of its microphone, and everything it waits
for is counted in frames. So a test can make it live through a call in no time, and the demo can make
it live in real time.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

import msgspec

from voice_coach.messages import ClientMessage, EndCall, Ended, Reply
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_client.connection import Received
from voice_coach_client.playback import SimulatedPlayback
from voice_coach_client.spoken_line import SpokenLine

__all__ = ["FRAME_SAMPLES", "FRAME_SECONDS", "Manners", "MicrophoneFrame", "ScriptedTrainee"]

FRAME_SAMPLES = 320
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE_HZ


class Manners(msgspec.Struct, frozen=True, kw_only=True):
    """How the trainee waits."""

    reply_patience_seconds: float = 10.0
    """For an answer, before it goes on without one."""
    breath_seconds: float = 0.7
    """Before a line, when the counterpart has already filled the silence that was left."""
    closing_seconds: float = 6.5
    """After the last reply, before it ends the call: longer than any follow-up takes to come."""
    goodbye_seconds: float = 20.0
    """For the server to end the call that the trainee has ended."""


class MicrophoneFrame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame of the trainee's microphone, and what its client says at the same moment."""

    pcm: bytes
    messages: tuple[ClientMessage, ...]
    line_started: bool = False
    line_end_sample: int | None = None
    """Offset of the end of speech in the microphone's stream, on the frame that ends a line."""


class _Stage(Enum):
    LISTENING = auto()
    SPEAKING = auto()
    LEAVING = auto()
    GONE = auto()


class ScriptedTrainee:
    """The trainee. Feed it what is received, and ask for the next frame every 20 ms."""

    def __init__(self, lines: Sequence[SpokenLine], manners: Manners | None = None) -> None:
        """Take the script; the counterpart speaks first."""
        self._lines = lines
        self._manners = manners or Manners()
        self._playback = SimulatedPlayback()
        self._stage = _Stage.LISTENING
        self._next_line = 0
        self._spoken_bytes = 0
        self._frames = 0
        self._replies = 0
        self._waited_frames = 0

    @property
    def gone(self) -> bool:
        """Whether the call is over for the trainee: the server ended it, or never did."""
        return self._stage is _Stage.GONE

    def receive(self, message: Received) -> tuple[ClientMessage, ...]:
        """Hear one thing from the server; gives what the client answers at once."""
        if isinstance(message, Reply):
            self._replies += 1
        elif isinstance(message, Ended):
            self._stage = _Stage.GONE
        return self._playback.hear(message)

    def tick(self) -> MicrophoneFrame:
        """Live through 20 ms; gives what the microphone heard in them."""
        hears_reply = self._playback.busy
        messages = self._playback.tick(FRAME_SECONDS)
        line_started = self._stage is _Stage.LISTENING and self._decide(hears_reply=hears_reply)
        if self._stage is _Stage.LEAVING and not self._waited_frames:
            messages += (EndCall(),)
        frame = self._speak() if self._stage is _Stage.SPEAKING else _SILENT_FRAME
        self._frames += 1
        if self._stage is _Stage.LEAVING:
            self._waited_frames += 1
            if self._waited_frames >= _frames(self._manners.goodbye_seconds):
                self._stage = _Stage.GONE
        return msgspec.structs.replace(frame, messages=messages, line_started=line_started)

    def _decide(self, *, hears_reply: bool) -> bool:
        """While listening: keep on listening, begin the next line (true), or leave."""
        if hears_reply:
            self._waited_frames = 0
            return False
        if self._waited_frames < _frames(self._silence_to_leave()):
            self._waited_frames += 1
            return False
        self._waited_frames = 0
        self._spoken_bytes = 0
        speaks = self._next_line < len(self._lines)
        self._stage = _Stage.SPEAKING if speaks else _Stage.LEAVING
        return speaks

    def _silence_to_leave(self) -> float:
        """Seconds of silence, both sides, until it is the trainee's move."""
        if not self._replies:
            return self._manners.reply_patience_seconds
        if self._next_line == len(self._lines):
            return self._manners.closing_seconds
        scripted_seconds = self._lines[self._next_line].silence_before_seconds
        if self._replies > 1:
            return min(self._manners.breath_seconds, scripted_seconds)
        return scripted_seconds

    def _speak(self) -> MicrophoneFrame:
        pcm = self._lines[self._next_line].pcm
        piece = pcm[self._spoken_bytes : self._spoken_bytes + 2 * FRAME_SAMPLES]
        self._spoken_bytes += len(piece)
        if self._spoken_bytes < len(pcm):
            return MicrophoneFrame(pcm=piece, messages=())
        self._stage = _Stage.LISTENING
        self._next_line += 1
        self._replies = 0
        return MicrophoneFrame(
            pcm=piece.ljust(2 * FRAME_SAMPLES, b"\0"),
            messages=(),
            line_end_sample=self._frames * FRAME_SAMPLES + len(piece) // 2,
        )


def _frames(seconds: float) -> int:
    return round(seconds / FRAME_SECONDS)


_SILENT_FRAME = MicrophoneFrame(pcm=bytes(2 * FRAME_SAMPLES), messages=())
