"""No state without a way out: a shell in which anything may fail, and then only the clocks go on.

`test_session.py` looks at the table. Here the table is run: a shell keeps its promises (a timer that was
started fires, a sample that was awaited is reached, voice activity alternates) and breaks every other
one at random (the recogniser answers late, with nonsense, or never; the voice never speaks, nobody says
that it played; the microphone stops for good; the connection comes and goes). When the storm is over,
nobody speaks and no engine answers any more. The call must then find back to a state in which the
trainee is expected to speak, or end, within the longest of its own waits.
"""

from __future__ import annotations

import heapq
import itertools
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.commands import Phase
from voice_coach.conversation.session import Session
from voice_coach.counterpart.scenario import load_scenario
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.settings import TurnSettings

RATE: Final = 16_000
TICK: Final = 0.032
LONGEST_WAIT_SECONDS: Final = 36.0
"""The worst that can follow on itself: a reply that nobody reports (8 s), a pause after the words over it
that no sample ends (10 s), their transcript that never comes (8 s), and the answer to them (8 s)."""
SETTLED: Final = frozenset({Phase.LISTENING, Phase.ENDED})
SCENARIO = load_scenario("renewal_in_doubt")
RECOGNIZER = load_recognizer()
WORDS: Final = (
    "", "mm-hm", "um", "and", "What about this matters to you?", "Take it or leave it.",
    "It sounds like you were left alone with that.", "I'm sorry, what?", "okay bye",
)  # fmt: skip


class FaultyShell:
    """Does what the commands say, or not."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - faults to be repeated, not secrets
        self.session = Session(
            scenario=SCENARIO, recognizer=RECOGNIZER, seed=seed, settings=TurnSettings()
        )
        self.now = 0.0
        self.flowing = True
        self.connected = True
        self.speaking = False
        self.engines = True
        self.story: list[str] = []
        self._count = itertools.count()
        self._timers: dict[str, float] = {}
        self._awaited: dict[str, int] = {}
        self._sample = 0
        self._due: list[tuple[float, int, e.Event]] = []

    def feed(self, event: e.Event) -> None:
        self.story.append(f"{self.now:7.2f} {self.session.phase.value:22} {type(event).__name__}")
        for command in self.session.handle(event):
            self._do(command)

    def _later(self, seconds: float, event: e.Event) -> None:
        heapq.heappush(self._due, (self.now + seconds, next(self._count), event))

    def _do(self, command: c.Command) -> None:
        chance = self.random.random
        match command:
            case c.StartTimer():
                self._timers[command.timer] = self.now + command.seconds
            case c.CancelTimer():
                self._timers.pop(command.timer, None)
                self._awaited.pop(command.timer, None)
            case c.AwaitSample():
                self._awaited[command.timer] = command.sample
            case c.ListenAfresh():
                self.speaking = False
            case c.Transcribe() if self.engines and chance() < 0.7:
                self._later(self.random.choice((0.05, 0.3, 2.0, 9.0)), self._transcript(command))
            case c.Say() if self.engines:
                self._speak(command.reply)
            case c.StopReply() if self.engines and chance() < 0.7:
                self._later(0.1, self._played(command.reply, complete=False))
            case c.JudgeOverlap() if self.engines and chance() < 0.8:
                sound = self.random.choice(tuple(e.OverlapSound))
                self._later(0.01, e.OverlapJudged(at=self.now, sound=sound, sample=command.to_sample))
            case c.JudgeTurnEnd() if self.engines and chance() < 0.5:
                judged = e.TurnEndJudged(at=self.now, sample=command.to_sample, probability=chance())
                self._later(0.05, judged)
            case _:
                pass

    def _transcript(self, command: c.Transcribe) -> e.Event:
        text = self.random.choice(WORDS)
        if self.random.random() < 0.2:
            return e.TranscriptDropped(at=self.now, job=command.job, reason="failed")
        kind = e.TranscriptFinal if command.final else e.TranscriptPartial
        return kind(at=self.now, job=command.job, text=text, end_sample=command.to_sample)

    def _speak(self, reply: int) -> None:
        fate = self.random.choice(("played", "played", "unreported", "silent", "failed", "dead"))
        if fate == "dead":
            return
        if fate == "failed":
            self._later(0.2, e.VoiceFailed(at=self.now, reply=reply, reason="voice"))
            return
        self._later(0.1, e.ReplySpoken(at=self.now, reply=reply, seconds=2.0))
        if fate != "silent":
            self._later(0.15, e.ReplyStarted(at=self.now, reply=reply))
        if fate == "played":
            self._later(2.2, self._played(reply, complete=True))

    def _played(self, reply: int, *, complete: bool) -> e.Event:
        return e.ReplyPlayed(at=self.now, reply=reply, text_heard="Look.", complete=complete)

    def tick(self) -> None:
        """Let a window of time pass: the clocks keep their promises."""
        self.now += TICK
        while self._due and self._due[0][0] <= self.now:
            self.feed(heapq.heappop(self._due)[2])
        for name in [name for name, at in self._timers.items() if at <= self.now]:
            if self._timers.pop(name, None) is not None:
                self.feed(e.TimerFired(at=self.now, timer=name))
        if not self.flowing:
            return
        self._sample += round(TICK * RATE)
        for name in [name for name, sample in self._awaited.items() if sample <= self._sample]:
            reached = self._awaited.pop(name, None)
            if reached is not None:
                self.feed(e.SampleReached(at=self.now, timer=name, sample=reached))

    def storm(self, seconds: float) -> None:
        """Whatever a person, the engines and the network may do."""
        self.feed(e.CallStarted(at=0.0))
        while self.now < seconds and self.session.phase is not Phase.ENDED:
            luck = self.random.random()
            if luck < 0.03 and self.flowing and self.connected:
                self.switch_speech()
            elif luck < 0.033:
                self.flowing = not self.flowing
            elif luck < 0.036:
                self.switch_connection()
            self.tick()

    def switch_speech(self) -> None:
        self.speaking = not self.speaking
        kind = e.SpeechStarted if self.speaking else e.SpeechPaused
        self.feed(kind(at=self.now, sample=self._sample))

    def switch_connection(self) -> None:
        self.connected = not self.connected
        self.flowing = self.connected
        self.feed((e.Reconnected if self.connected else e.Disconnected)(at=self.now))

    def calm(self, *, flowing: bool) -> None:
        """Nobody speaks and nothing answers any more: only the clocks go on."""
        self.engines = False
        self._due.clear()
        if not self.connected:
            self.switch_connection()
        self.flowing = flowing
        if flowing and self.speaking:
            self.switch_speech()

    def settles(self) -> bool:
        end = self.now + LONGEST_WAIT_SECONDS
        while self.now < end:
            if self.session.phase in SETTLED:
                return True
            self.tick()
        return False


@pytest.mark.parametrize("flowing", [True, False], ids=["microphone goes on", "microphone has stopped"])
@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), seconds=st.floats(0.1, 40.0))
def test_from_every_state_the_clocks_alone_lead_on(flowing: bool, seed: int, seconds: float) -> None:  # noqa: FBT001
    shell = FaultyShell(seed)
    shell.storm(seconds)
    shell.calm(flowing=flowing)
    assert shell.settles(), "stuck in " + shell.session.phase.value + "\n" + "\n".join(shell.story[-40:])


def test_the_storm_goes_through_every_state() -> None:
    """The check above is worth what it reaches."""
    seen: set[Phase] = set()
    for seed in range(40):
        shell = FaultyShell(seed)
        shell.feed(e.CallStarted(at=0.0))
        for _ in range(1500):
            seen.add(shell.session.phase)
            if shell.session.phase is Phase.ENDED:
                break
            if shell.random.random() < 0.03:
                shell.switch_speech()
            shell.tick()
        shell = FaultyShell(seed)
        shell.feed(e.CallStarted(at=0.0))
        shell.feed(e.CallEnded(at=1.0, reason=e.EndReason.TRAINEE))
        seen.add(shell.session.phase)
    assert seen == set(Phase) - {Phase.READY}
