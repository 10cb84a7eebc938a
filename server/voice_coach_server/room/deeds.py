"""What the room wants done: it decides, and `RoomHost` carries out."""

from __future__ import annotations

from dataclasses import dataclass

from voice_coach.room_messages import ToTable

__all__ = ["CallMustEnd", "Deed", "LobbyChanged", "RoomChanged", "Said", "TableLeft", "Told", "Touched"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Send this to a table."""

    table: str
    message: ToTable


@dataclass(frozen=True, slots=True, kw_only=True)
class LobbyChanged:
    """Send a table its lobby as it stands now."""

    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Show the trainer a table as it stands now, soon."""

    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChanged:
    """Show the trainer the whole room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Tell the trainer something."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMustEnd:
    """End a call, unless its client does it within the time."""

    session: str
    within_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLeft:
    """A table is not of the room any more: void its token, close its sockets, tell the trainer."""

    table: str
    session: str
    """Its call that is going on, to be ended at once; empty when there is none."""


Deed = Told | LobbyChanged | Touched | RoomChanged | Said | CallMustEnd | TableLeft
