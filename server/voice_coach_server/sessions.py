"""The calls that are going on: opened, given back to a client that returns, ended when none does."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime

from voice_coach.conversation import events as e
from voice_coach.counterpart.shelf import read_shelf
from voice_coach.counterpart.story import with_guardedness
from voice_coach.errors import ProtocolError
from voice_coach.journal.format import JournalHeader
from voice_coach.journal.store import new_session_id
from voice_coach.messages import Hello, Notice
from voice_coach_server.house import Call, House
from voice_coach_server.keeper import Keeper
from voice_coach_server.live import LiveSession

__all__ = ["Sessions"]

_LONGEST_CLIENT_NAME = 100
_ENDED_KEPT_SECONDS = 60.0
"""How long an ended call can still be asked for by a client whose connection was just lost."""


class Sessions:
    """All live calls of one server, by id."""

    def __init__(self, house: House) -> None:
        """Begin without calls."""
        self.house = house
        self._live: dict[str, LiveSession] = {}
        self._deadlines: dict[str, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        """How many calls have not ended."""
        return sum(not live.ended.is_set() for live in self._live.values())

    def open(self, hello: Hello) -> LiveSession:
        """Open a new call.

        Raises:
            ProtocolError: `too-many-sessions`, or `machine-busy`.
            ScenarioError: `unknown-scenario`.
            StoreError: The session cannot be kept.
        """
        server = self.house.settings.server
        if len(self) >= server.sessions_limit:
            raise ProtocolError(
                f"{server.sessions_limit} calls are going on already; try again when one has ended.",
                code="too-many-sessions",
            )
        if server.refuse_when_busy:
            self.house.load.demand_room(len(self))
        settings = self.house.settings
        # By its id alone: a path that comes over the wire is never opened.
        scenario = read_shelf(settings.scenarios.path).find(hello.scenario)
        if hello.guardedness is not None:
            scenario = with_guardedness(scenario, hello.guardedness)
        now = datetime.now(UTC)
        call = Call(
            id=new_session_id(now),
            scenario=scenario,
            seed=secrets.randbits(32) if hello.seed is None else hello.seed,
            record=hello.record and settings.store.record_audio,
            cues=hello.cues,
        )
        engines = self.house.engines
        header = JournalHeader(
            session=call.id,
            created=now,
            scenario_id=scenario.id,
            scenario_source=scenario.source_text,
            guardedness=scenario.guardedness,
            cues=call.cues,
            seed=call.seed,
            model=engines.transcriber.name,
            voice=engines.voice.name,
            record=call.record,
            settings=settings.turns,
            client=hello.client[:_LONGEST_CLIENT_NAME],
        )
        live = LiveSession(call, self.house, Keeper(settings.store.path, header))
        self._live[call.id] = live
        self.house.metrics.sessions_opened.inc()
        self.house.metrics.sessions_active.inc()
        return live

    def resume(self, session: str) -> LiveSession:
        """Give a call back to its client.

        Raises:
            ProtocolError: `unknown-session`: it has ended, waited too long, or never was.
        """
        live = self._live.get(session)
        if live is None:
            raise ProtocolError(
                "That call is not open any more; what was said is kept. Start a new one.",
                code="unknown-session",
            )
        self._keep_waiting(session, None)
        live.feed(e.Reconnected(at=live.now))
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
