"""Builds a scenario from its YAML, and finds everything that is wrong with it before a call does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.scenario_check import find_problems
from voice_coach.counterpart.scenario_doubts import find_doubts
from voice_coach.counterpart.scenario_shape import (
    WORDINGS,
    CorrectionText,
    EchoText,
    ExampleText,
    Phrases,
    Said,
    ScenarioText,
    TopicText,
)
from voice_coach.counterpart.shaped import Places, read_shaped
from voice_coach.counterpart.story import (
    Correction,
    Echo,
    Example,
    ExampleTurn,
    Layer,
    Line,
    Scenario,
    Terms,
)
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.errors import ScenarioError
from voice_coach.moves.move import Topic, TopicRole
from voice_coach.moves.rulefile import Problems, read_text

__all__ = ["Examined", "build_scenario", "examine_scenario", "read_manners"]

_SENTENCE_END = re.compile(r"(?<=[.?!])(?!(?<=\.\.\.)\s+[a-z])\s+")
_SECRET_TRUST = 0.7


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """What a scenario file is worth."""

    scenario: Scenario | None
    """None when it cannot be used."""
    problems: tuple[str, ...]
    """What is wrong with it, each with file and line."""
    doubts: tuple[str, ...]
    """What works, and may not be meant, each with file and line."""


def build_scenario(text: str, source: str, manners: Mapping[str, tuple[Line, ...]]) -> Scenario:
    """Build a scenario from its own YAML and from the manners that everybody shares.

    Raises:
        ScenarioError: Everything that is wrong, each with file and line.
    """
    problems = Problems()
    scenario, _ = _read(text, source, manners, problems)
    problems.raise_if_any()
    if scenario is None:  # cannot be: the problem was raised; said for the type checker
        raise ScenarioError(f"{source} is no scenario.")
    return scenario


def examine_scenario(text: str, source: str, manners: Mapping[str, tuple[Line, ...]]) -> Examined:
    """Look at a scenario file more closely than loading it does: doubts are found as well."""
    problems = Problems()
    scenario, places = _read(text, source, manners, problems)
    if scenario is None or problems.sentences:
        return Examined(scenario=None, problems=tuple(problems.sentences), doubts=())
    doubts = Problems()
    for place, sentence in find_doubts(scenario):
        doubts.add(Path(source), places.line(place), sentence)
    return Examined(scenario=scenario, problems=(), doubts=tuple(doubts.sentences))


def read_manners(text: str, source: str) -> Mapping[str, tuple[Line, ...]]:
    """Read the wording that everybody shares.

    Raises:
        ScenarioError: Everything that is wrong with it.
    """
    problems = Problems()
    top = read_text(text, Path(source), problems)
    found = top.fields(WORDINGS) if top else {}
    manners = _lines({rule: node.texts() for rule, node in found.items()})
    problems.raise_if_any()
    return manners


def _read(
    text: str, source: str, manners: Mapping[str, tuple[Line, ...]], problems: Problems
) -> tuple[Scenario | None, Places]:
    top = read_text(text, Path(source), problems)
    if top is None:
        return None, Places()
    written, places = read_shaped(top, ScenarioText, problems)
    if written is None:
        return None, places
    for number, example in enumerate(written.examples):
        for at, turn in enumerate(example.turns):
            if bool(turn.you) == turn.silence:
                said = "expected either `you: what is said` or `silence: true`"
                places.wrong(("examples", number, "turns", at), said)
    scenario = _build(written, places, manners)
    scenario = msgspec.structs.replace(scenario, source=source, source_text=text)
    for place, sentence in find_problems(scenario):
        places.wrong(place, sentence)
    return scenario, places


def _build(written: ScenarioText, places: Places, manners: Mapping[str, tuple[Line, ...]]) -> Scenario:
    terms = written.terms
    return Scenario(
        id=written.id,
        title=written.title,
        name=written.person,
        role=written.role,
        stake=written.stake,
        brief=_flat(written.brief),
        guardedness=written.guardedness,
        voice=VoiceStyle(register=written.voice.register, pace=written.voice.pace),
        opening=_said(written.opening),
        layers=tuple(_layer(topic) for topic in written.topics),
        echoes=tuple(_echo(echo, number) for number, echo in enumerate(written.echoes)),
        corrections=tuple(_correction(guess, number) for number, guess in enumerate(written.corrections)),
        lines=_lines(written.lines),
        manners=manners,
        terms=Terms(
            proposes=_said(terms.proposes),
            reveals=_texts(terms.reveals),
            accepted_by=_phrase("accepted", terms.accepted_by),
            settled=_said(terms.settled),
            explains=_said(terms.explains),
        ),
        good_summary=_flat(written.good_summary),
        examples=tuple(
            _example(example, places, number) for number, example in enumerate(written.examples)
        ),
        words=_texts(written.words),
        source="",
        source_text="",
    )


def _flat(text: str) -> str:
    return " ".join(text.split())


def _said(said: Said) -> tuple[Line, ...]:
    """Lines to say, each split into sentences that can be spoken one by one."""
    lines = (said,) if isinstance(said, str) else said
    return tuple(tuple(_SENTENCE_END.split(_flat(line))) for line in lines)


def _lines(lines: Mapping[str, Said]) -> Mapping[str, tuple[Line, ...]]:
    return {rule: _said(said) for rule, said in lines.items()}


def _texts(phrases: Phrases) -> tuple[str, ...]:
    several = phrases if isinstance(phrases, tuple) else (phrases,)
    return tuple(str(phrase) for phrase in several)


def _phrase(id_: str, phrases: Phrases) -> Topic:
    """Phrases that are looked for like the evidence of a topic: any one of them will do."""
    return Topic(id=id_, role=TopicRole.FACT, evidence=(_texts(phrases),))


def _layer(topic: TopicText) -> Layer:
    needs_trust = topic.needs_trust
    if needs_trust is msgspec.UNSET:
        needs_trust = _SECRET_TRUST if topic.secret else 0.0
    return Layer(
        topic=Topic(id=topic.id, role=topic.role, evidence=tuple(_texts(x) for x in topic.evidence)),
        title=topic.title,
        starts=SegmentState(topic.starts),
        under=topic.under,
        secret=topic.secret,
        quiet=topic.quiet,
        needs_trust=needs_trust,
        touched_by=None if topic.touched_by is msgspec.UNSET else _phrase(topic.id, topic.touched_by),
        confirms=_said(topic.confirms),
        hints=_said(topic.hints),
        says=_said(topic.says),
        gap=_said(topic.gap),
        you_could_say=topic.you_could_say,
    )


def _echo(echo: EchoText, number: int) -> Echo:
    return Echo(phrase=_phrase(f"echo-{number}", echo.words), more=_said(echo.more), opens=echo.opens)


def _correction(guess: CorrectionText, number: int) -> Correction:
    return Correction(
        guess=_phrase(f"guess-{number}", guess.words), says=_said(guess.says), hints=guess.hints
    )


def _example(example: ExampleText, places: Places, number: int) -> Example:
    turns = tuple(
        ExampleTurn(
            you=turn.you,
            rule=turn.rule,
            opens=_texts(turn.opens),
            line=places.line(("examples", number, "turns", at)),
        )
        for at, turn in enumerate(example.turns)
    )
    return Example(name=example.name, turns=turns)
