"""What a recorded call's record looks like: all that was heard, as lines of JSON in `heard.jsonl`.

The first line is the header. Each further line is one thing that was learnt, written when it was
learnt and never changed::

    {"voice_coach_heard":1,"session":"20261123-184501-k3f9","source":"call.wav","sides":["left","right"],...}
    {"heard":"utterance","side":"left","start_seconds":1.2,"end_seconds":3.4,"text":"Hello.","words":[...]}
    {"heard":"end","seconds":245.4,"complete":true,...}

Who said what, the moves and the scorecard are derived from it whenever they are asked for. Lines come as
the ears finish with them, not in the order of the call. A crash can cut the last line short: it is left
out, and the record is then incomplete, as it is when nobody waited for its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Self

import msgspec

from voice_coach import __version__
from voice_coach.coaching.turn import Speaker
from voice_coach.errors import JournalError
from voice_coach.journal.durable import DurableFile
from voice_coach.journal.kind import HEARD_NAME
from voice_coach.journal.store import store_trouble

__all__ = [
    "HEARD_VERSION",
    "Ended",
    "HeardCall",
    "HeardHeader",
    "HeardWriter",
    "Mine",
    "Side",
    "Utterance",
    "WordPlace",
    "read_heard",
]

HEARD_VERSION: Final = 1

_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Side(StrEnum):
    """Where in the file a voice was heard."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    """A mono recording, or two channels that hold the same sound: nobody can tell the speakers apart."""

    @property
    def other(self) -> Side:
        """The channel beside this one."""
        return {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}.get(self, self)


class HeardHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard, and by what."""

    version: int = msgspec.field(name="voice_coach_heard", default=HEARD_VERSION)
    session: str
    created: Annotated[datetime, msgspec.Meta(tz=True)]
    """When it was heard here, in UTC; when the call was made is not known."""
    app: str = __version__
    source: str
    """Name of the file, without its folder."""
    channels: int
    """Of the file."""
    sides: tuple[Side, ...]
    """What was listened to: left and right, or `both` alone."""
    rate_hz: int
    """Of the file; everything here is heard at 16 kHz."""
    seconds: float
    """How long the file was found to be."""
    model: str
    language: str
    mine: Side = Side.LEFT
    """The trainee's channel, as far as was known; a later `Mine` corrects it."""
    scenario_id: str = ""
    scenario_source: str = ""
    """The scenario's whole text on that day; empty when none was chosen."""
    remarks: tuple[str, ...] = ()
    """What was noticed about the file, one sentence each."""

    @property
    def title(self) -> str:
        """What the call is called when no scenario names it: the file's name without its ending."""
        return Path(self.source).stem or self.source


class WordPlace(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One word of an utterance: `[start, end, start_seconds, end_seconds]`."""

    start: int
    """Character offsets into the utterance's text."""
    end: int
    start_seconds: float
    """In the file."""
    end_seconds: float


class Utterance(msgspec.Struct, frozen=True, kw_only=True, tag_field="heard", tag="utterance"):
    """A stretch of speech of one side without a long pause."""

    side: Side
    start_seconds: float
    """In the file, as is the end; without the quiet around the speech."""
    end_seconds: float
    text: str
    words: tuple[WordPlace, ...] = ()
    """Empty when the ears could not place them."""


class Mine(msgspec.Struct, frozen=True, kw_only=True, tag_field="heard", tag="mine"):
    """Somebody says which channel is the trainee's; the last of these counts."""

    mine: Side


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag_field="heard", tag="end"):
    """The ears are done. Missing when they were killed."""

    seconds: float
    """Up to here everything was heard."""
    complete: bool
    """To the end of the file."""
    echoes: int
    """Stretches left out because they were only the other channel, heard through."""
    turns: int
    labels: int
    summaries: int
    thats_right: bool
    moves: dict[str, int] = {}
    checks: dict[str, bool] = {}
    """The last six as the rules of that day found them, so that a list needs no rules."""
    remarks: tuple[str, ...] = ()
    """Why the end was not reached, and what else a reader must know."""


_Line = Utterance | Mine | Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardCall:
    """A record that was read."""

    header: HeardHeader
    utterances: tuple[Utterance, ...]
    """In the order of the call."""
    mine: Side
    """The trainee's channel."""
    ended: Ended | None
    torn: bool
    """The last line was cut by a crash and has been left out."""

    @property
    def complete(self) -> bool:
        """The file was heard to its end."""
        return self.ended is not None and self.ended.complete

    @property
    def seconds(self) -> float:
        """How far the call was heard."""
        if self.ended is not None:
            return self.ended.seconds
        return max((utterance.end_seconds for utterance in self.utterances), default=0.0)

    def speaker(self, side: Side) -> Speaker:
        """Whose voice is on this channel; of a mono recording the trainee's, for want of knowledge."""
        return Speaker.TRAINEE if side in (self.mine, Side.BOTH) else Speaker.COUNTERPART


class HeardWriter:
    """Writes a record while the ears work. Used by one thread."""

    def __init__(self, file: DurableFile) -> None:
        """Go on with an open file; use `create` or `reopen`."""
        self._file = file

    @classmethod
    def create(cls, folder: Path, header: HeardHeader) -> Self:
        """Make the session's folder, and begin its record with the header.

        Raises:
            StoreError: The session exists, or the folder cannot be written.
        """
        with store_trouble(f"The folder {folder} cannot be made"):
            folder.mkdir(mode=0o700)
        file = DurableFile.create(folder / HEARD_NAME)
        file.append(_encoder.encode(header) + b"\n")
        return cls(file)

    @classmethod
    def reopen(cls, folder: Path) -> Self:
        """Go on with a record that is not being written; what a crash cut off at its end is removed.

        Raises:
            StoreError: It does not exist, or the ears are still at it.
        """
        file = DurableFile.reopen(folder / HEARD_NAME)
        whole = file.read().rfind(b"\n") + 1
        if whole < file.size:
            file.replace_tail(whole, b"")
        return cls(file)

    def append(self, line: Utterance | Mine | Ended) -> None:
        """Write one line, whole or not at all.

        Raises:
            StoreError: The disk refused.
        """
        self._file.append(_encoder.encode(line) + b"\n")

    def close(self) -> None:
        """Sync and close. Idempotent."""
        self._file.close()


_encoder = msgspec.json.Encoder()
_header = msgspec.json.Decoder(HeardHeader)
_line: msgspec.json.Decoder[_Line] = msgspec.json.Decoder(_Line)


class _Versioned(msgspec.Struct, frozen=True):
    voice_coach_heard: int


_versioned = msgspec.json.Decoder(_Versioned)


def read_heard(path: Path) -> HeardCall:
    """Read a record.

    Raises:
        JournalError: It is none, newer than this voice_coach, or damaged; the sentence names the line.
        StoreError: It cannot be read at all.
    """
    with store_trouble(f"{path} cannot be read"):
        *lines, tail = path.read_bytes().split(b"\n")
    if not lines:
        raise JournalError(f"{path} ends inside its first line: nothing had been heard yet.")
    header = _read_header(lines[0], path)
    utterances: list[Utterance] = []
    mine, ended = header.mine, None
    for number, text in enumerate(lines[1:], start=2):
        try:
            line = _line.decode(text)
        except _UNREADABLE as error:
            raise JournalError(f"{path}, line {number} is damaged ({error}).") from None
        match line:
            case Utterance():
                utterances.append(line)
            case Mine():
                mine = line.mine
            case Ended():
                ended = line
    utterances.sort(key=lambda utterance: (utterance.start_seconds, utterance.side))
    return HeardCall(header=header, utterances=tuple(utterances), mine=mine, ended=ended, torn=bool(tail))


def _read_header(line: bytes, path: Path) -> HeardHeader:
    try:
        version = _versioned.decode(line).voice_coach_heard
    except _UNREADABLE:
        raise JournalError(
            f"{path} is not the record of a heard call: its first line names no version."
        ) from None
    if version > HEARD_VERSION:
        raise JournalError(
            f"{path} was made by a newer voice_coach (version {version}; this one reads up to"
            f" {HEARD_VERSION}). Please update voice_coach."
        )
    try:
        return _header.decode(line)
    except _UNREADABLE as error:
        raise JournalError(f"{path}, line 1: the header is damaged ({error}).") from None
