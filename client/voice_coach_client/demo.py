"""A rehearsal nobody speaks in: a scripted trainee calls a real server, in real time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from voice_coach.errors import ProtocolError
from voice_coach.messages import AudioFrame, ClientMessage, Reply, StopPlayback
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_client.connection import Connection, Received
from voice_coach_client.live_call import LiveCall
from voice_coach_client.measures import Measures
from voice_coach_client.scripted_trainee import FRAME_SECONDS, ScriptedTrainee

__all__ = ["Clock", "LoopClock", "Loudspeaker", "rehearse"]


class Clock(Protocol):
    """Time, as the demo needs it."""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    async def sleep_until(self, moment: float) -> None:
        """Return at this moment, or at once when it has passed."""
        ...


class LoopClock:
    """The event loop's own clock."""

    def now(self) -> float:
        """Seconds of the loop's monotonic clock."""
        return asyncio.get_running_loop().time()

    async def sleep_until(self, moment: float) -> None:
        """Sleep; a moment that has passed still lets the other tasks run."""
        await asyncio.sleep(max(0.0, moment - self.now()))


class Loudspeaker(Protocol):
    """Where both voices can be heard, if anywhere."""

    def trainee(self, pcm: bytes) -> None:
        """Play a frame of the trainee's microphone (16 kHz)."""
        ...

    def counterpart(self, pcm: bytes, rate_hz: int) -> None:
        """Play sound of a reply after what waits already."""
        ...

    def hush(self) -> None:
        """Drop what the counterpart still has to say."""
        ...


async def rehearse(
    connection: Connection,
    trainee: ScriptedTrainee,
    show: Callable[[Received], None],
    *,
    loudspeaker: Loudspeaker | None = None,
    clock: Clock | None = None,
) -> Measures:
    """Let the scripted trainee live through one call on an open connection.

    The call is over when the server says so; `Measures.ended` is `None` when it never did, although
    the trainee left.

    Args:
        connection: A fresh call whose microphone runs at 16 kHz.
        trainee: Who calls; used up by the call.
        show: Called with everything that is received, in order.
        loudspeaker: Plays along when given; it never decides about timing.
        clock: Paces the microphone; the event loop's clock when absent.

    Raises:
        ProtocolError: The server wants another sample rate than 16 kHz.
        VoiceCoachError: As for `Connection.received`.
    """
    if connection.welcome.microphone_rate_hz != SAMPLE_RATE_HZ:
        raise ProtocolError(
            f"The server wants a microphone at {connection.welcome.microphone_rate_hz} Hz; "
            f"the demo speaks at {SAMPLE_RATE_HZ} Hz."
        )
    call = _ScriptedSound(trainee, clock or LoopClock(), loudspeaker)

    def receive(message: Received) -> None:
        call.measures.receive(message, call.clock.now())
        show(message)

    await LiveCall(connection, call, receive).run()
    return call.measures


class _ScriptedSound:
    """The scripted trainee as the sound of a call: its microphone runs, and ends when it has gone."""

    def __init__(self, trainee: ScriptedTrainee, clock: Clock, loudspeaker: Loudspeaker | None) -> None:
        self.measures = Measures()
        self.clock = clock
        self._trainee = trainee
        self._loudspeaker = loudspeaker
        self._rate_hz = SAMPLE_RATE_HZ
        self._reports: asyncio.Queue[ClientMessage] = asyncio.Queue()

    def hear(self, message: Received) -> None:
        for answer in self._trainee.receive(message):
            self._reports.put_nowait(answer)
        self._play(message)

    async def reports(self) -> AsyncIterator[ClientMessage]:
        while True:
            yield await self._reports.get()

    async def microphone(self) -> AsyncIterator[bytes]:
        """Give one frame every 20 ms, each when its last sample would have reached a microphone."""
        started = self.clock.now()
        frames = 0
        while not self._trainee.gone:
            frames += 1
            await self.clock.sleep_until(started + frames * FRAME_SECONDS)
            frame = self._trainee.tick()
            if frame.line_started:
                self.measures.line_started()
            if frame.line_end_sample is not None:
                self.measures.line_ended(started + frame.line_end_sample / SAMPLE_RATE_HZ)
            yield frame.pcm
            for message in frame.messages:
                self._reports.put_nowait(message)
            if self._loudspeaker is not None:
                self._loudspeaker.trainee(frame.pcm)

    def _play(self, message: Received) -> None:
        if self._loudspeaker is None:
            return
        match message:
            case Reply():
                self._rate_hz = message.sample_rate_hz
            case AudioFrame():
                self._loudspeaker.counterpart(message.pcm, self._rate_hz)
            case StopPlayback():
                self._loudspeaker.hush()
            case _:
                pass
