"""The loudspeaker's side of a call without the loudspeaker: mixes what is to be heard, and counts it.

Two threads meet here and never wait for one another. The call's thread brings what the server sends
(`hear`) and collects what the server must know (`reports`); the sound thread takes samples (`fill`).
Between them lie two queues; all that is played belongs to the sound thread alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

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
from voice_coach_client.headset.rate import RateChange
from voice_coach_client.headset.track import RATE_HZ, Samples, Track

__all__ = ["Player", "Report"]

_LONGEST_REPLY_SECONDS = 300
"""What a server sends of one reply beyond that is not kept."""
_REPLIES_LIMIT = 16
"""Replies that may wait for one another; a server has never more than two on their way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the server must know, and when it becomes true for the ear."""

    at: float
    """Seconds of the monotonic clock."""
    message: ClientMessage


@dataclass(slots=True, kw_only=True)
class _Incoming:
    """The reply that the server is sending; lengths in samples of its own rate."""

    reply: int
    rate_hz: int
    change: RateChange
    received: int = 0


class Player:
    """Plays replies one after the other, and signs of listening beside them."""

    def __init__(self) -> None:
        """Begin in silence."""
        self.audible_until = 0.0
        """The moment (monotonic clock) at which the last sound that was given out ends."""
        self._incoming: _Incoming | None = None
        self._orders: deque[Callable[[], None]] = deque()
        self._reports: deque[Report] = deque()
        self._tracks: deque[Track] = deque()
        self._murmurs: list[Samples] = []

    # ------------------------------------------------------------ the call's thread

    def hear(self, message: Received) -> None:
        """Take anything that the server sends; what is not about sound changes nothing."""
        match message:
            case Reply(sample_rate_hz=rate_hz) if rate_hz > 0:
                self._announce(message)
            case AudioFrame(kind=AudioKind.VOICE):
                self._receive(message)
            case AudioFrame(kind=AudioKind.MURMUR):
                murmur = RateChange(message.stream, RATE_HZ).feed(message.pcm, last=True)
                self._order(lambda: self._murmurs.append(_samples(murmur)))
            case ReplyEnd():
                self._finish(message)
            case StopPlayback():
                self._order(lambda: self._with(message.reply, _stop))
            case PausePlayback():
                self._order(lambda: self._with(message.reply, _hold))
            case ResumePlayback():
                self._order(lambda: self._with(message.reply, _go_on))
            case _:
                pass

    def reports(self, now: float) -> list[ClientMessage]:
        """Give what has become true for the ear until now, in order."""
        due = []
        while self._reports and self._reports[0].at <= now:
            due.append(self._reports.popleft().message)
        return due

    def _order(self, act: Callable[[], None]) -> None:
        self._orders.append(act)

    def _announce(self, reply: Reply) -> None:
        change = RateChange(reply.sample_rate_hz, RATE_HZ)
        self._incoming = _Incoming(reply=reply.reply, rate_hz=reply.sample_rate_hz, change=change)
        track = Track(reply=reply.reply, rate_hz=reply.sample_rate_hz)
        self._order(lambda: self._begin(track))

    def _receive(self, frame: AudioFrame) -> None:
        incoming = self._incoming
        if incoming is None or incoming.reply != frame.stream:
            return
        end = frame.offset + len(frame.pcm) // 2
        if end > _LONGEST_REPLY_SECONDS * incoming.rate_hz:
            return
        # Frames that were lost with a connection sound as silence; those that come twice are known.
        lost = bytes(2 * max(0, frame.offset - incoming.received))
        fresh = frame.pcm[2 * max(0, incoming.received - frame.offset) :]
        if fresh:
            incoming.received = end
            self._add(incoming, incoming.change.feed(lost + fresh))

    def _finish(self, end: ReplyEnd) -> None:
        incoming = self._incoming
        if incoming is None or incoming.reply != end.reply:
            return
        self._incoming = None
        length = min(end.samples, _LONGEST_REPLY_SECONDS * incoming.rate_hz)
        lost = bytes(2 * max(0, length - incoming.received))
        self._add(incoming, incoming.change.feed(lost, last=True))
        self._order(lambda: self._with(end.reply, lambda track: _whole(track, length)))

    def _add(self, incoming: _Incoming, pcm: bytes) -> None:
        reply, samples = incoming.reply, _samples(pcm)
        self._order(lambda: self._with(reply, lambda track: track.add(samples)))

    # ------------------------------------------------------------ the sound thread

    def fill(self, count: int, audible_at: float) -> bytes:
        """Give the next samples of everything that is to be heard.

        Args:
            count: Samples at 48 kHz.
            audible_at: When the first of them leaves the loudspeaker (monotonic clock).

        Returns:
            16-bit mono samples, so many exactly; silence where there is nothing.
        """
        while self._orders:
            self._orders.popleft()()
        mixed = np.zeros(count, np.float32)
        sounding = max(self._play(mixed, audible_at), self._murmur(mixed))
        if sounding:
            self.audible_until = audible_at + sounding / RATE_HZ
        return np.clip(np.rint(mixed), -32_768, 32_767).astype("<i2").tobytes()

    def _play(self, mixed: Samples, audible_at: float) -> int:
        """Mix the replies in; gives where their sound ends."""
        done = 0
        while self._tracks:
            track = self._tracks[0]
            begins = not track.played
            given = track.give(len(mixed) - done)
            mixed[done : done + len(given)] += given
            if begins and track.played:
                self._report(audible_at + done / RATE_HZ, PlaybackStarted(reply=track.reply))
            done += len(given)
            if not track.over:
                break
            self._tracks.popleft()
            self._end(track, audible_at + done / RATE_HZ)
        return done

    def _murmur(self, mixed: Samples) -> int:
        longest = 0
        for sound in self._murmurs:
            part = sound[: len(mixed)]
            mixed[: len(part)] += part
            longest = max(longest, len(part))
        self._murmurs = [sound[len(mixed) :] for sound in self._murmurs if len(sound) > len(mixed)]
        return longest

    def _begin(self, track: Track) -> None:
        # The server never finishes one reply after it has announced another, so it is forgotten.
        self._tracks = deque(earlier for earlier in self._tracks if earlier.length is not None)
        if len(self._tracks) < _REPLIES_LIMIT:
            self._tracks.append(track)

    def _with(self, reply: int, act: Callable[[Track], None]) -> None:
        """Do something to a reply, unless it is over: sound of a stopped one may still arrive."""
        track = next((track for track in self._tracks if track.reply == reply), None)
        if track is not None:
            act(track)

    def _end(self, track: Track, at: float) -> None:
        if track.length == 0:
            return  # No sound could be made of it; nobody waits for word of it.
        ended = PlaybackEnded(reply=track.reply, heard_samples=track.heard, complete=track.complete)
        self._report(at, ended)

    def _report(self, at: float, message: ClientMessage) -> None:
        self._reports.append(Report(at=at, message=message))


def _samples(pcm: bytes) -> Samples:
    return np.frombuffer(pcm, "<i2").astype(np.float32)


def _stop(track: Track) -> None:
    track.stopped = True


def _hold(track: Track) -> None:
    track.held = True


def _go_on(track: Track) -> None:
    track.held = False


def _whole(track: Track, length: int) -> None:
    track.length = length
