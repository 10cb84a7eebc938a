"""Where a replay first differs from its journal, and what kind of change that points to.

A sentence about it holds names, numbers and states, and never a word of what was said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from typing import Final

import msgspec

from voice_coach import __version__
from voice_coach.conversation import commands as c
from voice_coach.conversation.commands import Command
from voice_coach.conversation.events import Event

__all__ = ["Divergence"]

_NOTHING: Final = object()
_SHOWN_FIELDS: Final = frozenset({"rule", "kind", "family", "topic", "id", "timer", "name"})
"""Text fields that hold a name of ours, and never what somebody said."""

_TURN_TAKING: Final = "Turn taking (how a pause or a talk-over is decided)"
_BY_FIELD: Final = (
    ("debrief", "The debrief"),
    ("moves", "A rule that finds moves"),
    ("covers", "A rule that finds moves"),
    ("because", "A rule of the counterpart"),
    ("outcome", "A rule of the counterpart"),
)
_BY_COMMAND: Final = (
    (c.Say, "What the counterpart says"),
    (c.Murmur, "What the counterpart says"),
    (c.ShowRing, "What counts as understood"),
    (c.ShowCue, "The choice of cues"),
    (c.ShowRound, "The choice of a drill's prompts"),
    (c.ShowVerdict, "The verdicts of a drill"),
    (c.ShowTurn, "The way a turn is shown"),
    (c.ShowPartial, "The way a turn is shown"),
    (c.EndCall, "A rule of the counterpart"),
)
"""The room of the program in which a difference of this field, or of this command, shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """The first event after which today's session did something else."""

    event_number: int
    """Counted over events alone, from 1."""
    seq: int
    """The event's number in the journal."""
    event: Event
    expected: tuple[Command, ...]
    """What the journal has."""
    got: tuple[Command, ...]
    """What today's session commands; empty when it refused the event."""
    refusal: str
    """Why it refused the event; empty when it did not."""
    made_by: str
    """The version of voice_coach that wrote the journal."""

    def __str__(self) -> str:
        """Two sentences for a person, without a word of what was said."""
        where = f"Event {self.event_number} ({_name(self.event)} at {self.event.at:.2f} s)"
        version = f"the journal was made by version {self.made_by}, this is {__version__}"
        return f"{where} leads to something else: {self._difference()}. {self.cause} ({version})."

    @property
    def cause(self) -> str:
        """What has changed since, as far as the difference tells."""
        if self.refusal:
            return "Today's session does not allow this event in that state"
        pair = self._first_pair()
        if pair is None:
            return "Nothing has changed"
        _, expected, got = pair
        if expected is None or got is None or type(expected) is not type(got):
            return f"{_blame(expected if expected is not None else got, ())} has changed"
        path, _, _ = next(_differences(expected, got, ()), ((), None, None))
        return f"{_blame(expected, path)} has changed"

    def _difference(self) -> str:
        if self.refusal:
            return self.refusal.rstrip(".")
        pair = self._first_pair()
        if pair is None:
            return "nothing differs"
        number, expected, got = pair
        if expected is None or got is None or type(expected) is not type(got):
            return f"command {number} was {_name(expected)}, now {_name(got)}"
        path, was, now = next(_differences(expected, got, ()))
        return f"command {number} ({_name(expected)}) differs in {_dotted(path)}{_values(path, was, now)}"

    def _first_pair(self) -> tuple[int, Command | None, Command | None] | None:
        for number, (expected, got) in enumerate(zip_longest(self.expected, self.got), start=1):
            if expected != got:
                return number, expected, got
        return None


_Path = tuple[str | int, ...]


def _differences(was: object, now: object, path: _Path) -> Iterator[tuple[_Path, object, object]]:
    """Each leaf in which two values of one kind differ, in the order of their fields."""
    if was == now:
        return
    if isinstance(was, msgspec.Struct) and type(was) is type(now):
        for field in was.__struct_fields__:
            yield from _differences(getattr(was, field), getattr(now, field), (*path, field))
    elif isinstance(was, tuple) and isinstance(now, tuple):
        for index, (one, other) in enumerate(zip_longest(was, now, fillvalue=_NOTHING)):
            yield from _differences(one, other, (*path, index))
    else:
        yield path, was, now


def _dotted(path: _Path) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(steps).removeprefix(".")


def _values(path: _Path, was: object, now: object) -> str:
    """Say both values when they can be shown: names and numbers of ours, never what was said."""
    shown = [_shown(path, value) for value in (was, now)]
    return f": was {shown[0]}, now {shown[1]}" if all(shown) else ""


def _shown(path: _Path, value: object) -> str:
    if value is _NOTHING or value is None:
        return "nothing"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, str) and path and path[-1] in _SHOWN_FIELDS:
        return value or "nothing"
    rule = getattr(value, "rule", "")
    return rule if isinstance(rule, str) else ""


def _blame(command: Command | None, path: Sequence[str | int]) -> str:
    by_field = next((room for field, room in _BY_FIELD if field in path), None)
    by_command = (room for kind, room in _BY_COMMAND if isinstance(command, kind))
    return by_field or next(by_command, _TURN_TAKING)


def _name(value: Event | Command | None) -> str:
    return "nothing" if value is None else str(value.__struct_config__.tag)
