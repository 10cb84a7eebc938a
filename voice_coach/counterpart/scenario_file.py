"""Builds a scenario from its YAML, and finds everything that is wrong with it before a call does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.rules import RULES
from voice_coach.counterpart.story import (
    Correction,
    Echo,
    Example,
    ExampleTurn,
    Guardedness,
    Layer,
    Line,
    Scenario,
    Terms,
)
from voice_coach.counterpart.voice_style import Pace, Register, VoiceStyle
from voice_coach.errors import ScenarioError
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import Topic, TopicRole
from voice_coach.moves.rulefile import Node, Problems

__all__ = ["build_scenario"]

# The same loader written in C, where PyYAML was built with it, is ten times as fast.
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_DEPTH = 8
_MOST_NODES = 5_000
_MOST_SENTENCE_WORDS = 30
_NEEDED = ("id", "title", "person", "role", "stake", "guardedness", "brief", "opening", "topics",
           "echoes", "terms", "good_summary")  # fmt: skip
_KNOWN = (*_NEEDED, "voice", "words", "corrections", "lines", "examples")
_TOPIC_FIELDS = ("id", "title", "role", "starts", "under", "secret", "quiet", "needs_trust", "evidence",
                 "touched_by", "confirms", "hints", "says", "gap", "you_could_say")  # fmt: skip
_BESIDE_RULES = (
    "concern",
    "remembers",
    "pressed-again",
    "thats-right-again",
    "false-start",
    "still-here",
)
"""Wording that is not the answer of one rule."""
_SENTENCE_END = re.compile(r"(?<=[.?!])(?!(?<=\.\.\.)\s+[a-z])\s+")
_SECRET_TRUST = 0.7
_STARTS = (SegmentState.UNSPOKEN, SegmentState.HINTED, SegmentState.DISCLOSED)


def build_scenario(text: str, source: str, manners_text: str, manners_source: str) -> Scenario:
    """Build a scenario from its own YAML and from the manners that everybody shares.

    Raises:
        ScenarioError: Everything that is wrong, each with file and line.
    """
    problems = Problems()
    manners = _lines(_compose(manners_text, Path(manners_source), problems), problems)
    top = _compose(text, Path(source), problems)
    fields = top.fields(_KNOWN, needed=_NEEDED)
    problems_so_far = len(problems.sentences)
    if any(name not in fields for name in _NEEDED):
        problems.raise_if_any()
    layers = tuple(_layer(node) for node in fields["topics"].items())
    scenario = Scenario(
        id=fields["id"].text(),
        title=fields["title"].text(),
        name=fields["person"].text(),
        role=fields["role"].text(),
        stake=fields["stake"].text(),
        brief=" ".join(fields["brief"].text().split()),
        guardedness=Guardedness(fields["guardedness"].choice(Guardedness)),
        voice=_voice(fields.get("voice")),
        opening=_said(fields["opening"]),
        layers=layers,
        echoes=tuple(_echo(node) for node in fields["echoes"].items()),
        corrections=tuple(_correction(node) for node in _items(fields.get("corrections"))),
        lines=_lines(fields.get("lines"), problems),
        manners=manners,
        terms=_terms(fields["terms"]),
        good_summary=" ".join(fields["good_summary"].text().split()),
        examples=tuple(_example(node) for node in _items(fields.get("examples"))),
        words=fields["words"].texts() if "words" in fields else (),
        source=source,
        source_text=text,
    )
    if len(problems.sentences) == problems_so_far:
        _check(scenario, fields)
    problems.raise_if_any()
    return scenario


def _compose(text: str, path: Path, problems: Problems) -> Node:
    """Read YAML as nodes with line numbers: bounded in depth and size, without aliases."""
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or error
        problems.add(path, mark.line + 1 if mark else None, f"is not YAML: {problem}")
        root = None
    except RecursionError:
        problems.add(path, None, "is nested too deeply")
        root = None
    if root is not None:
        _bound(root, path, problems)
    elif not problems.sentences:
        problems.add(path, 1, "is empty")
    problems.raise_if_any()
    if root is None:  # cannot be: the problem was raised; said for the type checker
        raise ScenarioError(f"{path} is empty.")
    return Node(root, path, problems)


def _bound(root: yaml.Node, path: Path, problems: Problems) -> None:
    seen: set[int] = set()
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        line = node.start_mark.line + 1
        if id(node) in seen:
            problems.add(path, line, "aliases (`*name`) are not allowed; write the text out")
            return
        if depth > _MOST_DEPTH or len(seen) > _MOST_NODES:
            problems.add(
                path, line, "is nested too deeply" if depth > _MOST_DEPTH else "holds too much; split it"
            )
            return
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += [(child, depth + 1) for child in node.value]
        elif isinstance(node, yaml.MappingNode):
            waiting += [(child, depth + 1) for pair in node.value for child in pair]


def _items(node: Node | None) -> list[Node]:
    return node.items() if node else []


def _said(node: Node | None) -> tuple[Line, ...]:
    """Lines to say, each split into sentences that can be spoken one by one."""
    lines: list[Line] = []
    for item in [node] if node and node.is_text() else _items(node):
        sentences = tuple(_SENTENCE_END.split(" ".join(item.text().split())))
        for sentence in sentences:
            if len(sentence.split()) > _MOST_SENTENCE_WORDS:
                item.wrong(
                    f"nobody says more than {_MOST_SENTENCE_WORDS} words in one sentence; split it"
                )
        lines.append(sentences)
    return tuple(lines)


def _lines(node: Node | None, problems: Problems) -> Mapping[str, tuple[Line, ...]]:
    del problems
    if node is None:
        return {}
    return {rule: _said(lines) for rule, lines in node.fields(sorted({*RULES, *_BESIDE_RULES})).items()}


def _voice(node: Node | None) -> VoiceStyle:
    if node is None:
        return VoiceStyle()
    f = node.fields(("register", "pace"))
    return VoiceStyle(
        register=Register(f["register"].choice(Register)) if "register" in f else Register.MIDDLE,
        pace=Pace(f["pace"].choice(Pace)) if "pace" in f else Pace.EVEN,
    )


def _evidence(node: Node) -> tuple[tuple[str, ...], ...]:
    groups = tuple(group.texts() for group in node.items())
    if not groups or not all(groups):
        node.wrong("expected at least one group of phrases")
    return groups


def _phrase(id_: str, node: Node) -> Topic:
    """Phrases that are looked for like the evidence of a topic: any one of them will do."""
    return Topic(id=id_, role=TopicRole.FACT, evidence=(node.texts(),))


def _layer(node: Node) -> Layer:
    f = node.fields(_TOPIC_FIELDS, needed=("id", "title", "role", "evidence", "you_could_say"))
    id_ = f["id"].text() if "id" in f else ""
    secret = f["secret"].flag() if "secret" in f else False
    starts = SegmentState(f["starts"].choice(_STARTS)) if "starts" in f else SegmentState.UNSPOKEN
    role = TopicRole(f["role"].choice(TopicRole)) if "role" in f else TopicRole.FACT
    if secret and starts is not SegmentState.UNSPOKEN:
        f["starts"].wrong("a secret starts unspoken")
    if starts is not SegmentState.DISCLOSED and "says" not in f:
        node.wrong("`says` is missing: without it the topic can never be disclosed")
    if not secret and role is not TopicRole.POSITION and "gap" not in f:
        node.wrong("`gap` is missing: without it a partial summary cannot be pointed at this topic")
    if not secret and starts is SegmentState.UNSPOKEN and "hints" not in f:
        node.wrong("`hints` is missing: without it an open question leads nowhere")
    return Layer(
        topic=Topic(id=id_, role=role, evidence=_evidence(f["evidence"]) if "evidence" in f else ()),
        title=f["title"].text() if "title" in f else "",
        starts=starts,
        under=f["under"].text() if "under" in f else "",
        secret=secret,
        quiet=f["quiet"].flag() if "quiet" in f else False,
        needs_trust=f["needs_trust"].number(0, 1)
        if "needs_trust" in f
        else _SECRET_TRUST
        if secret
        else 0.0,
        touched_by=_phrase(id_, f["touched_by"]) if "touched_by" in f else None,
        confirms=_said(f.get("confirms")),
        hints=_said(f.get("hints")),
        says=_said(f.get("says")),
        gap=_said(f.get("gap")),
        you_could_say=f["you_could_say"].text() if "you_could_say" in f else "",
    )


def _echo(node: Node) -> Echo:
    f = node.fields(("words", "more", "opens"), needed=("words", "more"))
    return Echo(
        phrase=_phrase(f"echo-{node.line}", f["words"]) if "words" in f else _nothing(),
        more=_said(f.get("more")),
        opens=f["opens"].text() if "opens" in f else "",
    )


def _correction(node: Node) -> Correction:
    f = node.fields(("words", "says", "hints"), needed=("words", "says"))
    return Correction(
        guess=_phrase(f"guess-{node.line}", f["words"]) if "words" in f else _nothing(),
        says=_said(f.get("says")),
        hints=f["hints"].text() if "hints" in f else "",
    )


def _terms(node: Node) -> Terms:
    needed = ("proposes", "reveals", "accepted_by", "settled", "explains")
    f = node.fields(needed, needed=needed)
    return Terms(
        proposes=_said(f.get("proposes")),
        reveals=f["reveals"].texts() if "reveals" in f else (),
        accepted_by=_phrase("accepted", f["accepted_by"]) if "accepted_by" in f else _nothing(),
        settled=_said(f.get("settled")),
        explains=_said(f.get("explains")),
    )


def _example(node: Node) -> Example:
    f = node.fields(("name", "turns"), needed=("name", "turns"))
    turns: list[ExampleTurn] = []
    for item in _items(f.get("turns")):
        g = item.fields(("you", "silence", "rule", "opens"), needed=("rule",))
        if ("you" in g) == ("silence" in g):
            item.wrong("expected either `you: what is said` or `silence: true`")
        turns.append(
            ExampleTurn(
                you=g["you"].text() if "you" in g else "",
                rule=g["rule"].choice(sorted(RULES)) if "rule" in g else "",
                opens=g["opens"].texts() if "opens" in g else (),
                line=item.line,
            )
        )
    return Example(name=f["name"].text() if "name" in f else "", turns=tuple(turns))


def _nothing() -> Topic:
    return Topic(id="", role=TopicRole.FACT, evidence=())


def _check(scenario: Scenario, fields: Mapping[str, Node]) -> None:
    """What can only be seen with the whole scenario in view."""
    topics = fields["topics"]
    ids = [layer.id for layer in scenario.layers]
    for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        topics.wrong(f"the topic `{id_}` is given twice")
    if not any(layer.role is TopicRole.REASON and not layer.secret for layer in scenario.layers):
        topics.wrong("no topic has the role `reason`: nobody could say why they came")
    mentioned = [
        *((layer.under, topics) for layer in scenario.layers),
        *((echo.opens, fields["echoes"]) for echo in scenario.echoes),
        *((topic, fields["terms"]) for topic in scenario.terms.reveals),
        *((guess.hints, fields["corrections"]) for guess in scenario.corrections),
    ]
    for topic, node in mentioned:
        if topic and topic not in ids:
            node.wrong(f"there is no topic `{topic}`; known are {', '.join(ids)}")
    for layer in scenario.layers:
        if _runs_in_a_circle(layer, scenario.layers):
            topics.wrong(f"the topic `{layer.id}` lies under itself")
        if layer.secret and layer.id not in scenario.terms.reveals and not layer.touched_by:
            topics.wrong(
                f"the secret `{layer.id}` can never come out: no terms reveal it, nothing touches it"
            )
    _check_discretion(scenario, topics)
    _check_echoes(scenario, fields["echoes"])
    _check_summary(scenario, fields["good_summary"])


def _runs_in_a_circle(layer: Layer, layers: Iterable[Layer]) -> bool:
    above = {other.id: other.under for other in layers}
    at, steps = layer.under, 0
    while at and steps <= len(above):
        if at == layer.id:
            return True
        at, steps = above.get(at, ""), steps + 1
    return False


def _check_discretion(scenario: Scenario, node: Node) -> None:
    """Nothing that only points at a topic says it, and secrets stand where secrets are told."""
    for layer in scenario.layers:
        for line in (*layer.confirms, *layer.hints, *layer.gap):
            said = cover(" ".join(line), scenario.topics)
            if any(covered.role is not TopicRole.POSITION for covered in said):
                node.wrong(f"“{' '.join(line)}” should only point at `{layer.id}`, but says it")
    secrets = [layer.topic for layer in scenario.layers if layer.secret]
    open_lines = [
        *scenario.opening,
        *(line for x in scenario.layers for line in (*x.confirms, *x.hints, *x.gap)),
        *(line for x in scenario.layers if not x.secret for line in x.says),
        *(line for echo in scenario.echoes for line in echo.more),
        *(line for guess in scenario.corrections for line in guess.says),
        *(line for lines in scenario.lines.values() for line in lines),
    ]
    for line in open_lines:
        for covered in cover(" ".join(line), secrets):
            node.wrong(f"“{' '.join(line)}” gives the secret `{covered.topic}` away")


def _check_echoes(scenario: Scenario, node: Node) -> None:
    """Every line that can be mirrored has a phrase that goes on from there."""
    phrases = [echo.phrase for echo in scenario.echoes]
    lines = [
        *scenario.opening,
        *(line for layer in scenario.layers for line in layer.says if not layer.secret),
    ]
    for line in lines:
        if not cover(" ".join(line), phrases):
            node.wrong(f"nothing goes on from “{' '.join(line)}”: add an echo for one of its phrases")


def _check_summary(scenario: Scenario, node: Node) -> None:
    covered = {found.topic for found in cover(scenario.good_summary, scenario.topics)}
    wanted = [x.id for x in scenario.layers if not x.secret and x.role is not TopicRole.POSITION]
    missing = [topic for topic in wanted if topic not in covered]
    if missing:
        node.wrong(f"the good summary does not cover {', '.join(missing)}; mend it or the evidence")
