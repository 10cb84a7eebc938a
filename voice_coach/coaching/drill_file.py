"""Builds a drill from its YAML, and finds everything that is wrong with it before a run does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from string import Formatter

import msgspec

from voice_coach.coaching.drill_book import Drill, Point, Prompt
from voice_coach.coaching.drill_shape import FINDINGS, STEPS, AboutText, DrillText, PromptText, Task
from voice_coach.coaching.feelings import load_feelings, spelled_out, unknown_feelings
from voice_coach.counterpart.scenario_shape import Phrases
from voice_coach.counterpart.shaped import Place, Places, read_shaped
from voice_coach.counterpart.story import Line
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.errors import ScenarioError
from voice_coach.moves.move import Topic, TopicRole
from voice_coach.moves.rulefile import Problems, read_file, read_text

__all__ = ["load_drill", "parse_drill"]

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_ROLES = (
    ("feelings", TopicRole.FEELING),
    ("needs", TopicRole.REASON),
    ("facts", TopicRole.FACT),
)
_STAND_INS = {"quote", "missing"}
_A_FAIL = 2
"""An answer that fails is given with what must be found in it."""


def load_drill(path: Path) -> Drill:
    """Load a drill file.

    Raises:
        ScenarioError: Everything that is wrong with it, each with file and line.
    """
    problems = Problems()
    text = read_file(path, problems)
    problems.raise_if_any()
    return parse_drill(text or "", str(path))


@lru_cache(maxsize=64)
def parse_drill(text: str, source: str) -> Drill:
    """Build a drill from its YAML text.

    Args:
        text: The YAML.
        source: Where it came from, for the sentences of errors.

    Raises:
        ScenarioError: Everything that is wrong with it, each with file and line.
    """
    problems = Problems()
    top = read_text(text, Path(source), problems)
    written, places = read_shaped(top, DrillText, problems) if top else (None, Places())
    if written is not None:
        for place, sentence in _find_problems(written):
            places.wrong(place, sentence)
    problems.raise_if_any()
    if written is None:  # cannot be: the problem was raised; said for the type checker
        raise ScenarioError(f"{source} is no drill.")
    return _build(written, text)


def _build(written: DrillText, text: str) -> Drill:
    return Drill(
        id=written.drill,
        title=_flat(written.title),
        trains=_flat(written.trains),
        how=_flat(written.how),
        task=written.task,
        rounds=written.rounds,
        tasks=written.tasks,
        person=written.person,
        voice=VoiceStyle(register=written.voice.register, pace=written.voice.pace),
        reasons={finding: _flat(reason) for finding, reason in written.reasons.items()},
        prompts=tuple(_prompt(prompt) for prompt in written.prompts),
        source_text=text,
    )


def _prompt(prompt: PromptText) -> Prompt:
    return Prompt(
        id=prompt.id,
        says=_sentences(prompt.says),
        delivery=prompt.delivery,
        about=tuple(
            Topic(id=name, role=role, evidence=(phrases,))
            for name, role, phrases in _phrases(prompt.about)
        ),
        points=tuple(
            Point(
                topic=Topic(
                    id=point.id,
                    role=next(role for _, role, _ in _phrases(point)),
                    evidence=(tuple(phrase for _, _, some in _phrases(point) for phrase in some),),
                ),
                title=point.title,
            )
            for point in prompt.points
        ),
        passes=tuple(_flat(answer) for answer in prompt.passes),
        fails=tuple((_flat(answer), finding) for answer, finding in prompt.fails),
        fills=_sentences(prompt.fills),
        could=_flat(prompt.could),
    )


def _phrases(about: AboutText) -> list[tuple[str, TopicRole, tuple[str, ...]]]:
    """The kinds of things a line is about for which there are phrases."""
    found = ((name, role, _texts(getattr(about, name))) for name, role in _ROLES)
    return [each for each in found if each[2]]


def _texts(phrases: Phrases) -> tuple[str, ...]:
    return spelled_out(_written(phrases))


def _written(phrases: Phrases) -> tuple[str, ...]:
    several = phrases if isinstance(phrases, tuple) else (phrases,)
    return tuple(str(phrase) for phrase in several)


def _sentences(text: str) -> Line:
    return tuple(_SENTENCE_END.split(_flat(text))) if text.strip() else ()


def _flat(text: str) -> str:
    return " ".join(text.split())


# ---------------------------------------------------------------- what can be wrong


def _find_problems(written: DrillText) -> Iterator[tuple[Place, str]]:
    yield from _keys("tasks", written.tasks, STEPS[written.task], written.task)
    yield from _keys("reasons", written.reasons, FINDINGS[written.task], written.task)
    for finding, reason in written.reasons.items():
        for name in _stand_ins(reason) - _STAND_INS:
            yield (
                ("reasons", finding),
                f"`{{{name}}}` is not known here; known are {{quote}} and {{missing}}",
            )
    for id_, times in Counter(prompt.id for prompt in written.prompts).items():
        if times > 1:
            places = (n for n, prompt in enumerate(written.prompts) if prompt.id == id_)
            yield ("prompts", list(places)[-1], "id"), f"the id `{id_}` is given {times} times"
    for number, prompt in enumerate(written.prompts):
        for place, sentence in _prompt_problems(prompt, written.task):
            yield ("prompts", number, *place), sentence


def _keys(
    field: str, found: msgspec.Struct | object, known: tuple[str, ...], task: Task
) -> Iterator[tuple[Place, str]]:
    keys = set(found) if isinstance(found, dict) else set()
    for key in known:
        if key not in keys:
            yield (field,), f"`{key}` is missing: the task `{task}` needs it"
    for key in sorted(keys - set(known)):
        yield (field, key), f"the task `{task}` has no `{key}`; it has {', '.join(known)}"


def _name_problems(place: Place, about: AboutText) -> Iterator[tuple[Place, str]]:
    for field, _ in _ROLES:
        for name in unknown_feelings(_written(getattr(about, field))):
            yield (
                (*place, field),
                f"there are no words for `{name}`; there are for @{', @'.join(load_feelings())}",
            )


def _stand_ins(reason: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(reason) if name is not None}
    except ValueError:
        return {"..."}


def _prompt_problems(prompt: PromptText, task: Task) -> Iterator[tuple[Place, str]]:
    yield from _name_problems(("about",), prompt.about)
    for number, point in enumerate(prompt.points):
        yield from _name_problems(("points", number), point)
    if (task is Task.SUMMARY) != bool(prompt.points):
        yield ("points",), "`points` belong to the task `summary`, which needs them"
    if prompt.fills and task is not Task.SILENCE:
        yield ("fills",), "`fills` belongs to the task `silence`"
    for number, point in enumerate(prompt.points):
        if not _phrases(point):
            yield ("points", number), "a point needs phrases: feelings, needs or facts"
    for number, fail in enumerate(prompt.fails):
        place = ("fails", number)
        if len(fail) != _A_FAIL:
            yield place, 'expected an answer and what must be found in it: `["...", question]`'
        elif fail[1] not in FINDINGS[task] or fail[1] == "passed":
            known = ", ".join(FINDINGS[task][1:])
            yield place, f"the task `{task}` cannot find `{fail[1]}`; it can find {known}"
