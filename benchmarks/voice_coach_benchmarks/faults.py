"""Faults during calls, hundreds of them: what was lost, and how long it took to be back.

usage: python -m voice_coach_benchmarks.faults [--rounds 20] [--calls 10] [--seed 1] [--markdown FILE]

Each round begins some calls at once with a server in a process of its own and lets one thing go wrong at
a random moment, the same for all its calls:

- **server killed**: `kill -9`, started again a moment later; the clients come back by themselves;
- **connection cut**: every socket is reset, none can be opened for two seconds;
- **disk full**: files stop growing; the call must go on and say so.

Words are tones (`tone_words.py`), so every word that is missing from the journal, or stands there twice,
counts; the trainee's track is compared sample by sample with what was sent. "At the crash" is how much
sound of each call was on its way and not yet on disk when the server died.
"""

from __future__ import annotations

import argparse
import asyncio
import difflib
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

import msgspec
import numpy as np
import soundfile

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import VoiceCoachError
from voice_coach.journal.account import give_account
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.messages import PROTOCOL_VERSION, Ended, Hello, Notice, TurnSettled, Welcome
from voice_coach.moves.recognizer import Recognizer, load_recognizer
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_benchmarks.tone_words import VOCABULARY, say
from voice_coach_client.connection import Connection, Dropped, Received
from voice_coach_client.demo import rehearse
from voice_coach_client.scripted_trainee import Manners, MicrophoneFrame, ScriptedTrainee
from voice_coach_client.spoken_line import SpokenLine

__all__ = ["FAULTS", "CallOutcome", "measure", "table"]

FAULTS: Final = ("server killed", "connection cut", "disk full")
_LINES: Final = 3
_WORDS: Final = 6
_AWAY_SECONDS: Final = {"server killed": 0.3, "connection cut": 2.0}
_LARGEST_FILE_BYTES: Final = 120_000
"""About four seconds of the trainee's track."""
_LONGEST_CALL_SECONDS: Final = 120.0


class CallOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one call came to."""

    fault: str
    words_lost: int
    words_twice: int
    events_lost: int
    """Turns that the client was shown as settled and that the journal does not hold."""
    audio_lost_seconds: float
    """Of the trainee's track, at the end."""
    at_the_crash_seconds: float
    """Sound sent before the crash that was not on disk after it."""
    back_seconds: float
    """From the moment the way was free again to the welcome."""
    wrong: str = ""
    """What else was not as it must be; empty when all was."""


class _Server:
    """A server that can be killed, and the way to it, which can be cut."""

    def __init__(self, store: Path, largest: int | None) -> None:
        self._store, self._largest = store, largest
        self.port = _free_port()
        self._sockets: set[asyncio.StreamWriter] = set()
        self._closed = False
        self._proxy: asyncio.Server | None = None
        self.way_port = 0
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        largest = [] if self._largest is None else [str(self._largest)]
        self.process = subprocess.Popen(  # noqa: S603 - our own module, in our own interpreter
            [
                *(sys.executable, "-m", "voice_coach_benchmarks.fault_server"),
                *(str(self._store), str(self.port), *largest),
            ],
            stderr=subprocess.DEVNULL,
        )
        return self.process

    async def wait(self) -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return

    async def open_way(self) -> None:
        self._proxy = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.way_port = int(self._proxy.sockets[0].getsockname()[1])

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closed:
            writer.transport.abort()
            return
        try:
            back, out = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.transport.abort()
            return
        self._sockets |= {writer, out}
        await asyncio.gather(_pump(reader, out), _pump(back, writer))
        self._sockets -= {writer, out}

    def cut(self) -> None:
        self._closed = True
        for writer in tuple(self._sockets):
            writer.transport.abort()

    def mend(self) -> None:
        self._closed = False

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self._proxy is not None:
            self._proxy.close()
        self.process.terminate()
        self.process.wait()


class _Person(ScriptedTrainee):
    """Says words and remembers every sample."""

    def __init__(self, lines: Sequence[SpokenLine]) -> None:
        super().__init__(lines, Manners(breath_seconds=0.4, closing_seconds=0.5))
        self.words = [word for line in lines for word in line.text.split()]
        self.sent = bytearray()
        self.session = ""
        self.in_call = asyncio.Event()
        self.seen: list[Received] = []
        self.back_at = 0.0
        self.sent_at_fault = 0

    def tick(self) -> MicrophoneFrame:
        frame = super().tick()
        self.sent += frame.pcm
        return frame

    def see(self, message: Received) -> None:
        self.seen.append(message)
        if isinstance(message, Welcome):
            self.session = message.session
            self.in_call.set()
            self.back_at = time.monotonic() if message.resumed else 0.0


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _server(store: Path, fault: str) -> Iterator[_Server]:
    server = _Server(store, _LARGEST_FILE_BYTES if fault == "disk full" else None)
    try:
        yield server
    finally:
        server.stop()


async def _round(store: Path, fault: str, calls: int, random: Random) -> list[CallOutcome]:
    recognizer = load_recognizer()
    with _server(store, fault) as server:
        await server.wait()
        await server.open_way()
        people = [_Person(_lines(random)) for _ in range(calls)]
        living = [asyncio.create_task(_call(server, person)) for person in people]
        kept, free_at = await _let_go_wrong(store, server, fault, people, random.uniform(0.8, 9.0))
        endings = await asyncio.gather(*living)
    return [
        _outcome(store, fault, person, recognizer, ending, kept.get(person.session), free_at)
        for person, ending in zip(people, endings, strict=True)
    ]


def _lines(random: Random) -> list[SpokenLine]:
    lines = []
    for _ in range(_LINES):
        words = random.sample(VOCABULARY, _WORDS)
        lines.append(SpokenLine(text=" ".join(words), silence_before_seconds=0.5, pcm=say(words)))
    return lines


async def _call(server: _Server, person: _Person) -> str:
    hello = Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt", client="faults", seed=1)
    try:
        async with (
            asyncio.timeout(_LONGEST_CALL_SECONDS),
            await Connection.open(f"ws://127.0.0.1:{server.way_port}/ws", hello) as connection,
        ):
            await rehearse(connection, person, person.see)
    except TimeoutError:
        return "the call did not end"
    except VoiceCoachError as error:
        return str(error)
    return ""


async def _let_go_wrong(
    store: Path, server: _Server, fault: str, people: Sequence[_Person], after_seconds: float
) -> tuple[dict[str, int], float]:
    """Give how much of each trainee's sound was on disk right then, and when the way was free again."""
    await asyncio.gather(*(person.in_call.wait() for person in people))
    await asyncio.sleep(after_seconds)
    kept: dict[str, int] = {}
    if fault == "server killed":
        server.kill()
        for person in people:
            person.sent_at_fault = len(person.sent) // 2
            kept[person.session] = _samples_on_disk(store / "sessions" / person.session)
        await asyncio.sleep(_AWAY_SECONDS[fault])
        server.start()
        await server.wait()
    elif fault == "connection cut":
        server.cut()
        await asyncio.sleep(_AWAY_SECONDS[fault])
        server.mend()
    return kept, time.monotonic()


def _samples_on_disk(folder: Path) -> int:
    track = folder / "trainee.wav"
    return max(0, track.stat().st_size - 44) // 2 if track.exists() else 0


def _outcome(  # noqa: PLR0913, PLR0917 - all that is known of one call
    store: Path,
    fault: str,
    person: _Person,
    recognizer: Recognizer,
    ending: str,
    kept: int | None,
    free_at: float,
) -> CallOutcome:
    folder = store / "sessions" / person.session
    journal = read_journal(folder / JOURNAL_NAME)
    turns = give_account(journal).turns
    theirs = " ".join(turn.text for turn in turns if turn.speaker is Speaker.TRAINEE)
    lost, twice = _differences(person.words, re.findall(r"[a-z]+", theirs.lower()))
    texts = [turn.text for turn in turns]
    shown = [m.turn.text for m in person.seen if isinstance(m, TurnSettled)]
    wrong = ending or _wrong(fault, person, journal.complete)
    if not wrong and fault != "disk full":
        identical = replay(journal, lambda header: played_session(header, recognizer)).identical
        wrong = "" if identical else "the journal does not replay"
    return CallOutcome(
        fault=fault,
        words_lost=0 if fault == "disk full" else lost,
        words_twice=twice,
        events_lost=0 if fault == "disk full" else sum(text not in texts for text in set(shown)),
        audio_lost_seconds=0.0 if fault == "disk full" else _audio_lost(folder, bytes(person.sent)),
        at_the_crash_seconds=0.0
        if kept is None
        else max(0, person.sent_at_fault - kept) / SAMPLE_RATE_HZ,
        back_seconds=max(0.0, person.back_at - free_at) if person.back_at else 0.0,
        wrong=wrong,
    )


def _wrong(fault: str, person: _Person, complete: bool) -> str:  # noqa: FBT001 - read from the journal
    if not any(isinstance(message, Ended) for message in person.seen):
        return "the call did not come to its end"
    if fault == "disk full":
        told = any(isinstance(m, Notice) and m.code == "store" for m in person.seen)
        return "" if told else "nobody was told that the disk is full"
    if not any(isinstance(message, Dropped) for message in person.seen):
        return "the fault did not reach this call"
    return "" if complete else "the journal is not complete"


def _differences(said: Sequence[str], heard: Sequence[str]) -> tuple[int, int]:
    """Give how many words are missing, and how many are there that were not said there."""
    lost = twice = 0
    for kind, i, j, k, m in difflib.SequenceMatcher(None, said, heard, autojunk=False).get_opcodes():
        if kind != "equal":
            lost, twice = lost + j - i, twice + m - k
    return lost, twice


def _audio_lost(folder: Path, sent: bytes) -> float:
    """Seconds of the trainee's track that are not what was sent."""
    track, _ = soundfile.read(folder / "trainee.flac", dtype="int16")
    expected = np.frombuffer(sent, "<i2")[: len(track)]
    spoken = int(np.flatnonzero(np.frombuffer(sent, "<i2"))[-1]) + 1
    missing = max(0, spoken - len(track))
    return (int(np.count_nonzero(track[: len(expected)] != expected)) + missing) / SAMPLE_RATE_HZ


def measure(faults: Sequence[str], rounds: int, calls: int, seed: int = 1) -> list[CallOutcome]:
    """Live through rounds of calls with each fault."""
    outcomes = []
    for fault in faults:
        for number in range(rounds):
            random = Random(f"{seed} {fault} {number}")  # noqa: S311 - faults to be repeated, not secrets
            with tempfile.TemporaryDirectory() as store:
                outcomes += asyncio.run(_round(Path(store), fault, calls, random))
    return outcomes


def table(outcomes: Sequence[CallOutcome]) -> str:
    """Give the table in Markdown, a row a fault."""
    head = (
        "| fault | tried | words lost | heard twice | events lost | audio lost, s | "
        "not yet on disk at the crash, s (worst) | back after, s (median / worst) | wrong |"
    )
    lines = [head, "|---|---|---|---|---|---|---|---|---|"]
    for fault in dict.fromkeys(outcome.fault for outcome in outcomes):
        mine = [outcome for outcome in outcomes if outcome.fault == fault]
        back = [outcome.back_seconds for outcome in mine]
        lines.append(
            f"| {fault} | {len(mine)} | {sum(o.words_lost for o in mine)} | "
            f"{sum(o.words_twice for o in mine)} | {sum(o.events_lost for o in mine)} | "
            f"{sum(o.audio_lost_seconds for o in mine):.2f} | "
            f"{max(o.at_the_crash_seconds for o in mine):.2f} | "
            f"{statistics.median(back):.2f} / {max(back):.2f} | {sum(bool(o.wrong) for o in mine)} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Live through the faults, print the table; exit 1 when something was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="of each fault")
    parser.add_argument("--calls", type=int, default=10, help="at once, in a round")
    parser.add_argument("--only", choices=FAULTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", type=Path, help="write the table into this file")
    options = parser.parse_args()
    faults = (options.only,) if options.only else FAULTS
    outcomes = measure(faults, options.rounds, options.calls, options.seed)
    print(table(outcomes))
    bad = [o for o in outcomes if o.wrong or o.words_lost or o.words_twice or o.events_lost]
    for outcome in bad[:20]:
        print(outcome)
    if options.markdown is not None:
        options.markdown.write_text(table(outcomes), "utf-8")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
