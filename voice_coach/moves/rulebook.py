"""The rule book: every move's rule file and the lexicons, validated and compiled.

This is the only module of the room that reads files, and it reads them once, when it is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from voice_coach.moves.move import Family, Topic, TopicRole
from voice_coach.moves.pattern import Pattern, PatternError, compile_pattern
from voice_coach.moves.rulefile import Node, Problems, read_yaml

__all__ = ["MEASURES", "Evidence", "Example", "MoveRules", "Rule", "Rulebook", "Unless", "load_rulebook"]

_HERE = Path(__file__).parent
MEASURES = ("mirror", "summary", "stacked", "paraphrase")
"""Moves that patterns cannot find alone: they are measured against the context."""
_QUANTITIES = (
    *("repeated", "echo", "words", "short", "asks", "asks_besides", "company"),
    *("disclosed", "asked_before", "nothing_before"),
)
_SPANS = ("rest", "match", "sentence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unless:
    """A reading that takes a move back when it is found beside it."""

    pattern: Pattern
    reading: str
    """What it is instead, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way in which a move is made."""

    name: str
    """`file.rule`, as moves and explanations give it."""
    confidence: float
    patterns: tuple[Pattern, ...]
    unless: tuple[Unless, ...] = ()
    beside: tuple[Pattern, ...] = ()
    """One of these must be found in the highlighted words too; empty when nothing must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that speaks for or against a move that is weighed, and how much."""

    name: str
    weight: float
    because: str
    pattern: Pattern | None = None
    """Counts once when it is found; None when a quantity is measured instead."""
    quantity: str = ""
    """Name of a quantity from 0 to 1; the weight is multiplied by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An utterance that a move must, or must not, be found in. It is run as a test."""

    text: str
    match: bool
    previous: str = ""
    topics: tuple[Topic, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRules:
    """All that one rule file says about one move."""

    kind: str
    family: Family
    about: str
    path: Path
    partial: bool
    """May be shown while the person still talks."""
    span: str
    """What is highlighted: `match`, the `rest` of the clause, or the whole `sentence`."""
    alone: bool
    """The move must be the whole utterance."""
    yields_to: frozenset[str]
    """Kinds inside whose span this move is not what is going on."""
    measure: str
    """One of `MEASURES`, or empty for a move that patterns find."""
    rules: tuple[Rule, ...]
    threshold: float = 0.0
    """The weighed evidence must reach this."""
    evidence: tuple[Evidence, ...] = ()
    examples: tuple[Example, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The moves in the order of their file names, and the lexicons by name."""

    moves: tuple[MoveRules, ...]
    lexicons: dict[str, tuple[str, ...]]

    @property
    def adverbs(self) -> frozenset[str]:
        """What the words of a pattern may have between them."""
        return frozenset(self.lexicons.get("adverb", ()))

    def kind(self, kind: str) -> MoveRules | None:
        """The rules of one kind; None when no file describes it."""
        return next((move for move in self.moves if move.kind == kind), None)


def load_rulebook(extra_rules: Sequence[Path] = ()) -> Rulebook:
    """Read the rule files that come with the program, then those of a trainer.

    Args:
        extra_rules: Further rule files, or folders of them. A file for a move that is known adds its
            rules and examples to that move; a file for a new kind adds the kind.

    Raises:
        ScenarioError: Files are missing or wrong; one line for each problem, with file and line.
    """
    problems = Problems()
    lexicons = _read_lexicons(problems)
    moves: dict[str, MoveRules] = {}
    own = sorted((_HERE / "rules").glob("*.yaml"))
    for path in [*own, *_files(extra_rules, problems)]:
        node = read_yaml(path, problems)
        move = _Reader(lexicons, problems).move(node, path) if node else None
        if move is not None:
            known = moves.get(move.kind)
            moves[move.kind] = _joined(known, move, problems) if known else move
    kinds = frozenset(moves)
    for move in moves.values():
        for kind in sorted(move.yields_to - kinds):
            problems.add(move.path, None, f"`yields_to` names `{kind}`, which no rule file describes")
    problems.raise_if_any()
    return Rulebook(moves=tuple(moves.values()), lexicons=lexicons)


def _files(paths: Sequence[Path], problems: Problems) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.glob("*.yaml"))
        elif path.exists():
            found.append(path)
        else:
            problems.add(path, None, "there is no such rule file or folder")
    return found


def _read_lexicons(problems: Problems) -> dict[str, tuple[str, ...]]:
    lexicons: dict[str, tuple[str, ...]] = {}
    for path in sorted((_HERE / "lexicons").glob("*.yaml")):
        node = read_yaml(path, problems)
        if node is not None:
            fields = node.fields(("about", "words"), needed=("about", "words"))
            lexicons[path.stem] = fields["words"].texts() if "words" in fields else ()
    return lexicons


def _joined(known: MoveRules, more: MoveRules, problems: Problems) -> MoveRules:
    """A trainer's file adds to a move; what the move is stays as it was."""
    names = {rule.name for rule in known.rules}
    for rule in more.rules:
        if rule.name in names:
            sentence = f"there is already a rule `{rule.name}`; give it another name"
            problems.add(more.path, None, sentence)
    return replace(
        known,
        rules=known.rules + more.rules,
        evidence=known.evidence + more.evidence,
        examples=known.examples + more.examples,
    )


class _Reader:
    """Turns one file into `MoveRules`, noting all that is wrong on the way."""

    def __init__(self, lexicons: dict[str, tuple[str, ...]], problems: Problems) -> None:
        self._lexicons = lexicons
        self._problems = problems

    def move(self, node: Node, path: Path) -> MoveRules | None:
        known = (
            "move", "family", "about", "partial", "span", "alone", "yields_to", "measure", "unless",
            "rules", "weighing", "examples",
        )  # fmt: skip
        fields = node.fields(known, needed=("move", "family", "about", "examples"))
        if not {"move", "family", "about"} <= fields.keys():
            return None
        kind = fields["move"].text()
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", kind):
            fields["move"].wrong(f"`{kind}` is no name for a move: use lower case words joined by _")
        if not {"rules", "measure"} & fields.keys():
            node.wrong("`rules` is missing")
        everywhere = self._unless(fields.get("unless"))
        threshold, evidence = self._weighing(fields.get("weighing"))
        return MoveRules(
            kind=kind,
            family=Family(fields["family"].choice(Family)),
            about=fields["about"].text(),
            path=path,
            partial="partial" in fields and fields["partial"].flag(),
            span=fields["span"].choice(_SPANS) if "span" in fields else "rest",
            alone="alone" in fields and fields["alone"].flag(),
            yields_to=frozenset(fields["yields_to"].texts()) if "yields_to" in fields else frozenset(),
            measure=fields["measure"].choice(MEASURES) if "measure" in fields else "",
            rules=self._rules(fields.get("rules"), path, everywhere),
            threshold=threshold,
            evidence=evidence,
            examples=self._examples(fields.get("examples")),
        )

    def _rules(self, node: Node | None, path: Path, everywhere: tuple[Unless, ...]) -> tuple[Rule, ...]:
        rules: list[Rule] = []
        for item in node.items() if node else ():
            fields = item.fields(
                ("name", "confidence", "say", "unless", "beside"), needed=("name", "confidence", "say")
            )
            if "name" not in fields or "say" not in fields:
                continue
            name = f"{path.stem}.{fields['name'].text()}"
            if any(rule.name == name for rule in rules):
                item.wrong(f"there is already a rule `{name}`; give it another name")
            rule = Rule(
                name=name,
                confidence=fields["confidence"].number(0, 1) if "confidence" in fields else 0,
                patterns=self._patterns(fields["say"]),
                unless=self._unless(fields.get("unless")) + everywhere,
                beside=self._patterns(fields["beside"]) if "beside" in fields else (),
            )
            rules.append(rule)
        return tuple(rules)

    def _unless(self, node: Node | None) -> tuple[Unless, ...]:
        found: list[Unless] = []
        for item in node.items() if node else ():
            fields = item.fields(("say", "reading"), needed=("say", "reading"))
            if len(fields) == 2:  # noqa: PLR2004 - both, as needed above
                reading = fields["reading"].text()
                found += [Unless(pattern=p, reading=reading) for p in self._patterns(fields["say"])]
        return tuple(found)

    def _weighing(self, node: Node | None) -> tuple[float, tuple[Evidence, ...]]:
        if node is None:
            return 0.0, ()
        fields = node.fields(("threshold", "evidence"), needed=("threshold", "evidence"))
        found: list[Evidence] = []
        for item in fields["evidence"].items() if "evidence" in fields else ():
            parts = item.fields(
                ("name", "say", "quantity", "weight", "because"), needed=("name", "weight", "because")
            )
            if len({"say", "quantity"} & parts.keys()) != 1:
                item.wrong("expected either `say` or `quantity`")
            if not {"name", "weight", "because"} <= parts.keys():
                continue
            patterns = self._patterns(parts["say"]) if "say" in parts else (None,)
            found += [
                Evidence(
                    name=parts["name"].text(),
                    weight=parts["weight"].number(-10, 10),
                    because=parts["because"].text(),
                    pattern=pattern,
                    quantity=parts["quantity"].choice(_QUANTITIES) if "quantity" in parts else "",
                )
                for pattern in patterns
            ]
        return fields["threshold"].number(-10, 10) if "threshold" in fields else 0.0, tuple(found)

    def _patterns(self, node: Node) -> tuple[Pattern, ...]:
        patterns: list[Pattern] = []
        for item in [node] if node.is_text() else node.items():
            try:
                patterns.append(compile_pattern(item.text(), self._lexicons))
            except PatternError as error:
                item.wrong(f"cannot read the pattern `{item.text()}`: {error}")
        return tuple(patterns)

    def _examples(self, node: Node | None) -> tuple[Example, ...]:
        if node is None:
            return ()
        fields = node.fields(("match", "miss"), needed=("match", "miss"))
        return tuple(
            self._example(item, match=key == "match")
            for key, value in fields.items()
            for item in value.items()
        )

    def _example(self, node: Node, *, match: bool) -> Example:
        if node.is_text():
            return Example(text=node.text(), match=match, line=node.line)
        fields = node.fields(("text", "previous", "topics"), needed=("text",))
        return Example(
            text=fields["text"].text() if "text" in fields else "",
            match=match,
            previous=fields["previous"].text() if "previous" in fields else "",
            topics=self._topics(fields.get("topics")),
            line=node.line,
        )

    def _topics(self, node: Node | None) -> tuple[Topic, ...]:
        topics: list[Topic] = []
        for item in node.items() if node else ():
            fields = item.fields(("id", "role", "evidence"), needed=("id", "role", "evidence"))
            if len(fields) == 3:  # noqa: PLR2004 - all three, as needed above
                topics.append(
                    Topic(
                        id=fields["id"].text(),
                        role=TopicRole(fields["role"].choice(TopicRole)),
                        evidence=tuple(group.texts() for group in fields["evidence"].items()),
                    )
                )
        return tuple(topics)
