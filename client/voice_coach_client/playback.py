"""A loudspeaker made of arithmetic: it plays the counterpart's replies in time that somebody counts.

It tells the server what a real one would: when a reply became audible, and how far it was heard.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from voice_coach.messages import (
    AudioFrame,
    AudioKind,
    ClientMessage,
    PausePlayback,
    PlaybackEnded,
    PlaybackStarted,
    Reply,
    ReplyEnd,
    ResumePlayback,
    StopPlayback,
)
from voice_coach_client.connection import Received

__all__ = ["SimulatedPlayback"]

_STALL_SECONDS = 10.0
"""A reply whose sound stops coming for so long is given up, so that the call can go on."""


@dataclass(slots=True, kw_only=True)
class _Sound:
    """One reply on its way to the ear; lengths in samples of its own rate."""

    reply: int
    rate_hz: int
    received: int = 0
    total: int | None = None
    heard: float = 0.0
    started: bool = False
    stalled_seconds: float = 0.0
    held: bool = False

    @property
    def playable(self) -> int:
        # Frames that were lost with a connection sound as silence: the length still counts.
        return self.received if self.total is None else self.total


class SimulatedPlayback:
    """Plays replies one after the other. Every method gives the messages to send because of it."""

    def __init__(self) -> None:
        """Begin in silence."""
        self._queue: deque[_Sound] = deque()

    @property
    def busy(self) -> bool:
        """Whether a reply is audible or announced."""
        return bool(self._queue)

    def hear(self, message: Received) -> tuple[ClientMessage, ...]:
        """Take anything that the server sends; what is not about sound changes nothing."""
        match message:
            case Reply():
                self.announce(message)
            case AudioFrame(kind=AudioKind.VOICE):
                return self.receive(message)
            case ReplyEnd():
                return self.finish(message)
            case StopPlayback():
                return self.stop(message.reply)
            case PausePlayback():
                self.hold(message.reply)
            case ResumePlayback():
                self.go_on(message.reply)
            case _:
                pass
        return ()

    def announce(self, reply: Reply) -> None:
        """A reply begins; its sound will follow.

        The server never finishes one reply after it has announced another, so it is forgotten.
        """
        self._queue = deque(sound for sound in self._queue if sound.total is not None)
        self._queue.append(_Sound(reply=reply.reply, rate_hz=reply.sample_rate_hz))

    def receive(self, frame: AudioFrame) -> tuple[ClientMessage, ...]:
        """Take sound of a reply. Sound of a reply that was stopped may still arrive and is dropped."""
        sound = self._find(frame.stream)
        if sound is None:
            return ()
        sound.received = max(sound.received, frame.offset + len(frame.pcm) // 2)
        return self._start_first()

    def finish(self, end: ReplyEnd) -> tuple[ClientMessage, ...]:
        """The reply's sound is complete, so its length is known; no length means there is no sound."""
        sound = self._find(end.reply)
        if sound is None:
            return ()
        sound.total = end.samples
        if not end.samples:
            self._queue.remove(sound)
        return self._start_first()

    def stop(self, reply: int) -> tuple[ClientMessage, ...]:
        """Silence a reply at once."""
        sound = self._find(reply)
        if sound is None:
            return ()
        self._queue.remove(sound)
        return (_ended(sound, complete=False), *self._start_first())

    def hold(self, reply: int) -> None:
        """Keep a reply where it is, silent."""
        sound = self._find(reply)
        if sound is not None:
            sound.held = True

    def go_on(self, reply: int) -> None:
        """Play a held reply on from where it was held."""
        sound = self._find(reply)
        if sound is not None:
            sound.held = False

    def tick(self, seconds: float) -> tuple[ClientMessage, ...]:
        """Let time pass."""
        if not self._queue or self._queue[0].held:
            return ()
        sound = self._queue[0]
        before = sound.heard
        if sound.started:
            sound.heard = min(before + seconds * sound.rate_hz, sound.playable)
        sound.stalled_seconds = 0.0 if sound.heard > before else sound.stalled_seconds + seconds
        complete = sound.started and sound.total is not None and sound.heard >= sound.total
        if not complete and sound.stalled_seconds < _STALL_SECONDS:
            return ()
        self._queue.popleft()
        return (_ended(sound, complete=complete), *self._start_first())

    def _find(self, reply: int) -> _Sound | None:
        return next((sound for sound in self._queue if sound.reply == reply), None)

    def _start_first(self) -> tuple[ClientMessage, ...]:
        if not self._queue or self._queue[0].started or not self._queue[0].received:
            return ()
        self._queue[0].started = True
        return (PlaybackStarted(reply=self._queue[0].reply),)


def _ended(sound: _Sound, *, complete: bool) -> PlaybackEnded:
    return PlaybackEnded(reply=sound.reply, heard_samples=int(sound.heard), complete=complete)
