"""Whole calls without sound, clock or socket: a shell that does to a session what a real one would.

It answers what the session commands (timers, waits on the sound's clock, transcripts, overlap) on a
clock of its own, so that all that can happen in a call happens in microseconds and the same each time.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.session import Session
from voice_coach.counterpart.scenario import Scenario
from voice_coach.journal.format import (
    Exchange,
    Journal,
    JournalHeader,
    encode_entry,
    encode_header,
    parse,
)
from voice_coach.journal.played import played_session
from voice_coach.journal.store import named_folder
from voice_coach.moves.recognizer import Recognizer
from voice_coach.settings import TurnSettings

RATE = 16_000
_STEP_SECONDS = 0.032


class PlayedCall:
    """One call; what is done to it and what it commanded are its journal."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.at = 0.0
        self.exchanges: list[Exchange] = []
        self.timers: dict[str, float] = {}
        self.awaited: dict[str, int] = {}
        self.saying: c.Say | None = None
        self._said: list[tuple[int, str]] = []
        """Where each speech began in the trainee's stream, and its words."""
        self._seq = 1
        self._waiting: list[e.Event] = []

    @property
    def sample(self) -> int:
        return round(self.at * RATE)

    @property
    def over(self) -> bool:
        return self.session.phase is c.Phase.ENDED

    def feed(self, event: e.Event) -> None:
        commands = tuple(self.session.handle(event))
        self.exchanges.append(Exchange(seq=self._seq, event=event, commands=commands))
        self._seq += 1 + len(commands)
        for command in commands:
            self._do(command)

    def start(self) -> None:
        self.feed(e.CallStarted(at=self.at))

    def hear_reply(self, share: float = 1.0) -> None:
        """Let the counterpart speak, all of it or a part."""
        if self.saying is None or self.over:
            return
        reply, text = self.saying.reply, " ".join(self.saying.sentences)
        seconds = 0.06 * len(text)
        self.feed(e.ReplySpoken(at=self.at, reply=reply, seconds=seconds))
        self.feed(e.ReplyStarted(at=self.at, reply=reply))
        self.wait(share * seconds)
        if share >= 1.0 and self.saying is not None and not self.over:
            self.saying = None
            self.feed(e.ReplyPlayed(at=self.at, reply=reply, text_heard=text, complete=True))

    def speak(self, text: str, *, seconds: float = 2.0) -> None:
        """Say something, into the silence or over a reply."""
        if self.over:
            return
        self._said.append((self.sample, text))
        self.feed(e.SpeechStarted(at=self.at, sample=self.sample))
        self.wait(seconds)
        if not self.over:
            self.feed(e.SpeechPaused(at=self.at, sample=self.sample))

    def wait(self, seconds: float) -> None:
        """Let time pass: what is due fires, what was asked is answered."""
        until = self.at + seconds
        while self.at < until and not self.over:
            self.at += _STEP_SECONDS
            for event in [*self._waiting, *self._due()]:
                if event in self._waiting:
                    self._waiting.remove(event)
                self.feed(msgspec.structs.replace(event, at=self.at))

    def lose_connection(self, seconds: float) -> None:
        if self.over:
            return
        self.feed(e.Disconnected(at=self.at))
        self.saying = None
        self.wait(seconds)
        if not self.over:
            self.feed(e.Reconnected(at=self.at))

    def end(self) -> None:
        if not self.over:
            self.feed(e.CallEnded(at=self.at, reason=e.EndReason.TRAINEE))

    def journal(self, header: JournalHeader) -> Journal:
        """What would be read of this call from disk."""
        return parse(self._written(header), Path("played.jsonl"))

    def keep(self, store: Path, header: JournalHeader) -> Path:
        """Put the call into a store; gives its folder."""
        folder = named_folder(store, header.session)
        folder.mkdir(parents=True)
        (folder / "journal.jsonl").write_bytes(self._written(header))
        return folder

    def _written(self, header: JournalHeader) -> bytes:
        values = [value for x in self.exchanges for value in (x.event, *x.commands)]
        lines = [encode_entry(seq, value) for seq, value in enumerate(values, start=1)]
        return encode_header(header) + b"".join(lines)

    def _due(self) -> list[e.Event]:
        due: list[e.Event] = []
        for name in [name for name, sample in self.awaited.items() if sample <= self.sample]:
            del self.awaited[name]
            due.append(e.SampleReached(at=self.at, timer=name, sample=self.sample))
        for name in [name for name, at in self.timers.items() if at <= self.at]:
            del self.timers[name]
            due.append(e.TimerFired(at=self.at, timer=name))
        return due

    def _words_in(self, command: c.Transcribe) -> str:
        """What ears would make of this stretch: every speech that began in it, or the one going on."""
        within = range(command.from_sample, command.to_sample)
        begun = [text for sample, text in self._said if sample in within]
        return " ".join(begun or [text for _, text in self._said[-1:]])

    def _do(self, command: c.Command) -> None:
        match command:
            case c.StartTimer():
                self.timers[command.timer] = self.at + command.seconds
            case c.AwaitSample():
                self.awaited[command.timer] = command.sample
            case c.CancelTimer():
                self.timers.pop(command.timer, None)
                self.awaited.pop(command.timer, None)
            case c.Say():
                self.saying = command
            case c.StopReply():
                self.saying = None
                self._waiting.append(
                    e.ReplyPlayed(at=0, reply=command.reply, text_heard="Well", complete=False)
                )
            case c.JudgeOverlap():
                self._waiting.append(
                    e.OverlapJudged(at=0, sound=e.OverlapSound.SPEECH, sample=command.to_sample)
                )
            case c.Transcribe(final=True):
                self._waiting.append(
                    e.TranscriptFinal(
                        at=0, job=command.job, text=self._words_in(command), end_sample=command.to_sample
                    )
                )
                self._waiting.append(
                    e.WordsTimed(
                        at=0,
                        utterance=command.utterance,
                        words=(
                            e.Word(
                                text=self._words_in(command),
                                start_sample=command.from_sample,
                                end_sample=command.to_sample,
                                probability=0.9,
                            ),
                        ),
                    )
                )
            case c.Transcribe():
                self._waiting.append(
                    e.TranscriptPartial(
                        at=0, job=command.job, text=self._words_in(command), end_sample=command.to_sample
                    )
                )


def header_of(scenario: Scenario, seed: int, session: str = "20261123-184501-k3f9") -> JournalHeader:
    return JournalHeader(
        session=session,
        created=datetime(2026, 11, 23, 18, 45, 1, tzinfo=UTC),
        scenario_id=scenario.id,
        scenario_source=scenario.source_text,
        guardedness=scenario.guardedness,
        seed=seed,
        model="scripted",
        voice="scripted",
        record=False,
        settings=TurnSettings(),
    )


def begun(header: JournalHeader, recognizer: Recognizer) -> PlayedCall:
    return PlayedCall(played_session(header, recognizer))
