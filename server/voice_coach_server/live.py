"""One live call: the pure session, and everything that its commands do to the world.

`feed` is the only way in: it stamps the time, writes the event to the journal, lets the session
decide, writes its commands and carries them out. It runs on the event loop and never waits; what
takes time (recognising, speaking) runs elsewhere and comes back as another event.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.session import Session
from voice_coach.conversation.turns import GateSignal, SpeechGate
from voice_coach.messages import (
    CueShown,
    Ended,
    Notice,
    Partial,
    PhaseChanged,
    Ring,
    RoundStarted,
    TurnSettled,
    TurnTakenBack,
    VerdictShown,
)
from voice_coach.speech.overlap import ECHO_LATEST_SECONDS, judge_overlap
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach_server.house import Call, House
from voice_coach_server.keeper import Keeper
from voice_coach_server.latency import TurnLatency
from voice_coach_server.microphone import Microphone
from voice_coach_server.murmurs import Murmurs
from voice_coach_server.outbox import Outbox
from voice_coach_server.reply_playback import ReplyPlayback
from voice_coach_server.transcriptions import Transcriptions
from voice_coach_server.wordless_logs import place_of

__all__ = ["LiveSession"]

_log = logging.getLogger(__name__)


class LiveSession:
    """A call that is going on, whether or not somebody is connected."""

    def __init__(self, call: Call, session: Session, house: House, keeper: Keeper) -> None:
        """Prepare the call; it starts with the first microphone frame.

        Args:
            call: What makes it this call.
            session: Decides. It is new, or where `call.start` says.
            house: What it shares with all others.
            keeper: Keeps it on disk.
        """
        self.call = call
        self.outbox = Outbox()
        self.ended = asyncio.Event()
        """The call is over; its files are being finished."""
        self.closed = asyncio.Event()
        """The session is on disk and the client has been told."""
        self._house = house
        self._keeper = keeper
        keeper.on_trouble = self._say_trouble
        self._session = session
        self.microphone = Microphone(
            activity=house.engines.voice_activity.stream(),
            gate=SpeechGate(call.settings, call.first_sample),
            on_speech=self._on_speech,
            on_sample=lambda timer, sample: self.feed(
                e.SampleReached(at=self.now, timer=timer, sample=sample)
            ),
            first_sample=call.first_sample,
        )
        self._latency = TurnLatency(house.metrics, self.outbox.send)
        self._transcriptions = Transcriptions(
            call=call,
            queue=house.queue,
            microphone=self.microphone,
            now=lambda: self.now,
            feed=self.feed,
        )
        self._playback = ReplyPlayback(
            house=house,
            keeper=keeper,
            outbox=self.outbox,
            now=lambda: self.now,
            feed=self.feed,
        )
        self._murmurs = Murmurs(house, call.cast.voice, self.outbox)
        self._started_at: float | None = None
        self._events: deque[e.Event] = deque()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._do: dict[type, Callable[[Any], None]] = {
            c.Transcribe: self._transcribe,
            c.DropTranscription: self._transcriptions.drop,
            c.AwaitSample: self._await_sample,
            c.ListenAfresh: self._listen_afresh,
            c.StartTimer: self._start_timer,
            c.CancelTimer: self._cancel_timer,
            c.Say: self._say,
            c.Murmur: self._murmur,
            c.StopReply: self._playback.stop,
            c.PauseReply: self._playback.pause,
            c.ResumeReply: self._playback.resume,
            c.JudgeOverlap: self._judge_overlap,
            c.JudgeTurnEnd: self._judge_turn_end,
            c.TakeBackTurn: self._take_back_turn,
            c.ShowPartial: self._show_partial,
            c.ShowTurn: self._show_turn,
            c.ShowRing: self._show_ring,
            c.ShowCue: self._show_cue,
            c.ShowRound: self._show_round,
            c.ShowVerdict: self._show_verdict,
            c.ShowPhase: self._show_phase,
            c.EndCall: self._end_call,
        }

    @property
    def now(self) -> float:
        """Seconds on the session's time line, which goes on with the first microphone frame."""
        if self._started_at is None:
            return self.call.first_at
        return time.monotonic() - self._started_at

    @property
    def has_begun(self) -> bool:
        """Sound has come, or what is tried again has been said."""
        return self._started_at is not None

    # ------------------------------------------------------------ what comes in

    def feed(self, event: e.Event) -> None:
        """Let the session take an event and do what it says. Events made meanwhile wait their turn."""
        if self.ended.is_set():
            return
        if self._started_at is None and self.call.start is not None:
            # Whatever happens to a call that is tried again happens after the line.
            self.begin()
        self._events.append(event)
        if len(self._events) > 1:
            return
        while self._events and not self.ended.is_set():
            try:
                self._take(self._events[0])
            except Exception as error:  # noqa: BLE001 - a bug in one call must not take the others down
                _log.error("session %s cannot go on: %s", self.call.id, place_of(error))
                self._give_up()
            self._events.popleft()

    def _take(self, event: e.Event) -> None:
        self._keeper.event(event)
        if isinstance(event, e.TranscriptFinal):
            self._latency.text_known(at=event.at)
        start = self.call.start
        if start is not None and start.line is not None and event is start.line.event:
            commands = list(start.line.commands)
        else:
            commands = self._session.handle(event)
        for command in commands:
            self._keeper.command(command)
            self._do[type(command)](command)

    def _give_up(self) -> None:
        text = "Something went wrong inside voice_coach; the call was ended and kept as far as it went."
        self.outbox.send(Notice(code="internal", text=text))
        self._release()
        self._house.tasks.create_task(self._close_without_debrief())

    def hear(self, offset: int, pcm: bytes) -> None:
        """Take a microphone frame; the first one starts the call.

        Raises:
            ProtocolError: `out-of-order-audio`.
        """
        if self.ended.is_set():
            return
        if self._started_at is None:
            self.begin()
        self.microphone.push(offset, pcm)
        self._keeper.trainee_audio(offset, pcm)
        if self.outbox.observer is not None:
            self.outbox.observer.heard(pcm)

    def begin(self) -> None:
        """Start the session's clock, and what happens first."""
        self._started_at = time.monotonic() - self.now
        start = self.call.start
        if start is None:
            self.feed(e.CallStarted(at=0.0))
            return
        line = () if start.line is None else (start.line.event,)
        for event in (*line, *start.then):
            self.feed(event)

    def playback_started(self, reply: int) -> None:
        """The client says that a reply became audible.

        Raises:
            ProtocolError: `unknown-reply`.
        """
        spoken = self._playback.started(reply)
        if spoken is not None:
            self._latency.heard(reply, ready_at=spoken.ready_at, at=self.now)
            self.feed(e.ReplyStarted(at=self.now, reply=reply))

    def playback_ended(self, reply: int, heard_samples: int, *, complete: bool) -> None:
        """The client says how far a reply was heard.

        Raises:
            ProtocolError: `unknown-reply`.
        """
        self._playback.ended(reply, heard_samples, complete=complete)

    def end(self, reason: e.EndReason) -> None:
        """End the call, if it has not ended."""
        if not self.ended.is_set():
            self.feed(e.CallEnded(at=self.now, reason=reason))

    def _on_speech(self, signal: GateSignal, sample: int) -> None:
        if signal is GateSignal.STARTED:
            self.feed(e.SpeechStarted(at=self.now, sample=sample))
        else:
            self.feed(e.SpeechPaused(at=self.now, sample=sample))

    # ------------------------------------------------------------ what commands do

    def _transcribe(self, command: c.Transcribe) -> None:
        if command.final:
            # Speech paused: that was its end, unless it resumes.
            ended = command.to_sample - command.quiet_samples
            ended_at = self.now - self.microphone.seconds_ago(ended)
            self._latency.speech_ended(command.utterance, at=ended_at)
        self._transcriptions.start(command)

    def _await_sample(self, command: c.AwaitSample) -> None:
        self.microphone.await_sample(command.timer, command.sample)

    def _listen_afresh(self, command: c.ListenAfresh) -> None:
        del command
        self.microphone.listen_afresh()

    def _start_timer(self, command: c.StartTimer) -> None:
        self._cancel_clock(command.timer)
        loop = asyncio.get_running_loop()
        self._timers[command.timer] = loop.call_later(command.seconds, self._timer_fired, command.timer)

    def _timer_fired(self, name: str) -> None:
        self._timers.pop(name, None)
        self.feed(e.TimerFired(at=self.now, timer=name))

    def _cancel_timer(self, command: c.CancelTimer) -> None:
        self._cancel_clock(command.timer)
        self.microphone.cancel(command.timer)

    def _cancel_clock(self, name: str) -> None:
        handle = self._timers.pop(name, None)
        if handle is not None:
            handle.cancel()

    def _say(self, command: c.Say) -> None:
        self._latency.answered(command.reply, at=self.now)
        self._playback.say(command, self.call.cast.voice)

    def _murmur(self, command: c.Murmur) -> None:
        floor_is_theirs = (c.Phase.TRAINEE_PAUSING, c.Phase.TRAINEE_SPEAKING)
        self._murmurs.give(command.text, fits=lambda: self._session.phase in floor_is_theirs)

    def _judge_overlap(self, command: c.JudgeOverlap) -> None:
        """Compare what the microphone heard with what was being played at the time."""
        heard = self.microphone.audio(command.from_sample, command.to_sample)
        began = self.now - self.microphone.seconds_ago(command.from_sample)
        playing = self._playback.sound(began - ECHO_LATEST_SECONDS, began + len(heard) / SAMPLE_RATE_HZ)
        sound = judge_overlap(heard, playing)
        self.feed(e.OverlapJudged(at=self.now, sound=sound, sample=command.to_sample))

    def _judge_turn_end(self, command: c.JudgeTurnEnd) -> None:
        audio = self.microphone.audio(command.from_sample, command.to_sample)
        self._house.tasks.create_task(self._weigh_melody(audio, command.to_sample))

    async def _weigh_melody(self, audio: Audio, sample: int) -> None:
        probability = await self._house.turn_listening.judge(audio)
        if probability is not None:
            self.feed(e.TurnEndJudged(at=self.now, sample=sample, probability=round(probability, 3)))

    def _take_back_turn(self, command: c.TakeBackTurn) -> None:
        self.outbox.send(TurnTakenBack(utterance=command.utterance))

    def _show_partial(self, command: c.ShowPartial) -> None:
        self.outbox.send(
            Partial(
                utterance=command.utterance,
                settled=command.settled,
                tentative=command.tentative,
                moves=command.moves,
            )
        )

    def _show_turn(self, command: c.ShowTurn) -> None:
        self.outbox.send(TurnSettled(utterance=command.utterance, turn=command.turn))
        if command.turn.speaker is Speaker.TRAINEE:
            self._transcriptions.settled(command.utterance, command.turn)

    def _show_ring(self, command: c.ShowRing) -> None:
        self.outbox.send(Ring(segments=command.segments, opened=command.opened))

    def _show_cue(self, command: c.ShowCue) -> None:
        self.outbox.send(CueShown(cue=command.cue))

    def _show_round(self, command: c.ShowRound) -> None:
        self.outbox.send(RoundStarted(round=command.round))

    def _show_verdict(self, command: c.ShowVerdict) -> None:
        self.outbox.send(VerdictShown(verdict=command.verdict))

    def _show_phase(self, command: c.ShowPhase) -> None:
        self.outbox.send(PhaseChanged(phase=command.phase))

    def _end_call(self, command: c.EndCall) -> None:
        """Close everything; the client hears of it once the session is safely on disk."""
        self._release()
        self._house.tasks.create_task(self._close(command))

    def _say_trouble(self, text: str) -> None:
        self._house.metrics.store_troubles.inc()
        self.outbox.send(Notice(code="store", text=text))

    def _release(self) -> None:
        self.ended.set()
        self._playback.close()
        for name in tuple(self._timers):
            self._cancel_clock(name)
        self._transcriptions.close()
        self._house.metrics.sessions_active.dec()
        if self.outbox.observer is not None:
            self.outbox.observer.ended()

    async def _close_without_debrief(self) -> None:
        await self._keeper.close()
        self.closed.set()
        self.outbox.detach()

    async def _close(self, command: c.EndCall) -> None:
        await self._keeper.close()
        self.outbox.send(
            Ended(
                session=self.call.id,
                outcome=command.outcome,
                debrief=command.debrief,
                drill=command.drill,
            )
        )
        self.closed.set()
        self.outbox.detach()
        await self._keeper.prepare_review()
