"""Every line that a scenario can say, with the place in its file where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from voice_coach.counterpart.shaped import Place
from voice_coach.counterpart.story import Layer, Line, Scenario

__all__ = ["Spoken", "SpokenIn", "all_lines"]


class SpokenIn(StrEnum):
    """The kind of list that a line stands in."""

    OPENING = "opening"
    CONFIRMS = "confirms"
    HINTS = "hints"
    SAYS = "says"
    GAP = "gap"
    MORE = "more"
    CORRECTION = "correction"
    LINES = "lines"
    TERMS = "terms"


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """One line, and where it stands."""

    place: Place
    kind: SpokenIn
    line: Line
    layer: Layer | None = None
    """The topic it belongs to, if it belongs to one."""

    @property
    def text(self) -> str:
        """The line as one text."""
        return " ".join(self.line)


def all_lines(scenario: Scenario) -> Iterator[Spoken]:
    """Give every line of the scenario's own, in the order of the file's parts."""
    yield from _each(("opening",), SpokenIn.OPENING, scenario.opening)
    for number, layer in enumerate(scenario.layers):
        at: Place = ("topics", number)
        yield from _each((*at, "confirms"), SpokenIn.CONFIRMS, layer.confirms, layer)
        yield from _each((*at, "hints"), SpokenIn.HINTS, layer.hints, layer)
        yield from _each((*at, "says"), SpokenIn.SAYS, layer.says, layer)
        yield from _each((*at, "gap"), SpokenIn.GAP, layer.gap, layer)
    for number, echo in enumerate(scenario.echoes):
        yield from _each(("echoes", number, "more"), SpokenIn.MORE, echo.more)
    for number, guess in enumerate(scenario.corrections):
        yield from _each(("corrections", number, "says"), SpokenIn.CORRECTION, guess.says)
    for rule, lines in scenario.lines.items():
        yield from _each(("lines", rule), SpokenIn.LINES, lines)
    for name in ("proposes", "explains", "settled"):
        yield from _each(("terms", name), SpokenIn.TERMS, getattr(scenario.terms, name))


def _each(
    place: Place, kind: SpokenIn, lines: tuple[Line, ...], layer: Layer | None = None
) -> Iterator[Spoken]:
    for number, line in enumerate(lines):
        yield Spoken(place=(*place, number), kind=kind, line=line, layer=layer)
