"""Deciding that a turn is over: delay against turns cut, ours and plain silences, in one run.

usage: python -m voice_coach_benchmarks.turn_end FOLDER [--svg FILE] [--json]

FOLDER holds `manifest.jsonl` and the clips it names. Each clip with known words is one turn, followed by
three seconds of the room it was spoken in; the clips of one speaker, in order, are one call. Every clip
is heard once by the real ears (`live_ear.py`); then each way of deciding is asked about the same pauses.

Delay is from the true end of speech to the decision. A turn counts as cut when it was declared over
before the speaker went on inside it. "Taken back" are those cuts that the session undoes because speech
went on within `take_back_seconds`; what is left is "lost". A plain silence also waits until the words are
known, since there is nothing to answer before.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from voice_coach.conversation.turn_end import PauseHabit, silence_needed
from voice_coach.settings import Settings, TurnSettings
from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.whisper import open_whisper
from voice_coach_benchmarks.drawing import Curve, curves_svg
from voice_coach_benchmarks.live_ear import Clip, Heard, LiveEar, Pause, clips_of

PLAIN_SECONDS = (0.2, 0.3, 0.5, 0.8, 1.2)
OUR_PATIENCE_SECONDS = (0.2, 0.3, 0.4, 0.5, 0.7)

Needed = Callable[[str, PauseHabit], float]
"""Silence that ends the turn after these words, for a trainee with this habit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One way of deciding."""

    name: str
    p50_ms: float
    p95_ms: float
    cut_percent: float
    lost_percent: float


def decided(pause: Pause, needed: float) -> float:
    """When the turn was declared over, had nobody gone on: words known and silence long enough."""
    return max(pause.began + needed, pause.known, pause.noticed)


def ask(name: str, heard: list[tuple[Clip, Heard]], needed: Needed, take_back_seconds: float) -> Point:
    """Ask one way of deciding about all clips."""
    habits: dict[str, PauseHabit] = defaultdict(PauseHabit)
    delays, cut, lost = [], 0, 0
    for clip, result in heard:
        habit = habits[clip.speaker]
        is_cut = is_lost = False
        for pause in result.pauses:
            at = decided(pause, needed(pause.text, habit))
            if pause.resumed is None or pause.began >= clip.end_seconds:
                delays.append(at - clip.end_seconds)
                break
            length = pause.resumed - pause.began
            is_cut |= at < pause.resumed
            is_lost |= at < pause.resumed and length > take_back_seconds
            habit.note(length)
        cut += is_cut
        lost += is_lost
    p50, p95 = 1000 * np.percentile(delays, [50, 95])
    share = 100 / len(heard)
    return Point(
        name=name,
        p50_ms=round(float(p50)),
        p95_ms=round(float(p95)),
        cut_percent=round(share * cut, 1),
        lost_percent=round(share * lost, 1),
    )


def plain(seconds: float) -> Needed:
    """A fixed silence, whatever was said."""
    return lambda _text, _habit: seconds


def ours(settings: TurnSettings) -> Needed:
    """The session's own judgement."""
    return lambda text, habit: silence_needed(text, habit, settings)


def main() -> None:
    """Hear, ask, print, draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--svg", type=Path, help="draw the curves into this file")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    settings = Settings()
    turns = settings.turns
    activity = SileroActivity()
    ear = LiveEar(open_whisper(settings.ears), activity, turns)
    heard = []
    for clip in clips_of(options.folder, activity):
        result = ear.hear(clip, partials=False)
        if result.pauses:
            heard.append((clip, result))
    known = [
        pause.known - clip.end_seconds
        for clip, result in heard
        for pause in result.pauses[-1:]
        if np.isfinite(pause.known)
    ]
    curve = [
        ask(
            f"ours {seconds}",
            heard,
            ours(msgspec.structs.replace(turns, patience_seconds=seconds)),
            turns.take_back_seconds,
        )
        for seconds in OUR_PATIENCE_SECONDS
    ]
    silences = [ask(f"plain {s}", heard, plain(s), turns.take_back_seconds) for s in PLAIN_SECONDS]
    text_p50, text_p95 = 1000 * np.percentile(known, [50, 95])
    if options.json:
        print(
            json.dumps(
                {"turns": len(heard), "points": [msgspec.to_builtins(p) for p in curve + silences]}
            )
        )
    else:
        print(
            f"{len(heard)} turns; words known p50 {text_p50:.0f} ms, p95 {text_p95:.0f} ms after the end"
        )
        print(f"default patience: {turns.patience_seconds} s")
        for point in curve + silences:
            print(
                f"  {point.name:10} p50 {point.p50_ms:5} ms  p95 {point.p95_ms:5} ms  "
                f"cut {point.cut_percent:4} %  lost {point.lost_percent:4} %"
            )
    if options.svg is not None:
        drawn = curves_svg(
            "Turns cut inside, against the delay of the decision",
            x="median delay after the true end of speech, ms",
            y="turns, %",
            curves=[
                Curve.through("plain silence", [(p.p50_ms, p.cut_percent) for p in silences]),
                Curve.through("words and habit", [(p.p50_ms, p.cut_percent) for p in curve]),
                Curve.through("lost after taking back", [(p.p50_ms, p.lost_percent) for p in curve]),
            ],
        )
        options.svg.write_text(drawn, "utf-8")


if __name__ == "__main__":
    main()
