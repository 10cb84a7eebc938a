"""How long a reaction of the counterpart takes, and how long all scenarios take to load.

usage: python -m voice_coach_benchmarks.counterpart [CALLS]

A trainee of mixed habits plays CALLS seeded calls (20 when not given) against each shipped scenario, in
text through the real recogniser; only `react` and `fill_silence` are timed. The
baselines say how fast this machine is just now: one pass of the same texts through a word-splitting
regular expression, and for loading, PyYAML's own reading of the same files. Times are of the processor.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from functools import partial
from random import Random

import yaml

from voice_coach.counterpart import counterpart
from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.reply import Reply
from voice_coach.counterpart.scenario import list_scenarios, parse_scenario
from voice_coach.counterpart.story import Scenario
from voice_coach.moves.move import Heard
from voice_coach.moves.recognizer import Recognizer, load_recognizer

WORD = re.compile(r"\w+")
LONGEST_CALL_TURNS = 40
SILENCES_LEFT_ALONE = 0.5
INTERRUPTIONS = 0.05
SMALL_TALK = (
    "I see what you mean.", "mm-hm", "What would help you most?", "Would it be a bad idea to go on?",
    "Why are you asking for that?", "How about five percent?", "We should sign this week, right?",
    "It seems like there's something I'm missing.", "Tell me more about that.", "I'm sorry about that.",
)  # fmt: skip
Reaction = Callable[[], tuple[Mind, Reply]]


class Watch:
    """Times every reaction, and the baseline on the same text."""

    def __init__(self) -> None:
        """Nothing is timed yet."""
        self.reactions: list[float] = []
        self.baseline: list[float] = []

    def react(self, reaction: Reaction, text: str) -> tuple[Mind, Reply]:
        """Time one reaction to a text."""
        begin = time.process_time()
        answered = reaction()
        self.reactions.append(time.process_time() - begin)
        begin = time.process_time()
        WORD.findall(text)
        self.baseline.append(time.process_time() - begin)
        return answered


def play(scenario: Scenario, recognizer: Recognizer, seed: int, watch: Watch) -> None:
    """Play one call to its end: labels and summaries that fit, small talk, silences, interruptions."""
    chance = Random(seed)  # noqa: S311 - a call is played, nothing is kept secret
    mind, reply = counterpart.open_call(scenario, seed)
    fitting = [layer.you_could_say for layer in scenario.layers] + [scenario.good_summary]
    for _ in range(LONGEST_CALL_TURNS):
        if reply.ends is not None:
            return
        if reply.follow_up is not None and chance.random() < SILENCES_LEFT_ALONE:
            mind, reply = watch.react(partial(counterpart.fill_silence, scenario, mind, seed), "")
            continue
        words = reply.text.split() or ["so"]
        text = chance.choice([chance.choice(fitting), chance.choice(SMALL_TALK), " ".join(words[-3:])])
        moves = recognizer.recognize(Heard(text=text, previous=reply.text, topics=scenario.topics))
        turn = counterpart.TraineeTurn(
            text=text,
            moves=moves,
            covers=tuple({k.topic: k for move in moves for k in move.covers}.values()),
            interrupted=chance.random() < INTERRUPTIONS,
            heard_of_previous=reply.text,
        )
        mind, reply = watch.react(partial(counterpart.react, scenario, mind, turn, seed), text)


def measure_loading() -> tuple[Scenario, ...]:
    """Print how long all scenarios take to load, against PyYAML alone; give them."""
    begin = time.process_time()
    scenarios = list_scenarios()
    load_seconds = time.process_time() - begin
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    begin = time.process_time()
    for scenario in scenarios:
        yaml.compose(scenario.source_text, Loader=loader)
    yaml_seconds = time.process_time() - begin
    parse_scenario.cache_clear()
    again: list[float] = []
    for scenario in scenarios:
        begin = time.process_time()
        parse_scenario(scenario.source_text, scenario.source)
        again.append(time.process_time() - begin)
    print(f"scenarios                   {len(scenarios)}")
    print(f"load all, cold              {load_seconds:.3f} s")
    print(f"load all, warm              {sum(again):.3f} s")
    print(f"cold, against PyYAML alone  {load_seconds / yaml_seconds:.1f} times")
    return scenarios


def main() -> None:
    """Measure loading, then reactions."""
    calls = int(sys.argv[1]) if sys.argv[1:] else 20
    scenarios = measure_loading()
    recognizer = load_recognizer()
    watch = Watch()
    for scenario in scenarios:
        for seed in range(calls):
            play(scenario, recognizer, seed, watch)
    took = sorted(watch.reactions)
    mean = sum(took) / len(took)
    print(f"reactions                   {len(took)}")
    print(f"one reaction, p50           {1000 * took[len(took) // 2]:.2f} ms")
    print(f"one reaction, p95           {1000 * took[int(0.95 * len(took))]:.2f} ms")
    print(f"one reaction, longest       {1000 * took[-1]:.2f} ms")
    print(f"mean against word-splitting {mean / (sum(watch.baseline) / len(watch.baseline)):.0f} times")


if __name__ == "__main__":
    main()
