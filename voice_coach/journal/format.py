"""What a journal looks like: everything that happened in a session, as lines of JSON.

The first line is the header. Each further line is `[seq, kind, value]`: a number growing by one from
1, `"event"` or `"command"`, and the value as `conversation.events` or `conversation.commands` encodes
it. An event stands before the commands it led to. Lines are written as things happen::

    {"voice_coach_journal":1,"session":"20261123-184501-k3f9","created":"2026-11-23T18:45:01Z",...}
    [1,"event",{"event":"call_started","at":0.0}]
    [2,"command",{"command":"show_phase","phase":"counterpart_speaking"}]

A crash can cut the last line short: it is left out when the journal is read, and `Journal.torn` says
so. Anything else that does not read is damage, and named with its line. Older versions are upgraded
while they are read (`upgrade.py`); a newer one asks for a newer voice_coach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec

from voice_coach import __version__
from voice_coach.coaching.spacing import DrillMemory
from voice_coach.conversation.commands import Command, EndCall
from voice_coach.conversation.events import Event
from voice_coach.counterpart.story import Guardedness
from voice_coach.errors import JournalError
from voice_coach.journal.upgrade import JOURNAL_VERSION, STEPS, PlainEntry, Step, walk_forward
from voice_coach.settings import TurnSettings

__all__ = [
    "Entry",
    "Exchange",
    "Journal",
    "JournalHeader",
    "Parent",
    "encode_entry",
    "encode_header",
    "parse",
    "whole_end",
]

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are not what they should be."""


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """The session, and the entry in it, from which a session branched off ("try again from here")."""

    session: str
    seq: int


class JournalHeader(msgspec.Struct, frozen=True, kw_only=True):
    """All that a call depended on besides its events: enough to run it again elsewhere, years later."""

    version: int = msgspec.field(name="voice_coach_journal", default=JOURNAL_VERSION)
    session: str
    created: Annotated[datetime, msgspec.Meta(tz=True)]
    """When it was opened, in UTC. `at` of the events counts from here, unless it has a parent."""
    app: str = __version__
    """The voice_coach that wrote it."""
    scenario_id: str
    scenario_source: str
    """The scenario's whole YAML text, as it was on that day."""
    guardedness: Guardedness | None = None
    """The level it was played at; null, as in older journals, means the scenario's own."""
    cues: bool = True
    """Whether the trainee wanted cues when the call began; older journals, which lack it, had them."""
    seed: int
    model: str
    """Name of the speech model; empty when there was none."""
    voice: str
    record: bool
    """Whether audio was to be kept."""
    settings: TurnSettings
    parent: Parent | None = None
    client: str = ""
    """Name and version of the trainee's client, as it gave them."""
    drill_source: str = ""
    """The drill's whole YAML text, for a drill instead of a role-play; there is no scenario then."""
    memory: DrillMemory | None = None
    """Earlier runs of the drill, as known when this one began; the choice of prompts hangs on them."""
    table: str = ""
    """The table of a training room at which it was played; empty outside of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a journal."""

    seq: int
    """Its number: 1 for the first, growing by one."""
    value: Event | Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An event and what it led to."""

    seq: int
    """The event's number in the journal."""
    event: Event
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """A journal that was read."""

    header: JournalHeader
    entries: tuple[Entry, ...]
    torn: bool
    """The last line was cut by a crash and has been left out."""
    file_version: int = JOURNAL_VERSION
    """The version of the file itself, before it was upgraded."""

    @property
    def complete(self) -> bool:
        """Whether the call came to its end (it has its outcome and debrief)."""
        return any(isinstance(entry.value, EndCall) for entry in reversed(self.entries))

    def exchanges(self) -> Iterator[Exchange]:
        """Give each event with the commands it led to, in order.

        Raises:
            JournalError: A command stands before the first event.
        """
        seq, event, commands = 0, None, list[Command]()
        for entry in self.entries:
            if isinstance(entry.value, Event):
                if event is not None:
                    yield Exchange(seq=seq, event=event, commands=tuple(commands))
                seq, event, commands = entry.seq, entry.value, []
            elif event is None:
                raise JournalError(
                    f"The journal of {self.header.session} has a command before its first event."
                )
            else:
                commands.append(entry.value)
        if event is not None:
            yield Exchange(seq=seq, event=event, commands=tuple(commands))


def encode_header(header: JournalHeader) -> bytes:
    """Give the first line of a journal."""
    return _encoder.encode(header) + b"\n"


def encode_entry(seq: int, value: Event | Command) -> bytes:
    """Give the line of an entry.

    Raises:
        JournalError: The value could not be read back (a number that is not finite, broken text).
    """
    kind, reader = ("event", _events) if isinstance(value, Event) else ("command", _commands)
    try:
        payload = _encoder.encode(value)
        reader.decode(payload)
    except (*_UNREADABLE, UnicodeEncodeError) as error:
        raise JournalError(
            f"A {type(value).__name__} cannot be written to the journal: {error}."
        ) from None
    return b'[%d,"%s",%s]\n' % (seq, kind.encode(), payload)


class _Versioned(msgspec.Struct, frozen=True):
    voice_coach_journal: int


class _Line(NamedTuple):
    seq: int
    kind: Literal["event", "command"]
    payload: msgspec.Raw


_encoder = msgspec.json.Encoder()
_events: msgspec.json.Decoder[Event | Command] = msgspec.json.Decoder(Event)
_commands: msgspec.json.Decoder[Event | Command] = msgspec.json.Decoder(Command)
_header = msgspec.json.Decoder(JournalHeader)
_versioned = msgspec.json.Decoder(_Versioned)
_line = msgspec.json.Decoder(_Line)


def parse(data: bytes, path: Path, steps: Mapping[int, Step] = STEPS) -> Journal:
    """Read the bytes of a journal of any version that is known.

    Args:
        data: The whole file.
        path: Named in errors only.
        steps: The upgrade steps of older versions.

    Raises:
        JournalError: It is no journal, newer than this voice_coach, or damaged; the sentence names the
            line.
    """
    end = whole_end(data)
    *lines, _ = data[:end].split(b"\n")
    version = _version(lines[0] if lines else data, path)
    if version > JOURNAL_VERSION:
        raise JournalError(
            f"{path} was made by a newer voice_coach (journal version {version}; this one reads up to"
            f" {JOURNAL_VERSION}). Please update voice_coach."
        )
    if not lines:
        raise JournalError(f"{path} ends inside its first line: nothing had been said yet.")
    if version == JOURNAL_VERSION:
        header = _read_header(lines[0], path)
        entries = list(_entries(lines[1:], path))
    else:
        header, entries = _upgraded(version, lines, path, steps)
    return Journal(header=header, entries=tuple(entries), torn=end < len(data), file_version=version)


def whole_end(data: bytes) -> int:
    """Give where the whole lines of a journal end, in bytes; what follows was torn.

    No line holds a zero byte. Where one stands the power failed before the disk had that block, and what
    was written after it was not kept safely either.
    """
    hole = data.find(b"\0")
    return data.rfind(b"\n", 0, len(data) if hole < 0 else hole) + 1


def _version(line: bytes, path: Path) -> int:
    try:
        return _versioned.decode(line).voice_coach_journal
    except _UNREADABLE:
        raise JournalError(
            f"{path} is not a voice_coach journal: its first line names no journal version."
        ) from None


def _read_header(line: bytes, path: Path) -> JournalHeader:
    try:
        return _header.decode(line)
    except _UNREADABLE as error:
        raise JournalError(f"{path}, line 1: the header is damaged ({error}).") from None


def _entries(lines: Sequence[bytes], path: Path) -> Iterator[Entry]:
    for number, seq, kind, payload in _numbered(lines, path):
        try:
            value = (_events if kind == "event" else _commands).decode(payload)
        except _UNREADABLE as error:
            raise JournalError(f"{path}, line {number}: the {kind} is damaged ({error}).") from None
        yield Entry(seq=seq, value=value)


def _numbered(lines: Sequence[bytes], path: Path) -> Iterator[tuple[int, int, str, msgspec.Raw]]:
    """Each line's number in the file, its `seq`, its kind and its undecoded value."""
    for number, text in enumerate(lines, start=2):
        try:
            seq, kind, payload = _line.decode(text)
        except _UNREADABLE as error:
            raise JournalError(f"{path}, line {number} is damaged ({error}).") from None
        if seq != number - 1:
            raise JournalError(
                f"{path}, line {number} has number {seq} where {number - 1} was expected: lines are"
                " missing or doubled."
            )
        yield number, seq, kind, payload


def _upgraded(
    version: int, lines: Sequence[bytes], path: Path, steps: Mapping[int, Step]
) -> tuple[JournalHeader, list[Entry]]:
    if any(needed not in steps for needed in range(version, JOURNAL_VERSION)):
        raise JournalError(
            f"{path} has journal version {version}, which this voice_coach cannot upgrade."
        )
    at_line = 1
    try:
        plain = (
            PlainEntry(number, kind, msgspec.json.decode(payload, type=dict))
            for number, _, kind, payload in _numbered(lines[1:], path)
        )
        old_header = msgspec.json.decode(lines[0], type=dict)
        new_header, new_entries = walk_forward(version, old_header, plain, steps)
        header = msgspec.convert(new_header, JournalHeader)
        entries: list[Entry] = []
        for entry in new_entries:
            at_line = entry.line
            union = Event if entry.kind == "event" else Command
            value: Event | Command = msgspec.convert(entry.payload, type=union)
            entries.append(Entry(seq=len(entries) + 1, value=value))
    except (*_UNREADABLE, LookupError, TypeError, ValueError, AttributeError) as error:
        raise JournalError(
            f"{path} (journal version {version}) cannot be upgraded after line {at_line}: {error}."
        ) from error
    return header, entries
