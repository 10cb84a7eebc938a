"""Tables of a training room and its trainer's page, in a process of their own: what `room_class` watches.

usage: python -m voice_coach_benchmarks.room_tables HTTPS_URL --authority FILE --secrets FILE
       --clips FOLDER [--sessions N] [--seconds S]

Each table joins with the room's code and speaks as the trainees of `load_room` do, over TLS. The trainer
watches: for each change of a table's words, how much later than the table itself the page has it, or
something newer. The file of secrets has the code in its first line and the trainer's secret in its
second. The last line printed is one JSON object, a `ClassHeard`.
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
import sys
import time
import urllib.request
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from voice_coach.room_messages import Join, Joined, RoomState, TableChanged, ToTrainer
from voice_coach_benchmarks.load_room import RoomHeard, SimulatedRoom, clips_of

__all__ = ["ClassHeard", "Watch"]

_to_trainer: msgspec.json.Decoder[ToTrainer] = msgspec.json.Decoder(ToTrainer)


class ClassHeard(msgspec.Struct, frozen=True, kw_only=True):
    """What the class noticed."""

    tables: RoomHeard
    updates: tuple[float, ...]
    """Seconds by which the trainer's page was later than the table: one for each change."""
    unshown: int
    """Changes that the page had not got two seconds later."""
    messages: int
    """That the page got."""


class Watch:
    """How far the trainer's page is behind the tables. It has no clock: moments are given to it."""

    def __init__(self) -> None:
        """Begin without tables."""
        self.updates: list[float] = []
        self._waiting: dict[str, deque[tuple[str, float]]] = {}
        self._said: dict[str, str] = {}
        self._shown: dict[str, str] = {}

    def said(self, table: str, words: str, at: float) -> None:
        """A table was shown these words of its own."""
        if self._said.get(table) == words:
            return
        self._said[table] = words
        if self._shown.get(table) == words:
            self.updates.append(0.0)  # The trainer had them first.
        else:
            self._waiting.setdefault(table, deque()).append((words, at))

    def shown(self, table: str, words: str, at: float) -> None:
        """The trainer's page shows these; what was said before them is outdated, and so done with."""
        self._shown[table] = words
        waiting = self._waiting.get(table, deque())
        if any(words == said for said, _ in waiting):
            done = False
            while not done:
                said, since = waiting.popleft()
                self.updates.append(at - since)
                done = said == words

    def unshown(self, before: float) -> int:
        """How many changes from before that moment are not shown yet."""
        return sum(at < before for waiting in self._waiting.values() for _, at in waiting)


class _Tables(SimulatedRoom):
    """Trainees that are tables of a room."""

    def __init__(self, url: str, clips: Sequence[bytes], tls: ssl.SSLContext) -> None:
        super().__init__(f"wss://{urlsplit(url).netloc}/ws", clips)
        self._https = url
        self._wss = f"wss://{urlsplit(url).netloc}"
        self._tls = tls
        self._joined: list[Joined] = []
        self.watch = Watch()
        self.messages = 0

    def connect_to(self, number: int) -> connect:
        return self._socket("/ws", self._joined[number].token)

    def _socket(self, path: str, token: str) -> connect:
        headers = {"authorization": f"Bearer {token}"}
        return connect(
            self._wss + path, ssl=self._tls, additional_headers=headers, compression=None, max_size=None
        )

    async def hold_class(self, code: str, secret: str, sessions: int, seconds: float) -> ClassHeard:
        for number in range(sessions):
            wish = Join(code=code, name=f"Table {number + 1}", client="benchmark")
            answer, _ = await asyncio.to_thread(self._post, "room/join", msgspec.json.encode(wish))
            self._joined.append(msgspec.json.decode(answer, type=Joined))
        wish_of_trainer = msgspec.json.encode({"secret": secret})
        _, cookies = await asyncio.to_thread(self._post, "room/trainer", wish_of_trainer)
        (token,) = (cookie.value for cookie in cookies.values())
        self.on_words = lambda number, words, at: self.watch.said(self._joined[number].table, words, at)
        async with AsyncExitStack() as stack:
            for joined in self._joined:
                lobby = await stack.enter_async_context(self._socket("/room/table", joined.token))
                stack.push_async_callback(_cancelled, asyncio.create_task(_drain(lobby)))
            page = await stack.enter_async_context(self._socket("/room/watch", token))
            stack.push_async_callback(_cancelled, asyncio.create_task(self._look(page)))
            heard = await self.live(sessions, seconds)
        return ClassHeard(
            tables=heard,
            updates=tuple(self.watch.updates),
            unshown=self.watch.unshown(time.monotonic() - 2.0),
            messages=self.messages,
        )

    def _post(self, path: str, body: bytes) -> tuple[bytes, SimpleCookie]:
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(self._https + path, body, headers)  # noqa: S310 - our own server
        with urllib.request.urlopen(request, context=self._tls) as answer:  # noqa: S310
            return answer.read(), SimpleCookie(answer.headers.get("set-cookie", ""))

    async def _look(self, page: ClientConnection) -> None:
        """Be the trainer's page."""
        async for data in page:
            now = time.monotonic()
            message = _to_trainer.decode(data)
            self.messages += 1
            if isinstance(message, TableChanged):
                self.watch.shown(message.table.id, message.table.last_words, now)
            elif isinstance(message, RoomState):
                for table in message.tables:
                    self.watch.shown(table.id, table.last_words, now)


async def _drain(lobby: ClientConnection) -> None:
    try:
        async for _ in lobby:
            pass
    except ConnectionClosed:
        return


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def main() -> None:
    """Hold the class; print what was noticed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--authority", type=Path, required=True)
    parser.add_argument("--secrets", type=Path, required=True)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--sessions", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=600.0)
    options = parser.parse_args()
    code, secret = options.secrets.read_text("utf-8").split("\n")[:2]
    tls = ssl.create_default_context(cafile=str(options.authority))
    tables = _Tables(options.url, clips_of(options.clips), tls)
    heard = asyncio.run(tables.hold_class(code, secret, options.sessions, options.seconds))
    sys.stdout.write(msgspec.json.encode(heard).decode() + "\n")


if __name__ == "__main__":
    main()
