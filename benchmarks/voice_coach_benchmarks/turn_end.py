"""Deciding that a turn is over: delay against turns cut, ours and plain silences, in one run.

usage: python -m voice_coach_benchmarks.turn_end FOLDER [--svg FILE] [--json]

FOLDER holds `manifest.jsonl` and the clips it names. Each clip with known words is one turn, followed by
three seconds of the room it was spoken in; the clips of one speaker, in order, are one call. Every clip
is heard once by the real ears (`live_ear.py`), and each of its pauses once by each judge of its sound,
whose answer comes after the CPU time it took; then each way of deciding is asked about the same pauses.

Delay is from the true end of speech to the decision. A turn counts as cut when it was declared over
before the speaker went on inside it, and as spoken over when the counterpart's voice had begun by then,
`VOICE_SECONDS` after the decision. "Lost" are those cuts that the session does not undo, since speech
went on only after `take_back_seconds`. A plain silence also waits until the words are known, since there
is nothing to answer before.

Every second speaker, by name, is the half that rules are to be tuned on ("tuned"); the rest ("others")
is there to see whether it holds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np

from voice_coach.conversation.turn_end import PauseHabit, silence_needed
from voice_coach.settings import Melody, Settings, TurnSettings
from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.smart_turn import is_installed
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.turn_end import TurnMelody
from voice_coach.speech.turn_melodies import open_melody
from voice_coach.speech.whisper import open_whisper
from voice_coach_benchmarks.drawing import Curve, curves_svg
from voice_coach_benchmarks.live_ear import Clip, LiveEar, Pause, clips_of

PLAIN_SECONDS = (0.2, 0.3, 0.5, 0.8, 1.2)
OUR_PATIENCE_SECONDS = (0.2, 0.25, 0.28, 0.35, 0.5, 0.7)
VOICE_SECONDS = 0.05
"""From the decision to the first sound of the answer, at the median."""
_DRAWN_MS = 1000
"""Slower ways are in the table only: they would press the curves together."""
WORDS, FALL, NETWORK = "words alone", "words, fall of the voice", "words, smart-turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a judge of the sound said of a pause."""

    probability: float
    at: float
    """When it was known, in seconds of audio."""
    cpu_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One pause, and what each judge said of it."""

    pause: Pause
    judged: dict[str, Judged] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One clip: its pauses in order, up to the one that really ends it."""

    clip: Clip
    asked: tuple[Asked, ...]


Decide = Callable[[Asked, PauseHabit], float]
"""When the turn is declared over, had nobody gone on, for a trainee with this habit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One way of deciding, over some turns."""

    name: str
    speakers: str
    p50_ms: float
    p95_ms: float
    cut_percent: float
    spoken_over_percent: float
    lost_percent: float


def decided(pause: Pause, needed: float) -> float:
    """When the turn was declared over, had nobody gone on: words known and silence long enough."""
    return max(pause.began + needed, pause.known, pause.noticed)


def plain(seconds: float) -> Decide:
    """A fixed silence, whatever was said."""
    return lambda asked, _habit: decided(asked.pause, seconds)


def ours(settings: TurnSettings, judge: str | None) -> Decide:
    """The session's own judgement: by the words until the judge has answered, then by both."""

    def decide(asked: Asked, habit: PauseHabit) -> float:
        pause = asked.pause
        at = decided(pause, silence_needed(pause.text, habit, settings))
        judged = asked.judged.get(judge or "")
        if judged is None or at <= judged.at:
            return at
        needed = silence_needed(pause.text, habit, settings, judged.probability)
        return max(decided(pause, needed), judged.at)

    return decide


def ask(name: str, speakers: str, turns: Sequence[Turn], decide: Decide, back: float) -> Point:
    """Ask one way of deciding about all these turns; `back` is how long one may be taken back."""
    habits: dict[str, PauseHabit] = defaultdict(PauseHabit)
    delays, cut, over, lost = [], 0, 0, 0
    for turn in turns:
        habit = habits[turn.clip.speaker]
        is_cut = is_over = is_lost = False
        for asked in turn.asked:
            at, resumed = decide(asked, habit), asked.pause.resumed
            if asked is turn.asked[-1] or resumed is None:
                delays.append(at - turn.clip.end_seconds)
                break
            length = resumed - asked.pause.began
            is_cut |= at < resumed
            is_over |= at + VOICE_SECONDS < resumed
            is_lost |= at < resumed and length > back
            habit.note(length)
        cut, over, lost = cut + is_cut, over + is_over, lost + is_lost
    p50, p95 = 1000 * np.percentile(delays, [50, 95])
    share = 100 / len(turns)
    return Point(
        name=name,
        speakers=speakers,
        p50_ms=round(float(p50)),
        p95_ms=round(float(p95)),
        cut_percent=round(share * cut, 1),
        spoken_over_percent=round(share * over, 1),
        lost_percent=round(share * lost, 1),
    )


def hear(folder: Path, settings: Settings, judges: dict[str, TurnMelody]) -> list[Turn]:
    """Hear every clip once, and have its pauses judged."""
    activity = SileroActivity()
    ear = LiveEar(open_whisper(settings.ears), activity, settings.turns)
    turns = []
    for clip in clips_of(folder, activity):
        asked = []
        for pause in ear.hear(clip, partials=False).pauses:
            asked.append(
                Asked(pause=pause, judged={n: _judge(j, clip, pause) for n, j in judges.items()})
            )
            if pause.resumed is None or pause.began >= clip.end_seconds:
                break
        if asked:
            turns.append(Turn(clip=clip, asked=tuple(asked)))
    return turns


def _judge(judge: TurnMelody, clip: Clip, pause: Pause) -> Judged:
    heard = clip.audio[: round(pause.noticed * SAMPLE_RATE_HZ)]
    began = time.process_time()
    probability = judge.probability(heard)
    cost = time.process_time() - began
    return Judged(probability=round(probability, 3), at=pause.noticed + cost, cpu_seconds=cost)


def tuned_speakers(turns: Sequence[Turn]) -> frozenset[str]:
    """Give every second speaker by name."""
    return frozenset(sorted({turn.clip.speaker for turn in turns})[::2])


def points_of(turns: Sequence[Turn], settings: TurnSettings, judges: Sequence[str]) -> list[Point]:
    """Ask every way of deciding, about each half and about all."""
    ways: list[tuple[str, Decide]] = [
        (f"plain silence {seconds}", plain(seconds)) for seconds in PLAIN_SECONDS
    ]
    for judge in (None, *judges):
        for seconds in OUR_PATIENCE_SECONDS:
            changed = msgspec.structs.replace(settings, patience_seconds=seconds)
            ways.append((f"{judge or WORDS} {seconds}", ours(changed, judge)))
    tuned = tuned_speakers(turns)
    halves = {
        "all": turns,
        "tuned": [turn for turn in turns if turn.clip.speaker in tuned],
        "others": [turn for turn in turns if turn.clip.speaker not in tuned],
    }
    return [
        ask(name, speakers, half, decide, settings.take_back_seconds)
        for name, decide in ways
        for speakers, half in halves.items()
        if half
    ]


def draw(points: Sequence[Point], judges: Sequence[str]) -> str:
    """Draw the share of turns cut against the median delay, a curve for each way over all turns."""
    whole = [point for point in points if point.speakers == "all" and point.p50_ms < _DRAWN_MS]

    def curve(name: str, way: str) -> Curve:
        mine = [point for point in whole if point.name.startswith(f"{way} ")]
        return Curve.through(name, [(point.p50_ms, point.cut_percent) for point in mine])

    names = {
        "plain silence": "plain silence",
        WORDS: WORDS,
        FALL: "and the fall",
        NETWORK: "and smart-turn",
    }
    return curves_svg(
        "Turns cut inside, against the delay of the decision",
        x="median delay after the true end of speech, ms",
        y="turns, %",
        curves=[curve(names[way], way) for way in ("plain silence", WORDS, *judges)],
    )


def _print(turns: Sequence[Turn], points: Sequence[Point], judges: Sequence[str]) -> None:
    known = [
        1000 * (turn.asked[-1].pause.known - turn.clip.end_seconds)
        for turn in turns
        if np.isfinite(turn.asked[-1].pause.known)
    ]
    print(f"{len(turns)} turns, {sum(len(turn.asked) for turn in turns)} pauses")
    print(
        "words known p50 {:.0f} ms, p95 {:.0f} ms after the end".format(*np.percentile(known, [50, 95]))
    )
    for judge in judges:
        costs = [1000 * asked.judged[judge].cpu_seconds for turn in turns for asked in turn.asked]
        print(
            "{}: CPU p50 {:.0f} ms, p95 {:.0f} ms a pause".format(judge, *np.percentile(costs, [50, 95]))
        )
    for point in points:
        print(
            f"  {point.name:30} {point.speakers:7} p50 {point.p50_ms:5} ms  p95 {point.p95_ms:5} ms  "
            f"cut {point.cut_percent:4} %  spoken over {point.spoken_over_percent:4} %  "
            f"lost {point.lost_percent:4} %"
        )


def main() -> None:
    """Hear, ask, print, draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--svg", type=Path, help="draw the curves into this file")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    settings = Settings()
    judges = {FALL: open_melody(Melody.PITCH)}
    if is_installed():
        judges[NETWORK] = open_melody(Melody.SMART_TURN)
    turns = hear(options.folder, settings, judges)
    points = points_of(turns, settings.turns, list(judges))
    if options.json:
        print(
            json.dumps({"turns": len(turns), "points": [msgspec.to_builtins(point) for point in points]})
        )
    else:
        _print(turns, points, list(judges))
    if options.svg is not None:
        options.svg.write_text(draw(points, list(judges)), "utf-8")


if __name__ == "__main__":
    main()
