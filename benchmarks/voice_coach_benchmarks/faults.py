"""Faults during calls, hundreds of them: what was lost, and how long it took to be back.

usage: python -m voice_coach_benchmarks.faults [--rounds 2] [--calls 10] [--seed 1] [--add FILE]

Each round begins some calls at once with a server in a process of its own and lets one thing go wrong at
a random moment, the same for all its calls:

- **server killed**: `kill -9`, started again a moment later; the clients come back by themselves;
- **killed again**: and once more while calls are being woken or have just been;
- **power lost**: killed, and of each file the disk has only what was synced; what was written since is
  missing, or reads as zeros;
- **connection cut**: every socket is reset, none can be opened for two seconds, or for thirty;
- **disk full**: files stop growing for good, or for two seconds; **folder read-only** for two seconds;
- **recogniser** raises or talks nonsense for each sound when it is first asked about it, or hangs;
- **voice**: its process is killed, stopped, or prints garbage, again and again.

Words are tones (`tone_words.py`), so every word that is missing from the journal, or stands there twice,
counts; the trainee's track is compared sample by sample with what was sent.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

from voice_coach.moves.recognizer import load_recognizer
from voice_coach_benchmarks.fault_calls import Person, Wanted, live_through, outcome
from voice_coach_benchmarks.fault_figures import (
    CallOutcome,
    add_up,
    read_figures,
    table,
    write_figures,
)
from voice_coach_benchmarks.fault_way import KillableServer

__all__ = ["FAULTS", "measure"]

_KILLED_SECONDS: Final = 0.3
_CUT_SECONDS: Final = {"connection cut for 2 s": 2.0, "connection cut for 30 s": 30.0}


def _wanted(fault: str, *, drops: bool = False, notice: str = "", keeps_all: bool = True) -> Wanted:
    return Wanted(fault=fault, drops=drops, notice=notice, keeps_all=keeps_all)


_WANTED: Final = (
    _wanted("server killed", drops=True),
    _wanted("server killed again", drops=True),
    _wanted("power lost", drops=True),
    *(_wanted(cut, drops=True) for cut in _CUT_SECONDS),
    _wanted("disk full", notice="store", keeps_all=False),
    _wanted("disk full for 2 s", notice="store"),
    _wanted("folder read-only for 2 s", notice="store"),
    _wanted("recogniser raises"),
    _wanted("recogniser talks nonsense"),
    _wanted("recogniser hangs", notice="ears"),
    _wanted("voice killed"),
    _wanted("voice hangs"),
    _wanted("voice babbles"),
)
FAULTS: Final = {wanted.fault: wanted for wanted in _WANTED}


@contextmanager
def _server(store: Path, fault: str) -> Iterator[KillableServer]:
    server = KillableServer(store, fault)
    try:
        yield server
    finally:
        server.stop()


async def _round(store: Path, fault: str, calls: int, random: Random) -> list[CallOutcome]:
    recognizer = load_recognizer()
    with _server(store, fault) as server:
        await server.wait()
        await server.open_way()
        people = [Person(random) for _ in range(calls)]
        living = [asyncio.create_task(live_through(server.way_port, person)) for person in people]
        await asyncio.gather(*(person.in_call.wait() for person in people))
        await asyncio.sleep(random.uniform(0.8, 9.0))
        await _let_go_wrong(store, server, fault, random)
        free_at = time.monotonic()
        endings = await asyncio.gather(*living)
    return [
        outcome(
            store / "sessions" / person.session,
            FAULTS[fault],
            person,
            recognizer,
            ending=ending,
            free_at=free_at,
        )
        for person, ending in zip(people, endings, strict=True)
    ]


async def _let_go_wrong(store: Path, server: KillableServer, fault: str, random: Random) -> None:
    """Come back when the way is free again."""
    if fault in _CUT_SECONDS:
        server.cut()
        await asyncio.sleep(_CUT_SECONDS[fault])
        server.mend()
        return
    if fault not in {"server killed", "server killed again", "power lost"}:
        server.trouble()
        return
    await _kill(server, store, random if fault == "power lost" else None)
    if fault == "server killed again":
        await asyncio.sleep(random.uniform(0.0, 1.5))
        await _kill(server, store)


async def _kill(server: KillableServer, store: Path, power: Random | None = None) -> None:
    server.kill()
    if power is not None:
        _lose_power(store, power)
    await asyncio.sleep(_KILLED_SECONDS)
    server.start()
    await server.wait()


def _lose_power(store: Path, random: Random) -> None:
    """Leave of each file that was being written what a disk may have of it."""
    for noted in store.glob("*-journal.jsonl"):
        folder = store / "sessions" / noted.name.removesuffix("-journal.jsonl")
        for file in (folder / name for name in ("journal.jsonl", "trainee.wav", "counterpart.wav")):
            synced = store / f"{folder.name}-{file.name}"
            if not file.exists():
                continue
            size = file.stat().st_size
            kept = int.from_bytes(synced.read_bytes(), "little") if synced.exists() else 0
            # Some of what was written since may have come through, and the rest may read as zeros.
            kept = random.randint(min(kept, size), size)
            zeros = random.choice((0, size - kept))
            with file.open("r+b") as stream:
                stream.truncate(kept)
                stream.truncate(kept + zeros)


def measure(faults: Sequence[str], rounds: int, calls: int, seed: int = 1) -> Iterator[CallOutcome]:
    """Live through rounds of calls with each fault."""
    for number in range(rounds):
        for fault in faults:
            random = Random(f"{seed} {fault} {number}")  # noqa: S311 - faults to be repeated, not secrets
            with tempfile.TemporaryDirectory() as store:
                yield from asyncio.run(_round(Path(store), fault, calls, random))


def main() -> None:
    """Live through the faults, print the table; exit 1 when something was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2, help="of each fault")
    parser.add_argument("--calls", type=int, default=10, help="at once, in a round")
    parser.add_argument("--only", choices=tuple(FAULTS), action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--add", type=Path, help="add the figures to those in this file")
    options = parser.parse_args()
    outcomes = []
    for one in measure(options.only or tuple(FAULTS), options.rounds, options.calls, options.seed):
        outcomes.append(one)
        if one.wrong or one.words_lost or one.words_twice or one.events_lost:
            print(one, flush=True)
        if options.add is not None:
            write_figures(options.add, add_up(read_figures(options.add), [one]))
    print(table(add_up((), outcomes)))
    sys.exit(any(o.wrong or o.words_lost or o.words_twice or o.events_lost for o in outcomes))


if __name__ == "__main__":
    main()
