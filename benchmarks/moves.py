"""How long it takes to load the rules and to recognise the moves of one utterance.

usage: python benchmarks/moves.py [TALK.jsonl ...]

Each line of a file is {"text", "previous"}. Without a file the examples of the rule files are used. The
baseline is one pass of the same texts through a word-splitting regular expression: it says how fast this
machine is just now. Times are of the processor, so that what else runs here does not count.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path

from voice_coach.moves.move import Heard
from voice_coach.moves.recognizer import Recognizer, load_recognizer

_WORD = re.compile(r"\w+")


def heard_lines(paths: list[str], recognizer: Recognizer) -> list[Heard]:
    """Give the utterances of the files, or of the rule files' examples."""
    if not paths:
        examples = [e for move in recognizer.rulebook.moves for e in move.examples]
        return [Heard(text=e.text, previous=e.previous, topics=e.topics) for e in examples]
    rows = (json.loads(line) for path in paths for line in Path(path).read_text("utf-8").splitlines())
    return [Heard(text=row["text"], previous=row.get("previous", "")) for row in rows]


def main() -> None:
    """Print the table."""
    begin = time.perf_counter()
    recognizer = load_recognizer()
    load_seconds = time.perf_counter() - begin
    lines = heard_lines(sys.argv[1:], recognizer)
    begin = time.process_time()
    for heard in lines:
        _WORD.findall(heard.text + heard.previous)
    baseline_seconds = (time.process_time() - begin) / len(lines)
    took: list[float] = []
    for heard in lines:
        begin = time.process_time()
        recognizer.recognize(heard)
        took.append(time.process_time() - begin)
    took.sort()
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    mean = sum(took) / len(took)
    print(f"utterances                 {len(lines)}")
    print(f"load                       {load_seconds:.2f} s")
    print(f"one utterance, p50         {1000 * took[len(took) // 2]:.2f} ms")
    print(f"one utterance, p95         {1000 * took[int(0.95 * len(took))]:.2f} ms")
    print(f"one utterance, longest     {1000 * took[-1]:.2f} ms")
    print(f"mean against word-splitting {mean / baseline_seconds:.0f} times")
    print(f"resident memory            {memory_mb:.0f} MB")


if __name__ == "__main__":
    main()
