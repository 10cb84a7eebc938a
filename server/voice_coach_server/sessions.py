"""The calls that are going on: opened, given back to a client that returns, ended when none does."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from voice_coach import __version__
from voice_coach.conversation import events as e
from voice_coach.conversation.session import Session
from voice_coach.errors import ProtocolError
from voice_coach.journal.format import JournalHeader, Parent
from voice_coach.journal.played import played_scenario
from voice_coach.journal.store import new_session_id, unknown_session
from voice_coach.journal.upgrade import JOURNAL_VERSION
from voice_coach.messages import Branch, Hello, Notice
from voice_coach_server.branching import read_branch_point, session_at, start_from
from voice_coach_server.cast import cast_for, cast_of_scenario
from voice_coach_server.house import Call, House
from voice_coach_server.keeper import Keeper
from voice_coach_server.live import LiveSession
from voice_coach_server.waking import call_is_over, wake

__all__ = ["Sessions"]

_LONGEST_CLIENT_NAME = 100
_ENDED_KEPT_SECONDS = 60.0
"""How long an ended call can still be asked for by a client whose connection was just lost."""

_DOORS = 64
_WOKEN_AT_ONCE = 4
"""Calls read from disk at the same time after a crash; the others wait their turn."""


class Sessions:
    """All live calls of one server, by id."""

    def __init__(self, house: House) -> None:
        """Begin without calls."""
        self.house = house
        self._live: dict[str, LiveSession] = {}
        self._deadlines: dict[str, asyncio.TimerHandle] = {}
        self._opening = 0
        self._returning = tuple(asyncio.Lock() for _ in range(_DOORS))
        """Held while a client comes back: two that name one call must not both wake it. Which one, its
        id says; so whatever strangers name, there are no more of them."""
        self._waking_at_once = asyncio.Semaphore(_WOKEN_AT_ONCE)
        self.on_open: Callable[[LiveSession], None] = lambda _: None
        """Is told of every new call, before anything happens in it."""

    def __len__(self) -> int:
        """How many calls have not ended, those included that are being opened."""
        return self._opening + sum(not live.ended.is_set() for live in self._live.values())

    @property
    def waiting_frames(self) -> int:
        """Frames that wait to be sent, of all calls."""
        return sum(live.outbox.waiting for live in self._live.values())

    def open(self, hello: Hello, table: str = "") -> LiveSession:
        """Open a new call.

        Args:
            hello: What is asked for.
            table: In a training room: id of the table whose call it is.

        Raises:
            ProtocolError: `too-many-sessions`, or `machine-busy`.
            ScenarioError: `unknown-scenario`, or `unknown-drill`.
            StoreError: The session cannot be kept.
        """
        self._demand_room()
        settings = self.house.settings
        cast = cast_for(hello, table, settings)
        now = datetime.now(UTC)
        engines = self.house.engines
        header = JournalHeader(
            session=new_session_id(now),
            created=now,
            scenario_id=cast.id,
            scenario_source=cast.scenario_source,
            guardedness=cast.guardedness,
            cues=hello.cues,
            seed=secrets.randbits(32) if hello.seed is None else hello.seed,
            model=engines.transcriber.name,
            voice=engines.voice.name,
            record=hello.record and settings.store.record_audio,
            settings=settings.turns,
            client=hello.client[:_LONGEST_CLIENT_NAME],
            drill_source=cast.drill_source,
            memory=cast.memory,
            table=table,
        )
        call = Call(
            id=header.session,
            cast=cast,
            record=header.record,
            settings=header.settings,
            table=table,
        )
        session = Session(
            partner=cast.partner(header.seed),
            recognizer=engines.recognizer,
            settings=header.settings,
            cues=header.cues,
        )
        return self._place(call, session, Keeper.create(settings.store.path, header))

    async def branch(self, hello: Hello, branch: Branch, table: str = "") -> LiveSession:
        """Open a call that goes on from a line of a kept one; a table has only its own.

        `table` is as in `open`.

        Raises:
            ProtocolError: `too-many-sessions`, or `machine-busy`.
            InputError: There is no such line, or it cannot be reached: see `branching`.
            StoreError: The session cannot be kept.
        """
        self._demand_room()
        self._opening += 1
        try:
            return self._place(*await asyncio.to_thread(self._prepare_branch, hello, branch, table))
        finally:
            self._opening -= 1

    def _prepare_branch(self, hello: Hello, branch: Branch, table: str) -> tuple[Call, Session, Keeper]:
        engines, store = self.house.engines, self.house.settings.store
        point = read_branch_point(store.path, branch)
        if table and point.header.table != table:
            raise unknown_session(branch.session)
        session = session_at(point, engines.recognizer)
        now = datetime.now(UTC)
        header = msgspec.structs.replace(
            point.header,
            version=JOURNAL_VERSION,
            session=new_session_id(now),
            created=now,
            app=__version__,
            model=engines.transcriber.name,
            voice=engines.voice.name,
            record=hello.record and store.record_audio,
            client=hello.client[:_LONGEST_CLIENT_NAME],
            parent=Parent(session=branch.session, seq=point.line.seq),
            table=table,
        )
        call = Call(
            id=header.session,
            cast=cast_of_scenario(played_scenario(header)),
            record=header.record,
            settings=header.settings,
            start=start_from(point, branch, cues=hello.cues),
            table=table,
        )
        keeper = Keeper.create(store.path, header)
        keeper.copy(point)
        return call, session, keeper

    def _demand_room(self) -> None:
        server = self.house.settings.server
        if len(self) >= server.sessions_limit:
            raise ProtocolError(
                f"{server.sessions_limit} calls are going on already; try again when one has ended.",
                code="too-many-sessions",
            )
        if server.refuse_when_busy:
            self.house.load.demand_room(len(self))

    def _place(self, call: Call, session: Session, keeper: Keeper) -> LiveSession:
        live = LiveSession(call, session, self.house, keeper)
        self._live[call.id] = live
        self.house.metrics.sessions_opened.inc()
        self.house.metrics.sessions_active.inc()
        self.on_open(live)
        return live

    async def resume(self, hello: Hello, table: str = "") -> LiveSession:
        """Give a call back to the client, or the table of a training room, that began it.

        A call whose server died is taken up from its journal. It was let in once: it is not refused
        because others came first.

        Raises:
            ProtocolError: `unknown-session`: it has ended, waited too long, never was, or is another's.
            VoiceCoachError: It was cut off and cannot be taken up: see `waking`.
        """
        async with self._returning[hash(hello.resume) % _DOORS]:
            live = self._live.get(hello.resume)
            if live is None:
                return await self._wake(hello, table)
        if live.call.table != table:
            raise call_is_over()
        self._keep_waiting(hello.resume, None)
        self.house.metrics.sessions_resumed.labels("connection").inc()
        live.feed(e.Reconnected(at=live.now))
        return live

    async def _wake(self, hello: Hello, table: str) -> LiveSession:
        store, recognizer = self.house.settings.store.path, self.house.engines.recognizer
        self._opening += 1
        try:
            async with self._waking_at_once:
                woken = await asyncio.to_thread(wake, store, hello, table, recognizer)
        finally:
            self._opening -= 1
        live = self._place(*woken)
        self.house.metrics.sessions_resumed.labels("restart").inc()
        live.outbox.go_on_after(hello.seen)
        for message in live.call.start.earlier if live.call.start else ():
            live.outbox.send(message)
        live.begin()
        return live

    def connection_lost(self, live: LiveSession) -> None:
        """Nobody is connected: wait for the client, then end the call."""
        if live.ended.is_set():
            self._keep_waiting(live.call.id, _ENDED_KEPT_SECONDS)
            return
        live.feed(e.Disconnected(at=live.now))
        self._keep_waiting(live.call.id, self.house.settings.server.resume_seconds)

    def tell(self, notice: Notice) -> None:
        """Say something on every trainee's page."""
        for live in self._live.values():
            live.outbox.send(notice)

    async def close_all(self) -> None:
        """The server stops: end every call, and wait until it is on disk and its client told."""
        for handle in self._deadlines.values():
            handle.cancel()
        for live in tuple(self._live.values()):
            live.end(e.EndReason.SERVER_STOPPED)
        for live in tuple(self._live.values()):
            await live.closed.wait()

    def _keep_waiting(self, session: str, seconds: float | None) -> None:
        handle = self._deadlines.pop(session, None)
        if handle is not None:
            handle.cancel()
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._deadlines[session] = loop.call_later(seconds, self._give_up, session)

    def _give_up(self, session: str) -> None:
        self._deadlines.pop(session, None)
        live = self._live.pop(session, None)
        if live is not None:
            live.end(e.EndReason.CONNECTION_LOST)
