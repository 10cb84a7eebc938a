"""A drill on the real session, without sound: what is said becomes the events that a shell would feed."""

from __future__ import annotations

from typing import TypeVar

from voice_coach.coaching.drill import Verdict
from voice_coach.coaching.drill_book import Drill
from voice_coach.coaching.drill_run import DrillRun
from voice_coach.coaching.spacing import DrillMemory
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.commands import Command, Phase
from voice_coach.conversation.drill_partner import DrillPartner
from voice_coach.conversation.session import Session
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.settings import TurnSettings

__all__ = ["DrillCall"]

RECOGNIZER = load_recognizer()
SAMPLES = 16_000
M = TypeVar("M")


class DrillCall:
    """A call with a drill; every event and command is kept, as a journal would."""

    def __init__(self, drill: Drill, *, seed: int = 7, memory: DrillMemory | None = None) -> None:
        run = DrillRun(drill=drill, seed=seed, memory=memory or DrillMemory())
        self.drill = drill
        self.session = Session(
            partner=DrillPartner.of(run), recognizer=RECOGNIZER, settings=TurnSettings()
        )
        self.at = 0.0
        self.log: list[e.Event | Command] = []
        self.feed(e.CallStarted(at=0.0))

    def feed(self, event: e.Event) -> list[Command]:
        """Feed one event."""
        commands = self.session.handle(event)
        self.log += [event, *commands]
        return commands

    def all(self, kind: type[M]) -> list[M]:
        """All commands of a kind so far."""
        return [entry for entry in self.log if isinstance(entry, kind)]

    @property
    def prompt(self) -> str:
        """Id of the prompt of the round that goes on."""
        return self.all(c.ShowRound)[-1].round.prompt

    @property
    def verdicts(self) -> list[Verdict]:
        return [command.verdict for command in self.all(c.ShowVerdict)]

    @property
    def spoken(self) -> str:
        """What was said last."""
        return " ".join(self.all(c.Say)[-1].sentences)

    def hear_out(self) -> None:
        """Let the line that is being spoken be heard to its end."""
        if self.session.phase is Phase.COUNTERPART_SPEAKING:
            said = self.all(c.Say)[-1]
            self.at += 2.0
            text = " ".join(said.sentences)
            self.feed(e.ReplyPlayed(at=self.at, reply=said.reply, text_heard=text, complete=True))

    def say(self, text: str, *, after: float = 2.0, seconds: float = 1.5) -> None:
        """Hear the line out, and answer it."""
        self.hear_out()
        self.go_on(text, after=after, seconds=seconds)

    def go_on(
        self, text: str, *, after: float = 2.0, seconds: float = 1.5, heard_so_far: str = ""
    ) -> None:
        """Speak so many seconds after whatever happened last, until the turn is over.

        What is being spoken meanwhile is stopped when `heard_so_far` of it was heard.
        """
        self.at += after
        self.feed(e.SpeechStarted(at=self.at, sample=self._sample))
        if self.session.phase is Phase.TALKED_OVER:
            self.feed(
                e.OverlapJudged(at=self.at, sound=e.OverlapSound.SPEECH, sample=self._sample + 1024)
            )
        self.at += seconds
        paused = self.feed(e.SpeechPaused(at=self.at, sample=self._sample))
        (job,) = (x.job for x in paused if isinstance(x, c.Transcribe))
        heard = self.feed(e.TranscriptFinal(at=self.at, job=job, text=text, end_sample=self._sample))
        for stop in (x for x in heard if isinstance(x, c.StopReply)):
            self.feed(
                e.ReplyPlayed(at=self.at, reply=stop.reply, text_heard=heard_so_far, complete=False)
            )
        self.at += 2.0
        if self.session.phase is Phase.TRAINEE_PAUSING:
            self.feed(e.SampleReached(at=self.at, timer="turn_end", sample=self._sample))
        # What follows counts from the end of the speech.
        self.at -= 1.9

    def leave_silence(self, timer: str, seconds: float) -> None:
        """Say nothing until a timer fires."""
        self.hear_out()
        self.at += seconds
        self.feed(e.TimerFired(at=self.at, timer=timer))

    @property
    def _sample(self) -> int:
        return round(self.at * SAMPLES)
