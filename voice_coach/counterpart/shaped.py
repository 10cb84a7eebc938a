"""Reads a YAML file into the struct that describes its shape, noting all that does not fit it.

The struct is the one description of the file: its types, bounds and choices are read from it by
`msgspec.inspect`, the same source that its JSON Schema is made from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import msgspec
from msgspec import inspect

from voice_coach.moves.rulefile import Node, Problems

__all__ = ["Place", "Places", "read_shaped"]

Place = tuple[str | int, ...]
"""The way to a value from the top of the file: field names, and positions in lists."""
_T = TypeVar("_T", bound=msgspec.Struct)
_NUMBERS = (inspect.IntType, inspect.FloatType)


class Places:
    """Where each value of a file stands, so that a problem found later still names its line."""

    def __init__(self) -> None:
        """Begin with no place known."""
        self._nodes: dict[Place, Node] = {}

    def mark(self, place: Place, node: Node) -> None:
        """Remember where a value stands."""
        self._nodes[place] = node

    def line(self, place: Place) -> int:
        """The line of a value, or of the nearest thing around it that is written in the file."""
        return self._near(place).line

    def wrong(self, place: Place, sentence: str) -> None:
        """Note a problem at a place."""
        self._near(place).wrong(sentence)

    def _near(self, place: Place) -> Node:
        while place not in self._nodes:
            place = place[:-1]
        return self._nodes[place]


def read_shaped(node: Node, shape: type[_T], problems: Problems) -> tuple[_T | None, Places]:
    """Read a file as a struct.

    Args:
        node: The top of the file.
        shape: What it should be.
        problems: Where everything that does not fit is noted.

    Returns:
        The struct, or None when something does not fit; and where each of its values stands.
    """
    before = len(problems.sentences)
    reader = _Reader()
    value = reader.read(node, _type_of(shape), ())
    whole = len(problems.sentences) == before
    return (msgspec.convert(value, shape) if whole else None), reader.places


@lru_cache(maxsize=16)
def _type_of(shape: type[msgspec.Struct]) -> inspect.Type:
    return inspect.type_info(shape)


class _Reader:
    def __init__(self) -> None:
        self.places = Places()

    def read(self, node: Node, kind: inspect.Type, place: Place) -> object:  # noqa: C901 - one for each
        """Give the plain data for a type; whatever it is when a problem was noted."""
        self.places.mark(place, node)
        kind, said = _bare(kind)
        value: object
        match kind:
            case inspect.StructType():
                value = self._mapping(node, {field.encode_name: field for field in kind.fields}, place)
            case inspect.DictType(value_type=value_type):
                value = self._words(node, value_type, _choices(said.get("propertyNames")), place)
            case inspect.VarTupleType(item_type=item):
                value = self._list(node, item, place)
            case inspect.UnionType(types=types):
                value = self._either(node, types, place)
            case inspect.BoolType():
                value = node.flag()
            case inspect.FloatType(ge=low, le=high):
                value = node.number(low if low is not None else 0, high if high is not None else 1)
            case inspect.IntType(ge=low, le=high):
                value = _whole(node, low if low is not None else 0, high if high is not None else 1)
            case inspect.EnumType(cls=cls):
                value = node.choice([str(member.value) for member in cls])
            case inspect.LiteralType(values=values):
                value = node.choice([str(choice) for choice in values])
            case inspect.StrType(pattern=pattern):
                value = _text(node, pattern, _choices(said))
            case _:
                raise TypeError(f"such a file cannot hold {kind}")
        return value

    def _mapping(self, node: Node, fields: Mapping[str, inspect.Field], place: Place) -> object:
        found = node.fields(fields, needed=[name for name, field in fields.items() if field.required])
        return {
            name: self.read(child, fields[name].type, (*place, name)) for name, child in found.items()
        }

    def _words(self, node: Node, kind: inspect.Type, known: Sequence[str], place: Place) -> object:
        found = node.fields(known)
        return {name: self.read(child, kind, (*place, name)) for name, child in found.items()}

    def _list(self, node: Node, item: inspect.Type, place: Place) -> object:
        items = node.items()
        if node.is_list() and not items:
            node.wrong("the list is empty; leave it out, or put something in it")
        return [self.read(child, item, (*place, number)) for number, child in enumerate(items)]

    def _either(self, node: Node, types: Sequence[inspect.Type], place: Place) -> object:
        """One value, or a list of such."""
        bare = [_bare(kind)[0] for kind in types]
        lists = [kind for kind in bare if isinstance(kind, inspect.VarTupleType)]
        if lists and node.is_list():
            return self._list(node, lists[0].item_type, place)
        if lists and not node.is_text():
            node.wrong("expected a text, or a list of texts")
            return ""
        if any(isinstance(kind, _NUMBERS) for kind in bare):
            return node.text()
        single = [kind for kind in types if not isinstance(_bare(kind)[0], inspect.VarTupleType)]
        return self.read(node, single[0], place)


def _bare(kind: inspect.Type) -> tuple[inspect.Type, Mapping[str, object]]:
    """A type without its notes, and what they say."""
    said: dict[str, object] = {}
    while isinstance(kind, inspect.Metadata):
        said |= kind.extra_json_schema or {}
        kind = kind.type
    return kind, said


def _choices(said: object) -> list[str]:
    found = said.get("enum") if isinstance(said, Mapping) else None
    return [str(choice) for choice in found] if isinstance(found, Sequence) else []


def _whole(node: Node, low: int, high: int) -> int:
    value = float(node.number(low, high))
    if not value.is_integer():
        node.wrong(f"expected a whole number, not {value:g}")
    return int(value)


def _text(node: Node, pattern: str | None, choices: Sequence[str]) -> str:
    if choices:
        return node.choice(choices)
    if node.is_number():
        node.wrong("expected a text, not a number; put it in quotes")
        return ""
    text = node.text()
    if pattern and text and not re.search(pattern, text):
        node.wrong(f"`{text}` has to be made of small letters, digits and underscores, 64 at most")
    return text
