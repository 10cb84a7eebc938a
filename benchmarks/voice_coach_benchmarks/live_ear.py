"""The live loop without a clock: one clip through voice activity, gate, utterance and recogniser.

Audio time passes window by window. A transcription costs the CPU time that it really took here, and
its result is heard that much later; so a run is exact about who waits for whom, needs no sleeping, and
does not mind what else the machine does. Shared by the benchmarks of turn taking and of partials.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from voice_coach.conversation.commands import AwaitSample, Command, DropTranscription, Transcribe
from voice_coach.conversation.events import TranscriptFinal, TranscriptPartial
from voice_coach.conversation.turns import GateSignal, SpeechGate
from voice_coach.conversation.utterance import Utterance
from voice_coach.settings import TurnSettings
from voice_coach.speech.audio import load_mono
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio, Transcriber, Transcript
from voice_coach.speech.voice_activity import WINDOW_SAMPLES, VoiceActivity

__all__ = [
    "ROOM_SECONDS",
    "Clip",
    "Heard",
    "LiveEar",
    "Pause",
    "clips_of",
    "levels_of",
    "start_of_speech",
]

_FRAME_SAMPLES = 160
_AUDIBLE_DB = 30.0
"""What is further than this below the loudest speech of a clip is its room, not speech."""
_VOICED = 0.35
_DECAY_SECONDS = 0.1
"""A last sound may ring for this long after voice activity has lost it; later sounds are a breath."""
_ABOVE_ROOM_DB = 10.0
"""What is nearer than this to the quietest moments of a clip may be its room."""
_ATTACK_SECONDS = 0.2
"""A first sound may begin this long before voice activity finds it: the length of a hissed "s"."""
_GAP_FRAMES = 2
"""Levels of 10 ms that may drop inside one sound."""
ROOM_SECONDS = 3.0
"""Of the clip's room, heard after it."""
_WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One turn of one person, and then the silence of the same room."""

    name: str
    audio: Audio
    text: str
    end_seconds: float
    """True end of speech, in the clip as it was: see `_end_of_speech`."""
    speaker: str


@dataclass(slots=True, kw_only=True)
class Pause:
    """A silence that the gate noticed, inside the clip or at its end. Times in seconds of audio."""

    began: float
    noticed: float
    resumed: float | None = None
    """When the gate noticed speech again; None at the end of the clip."""
    text: str = ""
    known: float = float("inf")
    """When the speculative final was there; infinite when speech resumed before."""


@dataclass(slots=True, kw_only=True)
class Heard:
    """What the live loop made of a clip."""

    pauses: list[Pause] = field(default_factory=list)
    shown: list[tuple[float, str, str]] = field(default_factory=list)
    """Each change of the words on the screen: when, what is settled of them, all of them."""
    final: str = ""
    final_texts: dict[int, str] = field(default_factory=dict)
    """The final transcript of each piece, by its first sample, as the recogniser gave it."""
    partial_texts: list[tuple[int, str]] = field(default_factory=list)
    """First sample and words of each partial transcript, as the recogniser gave it."""
    partials: int = 0
    partial_cpu_seconds: float = 0.0
    finals: int = 0
    final_cpu_seconds: float = 0.0

    @property
    def finals_alone(self) -> str:
        """What the final transcripts say, whatever was settled before."""
        return " ".join(text for _, text in sorted(self.final_texts.items()) if text)


def clips_of(folder: Path, activity: VoiceActivity, longest_seconds: float = 30.0) -> Iterator[Clip]:
    """Read the clips of one speaker whose words are known, as `manifest.jsonl` says."""
    for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        known = row.get("human") == "yes" and str(row.get("ref", "")).startswith("gold")
        if known and row["seconds"] <= longest_seconds:
            audio = load_mono(folder / row["path"])
            yield Clip(
                name=row["path"],
                audio=np.concatenate([audio, _room(audio)]),
                text=row["text"],
                end_seconds=_end_of_speech(audio, activity),
                speaker=row["speaker"],
            )


def levels_of(audio: Audio) -> Audio:
    """Give the root mean square of each 10 ms."""
    frames = audio[: len(audio) // _FRAME_SAMPLES * _FRAME_SAMPLES].reshape(-1, _FRAME_SAMPLES)
    levels: Audio = np.sqrt(np.mean(np.square(frames), axis=1))
    return levels


def _end_of_speech(audio: Audio, activity: VoiceActivity) -> float:
    """Seconds to the end of the last 10 ms that are loud enough to be speech and not only a breath."""
    voiced = [
        at for at, probability in enumerate(_activity_of(audio, activity)) if probability >= _VOICED
    ]
    latest = len(audio) / SAMPLE_RATE_HZ
    if voiced:
        latest = min(latest, (voiced[-1] + 1) * WINDOW_SAMPLES / SAMPLE_RATE_HZ + _DECAY_SECONDS)
    levels = levels_of(audio)[: round(latest * SAMPLE_RATE_HZ / _FRAME_SAMPLES)]
    audible = np.flatnonzero(levels > np.percentile(levels, 95) * 10 ** (-_AUDIBLE_DB / 20))
    return float(audible[-1] + 1) * _FRAME_SAMPLES / SAMPLE_RATE_HZ


def start_of_speech(audio: Audio, activity: VoiceActivity) -> float:
    """Seconds to the first 10 ms of the first word: not of the room, a click or a breath before it.

    From where voice activity first finds a voice, back over the sound that it is connected to.
    """
    levels = levels_of(audio)
    probabilities = _activity_of(audio, activity)
    voiced = next((at for at, probability in enumerate(probabilities) if probability >= _VOICED), 0)
    loudest, room = np.percentile(levels, [95, 5])
    floor = max(loudest * 10 ** (-_AUDIBLE_DB / 20), room * 10 ** (_ABOVE_ROOM_DB / 20))
    found = voiced * WINDOW_SAMPLES // _FRAME_SAMPLES
    earliest = max(0, found - round(_ATTACK_SECONDS * SAMPLE_RATE_HZ / _FRAME_SAMPLES))
    first = found
    for at in range(found, earliest - 1, -1):
        if levels[at] > floor:
            first = at
        elif first - at > _GAP_FRAMES:
            break
    return first * _FRAME_SAMPLES / SAMPLE_RATE_HZ


def _activity_of(audio: Audio, activity: VoiceActivity) -> list[float]:
    stream = activity.stream()
    starts = range(0, len(audio) - WINDOW_SAMPLES + 1, WINDOW_SAMPLES)
    return [stream.process(audio[at : at + WINDOW_SAMPLES]) for at in starts]


def _room(audio: Audio) -> Audio:
    """Noise as loud as the quietest moments of the clip: a person's room does not go digitally silent."""
    level = float(np.percentile(levels_of(audio), 2))
    noise = np.random.default_rng(1).standard_normal(round(ROOM_SECONDS * SAMPLE_RATE_HZ))
    return (level * noise).astype(np.float32)


class LiveEar:
    """Hears one clip as the server would, with nobody else in the room."""

    def __init__(self, transcriber: Transcriber, activity: VoiceActivity, turns: TurnSettings) -> None:
        """Share the engines between clips."""
        self._transcriber = transcriber
        self._activity = activity
        self._turns = turns

    def hear(self, clip: Clip, *, partials: bool) -> Heard:
        """Hear a clip to its end. Without partials only the pauses are transcribed."""
        probabilities = _activity_of(clip.audio, self._activity)
        return _Hearing(self._transcriber, self._turns, clip, partials=partials).run(probabilities)


class _Hearing:
    """One clip on its way: what `LiveSession` does, on the clock of the audio."""

    def __init__(
        self, transcriber: Transcriber, turns: TurnSettings, clip: Clip, *, partials: bool
    ) -> None:
        self.heard = Heard()
        self._transcriber = transcriber
        self._turns = turns
        self._clip = clip
        self._partials = partials
        self._utterance: Utterance | None = None
        self._partial_at: int | None = None
        self._waiting: Transcribe | None = None
        """The newest partial, when both workers are busy."""
        self._running: list[tuple[float, Transcribe, Transcript]] = []

    def run(self, probabilities: list[float]) -> Heard:
        gate = SpeechGate(self._turns)
        for window, probability in enumerate(probabilities):
            sample = (window + 1) * WINDOW_SAMPLES
            now = sample / SAMPLE_RATE_HZ
            self._deliver(now)
            signal = gate.process(probability)
            if signal is not None:
                self._take(*signal, now)
            if self._partial_at is not None and sample >= self._partial_at and self._utterance:
                self._partial_at = None
                self._do(self._utterance.grow(sample), now)
        self._deliver(float("inf"))
        if self._utterance is not None:
            self.heard.final = self._utterance.text
        return self.heard

    def _take(self, signal: GateSignal, sample: int, now: float) -> None:
        began = sample / SAMPLE_RATE_HZ
        if signal is GateSignal.PAUSED and self._utterance is not None:
            self._partial_at = None
            self.heard.pauses.append(Pause(began=began, noticed=now))
            self._do([self._utterance.pause(sample)], now)
        elif self._utterance is None:
            self._utterance = Utterance(
                number=1, speech_sample=sample, jobs=itertools.count(1), settings=self._turns
            )
            self._do([self._utterance.await_partial(sample)], now)
        else:
            self.heard.pauses[-1].resumed = now
            self._do(self._utterance.resume(sample), now)

    def _do(self, commands: list[Command], now: float) -> None:
        for command in commands:
            match command:
                case AwaitSample() if self._partials:
                    self._partial_at = command.sample
                case DropTranscription():
                    self._waiting = None
                case Transcribe():
                    self._submit(command, now)
                case _:
                    pass

    def _submit(self, job: Transcribe, now: float) -> None:
        """Finals go first; of the partials only the newest waits, for any of the workers."""
        self._waiting = None
        if not job.final and len(self._running) >= _WORKERS:
            self._waiting = job
            return
        busy_until = sorted(done for done, _, _ in self._running)
        start = busy_until[-_WORKERS] if len(busy_until) >= _WORKERS else now
        began = time.process_time()
        transcript = self._transcriber.transcribe(
            self._clip.audio[job.from_sample : job.to_sample], final=job.final, prefix=job.prefix
        )
        cost = time.process_time() - began
        if job.final:
            self.heard.finals += 1
            self.heard.final_cpu_seconds += cost
        else:
            self.heard.partials += 1
            self.heard.partial_cpu_seconds += cost
        self._running.append((start + cost, job, transcript))

    def _deliver(self, now: float) -> None:
        while self._running:
            self._running.sort(key=lambda running: running[0])
            done, job, transcript = self._running[0]
            if done > now:
                return
            self._running.pop(0)
            self._hear(job, transcript, done)
            if self._waiting is not None:
                self._submit(self._waiting, done)

    def _hear(self, job: Transcribe, transcript: Transcript, at: float) -> None:
        utterance = self._utterance
        assert utterance is not None  # noqa: S101 - there are no jobs before there is an utterance
        if job.final:
            event = TranscriptFinal(at=at, job=job.job, text=transcript.text, end_sample=job.to_sample)
            wanted = utterance.hear_final(event)
            if wanted:
                self.heard.final_texts[job.from_sample] = transcript.text
            if wanted and utterance.is_understood:
                self.heard.pauses[-1].text = utterance.text
                self.heard.pauses[-1].known = at
        else:
            self.heard.partial_texts.append((job.from_sample, transcript.text))
            wanted = utterance.hear_partial(
                TranscriptPartial(
                    at=at,
                    job=job.job,
                    text=transcript.text,
                    end_sample=job.to_sample,
                    sureness=transcript.sureness,
                )
            )
        if wanted:
            self.heard.shown.append((at, utterance.settled, utterance.text))
