"""Reads one YAML file with line numbers, collecting everything that is wrong with it.

The reader knows nothing of moves: it hands out mappings, lists and scalars, and notes a problem with
file and line for whatever is missing, unknown or of the wrong kind. Files come from trainers:
`plain_yaml.py` bounds them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from voice_coach.errors import ScenarioError
from voice_coach.moves.plain_yaml import NotPlainError, compose_plain

__all__ = ["Node", "Problems", "read_file", "read_text", "read_yaml"]

_MOST_BYTES = 256 * 1024


class Problems:
    """Everything found wrong so far, in all files; raised once, at the end."""

    def __init__(self) -> None:
        """Begin with nothing wrong."""
        self.sentences: list[str] = []

    def add(self, path: Path, line: int | None, sentence: str) -> None:
        """Note one problem; `line` counts from 1."""
        where = f"{path.name}, line {line}" if line else path.name
        self.sentences.append(f"{where}: {sentence}")

    def raise_if_any(self) -> None:
        """Raise all problems as one error.

        Raises:
            ScenarioError: Something was noted.
        """
        if self.sentences:
            raise ScenarioError("\n".join(self.sentences))


class Node:
    """One value in a file, with the place where it stands."""

    def __init__(self, node: yaml.Node, path: Path, problems: Problems) -> None:
        """Wrap a composed node; problems with it are noted in `problems`."""
        self._node = node
        self.path = path
        self.line: int = node.start_mark.line + 1
        self._problems = problems

    def wrong(self, sentence: str) -> None:
        """Note a problem at this place."""
        self._problems.add(self.path, self.line, sentence)

    def fields(self, known: Iterable[str], *, needed: Iterable[str] = ()) -> dict[str, Node]:
        """Read a mapping whose keys are known; a key that is unknown, doubled or missing is noted."""
        if not isinstance(self._node, yaml.MappingNode):
            self.wrong(f"expected a mapping with {', '.join(known)}")
            return {}
        known = tuple(known)
        found: dict[str, Node] = {}
        for key_node, value_node in self._node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "[...]"
            value = Node(value_node, self.path, self._problems)
            if key not in known:
                value.wrong(f"`{key}` is not known here; known are {', '.join(known)}")
            elif key in found:
                value.wrong(f"`{key}` is given twice")
            else:
                found[key] = value
        for key in needed:
            if key not in found:
                self.wrong(f"`{key}` is missing")
        return found

    def items(self) -> list[Node]:
        """Read a list; anything else is noted and gives nothing."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.wrong("expected a list")
            return []
        return [Node(node, self.path, self._problems) for node in self._node.value]

    def pairs(self) -> list[tuple[str, Node]] | None:
        """The keys and values of a mapping, doubled keys included; None when it is none."""
        if not isinstance(self._node, yaml.MappingNode):
            return None
        return [
            (
                str(key.value) if isinstance(key, yaml.ScalarNode) else "[...]",
                Node(value, self.path, self._problems),
            )
            for key, value in self._node.value
        ]

    def is_list(self) -> bool:
        """True for what `items` can read."""
        return isinstance(self._node, yaml.SequenceNode)

    def is_number(self) -> bool:
        """True for a bare number: YAML does not take it for text unless it stands in quotes."""
        return bool(self.is_text() and self._node.tag.endswith(":float"))

    def is_text(self) -> bool:
        """True for a single value, which `text` can read."""
        return isinstance(self._node, yaml.ScalarNode)

    def text(self) -> str:
        """Read a text that is not empty."""
        if not isinstance(self._node, yaml.ScalarNode) or not self._node.value.strip():
            self.wrong("expected a text")
            return ""
        return str(self._node.value).strip()

    def texts(self) -> tuple[str, ...]:
        """Read a text, or a list of texts."""
        if self.is_text():
            return (self.text(),)
        return tuple(item.text() for item in self.items())

    def number(self, low: float, high: float) -> float:
        """Read a number within bounds."""
        text = self.text()
        try:
            value = float(text)
        except ValueError:
            self.wrong(f"expected a number, not `{text}`")
            return low
        if not low <= value <= high:
            self.wrong(f"{value:g} is outside {low:g} to {high:g}")
            return low
        return value

    def flag(self) -> bool:
        """Read true or false."""
        text = self.text().lower()
        if text not in {"true", "false"}:
            self.wrong(f"expected true or false, not `{text}`")
        return text == "true"

    def choice(self, options: Iterable[str]) -> str:
        """Read one of some words; gives the first of them when it is none."""
        options = tuple(options)
        text = self.text()
        if text not in options:
            self.wrong(f"`{text}` is not one of {', '.join(options)}")
            return options[0]
        return text


def read_yaml(path: Path, problems: Problems) -> Node | None:
    """Read one file; None, and a problem noted, when it cannot be read as YAML at all."""
    text = read_file(path, problems)
    return None if text is None else read_text(text, path, problems)


def read_file(path: Path, problems: Problems) -> str | None:
    """Read one file as text; None, and a problem noted, when it is none, or too large."""
    trouble = ""
    try:
        # One byte more than is allowed is enough to know that a file is too large.
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
        if len(raw) <= _MOST_BYTES:
            return raw.decode("utf-8")
        trouble = f"is larger than {_MOST_BYTES // 1024} KB; split it"
    except OSError as error:
        trouble = f"cannot be read: {error.strerror or error}"
    except UnicodeDecodeError:
        trouble = "is not UTF-8 text; save it as UTF-8"
    problems.add(path, None, trouble)
    return None


def read_text(text: str, path: Path, problems: Problems) -> Node | None:
    """Read YAML that has been loaded already; `path` is for the sentences only."""
    try:
        return Node(compose_plain(text), path, problems)
    except NotPlainError as error:
        problems.add(path, error.line, str(error))
        return None
