"""What a table sees of its room, as one frozen value, and how each message changes it."""

from __future__ import annotations

from typing import assert_never

import msgspec

from voice_coach.room_messages import (
    Activity,
    AskToListen,
    Assigned,
    Listening,
    LobbyState,
    NoteShown,
    Removed,
    StartActivity,
    StopActivity,
)
from voice_coach_client.room.lobby import Away, FromRoom

__all__ = ["LobbyView", "reduce_lobby", "room_words"]


class LobbyView(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the room, as far as a table knows it."""

    state: LobbyState | None = None
    note: str = ""
    """The trainer's last line to this table."""
    away: bool = False
    """The connection to the room broke and is coming back."""
    removed: str = ""
    """Why the table is out of the room, in the room's words."""

    @property
    def activity(self) -> Activity | None:
        """What there is to do."""
        return self.state.activity if self.state else None

    @property
    def listening(self) -> Listening:
        """Whether the trainer listens, or would like to."""
        return self.state.listening if self.state else Listening.NO


def reduce_lobby(  # noqa: PLR0911 - one return a message type
    view: LobbyView, message: FromRoom
) -> LobbyView:
    """Give what is seen after a message."""
    change = msgspec.structs.replace
    match message:
        case LobbyState():
            return change(view, state=message, away=False)
        case Assigned() | StartActivity():
            return _with(view, activity=message.activity)
        case NoteShown():
            return change(view, note=message.text)
        case AskToListen():
            return _with(view, listening=Listening.ASKED)
        case Removed():
            return change(view, removed=message.text)
        case Away():
            return change(view, away=True)
        case StopActivity():
            return view
        case _:
            assert_never(message)


def room_words(view: LobbyView) -> tuple[str, ...]:
    """Say who hears and keeps what, in sentences: always in sight, in a call and between calls."""
    if view.state is None:
        return ()
    consent = view.state.consent
    return (
        *(("The trainer is listening in now. n stops that.",) if view.listening is Listening.YES else ()),
        "The sound of your calls is kept on the trainer's machine."
        if consent.record
        else "The sound of your calls is not kept.",
        "The trainer may read along, and your calls stand in the class report."
        if consent.share
        else "The trainer sees that you call and your moves, but not your words; no report.",
    )


def _with(view: LobbyView, **changes: object) -> LobbyView:
    if view.state is None:
        return view
    return msgspec.structs.replace(view, state=msgspec.structs.replace(view.state, **changes))
