"""How many verdicts of drills survive the ears: sample answers are spoken, heard, and judged.

usage: python -m voice_coach_benchmarks.drill_answers [NOISE_DB [EVERY [DRILL ...]]]

Of each drill's sample answers, those that pass and those that must not, every EVERYth (12 when not given)
is said by the voice engine, with white noise NOISE_DB below it (20), and heard by the default ears. Each
verdict that is not the one of the written answer is printed with what was heard.
"""

from __future__ import annotations

import sys

from voice_coach.coaching.drill_book import Drill, Prompt
from voice_coach.coaching.drill_shelf import DRILL_FOLDER, read_drill_shelf
from voice_coach.coaching.mechanics import PASSED, judge_text
from voice_coach.moves.recognizer import Recognizer, load_recognizer
from voice_coach_benchmarks.moves import Room


def answers(drill: Drill, every: int) -> list[tuple[Prompt, str, str]]:
    """Give (prompt, answer, what must be found in it) of every so many answers."""
    passing = [
        (prompt, answer, PASSED) for prompt in drill.prompts for answer in (*prompt.passes, prompt.could)
    ]
    failing = [(prompt, *fail) for prompt in drill.prompts for fail in prompt.fails]
    return [*passing[::every], *failing[::every]]


def measure(drill: Drill, every: int, room: Room, recognizer: Recognizer) -> tuple[int, int]:
    """Print the verdicts that were lost; give how many were kept, and of how many."""
    chosen = answers(drill, every)
    kept = 0
    for prompt, answer, finding in chosen:
        heard = room.hear(answer)
        found = judge_text(drill.task, prompt, heard, recognizer).finding
        kept += found == finding
        if found != finding:
            print(f"  {prompt.id}: {found} instead of {finding}\n    said  {answer}\n    heard {heard}")
    print(f"{drill.id:18} {kept} of {len(chosen)}")
    return kept, len(chosen)


def main() -> None:
    """Speak, hear and judge."""
    noise_db = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    every = int(sys.argv[2]) if sys.argv[2:] else 12
    recognizer = load_recognizer()
    room = Room(noise_db)
    drills = read_drill_shelf(DRILL_FOLDER).drills
    wanted = [drill for drill in drills if drill.id in sys.argv[3:] or not sys.argv[3:]]
    counts = [measure(drill, every, room, recognizer) for drill in wanted]
    room.close()
    kept, of = (sum(column) for column in zip(*counts, strict=True))
    print(f"verdicts that survive {kept} of {of}")


if __name__ == "__main__":
    main()
