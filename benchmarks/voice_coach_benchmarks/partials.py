"""Steady partials: how soon a word is seen, how soon it is settled, what it costs, what it gets wrong.

usage: python -m voice_coach_benchmarks.partials FOLDER [--every N] [--json]

FOLDER holds `manifest.jsonl` and the clips it names. Each clip with known words is heard by the live loop
(`live_ear.py`) with partials on; then the same recogniser hears it whole, as `voice-coach transcribe`
does. When a word was spoken is taken from the recogniser's own alignment of the known text, so a word
that was misheard has no delay; the share that has one is printed. A word that no partial settled is
settled when the turn is decided.

Two baselines on the same transcripts: naive partials, which show the newest transcript and nothing else,
and partials decoded as `WhisperModel.transcribe` does, padded to 30 s, greedy.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

import jiwer
import msgspec
import numpy as np
from faster_whisper import WhisperModel
from whisper_normalizer.english import EnglishTextNormalizer

from voice_coach.conversation.turn_end import PauseHabit, silence_needed
from voice_coach.settings import Settings, TurnSettings
from voice_coach.speech.models import find_model
from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.whisper import WhisperTranscriber, open_whisper
from voice_coach_benchmarks.live_ear import ROOM_SECONDS, Clip, Heard, LiveEar, clips_of
from voice_coach_benchmarks.turn_end import decided

_BARE = re.compile(r"[^\w']+")


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds from a word's end in the audio; over all words that were heard rightly."""

    p50: float
    p95: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run over a folder."""

    model: str
    clips: int
    words: int
    timed_percent: float
    """Words heard rightly, whose delay therefore is known."""
    seen_seconds: Delay
    """First on the screen at all."""
    settled_seconds: Delay
    settled_words_changed: int
    """Must be 0."""
    settled_by_partials_percent: float
    """Words settled before their turn was decided."""
    finals_that_differ_percent: float
    """Clips whose final transcript alone has other words where words were settled already."""
    naive_words_taken_back_percent: float
    """Words of the newest transcript that the next one did not have there, of all that were shown."""
    live_word_error_percent: float
    finals_alone_word_error_percent: float
    """Of the same live finals, had no word been settled before."""
    offline_word_error_percent: float
    partial_cores: float
    """CPU seconds of partials a second of speech."""
    final_cores: float
    padded_partial_cores: float
    """The same number of partials, each decoded padded to 30 s."""


@dataclass(slots=True, kw_only=True)
class _Sum:
    seen: list[float] = field(default_factory=list)
    settled: list[float] = field(default_factory=list)
    gold: list[str] = field(default_factory=list)
    live: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    offline: list[str] = field(default_factory=list)
    words: int = 0
    live_words: int = 0
    by_partials: int = 0
    changed: int = 0
    differ: int = 0
    shown: int = 0
    taken_back: int = 0
    partials: int = 0
    speech_seconds: float = 0.0
    partial_cpu_seconds: float = 0.0
    final_cpu_seconds: float = 0.0
    padded_cpu_seconds: list[float] = field(default_factory=list)


def measure(folder: Path, settings: Settings, *, every: int = 1) -> Report:
    """Hear every n-th clip of a folder.

    Raises:
        ModelError: As for `open_whisper`.
    """
    activity = SileroActivity()
    transcriber = open_whisper(settings.ears)
    padded = WhisperModel(
        str(find_model(settings.ears.model)), device="cpu", compute_type="int8", cpu_threads=1
    )
    ear = LiveEar(transcriber, activity, settings.turns)
    total = _Sum()
    for number, clip in enumerate(clips_of(folder, activity)):
        if number % every == 0:
            heard = ear.hear(clip, partials=True)
            if heard.pauses:
                _add(total, clip, heard, transcriber, settings.turns)
                total.padded_cpu_seconds.append(_padded_cost(padded, clip))
    return _report(total, settings.ears.model)


def _padded_cost(model: WhisperModel, clip: Clip) -> float:
    began = time.process_time()
    for _ in model.transcribe(clip.audio, language="en", beam_size=1)[0]:
        pass
    return time.process_time() - began


def _add(
    total: _Sum, clip: Clip, heard: Heard, transcriber: WhisperTranscriber, turns: TurnSettings
) -> None:
    spoken = clip.audio[: len(clip.audio) - round(ROOM_SECONDS * SAMPLE_RATE_HZ)]
    normalise = EnglishTextNormalizer()
    total.gold.append(normalise(clip.text))
    total.live.append(normalise(heard.final))
    total.alone.append(normalise(heard.finals_alone))
    total.offline.append(normalise(transcriber.transcribe(spoken, final=True).text))
    times = settled_at(heard, turns)
    settled = heard.shown[-1][1].split() if heard.shown else []
    total.by_partials += len(settled)
    total.live_words += len(times)
    total.changed += settled_changes(heard)
    total.differ += _bare(settled) != _bare(heard.finals_alone.split())[: len(settled)]
    shown, taken_back = naive_changes(heard.partial_texts)
    total.shown += shown
    total.taken_back += taken_back
    total.partials += heard.partials
    total.speech_seconds += clip.end_seconds
    total.partial_cpu_seconds += heard.partial_cpu_seconds
    total.final_cpu_seconds += heard.final_cpu_seconds
    gold = transcriber.time_words(spoken, clip.text)
    words = _bare(word.text for word in gold)
    ends = [word.end_sample / SAMPLE_RATE_HZ for word in gold]
    total.words += len(words)
    for said, place in _pairs(words, heard.final):
        total.settled.append(times[place] - ends[said])
    seen: dict[int, float] = {}
    for at, _, text in heard.shown:
        for said, _ in _pairs(words, text):
            seen.setdefault(said, at - ends[said])
    total.seen += seen.values()


def settled_at(heard: Heard, turns: TurnSettings) -> list[float]:
    """Give the time at which each word of the final text was settled, in seconds of audio."""
    times: list[float] = []
    for at, settled, _ in heard.shown:
        times += [at] * (len(settled.split()) - len(times))
    last = heard.pauses[-1]
    over = decided(last, silence_needed(last.text, PauseHabit(), turns))
    return times + [over] * (len(heard.final.split()) - len(times))


def settled_changes(heard: Heard) -> int:
    """Count settled words that a later state of the screen, the final text included, does not have."""
    states = [settled.split() for _, settled, _ in heard.shown] + [heard.final.split()]
    return sum(len(one) - _common(one, other) for one, other in pairwise(states))


def naive_changes(transcripts: Sequence[tuple[int, str]]) -> tuple[int, int]:
    """Count words shown, and words that the next transcript of the same audio takes back.

    Args:
        transcripts: For each partial the first sample it is about, and its words.
    """
    shown = taken_back = 0
    for (start, text), (next_start, next_text) in pairwise(transcripts):
        words, after = _bare(text.split()), _bare(next_text.split())
        shown += len(words)
        if start == next_start:
            taken_back += len(words) - _common(words, after)
    return shown, taken_back


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Words that both begin with."""
    same = 0
    for word, counterpart in zip(one, other, strict=False):
        if word != counterpart:
            break
        same += 1
    return same


def _pairs(words: list[str], text: str) -> Iterator[tuple[int, int]]:
    """Places of the same word in what was said and in what was heard."""
    matcher = SequenceMatcher(None, words, _bare(text.split()), autojunk=False)
    for said, heard, count in matcher.get_matching_blocks():
        yield from zip(range(said, said + count), range(heard, heard + count), strict=True)


def _bare(words: Iterable[str]) -> list[str]:
    return [_BARE.sub("", word.lower()) for word in words]


def _report(total: _Sum, model: str) -> Report:
    padded = float(np.median(total.padded_cpu_seconds)) * total.partials
    return Report(
        model=model,
        clips=len(total.gold),
        words=total.words,
        timed_percent=_percent(len(total.settled), total.words),
        seen_seconds=_delay(total.seen),
        settled_seconds=_delay(total.settled),
        settled_words_changed=total.changed,
        settled_by_partials_percent=_percent(total.by_partials, total.live_words),
        finals_that_differ_percent=_percent(total.differ, len(total.gold)),
        naive_words_taken_back_percent=_percent(total.taken_back, total.shown),
        live_word_error_percent=_errors(total.gold, total.live),
        finals_alone_word_error_percent=_errors(total.gold, total.alone),
        offline_word_error_percent=_errors(total.gold, total.offline),
        partial_cores=round(total.partial_cpu_seconds / total.speech_seconds, 3),
        final_cores=round(total.final_cpu_seconds / total.speech_seconds, 3),
        padded_partial_cores=round(padded / total.speech_seconds, 3),
    )


def _percent(part: float, whole: float) -> float:
    return round(100 * part / max(whole, 1), 1)


def _errors(gold: list[str], heard: list[str]) -> float:
    return round(100 * jiwer.wer(gold, heard), 2)


def _delay(seconds: list[float]) -> Delay:
    p50, p95 = np.percentile(seconds, [50, 95])
    return Delay(p50=round(float(p50), 2), p95=round(float(p95), 2))


def show(report: Report) -> None:
    """Print the figures with their aims."""
    seen, settled = report.seen_seconds, report.settled_seconds
    print(
        f"{report.clips} clips, {report.words} words, model {report.model}; "
        f"delays of the {report.timed_percent} % heard rightly"
    )
    print(f"  a word is first seen   p50 {seen.p50:5.2f} s  p95 {seen.p95:5.2f} s")
    print(f"  a word is settled      p50 {settled.p50:5.2f} s  p95 {settled.p95:5.2f} s  (aim p95 1.2)")
    print(f"  settled by partials    {report.settled_by_partials_percent} % of the words")
    print(f"  settled words changed  {report.settled_words_changed} (aim 0)")
    print(f"  finals that differ from what was settled: {report.finals_that_differ_percent} % of clips")
    print(f"  naive partials take back {report.naive_words_taken_back_percent} % of the words they show")
    print(
        f"  word error rate: live {report.live_word_error_percent} %, with no word settled before "
        f"{report.finals_alone_word_error_percent} %, offline {report.offline_word_error_percent} %"
    )
    print(
        f"  cores while speaking: partials {report.partial_cores}, finals {report.final_cores} "
        f"(aim 0.2 together); padded partials {report.padded_partial_cores}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take each n-th clip only")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = measure(options.folder, Settings(), every=options.every)
    if options.json:
        print(msgspec.json.encode(report).decode())
    else:
        show(report)


if __name__ == "__main__":
    main()
