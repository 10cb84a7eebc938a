"""The training room: every rule of it, and nothing else.

It has no socket, no task and no clock of its own: what happens is told to it by a method, what is to
be done about it goes out as deeds (`deeds.py`), and the time is asked for. Whatever was wrong with what
somebody asked for is raised as an `InputError`, whose sentence is for that person.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from voice_coach.errors import InputError
from voice_coach.messages import ServerMessage
from voice_coach.room_messages import (
    Activity,
    AskToListen,
    Assigned,
    Consent,
    Listening,
    LobbyState,
    NoteShown,
    Removed,
    StartActivity,
    StopActivity,
    TableState,
)
from voice_coach_server.room.deeds import (
    CallMustEnd,
    Deed,
    LobbyChanged,
    RoomChanged,
    Said,
    TableLeft,
    Told,
    Touched,
)
from voice_coach_server.room.names import cleaned, likeness
from voice_coach_server.room.table import Table
from voice_coach_server.room.watched_call import WatchedCall

__all__ = ["TABLES_LIMIT", "Room"]

TABLES_LIMIT: Final = 40
"""How many tables a room takes."""
_LONGEST_NOTE: Final = 200
_LONGEST_CLIENT: Final = 100
_STOP_SECONDS: Final = 3.0
"""How long a client may take to end its call when everybody stops."""


class Room:
    """The tables of one training room, and what trainer and tables may do to each other."""

    def __init__(
        self,
        title: str,
        *,
        now: Callable[[], float],
        titled: Callable[[Activity], str],
        tables_limit: int = TABLES_LIMIT,
    ) -> None:
        """Open an empty room.

        Args:
            title: Its name, for people.
            now: Gives the seconds of any clock that only goes forward.
            titled: Gives the title of an activity's scenario or drill; raises `InputError` when there
                is none such.
            tables_limit: How many tables it takes.
        """
        self.title = title
        self.locked = False
        self.on_deed: Callable[[Deed], None] = lambda _: None
        """Carries out what is to be done; set once, by who runs the room."""
        self._now = now
        self._titled = titled
        self._limit = tables_limit
        self._tables: dict[str, Table] = {}
        self._left: dict[str, Table] = {}
        self._for_all: Activity | None = None
        """What everybody is to do, also who joins later."""
        self._trainers = 0

    # ------------------------------------------------------------ tables come and go

    @property
    def tables(self) -> tuple[Table, ...]:
        """Those that are in, in the order in which they joined."""
        return tuple(self._tables.values())

    @property
    def all_tables(self) -> tuple[Table, ...]:
        """Those that are in, and those that have been."""
        return (*self._tables.values(), *self._left.values())

    def table(self, table: str) -> Table | None:
        """Find a table that is in by its id."""
        return self._tables.get(table)

    def join(self, name: str, client: str, consent: Consent) -> Table:
        """Let a table in.

        Raises:
            InputError: `bad-name`, `name-taken`, `room-locked` or `room-full`.
        """
        if self.locked:
            raise InputError("The trainer has closed the room to newcomers.", code="room-locked")
        shown = cleaned(name)
        if any(likeness(table.name) == likeness(shown) for table in self.tables):
            raise InputError(
                f"There is a table named {shown} already; choose another name.", code="name-taken"
            )
        if len(self._tables) >= self._limit:
            raise InputError(f"The room is full: it takes {self._limit} tables.", code="room-full")
        table = Table(
            id=secrets.token_hex(8),
            name=shown,
            client=client[:_LONGEST_CLIENT],
            consent=consent,
            activity=self._for_all,
            away_since=self._now(),
        )
        self._tables[table.id] = table
        self._do(Touched(table=table.id))
        return table

    def leave(self, table: str) -> None:
        """A table goes for good. One that is not there is gone already."""
        if table in self._tables:
            self._let_go(self._tables[table])

    def remove(self, table: str) -> None:
        """The trainer takes a table out.

        Raises:
            InputError: `unknown-table`.
        """
        found = self._demand(table)
        self._do(Told(table=table, message=Removed(text="The trainer has taken you out of the room.")))
        self._let_go(found)

    def _let_go(self, table: Table) -> None:
        del self._tables[table.id]
        self._left[table.id] = table
        table.listening = Listening.NO
        self._do(TableLeft(table=table.id, session=table.session))

    def lock(self, *, on: bool) -> None:
        """Let nobody new in, or let them in again."""
        if self.locked == on:
            return
        self.locked = on
        self._do(RoomChanged(), *self._lobbies())

    # ------------------------------------------------------------ who is there

    def trainer_came(self) -> None:
        """A trainer's page was opened."""
        self._trainers += 1
        if self._trainers == 1:
            self._do(*self._lobbies())

    def trainer_went(self) -> None:
        """A trainer's page was closed."""
        self._trainers -= 1
        if self._trainers == 0:
            self._do(*self._lobbies())

    def lobby_opened(self, table: str) -> None:
        """A table's lobby socket is there: it is told where it stands."""
        found = self._demand(table)
        found.in_lobby = True
        self._do(LobbyChanged(table=table), Touched(table=table))
        if found.note:
            self._do(Told(table=table, message=NoteShown(text=found.note)))
        if found.listening is Listening.ASKED:
            self._do(Told(table=table, message=AskToListen()))

    def lobby_closed(self, table: str) -> None:
        """A table's lobby socket is gone."""
        found = self._tables.get(table)
        if found is not None:
            self._set_presence(found, in_lobby=False, on_call=found.on_call)

    def _set_presence(self, table: Table, *, in_lobby: bool, on_call: bool) -> None:
        was = table.connected
        table.in_lobby, table.on_call = in_lobby, on_call
        if was and not table.connected:
            table.away_since = self._now()
        self._do(Touched(table=table.id))

    # ------------------------------------------------------------ its calls

    def call_opened(self, table: str, session: str) -> None:
        """A call of a table was opened; one that was going on should have ended.

        Raises:
            InputError: `unknown-table`.
        """
        found = self._demand(table)
        if found.session:
            self.call_ended(table, found.session)
        found.call = WatchedCall(session, began_at=self._now())
        self._do(LobbyChanged(table=table), Touched(table=table))

    def call_attached(self, table: str, session: str, *, on: bool) -> None:
        """A call's socket is there, or gone."""
        found = self._tables.get(table)
        if found is not None and found.call is not None and found.call.session == session:
            self._set_presence(found, in_lobby=found.in_lobby, on_call=on)

    def call_said(self, table: str, session: str, message: ServerMessage) -> None:
        """A call's client was sent a message."""
        found = self._tables.get(table)
        if found is None or found.call is None or found.call.session != session:
            return
        if found.call.take(message):
            self._do(Touched(table=table))

    def call_ended(self, table: str, session: str) -> None:
        """A call of a table is over."""
        found = self._tables.get(table) or self._left.get(table)
        if found is None or found.call is None or found.session != session:
            return
        found.call.end(self._now())
        found.past.append(session)
        if table in self._tables:
            self._do(LobbyChanged(table=table), Touched(table=table))

    # ------------------------------------------------------------ what the trainer does

    def send_activity(self, activity: Activity, tables: tuple[str, ...] | None) -> None:
        """Give tables something to do; null is everybody, also those who join later.

        Raises:
            InputError: `bad-activity`, `unknown-table`, or there is no such scenario or drill.
        """
        if bool(activity.scenario) == bool(activity.drill):
            raise InputError("Send a scenario or a drill: exactly one of them.", code="bad-activity")
        whole = msgspec.structs.replace(activity, title=self._titled(activity))
        for table in self._meant(tables):
            table.activity = whole
            self._do(
                Told(table=table.id, message=Assigned(activity=whole)),
                LobbyChanged(table=table.id),
                Touched(table=table.id),
            )
        if tables is None:
            self._for_all = whole

    def start(self, tables: tuple[str, ...] | None) -> None:
        """Let those who have something to do begin it together.

        Raises:
            InputError: `unknown-table`, or `nothing-to-do`.
        """
        ready = [table for table in self._meant(tables) if table.activity is not None]
        if not ready:
            raise InputError("Nobody has anything to do yet: send something first.", code="nothing-to-do")
        for table in ready:
            if table.activity is not None:
                self._do(Told(table=table.id, message=StartActivity(activity=table.activity)))
        self._say_who_is_away(ready, "will begin when they are back and want to")

    def stop(self, tables: tuple[str, ...] | None) -> None:
        """Let calls that are going on end together; who does not end theirs is ended.

        Raises:
            InputError: `unknown-table`.
        """
        for table in self._meant(tables):
            self._do(Told(table=table.id, message=StopActivity()))
            if table.session:
                self._do(CallMustEnd(session=table.session, within_seconds=_STOP_SECONDS))

    def send_note(self, table: str, text: str) -> None:
        """Show a table one line; an empty one takes the last away.

        Raises:
            InputError: `unknown-table`, or `bad-note`.
        """
        found = self._demand(table)
        line = " ".join(text.split())
        if len(line) > _LONGEST_NOTE or not line.isprintable():
            raise InputError(
                f"A note is one line of at most {_LONGEST_NOTE} plain characters.", code="bad-note"
            )
        found.note = line
        self._do(Told(table=table, message=NoteShown(text=line)))
        self._say_who_is_away([found], "will read it when they are back")

    def listen(self, table: str, *, on: bool) -> None:
        """Ask to listen to a table, or stop; asking another stops the one before.

        Raises:
            InputError: `unknown-table`.
        """
        found = self._demand(table)
        if not on:
            self._set_listening(found, Listening.NO)
            return
        for other in self.tables:
            if other is not found:
                self._set_listening(other, Listening.NO)
        if found.listening is Listening.NO:
            self._set_listening(found, Listening.ASKED)
            self._do(Told(table=table, message=AskToListen()))

    def stop_listening(self) -> None:
        """The trainer's ear is gone: nobody is listened to."""
        for table in self.tables:
            self._set_listening(table, Listening.NO)

    # ------------------------------------------------------------ what a table does

    def answer_listening(self, table: str, *, allow: bool) -> None:
        """A table lets the trainer listen, or does not (any more).

        Raises:
            InputError: `nobody-asked`: allowed without having been asked.
        """
        found = self._demand(table)
        if allow and found.listening is Listening.NO:
            raise InputError("The trainer does not ask to listen any more.", code="nobody-asked")
        if not allow and found.listening is not Listening.NO:
            self._do(Said(code="not-listening", text=f"{found.name} does not want to be listened to."))
        self._set_listening(found, Listening.YES if allow else Listening.NO)

    def change_consent(self, table: str, consent: Consent) -> None:
        """A table changes what it allows: at once for what is shown, from its next call on for sound."""
        found = self._demand(table)
        found.consent = consent
        if not consent.share:
            self._set_listening(found, Listening.NO)
        self._do(LobbyChanged(table=table), Touched(table=table))

    def _set_listening(self, table: Table, listening: Listening) -> None:
        if table.listening is not listening:
            table.listening = listening
            self._do(LobbyChanged(table=table.id), Touched(table=table.id))

    # ------------------------------------------------------------ what is shown

    def lobby(self, table: str) -> LobbyState:
        """Give where a table stands, for itself.

        Raises:
            InputError: `unknown-table`.
        """
        found = self._demand(table)
        return LobbyState(
            table=found.id,
            name=found.name,
            room=self.title,
            consent=found.consent,
            activity=found.activity,
            trainer_present=self._trainers > 0,
            locked=self.locked,
            listening=found.listening,
            session=found.session,
        )

    def states(self) -> tuple[TableState, ...]:
        """Give all tables as the trainer may see them."""
        return tuple(table.state(self._now()) for table in self.tables)

    def state(self, table: str) -> TableState | None:
        """Give one table as the trainer may see it; None when it is not in."""
        found = self._tables.get(table)
        return found.state(self._now()) if found is not None else None

    # ------------------------------------------------------------ inside

    def _demand(self, table: str) -> Table:
        found = self._tables.get(table)
        if found is None:
            raise InputError("That table is not in the room any more.", code="unknown-table")
        return found

    def _meant(self, tables: tuple[str, ...] | None) -> list[Table]:
        if tables is None:
            return list(self.tables)
        return [self._demand(table) for table in dict.fromkeys(tables)]

    def _say_who_is_away(self, tables: Iterable[Table], what: str) -> None:
        names = [table.name for table in tables if not table.connected]
        if names:
            self._do(Said(code="tables-away", text=f"Not here now: {', '.join(names)}. They {what}."))

    def _lobbies(self) -> Iterator[Deed]:
        return (LobbyChanged(table=table) for table in self._tables)

    def _do(self, *deeds: Deed) -> None:
        for deed in deeds:
            self.on_deed(deed)
