"""How fast moves are recognised, and what is lost when they are spoken and heard instead of written.

usage: python -m voice_coach_benchmarks.moves [TALK.jsonl ...]
       python -m voice_coach_benchmarks.moves --spoken [NOISE_DB]

Each line of a file is {"text", "previous"}; without a file the examples of the rule files are used. The
baseline is one pass of the same texts through a word-splitting regular expression: it says how fast this
machine is just now. Times are of the processor, so that what else runs here does not count.

`--spoken` says our own gold set of topics, and the labels among the rules' examples, through the voice
engine, adds white noise NOISE_DB below the voice (20 when not given), hears them with the default ears,
and prints precision and recall for both versions.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import yaml

from voice_coach.counterpart.reply import Delivery
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import Heard, Topic, TopicRole
from voice_coach.moves.recognizer import Recognizer, load_recognizer
from voice_coach.settings import EarsSettings, VoiceSettings
from voice_coach.speech.audio import pcm_to_float
from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.whisper import open_whisper
from voice_coach_client.resampling import resample

GOLD = Path(__file__).parents[2] / "tests" / "moves" / "coverage"
WORD = re.compile(r"\w+")
TAIL_SECONDS = 0.5


def heard_lines(paths: list[str], recognizer: Recognizer) -> list[Heard]:
    """Give the utterances of the files, or of the rule files' examples."""
    if not paths:
        examples = [e for move in recognizer.rulebook.moves for e in move.examples]
        return [Heard(text=e.text, previous=e.previous, topics=e.topics) for e in examples]
    rows = (json.loads(line) for path in paths for line in Path(path).read_text("utf-8").splitlines())
    return [Heard(text=row["text"], previous=row.get("previous", "")) for row in rows]


def measure_speed(paths: list[str]) -> None:
    """Print how long loading and recognising take."""
    begin = time.perf_counter()
    recognizer = load_recognizer()
    load_seconds = time.perf_counter() - begin
    lines = heard_lines(paths, recognizer)
    begin = time.process_time()
    for heard in lines:
        WORD.findall(heard.text + heard.previous)
    baseline_seconds = (time.process_time() - begin) / len(lines)
    took: list[float] = []
    for heard in lines:
        begin = time.process_time()
        recognizer.recognize(heard)
        took.append(time.process_time() - begin)
    took.sort()
    mean = sum(took) / len(took)
    print(f"utterances                  {len(lines)}")
    print(f"load                        {load_seconds:.2f} s")
    print(f"one utterance, p50          {1000 * took[len(took) // 2]:.2f} ms")
    print(f"one utterance, p95          {1000 * took[int(0.95 * len(took))]:.2f} ms")
    print(f"one utterance, longest      {1000 * took[-1]:.2f} ms")
    print(f"mean against word-splitting {mean / baseline_seconds:.0f} times")


def gold() -> Iterator[tuple[Topic, str, bool]]:
    """Give (topic, utterance, whether it covers the topic)."""
    for path in sorted(GOLD.glob("*.yaml")):
        for raw in yaml.safe_load(path.read_text("utf-8"))["topics"]:
            evidence = tuple(tuple(group) for group in raw["evidence"])
            topic = Topic(id=raw["id"], role=TopicRole(raw["role"]), evidence=evidence)
            yield from ((topic, text, True) for text in raw["told"])
            yield from ((topic, text, False) for text in raw["near"])


def summaries() -> Iterator[tuple[tuple[Topic, ...], str, bool]]:
    """Give (topics, an utterance of two sentences, whether it sums up two of the topics).

    Each topic is paired with the next one of its scenario, where one of the two is a feeling or a reason:
    told with told is a summary, near with near is not.
    """
    by_topic: dict[str, tuple[Topic, list[str], list[str]]] = {}
    for topic, text, told in gold():
        _, told_texts, near_texts = by_topic.setdefault(topic.id, (topic, [], []))
        (told_texts if told else near_texts).append(text)
    for (first, told_first, near_first), (second, told_second, near_second) in pairwise(
        by_topic.values()
    ):
        if {first.role, second.role} & {TopicRole.FEELING, TopicRole.REASON}:
            for one, other in zip(told_first, told_second, strict=False):
                yield (first, second), f"{one.rstrip('.')}. {other}", True
            for one, other in zip(near_first, near_second, strict=False):
                yield (first, second), f"{one.rstrip('.')}. {other}", False


class Room:
    """A voice in a noisy room, and the ears that hear it."""

    def __init__(self, noise_db: float) -> None:
        """Open both engines; the noise is the same on every run."""
        self._voice = Pyttsx3Voice(VoiceSettings())
        self._ears = open_whisper(EarsSettings())
        self._noise = np.random.default_rng(1)
        self._noise_share = 10 ** (-noise_db / 20)

    def hear(self, text: str) -> str:
        """What is understood of a text that is said aloud."""
        sound = self._voice.speak(text, Delivery.CALM)
        audio = pcm_to_float(resample(sound.pcm, sound.sample_rate_hz, SAMPLE_RATE_HZ))
        audio = np.concatenate([audio, np.zeros(round(TAIL_SECONDS * SAMPLE_RATE_HZ), np.float32)])
        loudness = float(np.sqrt(np.mean(np.square(audio)))) * self._noise_share
        noisy = audio + self._noise.normal(0, loudness, len(audio)).astype(np.float32)
        return self._ears.transcribe(np.clip(noisy, -1, 1), final=True).text

    def close(self) -> None:
        """End the voice's process."""
        self._voice.close()


def measure_spoken(noise_db: float) -> None:
    """Print precision and recall of coverage by topic, and of labels, written and spoken."""
    recognizer = load_recognizer()
    room = Room(noise_db)
    tally: dict[str, np.ndarray] = {}
    for topic, text, told in gold():
        row = tally.setdefault(topic.id, np.zeros((2, 3), int))
        for version, said in enumerate((text, room.hear(text))):
            found = bool(cover(said, [topic]))
            row[version] += (found and told, found and not told, told and not found)
    label = recognizer.rulebook.kind("label")
    for example in label.examples if label else ():
        row = tally.setdefault("(label)", np.zeros((2, 3), int))
        for version, said in enumerate((example.text, room.hear(example.text))):
            found = any(move.kind == "label" for move in recognizer.recognize(Heard(text=said)))
            row[version] += (
                found and example.match,
                found and not example.match,
                example.match and not found,
            )
    for topics, text, told in summaries():
        row = tally.setdefault("(summary)", np.zeros((2, 3), int))
        for version, said in enumerate((text, room.hear(text))):
            moves = recognizer.recognize(Heard(text=said, topics=topics))
            found = any(move.kind == "summary" for move in moves)
            row[version] += (found and told, found and not told, told and not found)
    room.close()
    tally["all topics"] = sum(
        (row for name, row in tally.items() if not name.startswith("(")), np.zeros((2, 3), int)
    )
    print(f"{'':18}  written P / R   spoken P / R")
    for name, row in tally.items():
        versions = [(hit / max(1, hit + false), hit / max(1, hit + missed)) for hit, false, missed in row]
        print(f"{name:18}  " + "     ".join(f"{right:.2f} / {found:.2f}" for right, found in versions))


def main() -> None:
    """Measure what the command line asks for."""
    if sys.argv[1:2] == ["--spoken"]:
        measure_spoken(float(sys.argv[2]) if sys.argv[2:] else 20.0)
    else:
        measure_speed(sys.argv[1:])
        memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"resident memory             {memory_mb:.0f} MB (the speech libraries included)")


if __name__ == "__main__":
    main()
