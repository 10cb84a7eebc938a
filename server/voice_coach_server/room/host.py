"""Runs a room: carries out what it decides, and tells it what happens to sockets and calls.

Everything runs on the event loop and nothing in here waits: sockets take what is for them out of their
mailboxes at their own pace.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from voice_coach.conversation.events import EndReason
from voice_coach.errors import InputError
from voice_coach.messages import AudioFrame, ServerMessage
from voice_coach.room_messages import Listening, Removed, RoomNotice, RoomState
from voice_coach_server.live import LiveSession
from voice_coach_server.room import deeds as d
from voice_coach_server.room.listening import Tap
from voice_coach_server.room.mailboxes import ELSEWHERE, OUT, Closing, LobbyMailbox, TrainerMailbox
from voice_coach_server.room.room import Room
from voice_coach_server.wordless_logs import place_of

__all__ = ["RoomHost", "Signs"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the trainer's page shows for people to find the room by."""

    code: str
    address: str
    fingerprint: str


class RoomHost:
    """The sockets and calls of one room."""

    def __init__(self, room: Room, *, signs: Callable[[], Signs]) -> None:
        """Run a room.

        Args:
            room: Its rules; from now on its deeds are carried out here.
            signs: Gives code, address and fingerprint as they are now.
        """
        self.room = room
        self.on_left: Callable[[str], None] = lambda _: None
        """Is told the id of a table that is not of the room any more: its token is to be void."""
        self._signs = signs
        self._lobbies: dict[str, LobbyMailbox] = {}
        self._pages: set[TrainerMailbox] = set()
        self._ear: TrainerMailbox | None = None
        """The page of who asked last to listen."""
        self._calls: dict[str, tuple[LiveSession, _Onlooker]] = {}
        self._do: dict[type, Callable[[Any], None]] = {
            d.Told: self._tell,
            d.LobbyChanged: self._show_lobby,
            d.Touched: self._touch,
            d.RoomChanged: self._show_room,
            d.Said: self._say,
            d.CallMustEnd: self._end_call,
            d.TableLeft: self._let_go,
        }
        room.on_deed = lambda deed: self._do[type(deed)](deed)

    # ------------------------------------------------------------ calls

    def call_opened(self, live: LiveSession) -> None:
        """A call was opened; when it is a table's, one of the same table that still goes on ends.

        Raises:
            InputError: `unknown-table`.
        """
        table = live.call.table
        if not table:
            return
        found = self.room.table(table)
        before = self._calls.get(found.session) if found is not None else None
        self.room.call_opened(table, live.call.id)
        if before is not None:
            before[0].end(EndReason.TRAINEE)
        onlooker = _Onlooker(self, table, live.call.id)
        self._calls[live.call.id] = (live, onlooker)
        live.outbox.observer = onlooker
        self._open_ears()

    def call_ended(self, table: str, session: str) -> None:
        """A call is over; what its client is told afterwards still arrives."""
        self._calls.pop(session, None)
        self.room.call_ended(table, session)

    # ------------------------------------------------------------ sockets

    def open_lobby(self, table: str) -> LobbyMailbox:
        """A table's lobby socket is there; an older one of the same table is closed.

        Raises:
            InputError: `unknown-table`.
        """
        mailbox = LobbyMailbox()
        older = self._lobbies.get(table)
        self._lobbies[table] = mailbox
        try:
            self.room.lobby_opened(table)
        except InputError:
            del self._lobbies[table]
            raise
        if older is not None:
            older.close(ELSEWHERE)
        return mailbox

    def close_lobby(self, table: str, mailbox: LobbyMailbox) -> None:
        """A table's lobby socket is gone."""
        if self._lobbies.get(table) is mailbox:
            del self._lobbies[table]
            self.room.lobby_closed(table)

    def open_page(self) -> TrainerMailbox:
        """A trainer's page is there."""
        page = TrainerMailbox(room=self.room_state, table=self.room.state, now=time.monotonic)
        self._pages.add(page)
        self.room.trainer_came()
        return page

    def close_page(self, page: TrainerMailbox) -> None:
        """A trainer's page is gone, and with it the ear."""
        self._pages.discard(page)
        if self._ear is page:
            self._ear = None
            self.room.stop_listening()
        self.room.trainer_went()

    def listen(self, page: TrainerMailbox, table: str, *, on: bool) -> None:
        """A page asks to listen to a table, or stops.

        Raises:
            InputError: `unknown-table`.
        """
        self.room.listen(table, on=on)
        if on:
            self._ear = page
        self._open_ears()

    def room_state(self) -> RoomState:
        """Give the whole room as the trainer may see it now."""
        signs = self._signs()
        return RoomState(
            title=self.room.title,
            code=signs.code,
            address=signs.address,
            fingerprint=signs.fingerprint,
            locked=self.room.locked,
            tables=self.room.states(),
        )

    # ------------------------------------------------------------ what deeds do

    def _tell(self, deed: d.Told) -> None:
        lobby = self._lobbies.get(deed.table)
        if lobby is not None:
            lobby.put(deed.message)
            if isinstance(deed.message, Removed):
                lobby.close(Closing(code=OUT.code, word=deed.message.text))

    def _show_lobby(self, deed: d.LobbyChanged) -> None:
        lobby = self._lobbies.get(deed.table)
        if lobby is not None:
            lobby.put(self.room.lobby(deed.table))
        self._open_ears()

    def _touch(self, deed: d.Touched) -> None:
        for page in self._pages:
            page.touch(deed.table)

    def _show_room(self, _: d.RoomChanged) -> None:
        for page in self._pages:
            page.show_room()

    def _say(self, deed: d.Said) -> None:
        for page in self._pages:
            page.notify(RoomNotice(code=deed.code, text=deed.text))

    def _end_call(self, deed: d.CallMustEnd) -> None:
        asyncio.get_running_loop().call_later(deed.within_seconds, self._end_now, deed.session)

    def _end_now(self, session: str) -> None:
        call = self._calls.get(session)
        if call is not None:
            call[0].end(EndReason.SERVER_STOPPED)

    def _let_go(self, deed: d.TableLeft) -> None:
        self.on_left(deed.table)
        lobby = self._lobbies.pop(deed.table, None)
        if lobby is not None:
            lobby.close(OUT)
        self._end_now(deed.session)
        for page in self._pages:
            page.lose(deed.table)
        self._open_ears()

    def _open_ears(self) -> None:
        """Let through the sound of the one table that allows it, and of no other."""
        heard = {t.session for t in self.room.tables if t.listening is Listening.YES}
        for session, (_, onlooker) in self._calls.items():
            if session in heard and self._ear is not None:
                onlooker.tap.open(self._ear.sound)
            else:
                onlooker.tap.close()
        if not heard and self._ear is not None:
            self._ear.silence()


class _Onlooker:
    """Looks on at one call of a table, for the room. A mistake in here must not end the call."""

    def __init__(self, host: RoomHost, table: str, session: str) -> None:
        self.tap = Tap()
        self._host = host
        self._table = table
        self._session = session

    def attached(self, *, on: bool) -> None:
        with self._outside_the_call():
            self._host.room.call_attached(self._table, self._session, on=on)

    def said(self, message: ServerMessage) -> None:
        with self._outside_the_call():
            self.tap.said(message)
            self._host.room.call_said(self._table, self._session, message)

    def voiced(self, frame: AudioFrame) -> None:
        with self._outside_the_call():
            self.tap.voiced(frame)

    def heard(self, pcm: bytes) -> None:
        with self._outside_the_call():
            self.tap.heard(pcm)

    def ended(self) -> None:
        with self._outside_the_call():
            self._host.call_ended(self._table, self._session)

    @contextmanager
    def _outside_the_call(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever goes wrong for the one who looks on, the call goes on
            _log.error("the room cannot follow session %s: %s", self._session, place_of(error))
