"""Reads YAML from strangers as plain nodes with line numbers, within bounds, and without recursion.

PyYAML composes nodes by calling itself once a level, and built with libyaml a deep enough file ends the
whole process. So the nodes are put together here from the stream of events, which are counted as they
come: what would be too deep, too large, or endless by its aliases is refused before it is built.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

__all__ = ["NotPlainError", "compose_plain"]

# The same parser written in C, where PyYAML was built with it, is ten times as fast.
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_DEPTH = 12
_MOST_NODES = 10_000
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TEXT = "tag:yaml.org,2002:str"
_FLOAT = "tag:yaml.org,2002:float"
_PLAIN_TAGS = (None, "!", _TEXT)


class NotPlainError(Exception):
    """The text is not YAML, or more than plain data; the sentence says what, without the place."""

    def __init__(self, sentence: str, line: int | None) -> None:
        """Keep the sentence and the line, which counts from 1."""
        super().__init__(sentence)
        self.line = line


def compose_plain(text: str) -> yaml.Node:
    """Read one YAML document as nodes; a bare number has the tag of a number, all else that of text.

    Raises:
        NotPlainError: It is no YAML, is empty or more than one document, uses aliases or tags, or is
            nested too deeply or too large.
    """
    try:
        return _build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error)
        lines = text.split("\n")
        if mark and mark.line < len(lines) and lines[mark.line][mark.column :].startswith("\t"):
            problem = "a tab stands where spaces are needed; indent with spaces"
        raise NotPlainError(f"is not YAML: {problem}", mark.line + 1 if mark else None) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise NotPlainError("is not YAML: a character that no text holds", line) from None


def _build(text: str) -> yaml.Node:
    root: yaml.Node | None = None
    open_nodes: list[yaml.CollectionNode] = []
    waiting_keys: list[list[yaml.Node]] = []
    count = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionEndEvent):
            open_nodes.pop()
            waiting_keys.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        count += 1
        node = _node(event)
        if count > _MOST_NODES:
            raise NotPlainError("holds too much; split it", _line(event))
        if not open_nodes:
            if root is not None:
                raise NotPlainError("is more than one document; leave out the line `---`", _line(event))
            root = node
        else:
            _put(node, open_nodes[-1], waiting_keys[-1])
        if isinstance(node, yaml.CollectionNode):
            open_nodes.append(node)
            waiting_keys.append([])
            if len(open_nodes) > _MOST_DEPTH:
                raise NotPlainError("is nested too deeply", _line(event))
    if root is None:
        raise NotPlainError("is empty", 1)
    return root


def _put(node: yaml.Node, into: yaml.CollectionNode, waiting_key: list[yaml.Node]) -> None:
    """Add a node to a list; or to a mapping, whose keys and values come in turn."""
    if isinstance(into, yaml.SequenceNode):
        into.value.append(node)
    elif waiting_key:
        into.value.append((waiting_key.pop(), node))
    else:
        waiting_key.append(node)


def _node(event: yaml.NodeEvent) -> yaml.Node:
    if isinstance(event, yaml.AliasEvent):
        raise NotPlainError("aliases (`*name`) are not allowed; write the text out", _line(event))
    # The marks of libyaml's parser are of a class of its own, which nodes take as well.
    start: Any = event.start_mark
    end: Any = event.end_mark
    tag = getattr(event, "tag", None)
    if tag not in _PLAIN_TAGS:
        raise NotPlainError(f"tags (`{tag}`) are not allowed; write plain text", _line(event))
    if isinstance(event, yaml.ScalarEvent):
        bare_number = event.implicit[0] and _NUMBER.fullmatch(event.value)
        return yaml.ScalarNode(_FLOAT if bare_number else _TEXT, event.value, start, end)
    kind = yaml.SequenceNode if isinstance(event, yaml.SequenceStartEvent) else yaml.MappingNode
    return kind("", [], start, end)


def _line(event: yaml.Event) -> int:
    mark: Any = event.start_mark
    return int(mark.line) + 1
