"""Highlights on a growing partial: once shown they stay and only grow."""

from pathlib import Path

import yaml

from voice_coach.moves.move import Heard
from voice_coach.moves.recognizer import load_recognizer

GOLD = Path(__file__).parent / "coverage"
RECOGNIZER = load_recognizer()


def utterances() -> list[str]:
    """What the rules' own examples and the coverage gold set say."""
    said = [example.text for rules in RECOGNIZER.rulebook.moves for example in rules.examples]
    for path in sorted(GOLD.glob("*.yaml")):
        for topic in yaml.safe_load(path.read_text("utf-8"))["topics"]:
            said += [*topic["told"], *topic["near"]]
    return said


def test_fewer_than_three_highlights_in_a_hundred_are_taken_back() -> None:
    shown = taken_back = 0
    for text in utterances():
        words = text.split()
        seen: dict[tuple[str, int], int] = {}
        for count in range(1, len(words) + 1):
            partial = " ".join(words[:count])
            moves = RECOGNIZER.recognize(Heard(text=partial, partial=True))
            now = {(move.kind, move.start): move.end for move in moves}
            for key, end in seen.items():
                if now.get(key, -1) < end:
                    taken_back += 1
            shown += len(now.keys() - seen.keys())
            seen = now
    assert shown > 50
    assert taken_back / shown < 0.03
