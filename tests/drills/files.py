"""A small drill of each task, written as a trainer would."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import yaml

from voice_coach.coaching.drill_book import Drill
from voice_coach.coaching.drill_file import parse_drill
from voice_coach.coaching.drill_shape import FINDINGS, STEPS, Task

__all__ = ["LINES", "drill_text", "small_drill"]

LINES = (
    ("weekend", "I did the whole weekend by myself. Again.", "alone", "It sounds like you were alone."),
    ("boss", "My boss never reads a word of it.", "ignored", "It sounds like you feel ignored."),
    ("price", "You raised the price twice this year.", "cheated", "It seems like you feel cheated."),
    ("move", "They moved my desk into the hallway.", "pushed aside", "You sound pushed aside."),
    ("late", "The parcel was late for the third time.", "let down", "It sounds like you feel let down."),
)
"""Id, what is said, the feeling, an answer that passes."""


def drill_text(task: Task = Task.LABEL, /, *, rounds: int = 4, **changes: object) -> str:
    """The YAML of a drill whose prompts are about one feeling each."""
    prompts = [
        {
            "id": id_,
            "says": says,
            "passes": [answer],
            "could": answer,
            **(
                {"points": deepcopy(_POINTS)}
                if task is Task.SUMMARY
                else {"about": {"feelings": [feeling]}}
            ),
            **({"fills": "And that is not all."} if task is Task.SILENCE else {}),
        }
        for id_, says, feeling, answer in LINES
    ]
    tree = {
        "drill": "small",
        "title": "A small drill",
        "trains": "Listening.",
        "how": "Answer.",
        "task": task.value,
        "rounds": rounds,
        "tasks": {step: f"Now {step}" for step in STEPS[task]},
        "person": "Sam, a colleague",
        "reasons": {finding: f"{finding}: {{quote}}{{missing}}" for finding in FINDINGS[task]},
        "prompts": prompts,
        **changes,
    }
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)


def small_drill(task: Task = Task.LABEL, /, *, rounds: int = 4) -> Drill:
    """The same, loaded."""
    return parse_drill(drill_text(task, rounds=rounds), str(Path("small.yaml")))


_POINTS = [
    {"id": "work", "title": "how much it was", "facts": ["weekend", "all the work"]},
    {"id": "alone", "title": "that nobody helped", "feelings": ["alone", "nobody helped"]},
    {"id": "ask", "title": "what they ask for", "needs": ["day off", "a rest"]},
]
