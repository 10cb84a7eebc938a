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
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.session import Session
from voice_coach.conversation.turns import GateSignal, SpeechGate
from voice_coach.counterpart.expected_words import expected_words
from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.scenario import Scenario
from voice_coach.errors import ProtocolError, VoiceError
from voice_coach.messages import (
    AudioFrame,
    AudioKind,
    CueShown,
    Ended,
    Notice,
    Partial,
    PausePlayback,
    PhaseChanged,
    ResumePlayback,
    Ring,
    StopPlayback,
    TurnSettled,
    TurnTakenBack,
)
from voice_coach.settings import Settings
from voice_coach.speech.overlap import ECHO_LATEST_SECONDS, judge_overlap
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio, Transcript
from voice_coach_server.engines import Engines
from voice_coach_server.keeper import Keeper
from voice_coach_server.latency import TurnClock
from voice_coach_server.load import TARGET_SECONDS
from voice_coach_server.load_watch import LoadWatch
from voice_coach_server.metrics import Metrics
from voice_coach_server.microphone import Microphone
from voice_coach_server.outbox import Outbox
from voice_coach_server.speaking import SpokenReply
from voice_coach_server.turn_listening import TurnListening
from voice_coach_server.word_timing import WordTiming
from voice_coach_server.workers import Job, RecognitionQueue

__all__ = ["Call", "House", "LiveSession"]

_log = logging.getLogger(__name__)

_MURMUR_LOUDNESS = 0.5
_STOP_ANSWER_SECONDS = 1.0
"""How long a client may take to say how much of a stopped reply was heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What all sessions of a server share."""

    engines: Engines
    queue: RecognitionQueue
    load: LoadWatch
    turn_listening: TurnListening
    metrics: Metrics
    settings: Settings
    tasks: asyncio.TaskGroup
    """Where the sessions' own tasks run; ends with the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What makes one call this call."""

    id: str
    scenario: Scenario
    seed: int
    record: bool
    cues: bool


class LiveSession:
    """A call that is going on, whether or not somebody is connected."""

    def __init__(self, call: Call, house: House, keeper: Keeper) -> None:
        """Prepare the call; it starts with the first microphone frame."""
        self.call = call
        self.outbox = Outbox()
        self.ended = asyncio.Event()
        """The call is over; its files are being finished."""
        self.closed = asyncio.Event()
        """The session is on disk and the client has been told."""
        self._house = house
        self._keeper = keeper
        keeper.on_trouble = lambda text: self.outbox.send(Notice(code="store", text=text))
        turns = house.settings.turns
        self._words = expected_words(call.scenario)
        self._session = Session(
            scenario=call.scenario,
            recognizer=house.engines.recognizer,
            seed=call.seed,
            settings=turns,
            cues=call.cues,
        )
        self.microphone = Microphone(
            activity=house.engines.voice_activity.stream(),
            gate=SpeechGate(turns),
            on_speech=self._on_speech,
            on_sample=lambda timer, sample: self.feed(
                e.SampleReached(at=self.now, timer=timer, sample=sample)
            ),
        )
        self._word_timing = WordTiming(
            session=call.id,
            queue=house.queue,
            audio=self.microphone.audio,
            done=lambda utterance, words: self.feed(
                e.WordsTimed(at=self.now, utterance=utterance, words=words)
            ),
        )
        self._started_at: float | None = None
        self._events: deque[e.Event] = deque()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._replies: dict[int, SpokenReply] = {}
        self._last_reply = 0
        self._speaking: asyncio.Task[None] | None = None
        self._turn_clock: TurnClock | None = None

    @property
    def now(self) -> float:
        """Seconds since the first microphone frame; 0 before it."""
        return 0.0 if self._started_at is None else time.monotonic() - self._started_at

    # ------------------------------------------------------------ what comes in

    def feed(self, event: e.Event) -> None:
        """Let the session take an event and do what it says. Events made meanwhile wait their turn."""
        if self.ended.is_set():
            return
        self._events.append(event)
        if len(self._events) > 1:
            return
        while self._events and not self.ended.is_set():
            try:
                self._take(self._events[0])
            except Exception:  # noqa: BLE001 - a bug in one call must not take the others down
                _log.exception("session %s cannot go on", self.call.id)
                self._give_up()
            self._events.popleft()

    def _take(self, event: e.Event) -> None:
        self._keeper.event(event)
        for command in self._session.handle(event):
            self._keeper.command(command)
            self._DO[type(command)](self, command)

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
            self._started_at = time.monotonic()
            self.feed(e.CallStarted(at=0.0))
        self.microphone.push(offset, pcm)
        self._keeper.trainee_audio(pcm)

    def playback_started(self, reply: int) -> None:
        """The client says that a reply became audible."""
        spoken = self._known_reply(reply)
        if spoken is not None and spoken.started_at is None:
            spoken.started_at = self.now
            self._keep_reply(spoken)
            clock = self._turn_clock
            if clock is not None and clock.reply == reply:
                clock.note("voice_to_voice", self.now)
                self._report_latency()
            self.feed(e.ReplyStarted(at=self.now, reply=reply))

    def playback_ended(self, reply: int, heard_samples: int, *, complete: bool) -> None:
        """The client says how far a reply was heard."""
        spoken = self._known_reply(reply)
        if spoken is None:
            return
        del self._replies[reply]
        heard = len(spoken.pcm) // 2 if complete else max(0, heard_samples)
        self._keep_reply(spoken, heard_samples=heard)
        text = spoken.say.sentences if complete else (spoken.text_heard(heard),)
        self.feed(e.ReplyPlayed(at=self.now, reply=reply, text_heard=" ".join(text), complete=complete))

    def end(self, reason: e.EndReason) -> None:
        """End the call, if it has not ended."""
        if not self.ended.is_set():
            self.feed(e.CallEnded(at=self.now, reason=reason))

    def _keep_reply(self, spoken: SpokenReply, heard_samples: int | None = None) -> None:
        if spoken.started_at is not None:
            self._keeper.counterpart_audio(
                spoken.say.reply,
                start_seconds=spoken.started_at,
                pcm=spoken.as_heard(heard_samples),
                sample_rate_hz=spoken.sample_rate_hz,
            )

    def _known_reply(self, number: int) -> SpokenReply | None:
        """The reply that is being played; None for one that is over, whose report is only late."""
        if number > self._last_reply or number < 1:
            raise ProtocolError(f"There has been no reply {number} in this call.", code="unknown-reply")
        return self._replies.get(number)

    def _on_speech(self, signal: GateSignal, sample: int) -> None:
        if signal is GateSignal.STARTED:
            self.feed(e.SpeechStarted(at=self.now, sample=sample))
        else:
            self.feed(e.SpeechPaused(at=self.now, sample=sample))

    # ------------------------------------------------------------ what commands do

    def _transcribe(self, command: c.Transcribe) -> None:
        def done(transcript: Transcript) -> None:
            if not command.final:
                self.feed(
                    e.TranscriptPartial(
                        at=self.now,
                        job=command.job,
                        text=transcript.text,
                        end_sample=command.to_sample,
                    )
                )
                return
            if self._turn_clock is not None:
                self._turn_clock.note("final_text", self.now)
            self._word_timing.heard(command, transcript.text)
            self.feed(
                e.TranscriptFinal(
                    at=self.now,
                    job=command.job,
                    text=transcript.text,
                    end_sample=command.to_sample,
                    fallback=transcript.fallback,
                    decode_seconds=round(transcript.decode_seconds, 4),
                )
            )

        def dropped(reason: str) -> None:
            self.feed(e.TranscriptDropped(at=self.now, job=command.job, reason=reason))

        if command.final:
            self._restart_turn_clock(command)
        asked_at = time.monotonic()
        said_until = asked_at - self._lag_seconds(command.to_sample)
        self._house.queue.submit(
            Job(
                session=self.call.id,
                number=command.job,
                utterance=command.utterance,
                audio=self.microphone.audio(command.from_sample, command.to_sample),
                final=command.final,
                prefix=command.prefix,
                asked_at=asked_at,
                deadline=said_until + TARGET_SECONDS if command.final else asked_at,
                words=self._words,
                done=done,
                dropped=dropped,
            )
        )

    def _restart_turn_clock(self, command: c.Transcribe) -> None:
        """Speech paused: that was the end of speech, unless it resumes."""
        ended_at = self.now - self._lag_seconds(command.to_sample - command.quiet_samples)
        self._turn_clock = TurnClock(utterance=command.utterance, speech_ended_at=ended_at)

    def _lag_seconds(self, sample: int) -> float:
        """How long ago this sample of the microphone was."""
        return (self.microphone.next_sample - sample) / SAMPLE_RATE_HZ

    def _drop_transcription(self, command: c.DropTranscription) -> None:
        self._house.queue.drop(self.call.id, command.utterance, command.job)

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
        clock = self._turn_clock
        if clock is not None and clock.reply is None:
            clock.reply = command.reply
            clock.note("turn_decided", self.now)
        style = self.call.scenario.voice
        reply = SpokenReply(command, self._house.engines.voice, self.outbox, style)
        self._replies = {command.reply: reply}
        self._last_reply = command.reply
        self._stop_speaking()
        self._speaking = self._house.tasks.create_task(self._speak(reply))

    async def _speak(self, reply: SpokenReply) -> None:
        number = reply.say.reply
        try:
            await reply.speak(on_sound=lambda: self._on_first_sound(number))
        except Exception as error:  # noqa: BLE001 - whatever a voice raises, the text must do
            if not isinstance(error, VoiceError):
                _log.exception("the voice raised an unexpected error")
            self._house.metrics.voice_failures.inc()
            self.outbox.send(Notice(code="voice", text=f"The reply is shown as text only: {error}"))
            self.feed(e.VoiceFailed(at=self.now, reply=number, reason="voice"))
            if not reply.pcm:
                return
        self._keep_reply(reply)
        self.feed(e.ReplySpoken(at=self.now, reply=number, seconds=round(reply.seconds, 3)))

    def _murmur(self, command: c.Murmur) -> None:
        self._house.tasks.create_task(self._speak_softly(command.text))

    async def _speak_softly(self, text: str) -> None:
        """Send a sign of listening, if it is ready while the trainee still has the floor."""
        voice, style = self._house.engines.voice, self.call.scenario.voice
        try:
            spoken = await asyncio.to_thread(voice.speak, text, Delivery.CALM, style)
        except Exception:  # noqa: BLE001 - all calls share the task group: none may end for a nod
            _log.warning("no sign of listening could be given", exc_info=True)
            return
        if self._session.phase not in (c.Phase.TRAINEE_PAUSING, c.Phase.TRAINEE_SPEAKING):
            return
        samples = np.frombuffer(spoken.pcm, "<i2").astype(np.float32) * _MURMUR_LOUDNESS
        self.outbox.send_audio(
            AudioFrame(
                kind=AudioKind.MURMUR,
                stream=spoken.sample_rate_hz,
                offset=0,
                pcm=samples.astype("<i2").tobytes(),
            )
        )

    def _on_first_sound(self, reply: int) -> None:
        clock = self._turn_clock
        if clock is not None and clock.reply == reply:
            clock.note("reply_ready", self.now)

    def _report_latency(self) -> None:
        clock, self._turn_clock = self._turn_clock, None
        latency = clock.report(self._house.metrics) if clock else None
        if latency is not None:
            self.outbox.send(latency)

    def _stop_reply(self, command: c.StopReply) -> None:
        """Silence the reply; a client that does not answer is taken to have heard it until now."""
        self._stop_speaking()
        self.outbox.send(StopPlayback(reply=command.reply))
        stopped_at = self.now

        def unanswered() -> None:
            reply = self._replies.get(command.reply)
            if reply is not None and not self.ended.is_set():
                heard = reply.position(stopped_at)
                self.playback_ended(command.reply, heard, complete=False)

        asyncio.get_running_loop().call_later(_STOP_ANSWER_SECONDS, unanswered)

    def _pause_reply(self, command: c.PauseReply) -> None:
        reply = self._replies.get(command.reply)
        if reply is not None:
            reply.hold(self.now)
            self.outbox.send(PausePlayback(reply=command.reply))

    def _resume_reply(self, command: c.ResumeReply) -> None:
        reply = self._replies.get(command.reply)
        if reply is not None:
            reply.go_on(self.now)
            self.outbox.send(ResumePlayback(reply=command.reply))

    def _judge_overlap(self, command: c.JudgeOverlap) -> None:
        """Compare what the microphone heard with what was being played at the time."""
        heard = self.microphone.audio(command.from_sample, command.to_sample)
        began = self.now - self._lag_seconds(command.from_sample)
        span = (began - ECHO_LATEST_SECONDS, began + len(heard) / SAMPLE_RATE_HZ)
        playing = [reply.sound(*span) for reply in self._replies.values()]
        sound = judge_overlap(heard, playing[0] if playing else np.zeros(0, np.float32))
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

    def _stop_speaking(self) -> None:
        if self._speaking is not None:
            self._speaking.cancel()
            self._speaking = None

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
            self._word_timing.settled(command.utterance, command.turn)

    def _show_ring(self, command: c.ShowRing) -> None:
        self.outbox.send(Ring(segments=command.segments, opened=command.opened))

    def _show_cue(self, command: c.ShowCue) -> None:
        self.outbox.send(CueShown(cue=command.cue))

    def _show_phase(self, command: c.ShowPhase) -> None:
        self.outbox.send(PhaseChanged(phase=command.phase))

    def _end_call(self, command: c.EndCall) -> None:
        """Close everything; the client hears of it once the session is safely on disk."""
        self._release()
        self._house.tasks.create_task(self._close(command))

    def _release(self) -> None:
        self.ended.set()
        self._stop_speaking()
        for name in tuple(self._timers):
            self._cancel_clock(name)
        self._house.queue.drop(self.call.id)
        self._house.metrics.sessions_active.dec()

    async def _close_without_debrief(self) -> None:
        await self._keeper.close()
        self.closed.set()
        self.outbox.detach()

    async def _close(self, command: c.EndCall) -> None:
        await self._keeper.close()
        self.outbox.send(Ended(session=self.call.id, outcome=command.outcome, debrief=command.debrief))
        self.closed.set()
        self.outbox.detach()

    _DO: ClassVar[dict[type, Callable[..., None]]] = {
        c.Transcribe: _transcribe,
        c.DropTranscription: _drop_transcription,
        c.AwaitSample: _await_sample,
        c.ListenAfresh: _listen_afresh,
        c.StartTimer: _start_timer,
        c.CancelTimer: _cancel_timer,
        c.Say: _say,
        c.Murmur: _murmur,
        c.StopReply: _stop_reply,
        c.PauseReply: _pause_reply,
        c.ResumeReply: _resume_reply,
        c.JudgeOverlap: _judge_overlap,
        c.JudgeTurnEnd: _judge_turn_end,
        c.TakeBackTurn: _take_back_turn,
        c.ShowPartial: _show_partial,
        c.ShowTurn: _show_turn,
        c.ShowRing: _show_ring,
        c.ShowCue: _show_cue,
        c.ShowPhase: _show_phase,
        c.EndCall: _end_call,
    }
