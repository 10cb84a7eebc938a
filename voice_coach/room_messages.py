"""The wire of a training room: every message of its two sockets besides the calls, as tagged unions.

A table keeps a socket at `/room/table` open, in a call and between calls; its calls themselves run over
`/ws` as anywhere. The trainer's page keeps one at `/room/watch`. Both are text frames of JSON with a
`type`; on the trainer's, binary frames (`messages.encode_audio`) carry the sound of the one table that is
listened to: `MICROPHONE` is the trainee (16 kHz), `VOICE` the counterpart (the stream is its rate in Hz).

Who a socket belongs to is said by its cookie (a browser) or its `Authorization: Bearer` header (the
headset client), as `POST /room/join` and `POST /room/trainer` gave them; no address holds any of it.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import RingSegment
from voice_coach.counterpart.story import Guardedness
from voice_coach.moves.move import Move

__all__ = [
    "Activity",
    "AnswerListening",
    "AskToListen",
    "Assigned",
    "Consent",
    "ConsentChanged",
    "Join",
    "Joined",
    "Leave",
    "Listen",
    "Listening",
    "LobbyState",
    "LockRoom",
    "NoteShown",
    "RemoveTable",
    "Removed",
    "RoomNotice",
    "RoomState",
    "SendActivity",
    "SendNote",
    "StartActivity",
    "StartCalls",
    "StopActivity",
    "StopCalls",
    "TableChanged",
    "TableGone",
    "TableMessage",
    "TableState",
    "ToTable",
    "ToTrainer",
    "TrainerMessage",
]


class Listening(StrEnum):
    """How it stands between the trainer's ear and a table."""

    NO = "no"
    ASKED = "asked"
    """The table has not answered yet."""
    YES = "yes"
    """The trainer hears both sides now, and the table sees that."""


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """What a table is to do: exactly one of scenario and drill."""

    scenario: str = ""
    drill: str = ""
    guardedness: Guardedness | None = None
    title: str = ""
    """For people; the server fills it in."""


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """What a table allows. The trainer's page always shows state, moves and ring."""

    record: bool = True
    """Keep both sides' sound of calls; a change counts from the next call on."""
    share: bool = True
    """The trainer may read along, and calls of this table stand in the class report."""


class Join(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of `POST /room/join`. Answered by `Joined`, or by `{"code": ..., "text": ...}`.

    Refusals: 403 `wrong-code`, 409 `name-taken`, 422 `bad-name`, 423 `room-locked`, 429 `too-many-tries`,
    503 `room-full`.
    """

    code: str
    name: str
    consent: Consent = Consent()
    client: str = ""
    """`browser` or `headset`, and a version."""


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """The table is in. A browser gets `token` as a cookie too, which no script can read."""

    table: str
    """Id of the table."""
    name: str
    room: str
    """Title of the room."""
    token: str


# ---------------------------------------------------------------- server to table


class _ToTable(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    pass


class LobbyState(_ToTable, frozen=True, tag="lobby"):
    """Where the table stands: first on every connection, and whenever one of these changes."""

    table: str
    name: str
    room: str
    consent: Consent
    activity: Activity | None = None
    """What the trainer has sent; the table starts it itself, or `StartActivity` does."""
    trainer_present: bool = False
    locked: bool = False
    listening: Listening = Listening.NO
    session: str = ""
    """The call that is going on, to be resumed."""


class Assigned(_ToTable, frozen=True, tag="assigned"):
    """The trainer sends a scenario or a drill; the table may begin when it is ready."""

    activity: Activity


class StartActivity(_ToTable, frozen=True, tag="start"):
    """Everybody begins now. A call that is going on is ended first."""

    activity: Activity


class StopActivity(_ToTable, frozen=True, tag="stop"):
    """Everybody stops now: the client ends its call."""


class NoteShown(_ToTable, frozen=True, tag="note"):
    """One line from the trainer; an empty one takes the last away."""

    text: str


class AskToListen(_ToTable, frozen=True, tag="ask_to_listen"):
    """The trainer would like to listen; nothing is heard before the table has said yes."""


class Removed(_ToTable, frozen=True, tag="removed"):
    """The trainer has taken the table out of the room; its token is void."""

    text: str


ToTable = LobbyState | Assigned | StartActivity | StopActivity | NoteShown | AskToListen | Removed


# ---------------------------------------------------------------- table to server


class _FromTable(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    pass


class AnswerListening(_FromTable, frozen=True, tag="answer_listening"):
    """The table lets the trainer listen, or does not; `allow=False` also ends it at any time."""

    allow: bool


class ConsentChanged(_FromTable, frozen=True, tag="consent"):
    """The table changes what it allows."""

    consent: Consent


class Leave(_FromTable, frozen=True, tag="leave"):
    """The table leaves the room for good."""


TableMessage = AnswerListening | ConsentChanged | Leave


# ---------------------------------------------------------------- server to trainer


class TableState(msgspec.Struct, frozen=True, kw_only=True):
    """All that the trainer's page shows of one table."""

    id: str
    name: str
    client: str
    connected: bool
    """Its lobby socket, or its call, is there."""
    away_seconds: float = 0.0
    """How long it has been gone; 0 while it is there."""
    consent: Consent
    activity: Activity | None = None
    session: str = ""
    """The call that is going on; empty between calls."""
    phase: Phase | None = None
    """Of that call."""
    call_seconds: float = 0.0
    last_words: str = ""
    """What the trainee said last, or is saying; empty without `consent.share`."""
    last_moves: tuple[Move, ...] = ()
    """The moves in `last_words`, to be drawn as strokes under them."""
    last_reply: str = ""
    """What the counterpart said last; empty without `consent.share`."""
    moves: tuple[tuple[str, int], ...] = ()
    """How often each kind of move was made in this call, the commonest first."""
    ring: tuple[RingSegment, ...] = ()
    """Without titles when the table does not share."""
    rounds: tuple[int, int] | None = None
    """In a drill: rounds passed, rounds answered."""
    streak: int = 0
    thats_right: bool = False
    calls: int = 0
    """Calls it has finished in this room."""
    listening: Listening = Listening.NO


class _ToTrainer(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    pass


class RoomState(_ToTrainer, frozen=True, tag="room"):
    """The whole room: first on every connection, and when it is locked or unlocked."""

    title: str
    code: str
    address: str
    """What trainees type: `https://192.168.1.20:8765/`."""
    fingerprint: str
    """SHA-256 of the room's certificate, as browsers show it."""
    locked: bool
    tables: tuple[TableState, ...]
    """In the order in which they joined."""


class TableChanged(_ToTrainer, frozen=True, tag="table"):
    """A table as it stands now: new, or changed. At most a few times a second each."""

    table: TableState


class TableGone(_ToTrainer, frozen=True, tag="table_gone"):
    """A table has left or was removed."""

    table: str


class RoomNotice(_ToTrainer, frozen=True, tag="notice"):
    """Something that the trainer should know, or why something asked for was not done."""

    code: str
    text: str


ToTrainer = RoomState | TableChanged | TableGone | RoomNotice


# ---------------------------------------------------------------- trainer to server


class _FromTrainer(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True
):
    pass


class SendActivity(_FromTrainer, frozen=True, tag="send_activity"):
    """Give tables something to do; they begin when they like, or with `StartCalls`."""

    activity: Activity
    tables: tuple[str, ...] | None = None
    """Ids; null is everybody, also those who join later."""


class StartCalls(_FromTrainer, frozen=True, tag="start_calls"):
    """Those who have something to do begin it together."""

    tables: tuple[str, ...] | None = None


class StopCalls(_FromTrainer, frozen=True, tag="stop_calls"):
    """Calls that are going on end together."""

    tables: tuple[str, ...] | None = None


class SendNote(_FromTrainer, frozen=True, tag="send_note"):
    """One line, at most 200 characters, to one table."""

    table: str
    text: str


class Listen(_FromTrainer, frozen=True, tag="listen"):
    """Ask to listen to a table, or stop. One at a time: asking another stops the one before."""

    table: str
    on: bool


class LockRoom(_FromTrainer, frozen=True, tag="lock_room"):
    """Nobody new may join; who was in may come back."""

    on: bool


class RemoveTable(_FromTrainer, frozen=True, tag="remove_table"):
    """Take a table out: its call is ended, its token void."""

    table: str


TrainerMessage = SendActivity | StartCalls | StopCalls | SendNote | Listen | LockRoom | RemoveTable
