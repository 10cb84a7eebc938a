"""How journals of older versions are read: one step per version, walked until the version is ours.

A step changes plain JSON values, before anything is checked against today's types. Whoever changes
what a journal line means raises `JOURNAL_VERSION` and registers in `STEPS` the step from the version
before. Files are never rewritten: a journal stays as it was made, and is upgraded when it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["JOURNAL_VERSION", "STEPS", "PlainEntry", "Step", "walk_forward"]

JOURNAL_VERSION = 1
"""The version that is written, and the newest that can be read."""

Plain = dict[str, object]


class PlainEntry(NamedTuple):
    """One journal line as plain values."""

    line: int
    """Where it stands in the file, so that a later error can name it."""
    kind: str
    """`event` or `command`."""
    payload: Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From one version to the next."""

    header: Callable[[Plain], Plain]
    """Gives the next version's header (its version number is set by `walk_forward`)."""
    entries: Callable[[Iterator[PlainEntry]], Iterable[PlainEntry]]
    """Sees all entries in order, so that one may be split, merged, dropped or renamed."""


STEPS: Mapping[int, Step] = {}
"""Version -> the step from it to the next. Version 1 is the first that was released."""


def walk_forward(
    version: int, header: Plain, entries: Iterable[PlainEntry], steps: Mapping[int, Step]
) -> tuple[Plain, Iterable[PlainEntry]]:
    """Take header and entries of `version` to `JOURNAL_VERSION`.

    Raises:
        KeyError: There is no step from some version on the way; it is the key.
    """
    for current in range(version, JOURNAL_VERSION):
        step = steps[current]
        header = {**step.header(header), "voice_coach_journal": current + 1}
        entries = step.entries(iter(entries))
    return header, entries
