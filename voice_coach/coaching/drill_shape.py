"""The shape of a drill file: its fields, what may stand in each, and what it means.

This is the one definition. Files are read by it, and the JSON Schema for editors is made from it. What
the parts mean to a running drill stands in `drill_book.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.scenario_shape import Phrases, VoiceText

__all__ = [
    "FINDINGS",
    "STEPS",
    "AboutText",
    "DrillText",
    "PointText",
    "PromptText",
    "Task",
    "drill_schema",
]


class Task(StrEnum):
    """What a drill asks for: the mechanic that judges its answers."""

    LABEL = "label"
    MIRROR = "mirror"
    SUMMARY = "summary"
    HOW = "how"
    NO_ORIENTED = "no_oriented"
    AUDIT = "audit"
    SILENCE = "silence"
    PRESSURE = "pressure"


FINDINGS: Mapping[Task, tuple[str, ...]] = {
    Task.LABEL: (
        "passed",
        "no_label",
        "question",
        "advice",
        "i_label",
        "other_feeling",
        "pressure",
        "too_long",
    ),
    Task.MIRROR: ("passed", "no_mirror", "changed", "question", "too_long"),
    Task.SUMMARY: ("passed", "missing", "no_summary", "pressure"),
    Task.HOW: ("passed", "still_why", "closed", "leading"),
    Task.NO_ORIENTED: ("passed", "yes_question", "open", "pressure"),
    Task.AUDIT: ("passed", "one_only", "defended", "no_audit"),
    Task.SILENCE: ("passed", "no_label", "spoke"),
    Task.PRESSURE: ("passed", "pressed_back", "gave_in", "argued", "no_reflection", "why"),
}
"""What a mechanic can find in an answer; a drill file has a sentence for each."""
STEPS: Mapping[Task, tuple[str, ...]] = {
    task: ("answer", "hold") if task is Task.SILENCE else ("answer",) for task in Task
}
"""What a round asks for, one after the other."""

_ALL_FINDINGS = sorted({finding for findings in FINDINGS.values() for finding in findings})
_Text: TypeAlias = Annotated[str, Meta(min_length=1)]
_Id: TypeAlias = Annotated[str, Meta(pattern="^[a-z0-9_]{1,64}$")]


def _means(description: str) -> Meta:
    return Meta(description=description)


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class AboutText(_Part, frozen=True, kw_only=True):
    """What a line is about: phrases, in any inflection, of which any one will do."""

    feelings: Annotated[
        Phrases,
        _means('Words for what the speaker feels; `"@alone"` stands for all words of that feeling.'),
    ] = ()
    needs: Annotated[Phrases, _means("Words for what they want or miss.")] = ()
    facts: Annotated[Phrases, _means("Words for what happened.")] = ()


class PointText(AboutText, frozen=True, kw_only=True):
    """One thing that a summary has to give back; any one of its phrases will do."""

    id: Annotated[_Id, _means("Its name in this prompt.")]
    title: Annotated[_Text, _means("Shown when it was left out: “how tired they are”.")]


class PromptText(_Part, frozen=True, kw_only=True):
    """One line to answer."""

    id: Annotated[_Id, _means("Its name in this file; what was practised is remembered by it.")]
    says: Annotated[_Text, _means("What the person says.")]
    delivery: Annotated[Delivery, _means("How they say it.")] = Delivery.GUARDED
    about: Annotated[AboutText, _means("What the line is about, where that is judged.")] = AboutText()
    points: Annotated[
        tuple[PointText, ...], _means("For the task `summary`: what has to be given back.")
    ] = ()
    passes: Annotated[tuple[_Text, ...], Meta(min_length=1), _means("Answers that pass; run as tests.")]
    fails: Annotated[
        tuple[tuple[_Text, ...], ...],
        _means('Answers that do not, each with what must be found in it: `["...", question]`.'),
    ] = ()
    fills: Annotated[
        str, _means("For the task `silence`: what the person says into a silence that was held.")
    ] = ""
    could: Annotated[_Text, _means("What is shown as “you could have said”.")]


class DrillText(_Part, frozen=True, kw_only=True):
    """One drill, for voice_coach: one move, practised on many lines."""

    drill: Annotated[_Id, _means("The drill's id; the file is called the same.")]
    title: Annotated[_Text, _means("The heading of its card.")]
    trains: Annotated[_Text, _means("What it makes easier, one sentence.")]
    how: Annotated[_Text, _means("What to do in each round, one or two sentences.")]
    task: Annotated[Task, _means("The mechanic that judges the answers.")]
    rounds: Annotated[int, Meta(ge=1, le=100), _means("How many lines one run has.")] = 10
    tasks: Annotated[
        Annotated[
            Mapping[str, _Text], Meta(extra_json_schema={"propertyNames": {"enum": ["answer", "hold"]}})
        ],
        _means("The short line shown for each step of a round."),
    ]
    person: Annotated[_Text, _means("Who speaks: “Sam, a colleague”.")]
    voice: VoiceText = VoiceText()
    reasons: Annotated[
        Annotated[
            Mapping[str, _Text], Meta(extra_json_schema={"propertyNames": {"enum": _ALL_FINDINGS}})
        ],
        _means("A sentence for each finding; {quote} and {missing} may stand in it."),
    ]
    prompts: Annotated[tuple[PromptText, ...], Meta(min_length=1), _means("The lines.")]


def drill_schema() -> dict[str, Any]:
    """Give the JSON Schema of a drill file."""
    schema: dict[str, Any] = msgspec.json.schema(DrillText)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A drill", **schema}
