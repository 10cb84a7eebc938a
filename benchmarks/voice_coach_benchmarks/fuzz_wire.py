"""Fuzzing a running server over its websocket, while somebody else is in a call.

usage: python -m voice_coach_benchmarks.fuzz_wire [--messages 100000] [--seed 1]

Attackers open connections, begin a call (or fail to), and send mutations of valid frames: text and audio,
out of order, too long, too many. Meanwhile one honest trainee is in a call. Right is: each connection is
answered, or closed with a code of ours; the honest call goes on and is kept whole; nothing is logged as
an error, and no task of the server dies. Anything else is a finding. The ears and the voice are
scripted: this is about the wire.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.store import session_folder
from voice_coach.messages import (
    PROTOCOL_VERSION,
    EndCall,
    Hello,
    Reply,
    encode,
)
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, ScriptedTranscriber
from voice_coach.speech.voice import ScriptedVoice
from voice_coach.speech.voice_activity import EnergyActivity
from voice_coach_benchmarks.fuzz import inputs_of
from voice_coach_benchmarks.fuzz_targets import Target, targets
from voice_coach_benchmarks.live import resident_mb
from voice_coach_client.connection import Connection
from voice_coach_client.web import web_folder
from voice_coach_server.app import Address, running_server
from voice_coach_server.engines import Engines

__all__ = ["Report", "measure"]

_SCENARIO: Final = "renewal_in_doubt"
_MOST_A_CONNECTION: Final = 300
_ATTACKERS: Final = 4
_FRAME: Final = 320
_LAST_WORD_SECONDS: Final = 0.1
_NOT_OURS: Final = (None, 1006, 1011)
"""Close codes of a server that broke."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one run."""

    messages: int
    connections: int
    closed: dict[str, int]
    """Close codes of the attackers' connections, and how often each came; `open` when they went first."""
    seconds: float
    grown_mb: float
    """Resident memory at the end, over that after the first tenth."""
    findings: tuple[str, ...]


class _Errors(logging.Handler):
    """Keeps what was logged as an error, and any warning that holds an exception."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self.found.append(f"logged: {record.name}: {record.getMessage()[:200]}")


class _Attack:
    """All attackers of one run: they share what they count."""

    def __init__(self, url: str, seed: int, total: int) -> None:
        self._url = url
        self._random = Random(seed)  # noqa: S311 - faults to be repeated, not secrets
        self._left = total
        self.sent = 0
        self._early = total // 10
        self.early_mb = 0.0
        """Resident memory after the first tenth."""
        self.connections = 0
        self.closed: Counter[str] = Counter()
        self.findings: list[str] = []
        with tempfile.TemporaryDirectory() as folder:
            by_name = {target.name: target for target in targets(Path(folder))}
        self._texts = self._frames_of(by_name["client messages"], seed)
        self._sounds = self._frames_of(by_name["audio frames"], seed)

    @staticmethod
    def _frames_of(target: Target, seed: int) -> Iterator[bytes]:
        return inputs_of(target, seed)

    async def run(self) -> None:
        """Attack until all messages are sent."""
        while self._left > 0:
            self.connections += 1
            try:
                await self._one_connection()
            except (InvalidHandshake, OSError, TimeoutError) as error:
                self.findings.append(f"a connection was not answered: {type(error).__name__}")
                return

    async def _one_connection(self) -> None:
        async with connect(self._url, compression=None, max_queue=None, close_timeout=1) as socket:
            try:
                await socket.send(self._hello())
                for _ in range(self._random.randrange(1, _MOST_A_CONNECTION)):
                    await socket.send(self._frame())
                    self.sent += 1
                    self._left -= 1
                    if self.sent == self._early:
                        self.early_mb = resident_mb(os.getpid())
                    await asyncio.sleep(0)
                await asyncio.wait_for(socket.wait_closed(), _LAST_WORD_SECONDS)
                self._note(socket.close_code)
            except TimeoutError:
                self.closed["open"] += 1
            except ConnectionClosed:
                self._note(socket.close_code)

    def _note(self, code: int | None) -> None:
        self.closed[str(code)] += 1
        if code in _NOT_OURS:
            self.findings.append(f"a connection was closed with {code}")

    def _hello(self) -> str | bytes:
        if not self._random.randrange(10):
            return self._frame()
        return encode(
            Hello(version=PROTOCOL_VERSION, scenario=_SCENARIO, client="fuzz", record=False, seed=1)
        )

    def _frame(self) -> str | bytes:
        match self._random.choices(("text", "long text", "bytes", "sound"), (50, 2, 2, 46))[0]:
            case "text":
                return next(self._texts).decode("utf-8", "replace")
            case "long text":
                return "x" * self._random.choice((65_536, 65_537, 900_000))
            case "bytes":
                return bytes(self._random.choice((1, 15, 16, 18, 65_538, 900_000)))
            case _:
                return next(self._sounds)


async def _honest_call(address: Address, attack: asyncio.Task[None]) -> tuple[str, list[str]]:
    """Be in a call until the attack is over; give its session and what was wrong with it."""
    hello = Hello(version=PROTOCOL_VERSION, scenario=_SCENARIO, client="honest", seed=2)
    replies = 0
    async with await Connection.open(address.websocket_url, hello) as connection:

        async def listen() -> None:
            nonlocal replies
            async for message in connection.received():
                replies += isinstance(message, Reply)

        listening = asyncio.create_task(listen())
        while not attack.done():
            await connection.send_microphone(bytes(2 * _FRAME))
            await asyncio.sleep(_FRAME / SAMPLE_RATE_HZ)
        await connection.send(EndCall())
        try:
            async with asyncio.timeout(10):
                await listening
        except TimeoutError:
            return connection.welcome.session, ["the honest call did not end when it was asked to"]
    wrong = [] if replies else ["the honest call was never spoken to"]
    return connection.welcome.session, wrong


async def _run(settings: Settings, total: int, seed: int) -> Report:
    engines = Engines(
        transcriber=ScriptedTranscriber(["It sounds like this isn't only about the increase."]),
        voice_activity=EnergyActivity(),
        voice=ScriptedVoice(),
        recognizer=load_recognizer(),
    )
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    began = time.monotonic()
    try:
        async with running_server(settings, engines, web_folder()) as address:
            attack = _Attack(address.websocket_url, seed, total)

            async def all_attackers() -> None:
                async with asyncio.TaskGroup() as group:
                    for _ in range(_ATTACKERS):
                        group.create_task(attack.run())

            attacking = asyncio.create_task(all_attackers())
            session, wrong = await _honest_call(address, attacking)
            await attacking
            grown = resident_mb(os.getpid()) - attack.early_mb
    finally:
        logging.getLogger().removeHandler(errors)
    if not read_journal(session_folder(settings.store.path, session) / JOURNAL_NAME).complete:
        wrong.append("the honest call was not kept whole")
    return Report(
        messages=attack.sent,
        connections=attack.connections,
        closed=dict(attack.closed),
        seconds=round(time.monotonic() - began, 1),
        grown_mb=round(grown, 1),
        findings=(*attack.findings, *errors.found, *wrong),
    )


def measure(messages: int, seed: int = 1) -> Report:
    """Attack a server of its own with so many messages."""
    with tempfile.TemporaryDirectory() as store:
        settings = Settings(
            server=ServerSettings(
                port=0, sessions_limit=10_000, refuse_when_busy=False, resume_seconds=0.2
            ),
            store=StoreSettings(folder=store),
        )
        return asyncio.run(_run(settings, messages, seed))


def main() -> None:
    """Attack, print; exit 1 when something was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report = measure(options.messages, options.seed)
    print(f"{report.messages} messages over {report.connections} connections in {report.seconds} s")
    print("closed: " + ", ".join(f"{code} {count}" for code, count in sorted(report.closed.items())))
    print(f"memory grown since the first tenth: {report.grown_mb} MB")
    print(f"findings: {len(report.findings)}")
    for what, count in Counter(report.findings).most_common():
        print(f"  {count} x {what}")
    sys.exit(bool(report.findings))


if __name__ == "__main__":
    main()
