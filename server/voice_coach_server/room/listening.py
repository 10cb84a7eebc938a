"""Listening in: both sides of one table's call, as they become audible there, for the trainer's ear.

A reply is sent to the trainee ahead of time. To hear it when the trainee does, it is let through at the
pace of the microphone, whose frames come in real time: that needs no clock, and what is silenced or held
at the table is so here. Nothing is kept beyond the reply that is being spoken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from voice_coach.messages import (
    AudioFrame,
    AudioKind,
    PausePlayback,
    Reply,
    ResumePlayback,
    ServerMessage,
    StopPlayback,
)
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_server.access import RateLimit

__all__ = ["Tap"]

_LONGEST_REPLY_SECONDS: Final = 60
_PACE: Final = 1.1
"""Seconds of microphone a second that are let through: a client that was away sends all it has kept."""
_BURST_SECONDS: Final = 1.0


class Tap:
    """What goes on at a table, in sound. It takes everything, and lets it through while it is open."""

    def __init__(self, limit: RateLimit | None = None) -> None:
        """Begin closed.

        Args:
            limit: Of the microphone, in seconds of sound.
        """
        self._limit = limit or RateLimit(_PACE, _BURST_SECONDS)
        self._send: Callable[[AudioFrame], None] | None = None
        self._rate_hz = 0
        self._reply = bytearray()
        """The reply that is being spoken, as far as it has been sent to the client."""
        self._passed = 0
        """Samples of it that must have become audible."""
        self._due = 0.0
        """Part of a sample that is due beyond them."""
        self._held = False
        self._heard = 0
        """Microphone samples so far."""

    def open(self, send: Callable[[AudioFrame], None]) -> None:
        """Let through what comes from now on."""
        self._send = send

    def close(self) -> None:
        """Let nothing through."""
        self._send = None

    def said(self, message: ServerMessage) -> None:
        """The client was told something."""
        match message:
            case Reply(sample_rate_hz=rate_hz):
                self._begin_reply(rate_hz)
            case StopPlayback():
                self._begin_reply(self._rate_hz)
            case PausePlayback():
                self._held = True
            case ResumePlayback():
                self._held = False
            case _:
                pass

    def _begin_reply(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._reply.clear()
        self._passed, self._due, self._held = 0, 0.0, False

    def voiced(self, frame: AudioFrame) -> None:
        """The client was sent sound of the counterpart."""
        if frame.kind is AudioKind.MURMUR:
            self._let_through(AudioKind.VOICE, frame.stream, 0, frame.pcm)
        elif len(self._reply) < 2 * self._rate_hz * _LONGEST_REPLY_SECONDS:
            self._reply += frame.pcm

    def heard(self, pcm: bytes) -> None:
        """The microphone heard something: as much of the reply has become audible meanwhile."""
        samples = len(pcm) // 2
        if self._limit.allows(samples / SAMPLE_RATE_HZ):
            self._let_through(AudioKind.MICROPHONE, 0, self._heard, pcm)
        self._heard += samples
        if self._reply and not self._held:
            self._play(samples * self._rate_hz / SAMPLE_RATE_HZ)

    def _play(self, samples: float) -> None:
        self._due += samples
        wanted = int(self._due)
        pcm = bytes(self._reply[2 * self._passed : 2 * (self._passed + wanted)])
        if pcm:
            self._let_through(AudioKind.VOICE, self._rate_hz, self._passed, pcm)
            self._passed += len(pcm) // 2
        # What the voice has not made yet is not owed: it becomes audible when it is there.
        self._due -= wanted

    def _let_through(self, kind: AudioKind, stream: int, offset: int, pcm: bytes) -> None:
        if self._send is not None and pcm:
            self._send(AudioFrame(kind=kind, stream=stream, offset=offset, pcm=pcm))
