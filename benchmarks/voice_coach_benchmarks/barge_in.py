"""Sound over the counterpart's voice: what silences it, how soon, and what does not.

usage: python -m voice_coach_benchmarks.barge_in [FOLDER] [--json]

A real session with real ears and voice activity lives through the counterpart's first line, on the clock
of the audio. One second into the line something is heard: words (of nine voices, with FOLDER people's,
without and with the line's echo under them), and what must not silence it: signs of listening, laughter,
coughs, typing, hums, the line's own echo, and the `nonspeech` clips of FOLDER.

Delays are from the first sound of the first word to the command that pauses or stops the line, on the
clock of the audio: what a connection takes is not in them. "Undisturbed" means that the line never
paused; "paused and resumed", that it was held for a moment and went on where it stopped; "held" is that
moment. Words of which the line is never silenced are "missed".
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from voice_coach.cli.engines import open_engines
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.counterpart_partner import CounterpartPartner
from voice_coach.conversation.session import Session
from voice_coach.conversation.turns import GateSignal, SpeechGate
from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.scenario import load_scenario
from voice_coach.errors import VoiceError
from voice_coach.settings import Settings, TurnSettings
from voice_coach.speech.audio import load_mono, pcm_to_float
from voice_coach.speech.overlap import ECHO_LATEST_SECONDS, judge_overlap
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.voice_activity import WINDOW_SAMPLES, VoiceActivity
from voice_coach.speech.voice_engines import open_voice
from voice_coach_benchmarks.live_ear import clips_of, levels_of, start_of_speech
from voice_coach_benchmarks.overlap_material import (
    SPOKEN_LAUGHTER,
    SPOKEN_SIGNS,
    SPOKEN_WORDS,
    VOICES,
    echo,
    sounds,
)
from voice_coach_client.resampling import resample
from voice_coach_server.engines import Engines

AIM_MS = 250
ONSET_SECONDS = 1.0
LONGEST_SECONDS = 3.0
AFTER_SECONDS = 2.5
LISTENED = round(ECHO_LATEST_SECONDS * SAMPLE_RATE_HZ)
SCENARIO = load_scenario("renewal_in_doubt")


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of the line. Seconds since it became audible."""

    paused: float | None = None
    """When it was first paused."""
    held_from: float | None = None
    """Since when it is held, while it is."""
    held_seconds: float = 0.0
    stopped: float | None = None

    @property
    def silenced(self) -> float | None:
        """When it first fell silent."""
        known = [at for at in (self.paused, self.stopped) if at is not None]
        return min(known, default=None)


@dataclass(slots=True, kw_only=True)
class Shell:
    """Does what the commands say, on the clock of the audio; the line is audible from 0 s on."""

    engines: Engines
    settings: Settings
    heard: Audio
    line: Audio
    outcome: Outcome = field(default_factory=Outcome)
    samples: dict[str, int] = field(default_factory=dict)
    due: list[tuple[float, int, e.Event]] = field(default_factory=list)
    timers: dict[str, int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def run(self) -> Outcome:
        """Live through the audio."""
        turns = self.settings.turns
        session = _session(self.engines, turns)
        gate, stream = SpeechGate(turns), self.engines.voice_activity.stream()
        seconds = len(self.line) / SAMPLE_RATE_HZ
        begin: tuple[e.Event, ...] = (
            e.CallStarted(at=0.0),
            e.ReplyStarted(at=0.0, reply=1),
            e.ReplySpoken(at=0.0, reply=1, seconds=seconds),
        )
        for event in begin:
            self._do(session, event)
        for start in range(0, len(self.heard) - WINDOW_SAMPLES + 1, WINDOW_SAMPLES):
            reached = start + WINDOW_SAMPLES
            now = reached / SAMPLE_RATE_HZ
            while self.due and self.due[0][0] <= now:
                _, number, event = heapq.heappop(self.due)
                if not isinstance(event, e.TimerFired) or self.timers.get(event.timer) == number:
                    self._do(session, event)
            signal = gate.process(stream.process(self.heard[start:reached]))
            if signal is not None:
                kind = e.SpeechStarted if signal[0] is GateSignal.STARTED else e.SpeechPaused
                self._do(session, kind(at=now, sample=signal[1]))
            for timer in [name for name, at in self.samples.items() if at <= reached]:
                if self.samples.pop(timer, None) is not None:
                    self._do(session, e.SampleReached(at=now, timer=timer, sample=reached))
            if self.outcome.stopped is not None:
                break
        return self.outcome

    def _do(self, session: Session, event: e.Event) -> None:  # noqa: C901 - one branch a command
        answers = []
        for command in session.handle(event):
            match command:
                case c.AwaitSample():
                    self.samples[command.timer] = command.sample
                case c.StartTimer():
                    self.timers[command.timer] = self._later(
                        event.at + command.seconds,
                        e.TimerFired(at=event.at + command.seconds, timer=command.timer),
                    )
                case c.CancelTimer():
                    self.samples.pop(command.timer, None)
                    self.timers.pop(command.timer, None)
                case c.Transcribe():
                    self._transcribe(command, event.at)
                case c.JudgeOverlap():
                    answers.append(self._judge(command, event.at))
                case c.PauseReply():
                    self.outcome.paused = self.outcome.paused or event.at
                    self.outcome.held_from = event.at
                case c.ResumeReply():
                    self.outcome.held_seconds += event.at - (self.outcome.held_from or event.at)
                    self.outcome.held_from = None
                case c.StopReply():
                    self.outcome.stopped = event.at
                case _:
                    pass
        for answer in answers:
            self._do(session, answer)

    def _later(self, at: float, event: e.Event) -> int:
        number = next(self.numbers)
        heapq.heappush(self.due, (at, number, event))
        return number

    def _transcribe(self, command: c.Transcribe, now: float) -> None:
        audio = self.heard[command.from_sample : command.to_sample]
        found = self.engines.transcriber.transcribe(audio, final=command.final, prefix=command.prefix)
        at = now + found.decode_seconds
        job, end = command.job, command.to_sample
        if command.final:
            final = e.TranscriptFinal(
                at=at, job=job, text=found.text, end_sample=end, fallback=found.fallback
            )
            self._later(at, final)
        else:
            self._later(at, e.TranscriptPartial(at=at, job=job, text=found.text, end_sample=end))

    def _judge(self, command: c.JudgeOverlap, now: float) -> e.OverlapJudged:
        line = np.concatenate([np.zeros(LISTENED, np.float32), self.line])
        if self.outcome.held_from is not None:
            line = np.zeros_like(line)
        playing = np.zeros(LISTENED + command.to_sample - command.from_sample, np.float32)
        part = line[command.from_sample : command.to_sample + LISTENED]
        playing[: len(part)] = part
        sound = judge_overlap(self.heard[command.from_sample : command.to_sample], playing)
        return e.OverlapJudged(at=now, sound=sound, sample=command.to_sample)


def _session(engines: Engines, turns: TurnSettings) -> Session:
    partner = CounterpartPartner.of(SCENARIO, seed=1)
    return Session(partner=partner, recognizer=engines.recognizer, settings=turns)


def onset_of(audio: Audio) -> float:
    """Seconds to the first 10 ms that are loud enough to be the sound itself."""
    levels = levels_of(audio)
    loud = np.flatnonzero(levels > np.percentile(levels, 95) * 10 ** (-25 / 20))
    return int(loud[0]) / 100


def over(line: Audio, sound: Audio, *, echoes: bool, seed: int) -> Audio:
    """What the microphone hears when this sound begins one second into the line."""
    sound = sound[: round(LONGEST_SECONDS * SAMPLE_RATE_HZ)]
    start = round(ONSET_SECONDS * SAMPLE_RATE_HZ)
    total = start + len(sound) + round(AFTER_SECONDS * SAMPLE_RATE_HZ)
    heard = 0.0005 * np.random.default_rng(seed).standard_normal(total)
    heard[start : start + len(sound)] += sound
    if echoes:
        back = echo(line, seed)[:total]
        heard[: len(back)] += 0.3 * back
    return heard.astype(np.float32)


def from_second(audio: Audio, seconds: float) -> Audio:
    """Leave out what is before the onset."""
    return audio[round(seconds * SAMPLE_RATE_HZ) :]


def spoken(line: Audio, activity: VoiceActivity) -> Iterator[tuple[str, bool, Audio]]:
    """Give (kind, whether they are words, what the microphone hears) of the voices that are installed."""
    seeds = itertools.count()
    kinds = (
        ("words, synthetic", SPOKEN_WORDS),
        ("signs of listening, spoken", SPOKEN_SIGNS),
        ("laughter, spoken", SPOKEN_LAUGHTER),
    )
    for settings in VOICES:
        try:
            voice = open_voice(settings)
        except VoiceError as error:
            print(f"  left out: {error}", file=sys.stderr)
            continue
        with closing(voice):
            for kind, texts in kinds:
                for text in texts:
                    made = voice.speak(text, Delivery.CALM)
                    audio = pcm_to_float(resample(made.pcm, made.sample_rate_hz, SAMPLE_RATE_HZ))
                    words = texts is SPOKEN_WORDS
                    onset = start_of_speech(audio, activity) if words else onset_of(audio)
                    sound = from_second(audio, onset)
                    yield kind, words, over(line, sound, echoes=False, seed=next(seeds))


def material(engines: Engines, line: Audio, folder: Path | None) -> Iterator[tuple[str, bool, Audio]]:
    """Give (kind, whether they are words, what the microphone hears)."""
    yield from spoken(line, engines.voice_activity)
    for seed, (kind, made) in enumerate(sounds()):
        sound = from_second(made, onset_of(made))
        yield f"{kind}, arithmetic", False, over(line, sound, echoes=False, seed=seed)
    for seed in range(20):
        yield "the line's echo", False, echo(line, seed)
    if folder is not None:
        yield from recorded(engines, line, folder)


def recorded(engines: Engines, line: Audio, folder: Path) -> Iterator[tuple[str, bool, Audio]]:
    """The same of people and things that were recorded."""
    for seed, clip in enumerate(clips_of(folder, engines.voice_activity)):
        echoes = seed % 3 == 1
        if seed % 3 < 2:  # noqa: PLR2004 - a third is left out: people speak long
            kind = "words, people, with echo" if echoes else "words, people"
            sound = from_second(clip.audio, start_of_speech(clip.audio, engines.voice_activity))
            yield kind, True, over(line, sound, echoes=echoes, seed=seed)
    step = round(LONGEST_SECONDS * SAMPLE_RATE_HZ)
    for file in sorted(folder.glob("nonspeech__*")):
        audio = load_mono(file)
        for start in range(0, max(1, len(audio) - step), step):
            part = audio[start : start + step]
            if len(part) >= 1600 and float(np.abs(part).max()) > 1e-3:  # noqa: PLR2004 - 0.1 s; -60 dB
                sound = from_second(part, onset_of(part))
                yield "nonspeech, recorded", False, over(line, sound, echoes=False, seed=start)


def row_of(kind: str, outcomes: list[Outcome], *, words: bool) -> dict[str, object]:
    """Sum one kind up."""
    share = 100 / len(outcomes)
    row: dict[str, object] = {"kind": kind, "words": words, "clips": len(outcomes)}
    if words:
        delays = [1000 * (o.silenced - ONSET_SECONDS) for o in outcomes if o.silenced is not None]
        for percentile in (50, 95, 99):
            row[f"p{percentile}_ms"] = round(float(np.percentile(delays, percentile))) if delays else 0
        row["within_250_ms_percent"] = round(share * sum(delay <= AIM_MS for delay in delays))
        row["missed_percent"] = round(share * sum(o.silenced is None for o in outcomes))
    else:
        row["undisturbed_percent"] = round(share * sum(o.silenced is None for o in outcomes))
        held = [o.held_seconds for o in outcomes if o.paused is not None and o.stopped is None]
        row["paused_and_resumed_percent"] = round(share * len(held))
        row["held_p50_ms"] = round(1000 * float(np.median(held))) if held else 0
    row["stopped_percent"] = round(share * sum(o.stopped is not None for o in outcomes))
    return row


def main() -> None:
    """Live through all of it, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    settings = Settings()
    found: dict[tuple[str, bool], list[Outcome]] = defaultdict(list)
    with open_engines(settings) as engines:
        probe = _session(engines, settings.turns)
        said = next(x for x in probe.handle(e.CallStarted(at=0.0)) if isinstance(x, c.Say))
        sentences = [engines.voice.speak(text, Delivery.CALM) for text in said.sentences]
        line = np.concatenate(
            [pcm_to_float(resample(s.pcm, s.sample_rate_hz, SAMPLE_RATE_HZ)) for s in sentences]
        )
        for kind, words, heard in material(engines, line, options.folder):
            shell = Shell(engines=engines, settings=settings, heard=heard, line=line)
            found[kind, words].append(shell.run())
    rows = [row_of(kind, outcomes, words=words) for (kind, words), outcomes in found.items()]
    if options.json:
        print(json.dumps(rows))
        return
    for row in rows:
        figures = "  ".join(
            f"{name.replace('_percent', ' %').replace('_', ' ')} {value}"
            for name, value in row.items()
            if name not in ("kind", "words")
        )
        print(f"  {row['kind']:28} {figures}")


if __name__ == "__main__":
    main()
