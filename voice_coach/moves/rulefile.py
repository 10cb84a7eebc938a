"""Reads one YAML file with line numbers, collecting everything that is wrong with it.

The reader knows nothing of moves: it hands out mappings, lists and scalars, and notes a problem with
file and line for whatever is missing, unknown or of the wrong kind. Files come from trainers, so size,
depth and aliases are bounded, and only plain data is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from voice_coach.errors import ScenarioError

__all__ = ["Node", "Problems", "read_yaml"]

_MOST_BYTES = 256 * 1024
_MOST_DEPTH = 12
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
            key = str(key_node.value)
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
    node, line, trouble = _compose(path)
    if node is None:
        problems.add(path, line, trouble)
        return None
    return Node(node, path, problems) if _is_plain(node, path, problems) else None


def _compose(path: Path) -> tuple[yaml.Node | None, int | None, str]:
    """The file's root, or None with the line and what is wrong with it."""
    line: int | None = None
    node: yaml.Node | None = None
    trouble = "is empty"
    try:
        raw = path.read_bytes()
        if len(raw) > _MOST_BYTES:
            trouble = f"is larger than {_MOST_BYTES // 1024} KB; split it"
        else:
            node = yaml.compose(raw.decode("utf-8"), Loader=_LOADER)
    except OSError as error:
        trouble = f"cannot be read: {error.strerror or error}"
    except UnicodeDecodeError:
        trouble = "is not UTF-8 text"
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        trouble = f"is not YAML: {error.problem}"
    except yaml.YAMLError as error:
        trouble = f"is not YAML: {error}"
    return node, line, trouble


def _is_plain(root: yaml.Node, path: Path, problems: Problems) -> bool:
    """True when the file holds no alias (which could make it endless) and is not too deep."""
    seen: set[int] = set()
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        line = node.start_mark.line + 1
        if id(node) in seen or depth > _MOST_DEPTH:
            problems.add(
                path, line, "aliases are not allowed" if id(node) in seen else "is nested too deeply"
            )
            return False
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += [(child, depth + 1) for child in node.value]
        elif isinstance(node, yaml.MappingNode):
            waiting += [(child, depth + 1) for pair in node.value for child in pair]
    return True
