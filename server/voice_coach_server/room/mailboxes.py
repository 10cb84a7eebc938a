"""What waits to be sent to a table's lobby or to a trainer's page: bounded, however slow its reader is.

A lobby gets few messages, of which each counts; one that cannot take them is dropped, and is told where
it stands when it comes back. A trainer's page gets states: of those only the latest counts, so that a
slow page sees fewer of them, never old ones.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from voice_coach.messages import AudioFrame, encode_audio
from voice_coach.room_messages import (
    LobbyState,
    RoomNotice,
    RoomState,
    TableChanged,
    TableGone,
    TableState,
    ToTable,
    ToTrainer,
)

__all__ = ["ELSEWHERE", "OUT", "TOO_SLOW", "Closing", "LobbyMailbox", "TrainerMailbox"]

_LOBBY_LIMIT: Final = 100
_NOTICES_LIMIT: Final = 20
_SOUND_LIMIT: Final = 100
"""Frames of 20 ms of either side: past a second of both, the oldest are dropped."""
_TABLE_PAUSE_SECONDS: Final = 0.25
"""Between two states of the same table."""

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Why a table's socket is closed."""

    code: int
    """Of the websocket; from 4000 on, coming back with the same token is of no use."""
    word: str
    """A sentence for the table."""


TOO_SLOW: Final = Closing(code=1013, word="Too much waited to be read; come back.")
ELSEWHERE: Final = Closing(code=4409, word="This table was opened in another place.")
OUT: Final = Closing(code=4403, word="This table is not in the room any more.")


class LobbyMailbox:
    """Messages to one table, in order; a lobby that waits is replaced by a newer one."""

    def __init__(self) -> None:
        """Begin empty."""
        self._waiting: deque[ToTable] = deque()
        self._news = asyncio.Event()
        self._end: Closing | None = None
        self._overflowed = False

    def put(self, message: ToTable) -> None:
        """Queue a message; never blocks."""
        if isinstance(message, LobbyState):
            self._waiting = deque(m for m in self._waiting if not isinstance(m, LobbyState))
        if len(self._waiting) >= _LOBBY_LIMIT:
            self._overflowed = True
            self.close(TOO_SLOW)
            return
        self._waiting.append(message)
        self._news.set()

    def close(self, end: Closing) -> None:
        """Let the reader go once it has what waits; what was said first counts."""
        self._end = self._end or end
        self._news.set()

    async def next(self) -> str | Closing:
        """Wait for the next text frame, or for the end."""
        while not self._waiting and self._end is None:
            self._news.clear()
            await self._news.wait()
        if self._end is not None and (self._overflowed or not self._waiting):
            return self._end
        return _encoder.encode(self._waiting.popleft()).decode()


class TrainerMailbox:
    """News for one trainer's page."""

    def __init__(
        self,
        *,
        room: Callable[[], RoomState],
        table: Callable[[str], TableState | None],
        now: Callable[[], float],
    ) -> None:
        """Begin with the whole room waiting.

        Args:
            room: Gives the whole room as it stands.
            table: Gives one table as it stands; None when it is not in.
            now: Gives the seconds of any clock that only goes forward.
        """
        self._room = room
        self._table = table
        self._now = now
        self._all = True
        self._touched: dict[str, None] = {}
        self._gone: dict[str, None] = {}
        self._shown_at: dict[str, float] = {}
        self._notices: deque[RoomNotice] = deque(maxlen=_NOTICES_LIMIT)
        self._sound: deque[bytes] = deque(maxlen=_SOUND_LIMIT)
        self._news = asyncio.Event()
        self._news.set()
        self.sound_lost = 0
        """Frames that a slow page did not get."""

    def touch(self, table: str) -> None:
        """A table has changed."""
        self._touched[table] = None
        self._news.set()

    def lose(self, table: str) -> None:
        """A table is not in the room any more."""
        self._touched.pop(table, None)
        self._shown_at.pop(table, None)
        self._gone[table] = None
        self._news.set()

    def show_room(self) -> None:
        """The room has changed."""
        self._all = True
        self._news.set()

    def notify(self, notice: RoomNotice) -> None:
        """Tell something; of too many, the oldest are dropped."""
        self._notices.append(notice)
        self._news.set()

    def sound(self, frame: AudioFrame) -> None:
        """Let a frame be heard, unless the page is too slow for it."""
        self.sound_lost += len(self._sound) == _SOUND_LIMIT
        self._sound.append(encode_audio(frame))
        self._news.set()

    def silence(self) -> None:
        """Drop what has not been heard yet."""
        self._sound.clear()

    async def next(self) -> str | bytes:
        """Wait for the next frame: sound first, as it alone cannot wait."""
        while True:
            if self._sound:
                return self._sound.popleft()
            message = self._due()
            if message is not None:
                return _encoder.encode(message).decode()
            self._news.clear()
            try:
                async with asyncio.timeout(self._pause()):
                    await self._news.wait()
            except TimeoutError:
                continue

    def _due(self) -> ToTrainer | None:
        """The message whose time it is."""
        if self._all:
            self._all = False
            state = self._room()
            self._touched.clear()
            self._gone.clear()
            self._shown_at = dict.fromkeys((table.id for table in state.tables), self._now())
            return state
        if self._notices:
            return self._notices.popleft()
        if self._gone:
            return TableGone(table=self._gone.popitem()[0])
        return self._changed()

    def _changed(self) -> TableChanged | None:
        """The table that has waited for longest, of those that may be shown again."""
        now = self._now()
        for table in tuple(self._touched):
            if now - self._shown_at.get(table, -math.inf) >= _TABLE_PAUSE_SECONDS:
                del self._touched[table]
                state = self._table(table)
                if state is not None:
                    self._shown_at[table] = now
                    return TableChanged(table=state)
        return None

    def _pause(self) -> float | None:
        """Seconds until the next table may be shown again; None when none waits."""
        waits = [self._shown_at[table] for table in self._touched if table in self._shown_at]
        return max(0.0, min(waits) + _TABLE_PAUSE_SECONDS - self._now()) if waits else None
