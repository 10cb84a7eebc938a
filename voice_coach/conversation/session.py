"""The call as a state machine: `Session.handle(event) -> list[Command]`.

Everything that affects the state of a call lives in this file, in one table at its end. Who holds
the floor decides what an event means, so the states are named after it::

    READY ── CallStarted ──> COUNTERPART_SPEAKING <──────────────────────────────┐
                               │    ▲        │ ReplyPlayed                        │ Say
             SpeechStarted     ▼    │ noise  ▼                                    │
                          TALKED_OVER     LISTENING ── TimerFired(fill|silence) ──┤
                 real words    │             │ SpeechStarted                      │
                 (StopReply)   ▼             ▼                                    │
                             TRAINEE_SPEAKING <──> TRAINEE_PAUSING ── all known ──┤
                               SpeechPaused / SpeechStarted │ silence long enough │
                                                            ▼                     │
                                                     UNDERSTANDING ───────────────┘
    any state ── CallEnded, or a reply that ends the call ──> ENDED

Words over the counterpart's voice come too late to silence it at once, so the first sound is judged:
what sounds like speech pauses the reply, words then stop it, and anything else lets it go on from where
it paused. Words that follow the end of a turn within a moment were still the same turn: the answer is
taken back as if it had never been given, and the turn goes on.

A final transcript is asked for as soon as a pause begins, while the silence is still being judged; if
speech resumes it is discarded. Every state that waits for somebody else has a timer as its way out:
a reply that is never played, a transcript that never comes, a microphone that stalls.

Numbers of jobs, utterances and replies grow by one. Results that nobody waits for are ignored, so
the shell may be late or answer twice.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from voice_coach.coaching.turn import Cue, Speaker, Turn
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.commands import Command, Phase
from voice_coach.conversation.overlap import FIRST_LOOK_SAMPLES, LOOK_BACK_SAMPLES, Overlap
from voice_coach.conversation.partner import Answered, Partner
from voice_coach.conversation.turn_end import (
    NO_MELODY,
    Completeness,
    PauseHabit,
    completeness,
    silence_needed,
)
from voice_coach.conversation.utterance import SAMPLE_RATE_HZ, Utterance
from voice_coach.counterpart.moment import TraineeTurn
from voice_coach.counterpart.reply import Outcome, Reply, RingSegment
from voice_coach.errors import IllegalEventError
from voice_coach.moves.move import Heard
from voice_coach.moves.recognizer import Recognizer
from voice_coach.settings import TurnSettings

__all__ = ["Session"]

_REPLY_WATCHDOG_SECONDS = 4.0
"""How long after its own length a reply may be reported as played."""
_UNDERSTANDING_SECONDS = 8.0
"""How long a final transcript, or the voice, may take before the call goes on without it."""
_STALLED_SECONDS = 10.0
"""How long speech may go on without any audio arriving."""
_WORDS_OVERDUE_SECONDS = 1.5
"""A reply that was paused and then no words came goes on after this long."""
_MELODY_SECONDS = 8.0
"""Sound before a pause that tells whether the turn is over: a long sentence."""
_LAST_WORDS_SECONDS = 0.5
"""The same once the speech has paused. A final of words takes a tenth of a second; the recogniser tries
longer on what it cannot make words of."""
_MURMUR_SECONDS = 6.0
"""Speech between two signs of listening: shorter turns need none."""
_MAY_STAND = (Completeness.SAID, Completeness.UNMARKED)
"""Words after which a drill need not wait to hear whether more comes."""
_READING_SECONDS_PER_WORD = 0.35
"""How long a reply without sound is shown before the trainee is expected to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """What was so before the last turn of the trainee was answered, should it turn out not to be over."""

    utterance: Utterance
    answered: Answered
    heard_of_reply: str
    turns: int


class Session:
    """One call. Feed it events in the order they happened; do what the commands say."""

    def __init__(
        self,
        *,
        partner: Partner,
        recognizer: Recognizer,
        settings: TurnSettings,
        cues: bool = True,
    ) -> None:
        """Prepare a call; nothing is said before `CallStarted`. Without `cues` none is chosen."""
        self._recognizer = recognizer
        self._settings = settings
        self._phase = Phase.READY
        self._answered = partner.opening()
        """The last answer, and who goes on from it."""
        self._reply_number = 0
        self._reply_started_at = 0.0
        self._heard_of_reply: str | None = None
        """What was heard of the last reply; None while it is being spoken."""
        self._reply_seconds: float | None = None
        self._reply_paused = False
        self._overlap = Overlap()
        """What is heard over the reply."""
        self._before: _Before | None = None
        self._connected = True
        self._utterance: Utterance | None = None
        self._utterance_numbers = itertools.count(1)
        self._jobs = itertools.count(1)
        self._habit = PauseHabit()
        self._melody = NO_MELODY
        """How likely the turn is over, by the sound before the last pause."""
        self._ring: tuple[RingSegment, ...] = ()
        self._murmurs = 0
        self._murmured_sample = 0
        """Where the last sign of listening could have been given."""
        self._turns: list[Turn] = []
        self._cues_wanted = cues
        self._cues_shown: list[str] = []
        self._out: list[Command] = []

    @property
    def phase(self) -> Phase:
        """The state the call is in."""
        return self._phase

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Both sides' settled turns so far."""
        return tuple(self._turns)

    def handle(self, event: e.Event) -> list[Command]:
        """Take one event; give the commands it leads to, in order.

        Raises:
            IllegalEventError: The state has no room for this event: a bug in the shell.
        """
        handler = self._TABLE[self._phase].get(type(event))
        if handler is None:
            raise IllegalEventError(
                f"A call in the state {self._phase.value} cannot take {type(event).__name__}."
            )
        self._out = []
        handler(self, event)
        return self._out

    # ------------------------------------------------------------ the counterpart's turn

    def _start(self, event: e.CallStarted) -> None:
        self._give(self._answered, event.at)

    def _give(self, answered: Answered, at: float) -> None:
        """Go on with an answer: what it was worth, what comes now, and its words."""
        self._answered = answered
        if answered.verdict is not None:
            self._out.append(c.ShowVerdict(verdict=answered.verdict))
        self._show_round()
        self._say(at)

    def _say(self, at: float) -> None:
        """Speak, or say nothing and only listen on."""
        reply = self._reply
        self._show_ring(reply.opened)
        if not reply.sentences:
            self._listen()
            return
        self._reply_number += 1
        self._reply_started_at = at
        self._heard_of_reply = None
        self._reply_seconds = None
        self._reply_paused = False
        self._enter(Phase.COUNTERPART_SPEAKING)
        self._out.append(
            c.Say(
                reply=self._reply_number,
                sentences=reply.sentences,
                delivery=reply.delivery,
                because=reply.because,
                thats_right=reply.thats_right,
            )
        )
        self._timer("reply", _UNDERSTANDING_SECONDS)

    def _note_reply_length(self, event: e.ReplySpoken) -> None:
        if event.reply == self._reply_number and self._heard_of_reply is None:
            self._reply_seconds = event.seconds
            self._timer("reply", event.seconds + _REPLY_WATCHDOG_SECONDS)

    def _note_reply_start(self, event: e.ReplyStarted) -> None:
        if event.reply == self._reply_number:
            self._reply_started_at = event.at

    def _show_reply_to_read(self, event: e.VoiceFailed) -> None:
        if event.reply == self._reply_number and self._heard_of_reply is None:
            self._timer("reply", _READING_SECONDS_PER_WORD * len(self._reply.text.split()))

    def _finish_reply(self, event: e.ReplyPlayed) -> None:
        if event.reply != self._reply_number or self._heard_of_reply is not None:
            return
        self._settle_reply(event.text_heard, event.at, cut=not event.complete)
        self._cancel("reply", "words")
        self._reply_paused = False
        self._before = None
        if self._reply.ends is not None:
            self._end(self._reply.ends)
        elif self._phase is Phase.COUNTERPART_SPEAKING:
            self._listen()
        elif self._phase is Phase.TALKED_OVER and self._overlap.sound is e.OverlapSound.ECHO:
            self._forget_utterance()
            self._out.append(c.ListenAfresh())
            self._listen()
        elif self._phase is Phase.TALKED_OVER:
            self._give_floor_to_trainee()

    def _reply_overdue(self, event: e.TimerFired) -> None:
        """Nobody reported the end of the reply: take it as heard and go on."""
        if event.timer == "reply":
            played = e.ReplyPlayed(
                at=event.at, reply=self._reply_number, text_heard=self._reply.text, complete=True
            )
            self._finish_reply(played)

    def _settle_reply(self, text: str, at: float, *, cut: bool) -> None:
        self._heard_of_reply = text
        if text:
            self._add_turn(
                self._reply_number,
                Turn(
                    index=len(self._turns),
                    speaker=Speaker.COUNTERPART,
                    text=text,
                    start_seconds=self._reply_started_at,
                    end_seconds=max(at, self._reply_started_at),
                    delivery=self._reply.delivery,
                    because=self._reply.because,
                    thats_right=self._reply.thats_right,
                    interrupted=cut,
                ),
            )

    # ------------------------------------------------------------ silence

    def _listen(self) -> None:
        self._enter(Phase.LISTENING)
        if self._reply.follow_up is not None:
            self._timer("fill", self._reply.follow_up.after_seconds)
        self._timer("silence", self._settings.trainee_silence_seconds)
        cue = self._partner.cue(self._turns, self._cues_shown, wanted=self._cues_wanted)
        if cue is not None:
            self._cues_shown.append(cue.rule)
        self._show_cue(cue)

    def _switch_cues(self, event: e.CuesSwitched) -> None:
        """A cue that is shown goes at once; one that is wanted comes at the next silence."""
        self._cues_wanted = event.on
        if not event.on:
            self._show_cue(None)

    def _break_silence(self, event: e.TimerFired) -> None:
        if event.timer == "fill":
            speak = self._partner.fill_silence
        elif event.timer == "silence":
            speak = self._partner.ask_after_silence
        else:
            return
        self._cancel("fill", "silence")
        self._give(speak(), event.at)

    # ------------------------------------------------------------ the trainee's turn

    def _begin_utterance(self, event: e.SpeechStarted) -> None:
        """The trainee speaks, into the silence or over the counterpart's voice."""
        into_silence = self._phase is Phase.LISTENING
        self._utterance = Utterance(
            number=next(self._utterance_numbers),
            speech_sample=event.sample,
            jobs=self._jobs,
            settings=self._settings,
        )
        if into_silence:
            self._utterance.stepped_on_silence = self._reply.follow_up is not None
            self._cancel("fill", "silence")
            self._show_cue(None)
            if self._answered.holds:
                self._go_on_with_turn()
        self._out.append(self._utterance.await_partial(event.sample))
        self._timer("stalled", _STALLED_SECONDS)
        if into_silence:
            self._enter(Phase.TRAINEE_SPEAKING)
            return
        self._overlap = Overlap()
        self._look(event.sample + FIRST_LOOK_SAMPLES)
        self._enter(Phase.TALKED_OVER)

    def _resume_utterance(self, event: e.SpeechStarted) -> None:
        """The pause was not the end of the turn."""
        self._cancel("turn_end", "understanding")
        self._habit.note((event.sample - self._current.speech_to_sample) / SAMPLE_RATE_HZ)
        self._out.extend(self._current.resume(event.sample))
        self._timer("stalled", _STALLED_SECONDS)
        if self._phase is not Phase.TALKED_OVER:
            self._enter(Phase.TRAINEE_SPEAKING)

    def _grow_utterance(self, event: e.SampleReached) -> None:
        if event.timer != "partial" or self._current.is_paused:
            return
        if self._current.goes_nowhere(event.sample):
            self._break_off(event)
        else:
            self._out.extend(self._current.grow(event.sample))
            self._timer("stalled", _STALLED_SECONDS)

    def _break_off(self, event: e.SampleReached) -> None:
        """Sound without an end, or without words, must not hold the floor for ever."""
        if self._phase is Phase.TALKED_OVER:
            self._let_pass()
            self._out.append(c.ListenAfresh())
        else:
            self._out.extend(self._current.break_off(event.sample))
            self._understand(event.at)

    def _hear_partial(self, event: e.TranscriptPartial) -> None:
        if not self._current.hear_partial(event):
            return
        if self._phase is Phase.TALKED_OVER:
            self._judge_overlap()
        if self._phase is not Phase.TALKED_OVER:
            self._show_words()

    def _pause_utterance(self, event: e.SpeechPaused) -> None:
        """Ask for the final transcript at once, while the silence is being judged."""
        self._cancel("partial", "stalled")
        self._out.append(self._current.pause(event.sample))
        self._melody = NO_MELODY
        if self._phase is Phase.TALKED_OVER:
            self._timer("stalled", _UNDERSTANDING_SECONDS)
            self._await_words(_LAST_WORDS_SECONDS)
        else:
            self._ask_for_melody()
            self._await_turn_end(self._settings.longest_silence_seconds)
            self._timer("stalled", _STALLED_SECONDS)
            self._enter(Phase.TRAINEE_PAUSING)

    def _ask_for_melody(self) -> None:
        heard_to = self._current.heard_to_sample
        back = heard_to - round(_MELODY_SECONDS * SAMPLE_RATE_HZ)
        start = max(self._current.speech_from_sample, back)
        self._out.append(c.JudgeTurnEnd(from_sample=start, to_sample=heard_to))

    def _weigh_melody(self, event: e.TurnEndJudged) -> None:
        """The sound of the last words makes the wait shorter or longer; a late judgement is of no use."""
        if event.sample == self._current.heard_to_sample:
            self._melody = event.probability
            if self._current.is_understood:
                self._await_turn_end(self._silence_needed())

    def _hear_final(self, event: e.TranscriptFinal) -> None:
        if self._current.hear_final(event):
            self._overlap.doubted = event.fallback
            self._weigh_words(event.at)

    def _lose_transcript(self, event: e.TranscriptDropped) -> None:
        again = self._current.lose(event)
        if again is None:
            return
        self._out.extend(again)
        if not again:
            self._weigh_words(event.at)

    def _weigh_words(self, at: float) -> None:
        """A piece became known: that may settle the overlap, the patience or the answer."""
        if self._phase is Phase.TALKED_OVER:
            self._judge_overlap()
        elif not self._current.is_understood:
            return
        elif self._phase is Phase.UNDERSTANDING:
            self._answer(at)
        elif self._phase is Phase.TRAINEE_PAUSING:
            self._show_words()
            self._await_turn_end(self._silence_needed())
            self._show_listening()

    def _show_listening(self) -> None:
        """Somebody who has spoken for long and pauses in mid-sentence is told that they are heard."""
        utterance = self._current
        since = max(self._murmured_sample, utterance.speech_from_sample)
        spoken = (utterance.speech_to_sample - since) / SAMPLE_RATE_HZ
        if spoken < _MURMUR_SECONDS or completeness(utterance.text) is not Completeness.UNFINISHED:
            return
        self._murmured_sample = utterance.speech_to_sample
        self._murmurs += 1
        signs = self._partner.backchannel(self._murmurs)
        self._out.extend(c.Murmur(text=sign) for sign in signs)

    def _stall(self, event: e.TimerFired) -> None:
        """Speech began but no audio comes any more: what was heard is the turn."""
        if event.timer == "stalled":
            self._out.extend(self._current.break_off(self._current.reached_sample))
            self._understand(event.at)

    def _turn_ends(self, event: e.SampleReached) -> None:
        if event.timer == "turn_end":
            self._understand(event.at)

    def _understand(self, at: float) -> None:
        """The turn is over; answer as soon as all of it is known."""
        self._cancel("partial", "stalled", "turn_end")
        if self._current.is_understood:
            self._answer(at)
        else:
            self._enter(Phase.UNDERSTANDING)
            self._timer("understanding", _UNDERSTANDING_SECONDS)

    def _understanding_overdue(self, event: e.TimerFired) -> None:
        """The recogniser is silent: go on with the words that the partials gave."""
        if event.timer == "understanding":
            self._current.take_as_heard()
            self._answer(event.at)

    def _answer(self, at: float) -> None:
        """The whole turn is known: say which moves it made, and let the partner react."""
        utterance = self._current
        self._cancel("understanding")
        if utterance.broken_off:
            self._out.append(c.ListenAfresh())
        text = utterance.text
        if not text:
            self._forget_utterance()
            self._listen()
            return
        turn = self._settle_utterance()
        heard = TraineeTurn(
            text=text,
            utterance=utterance.number,
            moves=turn.moves,
            covers=turn.covers,
            interrupted=utterance.interrupting,
            stepped_on_silence=utterance.stepped_on_silence,
            heard_of_previous=self._previous_words,
        )
        self._before = _Before(
            utterance=utterance,
            answered=self._answered,
            heard_of_reply=self._previous_words,
            turns=len(self._turns) - 1,
        )
        self._utterance = None
        self._give(self._partner.react(heard), at)

    def _settle_utterance(self) -> Turn:
        utterance = self._current
        text = utterance.text
        moves = self._recognizer.recognize(self._heard(text, partial=False))
        turn = Turn(
            index=len(self._turns),
            speaker=Speaker.TRAINEE,
            text=text,
            start_seconds=utterance.speech_from_sample / SAMPLE_RATE_HZ,
            end_seconds=utterance.speech_to_sample / SAMPLE_RATE_HZ,
            moves=moves,
            covers=tuple({k.topic: k for move in moves for k in move.covers}.values()),
            interrupted=utterance.interrupting,
        )
        self._add_turn(utterance.number, turn)
        return turn

    # ------------------------------------------------------------ both at once

    def _look(self, sample: int) -> None:
        """Have the sound judged when it has come to this sample."""
        self._out.append(c.AwaitSample(timer="look", sample=sample))

    def _follow_overlap(self, event: e.SampleReached) -> None:
        if event.timer != "look":
            self._grow_utterance(event)
        elif not self._current.is_paused:
            start = max(self._current.resumed_sample, event.sample - LOOK_BACK_SAMPLES)
            self._out.append(c.JudgeOverlap(from_sample=start, to_sample=event.sample))

    def _resume_overlap(self, event: e.SpeechStarted) -> None:
        self._resume_utterance(event)
        self._await_words(_WORDS_OVERDUE_SECONDS)
        if self._overlap.sound is not e.OverlapSound.SPEECH:
            self._look(event.sample + FIRST_LOOK_SAMPLES)

    def _weigh_sound(self, event: e.OverlapJudged) -> None:
        """What sounds like speech pauses the reply; whether it meant the floor, its words will say."""
        wait_samples = self._overlap.weigh(event.sound)
        if wait_samples is not None:
            self._look(event.sample + wait_samples)
        elif not self._reply_paused and self._heard_of_reply is None:
            self._reply_paused = True
            self._out.append(c.PauseReply(reply=self._reply_number))
            self._await_words(_WORDS_OVERDUE_SECONDS)

    def _await_words(self, seconds: float) -> None:
        """A paused reply stays so for this long without words that stop it."""
        if self._reply_paused:
            self._timer("words", seconds)

    def _resume_reply(self) -> None:
        if self._reply_paused:
            self._reply_paused = False
            self._cancel("words")
            self._out.append(c.ResumeReply(reply=self._reply_number))
            if self._reply_seconds is not None:
                self._timer("reply", self._reply_seconds + _REPLY_WATCHDOG_SECONDS)

    def _judge_overlap(self) -> None:
        """Real words over the counterpart's voice stop it; anything else is let pass."""
        if self._overlap.takes_the_floor(self._current, self._reply.text):
            self._take_floor()
        elif self._current.is_understood:
            self._let_pass()

    def _take_floor(self) -> None:
        self._out.append(c.StopReply(reply=self._reply_number))
        self._cancel("words", "look")
        self._reply_paused = False
        if not self._go_on_with_turn():
            self._current.interrupting = True
        self._give_floor_to_trainee()

    def _go_on_with_turn(self) -> bool:
        """Take back the answer to a turn that this utterance follows so closely that both are one.

        All is then as it was before the answer, and the turn goes on.
        """
        before = self._before
        if before is None:
            return False
        gap = self._current.speech_from_sample - before.utterance.speech_to_sample
        if gap > self._settings.take_back_seconds * SAMPLE_RATE_HZ:
            return False
        self._habit.note(gap / SAMPLE_RATE_HZ)
        self._current.go_on_from(before.utterance)
        self._before, self._answered = None, before.answered
        # Not None: what was heard of the answer is nobody's turn, whenever it is reported.
        self._heard_of_reply = before.heard_of_reply
        del self._turns[before.turns :]
        self._cancel("reply")
        self._out.append(c.TakeBackTurn(utterance=self._current.number))
        self._show_round()
        self._show_ring()
        return True

    def _let_pass(self) -> None:
        self._resume_reply()
        self._forget_utterance()
        self._enter(Phase.COUNTERPART_SPEAKING)

    def _overlap_overdue(self, event: e.TimerFired) -> None:
        if event.timer == "stalled":
            self._let_pass()
        elif event.timer == "words":
            self._resume_reply()
        else:
            self._reply_overdue(event)

    def _give_floor_to_trainee(self) -> None:
        """The counterpart is silent now: an utterance that began over it goes on as any other."""
        utterance = self._current
        if not utterance.is_paused:
            self._enter(Phase.TRAINEE_SPEAKING)
            return
        self._timer("stalled", _STALLED_SECONDS)
        self._enter(Phase.TRAINEE_PAUSING)
        if utterance.is_understood:
            self._await_turn_end(self._silence_needed())
        else:
            self._await_turn_end(self._settings.longest_silence_seconds)

    # ------------------------------------------------------------ the ends of the call

    def _call_ended(self, event: e.CallEnded) -> None:
        """The shell ends the call: what both sides were saying is kept as far as it went."""
        if self._reply_number and self._heard_of_reply is None:
            self._settle_reply(self._reply.text, event.at, cut=True)
        if self._utterance is not None and self._utterance.text:
            self._settle_utterance()
        left = event.reason is e.EndReason.TRAINEE
        self._end(Outcome.TRAINEE_LEFT if left else Outcome.INTERRUPTED)

    def _end(self, outcome: Outcome) -> None:
        self._forget_utterance()
        self._cancel("fill", "silence", "reply", "words", "turn_end", "understanding")
        self._show_cue(None)
        self._enter(Phase.ENDED)
        home = self._partner.take_home(self._turns, outcome)
        self._out.append(c.EndCall(outcome=outcome, debrief=home.debrief, drill=home.drill))

    # ------------------------------------------------------------ a connection that comes and goes

    def _hold(self, event: e.Disconnected) -> None:
        """Nobody can hear or answer: nothing is overdue until the connection is back."""
        del event
        self._cancel("fill", "silence", "reply", "words", "stalled")
        self._connected = False

    def _go_on(self, event: e.Reconnected) -> None:
        """A line that was being spoken is said again, since the trainee may have missed it."""
        self._connected = True
        if self._phase in (Phase.COUNTERPART_SPEAKING, Phase.TALKED_OVER):
            self._forget_utterance()
            self._say(event.at)
        elif self._phase is Phase.LISTENING:
            self._listen()
        elif self._phase in (Phase.TRAINEE_SPEAKING, Phase.TRAINEE_PAUSING):
            self._timer("stalled", _STALLED_SECONDS)
        elif self._phase is Phase.UNDERSTANDING:
            self._timer("understanding", _UNDERSTANDING_SECONDS)

    def _ignore(self, event: e.Event) -> None:
        """Late, double, or of no consequence in this state: the journal has it, that is all."""

    # ------------------------------------------------------------ said often

    @property
    def _partner(self) -> Partner:
        return self._answered.partner

    @property
    def _reply(self) -> Reply:
        return self._answered.reply

    @property
    def _current(self) -> Utterance:
        if self._utterance is None:
            raise IllegalEventError(f"In the state {self._phase.value} there is no utterance.")
        return self._utterance

    @property
    def _previous_words(self) -> str:
        return self._reply.text if self._heard_of_reply is None else self._heard_of_reply

    def _heard(self, text: str, *, partial: bool) -> Heard:
        return Heard(
            text=text, previous=self._previous_words, topics=self._partner.topics, partial=partial
        )

    def _forget_utterance(self) -> None:
        if self._utterance is not None:
            self._out.append(c.DropTranscription(utterance=self._utterance.number))
            self._cancel("partial", "stalled", "look")
            self._utterance = None

    def _silence_needed(self) -> float:
        text = self._current.text
        needed = silence_needed(text, self._habit, self._settings, self._melody)
        if completeness(text) in _MAY_STAND and self._partner.is_answer(text):
            return min(needed, self._settings.whole_answer_patience_seconds)
        return needed

    def _await_turn_end(self, silence_seconds: float) -> None:
        sample = self._current.speech_to_sample + round(silence_seconds * SAMPLE_RATE_HZ)
        self._out.append(c.AwaitSample(timer="turn_end", sample=sample))

    def _add_turn(self, number: int, turn: Turn) -> None:
        self._turns.append(turn)
        self._out.append(c.ShowTurn(utterance=number, turn=turn))

    def _show_words(self) -> None:
        utterance = self._current
        text, settled = utterance.text, utterance.settled
        self._out.append(
            c.ShowPartial(
                utterance=utterance.number,
                settled=settled,
                tentative=text.removeprefix(settled),
                moves=self._recognizer.recognize(self._heard(text, partial=True)),
            )
        )

    def _show_ring(self, opened: tuple[str, ...] = ()) -> None:
        """Show the ring when it changed: it grows by being understood, and shrinks under pressure."""
        segments = self._partner.ring
        if segments != self._ring or opened:
            self._ring = segments
            self._out.append(c.ShowRing(segments=segments, opened=opened))

    def _show_round(self) -> None:
        if self._answered.round is not None:
            self._out.append(c.ShowRound(round=self._answered.round))

    def _show_cue(self, cue: Cue | None) -> None:
        self._out.append(c.ShowCue(cue=cue))

    def _enter(self, phase: Phase) -> None:
        if phase is not self._phase:
            self._phase = phase
            self._out.append(c.ShowPhase(phase=phase))

    def _timer(self, name: str, seconds: float) -> None:
        if self._connected:
            self._out.append(c.StartTimer(timer=name, seconds=seconds))

    def _cancel(self, *names: str) -> None:
        self._out.extend(c.CancelTimer(timer=name) for name in names)

    # ------------------------------------------------------------ the state table

    _LATE: ClassVar[dict[type, Callable[..., None]]] = {
        # What may arrive in any state after its time, or is only for the journal.
        e.MicrophoneMuted: _ignore,
        e.CuesSwitched: _switch_cues,
        e.Disconnected: _hold,
        e.Reconnected: _go_on,
        e.ReplySpoken: _note_reply_length,
        e.ReplyStarted: _note_reply_start,
        e.ReplyPlayed: _finish_reply,
        e.VoiceFailed: _ignore,
        e.OverlapJudged: _ignore,
        e.TurnEndJudged: _ignore,
        e.SampleReached: _ignore,
        e.TimerFired: _ignore,
        e.SpeechPaused: _ignore,
        e.TranscriptPartial: _ignore,
        e.TranscriptFinal: _ignore,
        e.TranscriptDropped: _ignore,
        e.WordsTimed: _ignore,
        e.CallEnded: _call_ended,
    }

    _TABLE: ClassVar[dict[Phase, dict[type, Callable[..., None]]]] = {
        Phase.READY: {
            e.CallStarted: _start,
            e.CallEnded: _call_ended,
            e.Disconnected: _hold,
            e.Reconnected: _go_on,
            e.MicrophoneMuted: _ignore,
            e.CuesSwitched: _switch_cues,
        },
        Phase.COUNTERPART_SPEAKING: _LATE
        | {
            e.SpeechStarted: _begin_utterance,
            e.TimerFired: _reply_overdue,
            e.VoiceFailed: _show_reply_to_read,
        },
        Phase.TALKED_OVER: _LATE
        | {
            e.SampleReached: _follow_overlap,
            e.OverlapJudged: _weigh_sound,
            e.TranscriptPartial: _hear_partial,
            e.TranscriptFinal: _hear_final,
            e.TranscriptDropped: _lose_transcript,
            e.SpeechPaused: _pause_utterance,
            e.SpeechStarted: _resume_overlap,
            e.TimerFired: _overlap_overdue,
            e.VoiceFailed: _show_reply_to_read,
        },
        Phase.LISTENING: _LATE
        | {
            e.SpeechStarted: _begin_utterance,
            e.TimerFired: _break_silence,
        },
        Phase.TRAINEE_SPEAKING: _LATE
        | {
            e.SampleReached: _grow_utterance,
            e.TranscriptPartial: _hear_partial,
            e.TranscriptFinal: _hear_final,
            e.TranscriptDropped: _lose_transcript,
            e.SpeechPaused: _pause_utterance,
            e.TimerFired: _stall,
        },
        Phase.TRAINEE_PAUSING: _LATE
        | {
            e.SpeechStarted: _resume_utterance,
            e.SampleReached: _turn_ends,
            e.TurnEndJudged: _weigh_melody,
            e.TranscriptPartial: _hear_partial,
            e.TranscriptFinal: _hear_final,
            e.TranscriptDropped: _lose_transcript,
            e.TimerFired: _stall,
        },
        Phase.UNDERSTANDING: _LATE
        | {
            e.SpeechStarted: _resume_utterance,
            e.TranscriptFinal: _hear_final,
            e.TranscriptDropped: _lose_transcript,
            e.TimerFired: _understanding_overdue,
        },
        Phase.ENDED: dict.fromkeys([*_LATE, e.SpeechStarted], _ignore),
    }
