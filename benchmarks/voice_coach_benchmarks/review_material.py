"""A long call to be reviewed: the real session's journal of a demo call, again and again, with sound."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import soundfile

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.session import Session
from voice_coach.counterpart.demo import load_demo
from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.scenario import load_scenario
from voice_coach.journal.format import JournalHeader
from voice_coach.journal.journal import JournalWriter
from voice_coach.journal.played import played_session
from voice_coach.journal.store import named_folder
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.settings import TurnSettings, VoiceSettings
from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ

__all__ = ["keep_long_call"]

Value = e.Event | c.Command

_SCENARIO: Final = "renewal_in_doubt"
_SESSION: Final = "20261123-184501-h0ur"
_STEP_SECONDS: Final = 0.032
_SECONDS_PER_LETTER: Final = 0.065
_GAP_SECONDS: Final = 5.0
_IN_SECONDS: Final = frozenset({"at", "start_seconds", "end_seconds", "at_seconds"})
_IN_SAMPLES: Final = frozenset({"sample", "start_sample", "end_sample", "from_sample", "to_sample"})
_INDEXES: Final = frozenset({"index", "turn"})
_NUMBERS: Final = frozenset({"utterance", "reply", "job"})
_KINDS: Final[dict[str, Any]] = {"event": e.Event, "command": c.Command}


def keep_long_call(store: Path, minutes: float) -> str:
    """Put a call of this length into a store; give its id."""
    scenario = load_scenario(_SCENARIO)
    header = JournalHeader(
        session=_SESSION,
        created=datetime(2026, 11, 23, 18, 45, 1, tzinfo=UTC),
        scenario_id=scenario.id,
        scenario_source=scenario.source_text,
        seed=7,
        model="scripted",
        voice="scripted",
        record=True,
        settings=TurnSettings(),
    )
    folder = named_folder(store, header.session)
    writer = JournalWriter.create(folder, header)
    spoken: list[tuple[Speaker, float, float]] = []
    for value in _repeated(_play(header), 60 * minutes):
        if isinstance(value, e.Event):
            writer.event(value)
        else:
            writer.command(value)
        if isinstance(value, c.ShowTurn):
            spoken.append((value.turn.speaker, value.turn.start_seconds, value.turn.end_seconds))
    writer.close()
    _keep_sound(folder, spoken, 60 * minutes)
    return header.session


def _play(header: JournalHeader) -> list[Value]:
    """The demo call, heard as it was spoken; timers, partials and word times as a live call has them."""
    return list(_Shell(played_session(header, load_recognizer())).play())


class _Shell:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._at = 0.0
        self._due: list[tuple[float, e.Event]] = []
        self._said = ""
        self._reply: c.Say | None = None

    def play(self) -> Iterator[Value]:
        yield from self._take(e.CallStarted(at=0.0))
        for line in load_demo(_SCENARIO):
            yield from self._hear_reply()
            yield from self._wait(line.silence_before_seconds)
            yield from self._hear_reply()
            self._said = line.text
            yield from self._take(e.SpeechStarted(at=self._at, sample=self._sample))
            yield from self._wait(_SECONDS_PER_LETTER * len(line.text))
            yield from self._take(e.SpeechPaused(at=self._at, sample=self._sample))
            yield from self._wait(2.5)
        yield from self._hear_reply()
        yield from self._take(e.CallEnded(at=self._at, reason=e.EndReason.TRAINEE))

    @property
    def _sample(self) -> int:
        return round(self._at * SAMPLE_RATE_HZ)

    def _hear_reply(self) -> Iterator[Value]:
        while (said := self._reply) is not None:
            self._reply = None
            text = " ".join(said.sentences)
            seconds = _SECONDS_PER_LETTER * len(text)
            yield from self._take(e.ReplyStarted(at=self._at, reply=said.reply))
            yield from self._take(e.ReplySpoken(at=self._at, reply=said.reply, seconds=seconds))
            yield from self._wait(seconds)
            played = e.ReplyPlayed(at=self._at, reply=said.reply, text_heard=text, complete=True)
            yield from self._take(played)

    def _wait(self, seconds: float) -> Iterator[Value]:
        until = self._at + seconds
        while self._at < until:
            self._at += _STEP_SECONDS
            for due in sorted(self._due, key=lambda waiting: waiting[0]):
                if due[0] <= self._at and due in self._due:
                    self._due.remove(due)
                    yield from self._take(msgspec.structs.replace(due[1], at=self._at))

    def _take(self, event: e.Event) -> Iterator[Value]:
        yield event
        for command in self._session.handle(event):
            self._do(command)
            yield command

    def _do(self, command: c.Command) -> None:
        soon = self._at + 0.2
        match command:
            case c.Say():
                self._reply = command
            case c.StartTimer(timer=name, seconds=seconds):
                self._forget(name)
                self._due.append((self._at + seconds, e.TimerFired(at=0, timer=name)))
            case c.AwaitSample(timer=name, sample=sample):
                self._forget(name)
                reached = e.SampleReached(at=0, timer=name, sample=sample)
                self._due.append((sample / SAMPLE_RATE_HZ, reached))
            case c.CancelTimer(timer=name):
                self._forget(name)
            case c.Transcribe(job=job, final=True, to_sample=end):
                final = e.TranscriptFinal(at=0, job=job, text=self._said, end_sample=end)
                self._due.append((soon, final))
                self._due.append((soon + 1.0, self._timed(command)))
            case c.Transcribe(job=job, to_sample=end):
                heard = self._said[
                    : round((end - command.from_sample) / SAMPLE_RATE_HZ / _SECONDS_PER_LETTER)
                ]
                partial = e.TranscriptPartial(at=0, job=job, text=heard, end_sample=end)
                self._due.append((soon, partial))
            case _:
                pass

    def _timed(self, command: c.Transcribe) -> e.WordsTimed:
        words = self._said.split()
        edges = np.linspace(command.from_sample, command.to_sample, len(words) + 1).astype(int).tolist()
        return e.WordsTimed(
            at=0,
            utterance=command.utterance,
            words=tuple(
                e.Word(text=word, start_sample=start, end_sample=end, probability=0.9)
                for word, start, end in zip(words, edges, edges[1:], strict=False)
            ),
        )

    def _forget(self, name: str) -> None:
        self._due = [due for due in self._due if getattr(due[1], "timer", "") != name]


def _repeated(call: list[Value], seconds: float) -> Iterator[Value]:
    """The call over and over, numbers and times going on, until it is long enough; it ends once."""
    length = max(value.at for value in call if isinstance(value, e.Event)) + _GAP_SECONDS
    turns = sum(isinstance(value, c.ShowTurn) for value in call)
    numbers = max(value.job for value in call if isinstance(value, c.Transcribe)) + 1
    rounds = max(1, int(seconds / length))
    for number in range(rounds):
        for value in call:
            ends = isinstance(value, e.CallEnded | c.EndCall)
            if (ends and number < rounds - 1) or (isinstance(value, e.CallStarted) and number):
                continue
            tree = _moved(msgspec.to_builtins(value), number * length, number * turns, number * numbers)
            kind = "event" if isinstance(value, e.Event) else "command"
            yield msgspec.convert(tree, _KINDS[kind])


def _moved(tree: Any, seconds: float, turns: int, numbers: int) -> Any:  # noqa: ANN401 - plain JSON
    if isinstance(tree, list | tuple):
        return [_moved(part, seconds, turns, numbers) for part in tree]
    if not isinstance(tree, dict):
        return tree
    by = {
        **dict.fromkeys(_IN_SECONDS, seconds),
        **dict.fromkeys(_IN_SAMPLES, round(seconds * SAMPLE_RATE_HZ)),
        **dict.fromkeys(_INDEXES, turns),
        **dict.fromkeys(_NUMBERS, numbers),
    }
    return {
        key: part + by[key]
        if key in by and isinstance(part, int | float)
        else _moved(part, seconds, turns, numbers)
        for key, part in tree.items()
    }


def _keep_sound(folder: Path, spoken: list[tuple[Speaker, float, float]], seconds: float) -> None:
    """A sentence of the voice, wherever somebody speaks."""
    voice = Pyttsx3Voice(VoiceSettings())
    try:
        sound = voice.speak("Two days without records, and nobody called.", Delivery.CALM)
    finally:
        voice.close()
    sentence = np.frombuffer(sound.pcm, "<i2")
    for side, rate in ((Speaker.TRAINEE, SAMPLE_RATE_HZ), (Speaker.COUNTERPART, sound.sample_rate_hz)):
        track = np.zeros(round(seconds * rate), np.int16)
        for speaker, start, end in spoken:
            if speaker is side:
                place = track[round(start * rate) : round(end * rate)]
                place[:] = np.resize(sentence, len(place))
        soundfile.write(folder / f"{side.value}.flac", track, rate)
