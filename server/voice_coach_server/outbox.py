"""What waits to be sent to one client: numbered, bounded, and kept a while for one that comes back."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import msgspec

from voice_coach.messages import (
    AudioFrame,
    CueShown,
    Notice,
    Partial,
    PhaseChanged,
    ServerMessage,
    Welcome,
    encode,
    encode_audio,
)
from voice_coach_server.observer import Observer

__all__ = ["Outbox", "WaitingFrames", "frames"]

_WAITING_LIMIT = 2_000
"""Frames that may wait for a slow reader: about 30 s of voice and everything that is shown with it."""
_WAITING_BYTES = 8_000_000
"""And how many bytes they may have: minutes of voice."""
_KEPT_LIMIT = 2_000
"""Settled messages that are kept for a client that comes back."""
_PASSING = (Partial, CueShown, Notice, Welcome)
"""Messages that mean nothing later; they are not kept."""


class WaitingFrames(asyncio.Queue[str | bytes | None]):
    """Frames for one reader, and how much they weigh; None is the end."""

    size = 0
    """Characters and bytes of all that waits."""

    def _put(self, item: str | bytes | None) -> None:
        self.size += len(item or "")
        super()._put(item)

    def _get(self) -> str | bytes | None:
        item = super()._get()
        self.size -= len(item or "")
        return item

    def drop_all(self) -> None:
        """Forget what waits: nobody will read it."""
        while not self.empty():
            self.get_nowait()


class Outbox:
    """A queue that never blocks its writer: a reader that is too slow loses partials, then the line."""

    def __init__(self) -> None:
        """Begin with nothing to send and nobody reading."""
        self._seq = 0
        self._kept: deque[ServerMessage] = deque(maxlen=_KEPT_LIMIT)
        self._queue: WaitingFrames | None = None
        self.frames_lost = 0
        """Partials that a slow reader did not get."""
        self.observer: Observer | None = None
        """Looks on, whether or not somebody reads."""

    @property
    def is_attached(self) -> bool:
        """Somebody reads."""
        return self._queue is not None

    @property
    def waiting(self) -> int:
        """Frames that wait to be sent."""
        return self._queue.qsize() if self._queue is not None else 0

    def attach(self) -> WaitingFrames:
        """Start a new reader; an older one is told to stop."""
        self.detach()
        self._queue = WaitingFrames()
        if self.observer is not None:
            self.observer.attached(on=True)
        return self._queue

    def detach(self, queue: WaitingFrames | None = None) -> bool:
        """Stop the current reader (or only if it is the given one); False when it was not it."""
        if self._queue is None or (queue is not None and queue is not self._queue):
            return False
        self._queue.put_nowait(None)
        self._queue = None
        if self.observer is not None:
            self.observer.attached(on=False)
        return True

    def go_on_after(self, seq: int) -> None:
        """Number the next message one higher than what a client has seen from the server before this."""
        self._seq = max(self._seq, seq)

    def send(self, message: ServerMessage) -> None:
        """Number a message, keep it if it means something later, and queue it."""
        self._seq += 1
        message = msgspec.structs.replace(message, seq=self._seq)
        if self.observer is not None:
            self.observer.said(message)
        if not isinstance(message, _PASSING):
            if isinstance(message, PhaseChanged):
                self._forget_phase()
            self._kept.append(message)
        if isinstance(message, Partial) and self._is_slow:
            self.frames_lost += 1
            return
        self._put(encode(message))

    def send_audio(self, frame: AudioFrame) -> None:
        """Queue an audio frame; audio is not kept."""
        if self.observer is not None:
            self.observer.voiced(frame)
        self._put(encode_audio(frame))

    def repeat_after(self, seq: int) -> None:
        """Queue again all kept messages that a returning client has not seen."""
        for message in tuple(self._kept):
            if message.seq > seq:
                self._put(encode(message))

    @property
    def _is_slow(self) -> bool:
        return self._queue is not None and self._queue.qsize() > _WAITING_LIMIT // 10

    def _forget_phase(self) -> None:
        """Only the newest phase matters later."""
        for message in self._kept:
            if isinstance(message, PhaseChanged):
                self._kept.remove(message)
                return

    def _put(self, frame: str | bytes) -> None:
        if self._queue is None:
            return
        if self._queue.qsize() >= _WAITING_LIMIT or self._queue.size + len(frame) > _WAITING_BYTES:
            # The reader has stopped reading; it may come back and resume, and gets again what counts.
            self._queue.drop_all()
            self.detach()
            return
        self._queue.put_nowait(frame)


async def frames(queue: WaitingFrames) -> AsyncIterator[str | bytes]:
    """Give what is queued until the reader is told to stop."""
    while (frame := await queue.get()) is not None:
        yield frame
