"""A class: twelve tables at once over TLS, with a trainer who watches.

usage: python -m voice_coach_benchmarks.room_class [--tables N] [--seconds S] [--alone] [--json]

A real room with the real ears and voice runs in this process; tables and trainer's page live in another
(`room_tables`), where each table speaks 40 % of the time. Aims: final text within 1.2 s (p95), at the
slowest table too; the trainer's page within 1 s of the tables (p95); memory flat.

The baseline in the same run: the same trainees for the same time on a plain server, without TLS, lobbies
and trainer. What the room costs is the difference.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from voice_coach.cli.engines import open_engines
from voice_coach.settings import Settings
from voice_coach_benchmarks.live import resident_mb
from voice_coach_benchmarks.load import speak_clips, warm_up
from voice_coach_benchmarks.load_room import RoomHeard
from voice_coach_benchmarks.room_tables import ClassHeard
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines
from voice_coach_server.room.opened import OpenedRoom

__all__ = ["Figures", "Lesson", "Report", "hold_class", "table"]

AIM_FINAL_SECONDS: Final = 1.2
AIM_UPDATE_SECONDS: Final = 1.0
_FLAT_MB_PER_MINUTE: Final = 1.0
_EXTRA_SECONDS: Final = 60.0
_MEMORY_LOOK_SECONDS: Final = 1.0


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """What is lived through."""

    clips: Path
    """Folder of what the tables say."""
    tables: int
    seconds: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One way to serve the trainees. Times in seconds."""

    turns: int
    unanswered: int
    refused: int
    final_p50: float
    final_p95: float
    worst_table_p95: float
    """Of the table whose own p95 is the highest."""
    fewest_turns: int
    """Of any table: a table that is starved has few."""
    most_turns: int
    server_cores: float
    """Of this process: without the voice, which has its own."""
    memory_mb: float
    """At the end, of this process."""
    memory_mb_per_minute: float
    """Slope over the second half."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The class, and the baseline."""

    machine: str
    model: str
    tables: int
    seconds: float
    room: Figures
    plain: Figures | None
    """None when it was not asked for."""
    update_p50: float
    update_p95: float
    update_worst: float
    updates: int
    unshown: int
    messages_per_second: float
    """That the trainer's page got."""


async def hold_class(
    settings: Settings, engines: Engines, lesson: Lesson, *, alone: bool = False
) -> Report:
    """Hold a class, and the baseline before it unless it is to be alone."""
    plain: Figures | None = None
    if not alone:
        async with running_server(settings, engines, web_folder()) as address:
            output, measured = await _live("load_room", address.websocket_url, (), lesson)
            plain = _figures(msgspec.json.decode(output, type=RoomHeard), measured)
    room = OpenedRoom(settings, "Benchmark", ("127.0.0.1",))
    with tempfile.TemporaryDirectory() as folder:
        authority, secrets = Path(folder) / "authority.pem", Path(folder) / "secrets"
        authority.write_bytes(room.certificate.authority_pem)
        secrets.touch(0o600)
        secrets.write_text(f"{room.door.code}\n{room.door.secret}\n", "utf-8")
        options = ("--authority", str(authority), "--secrets", str(secrets))
        async with running_server(settings, engines, web_folder(), room) as address:
            output, measured = await _live("room_tables", address.http_url, options, lesson)
    room.close()
    heard = msgspec.json.decode(output, type=ClassHeard)
    updates = np.array(heard.updates or (0.0,))
    return Report(
        machine=f"{os.cpu_count() or 1} cores",
        model=engines.transcriber.name,
        tables=lesson.tables,
        seconds=lesson.seconds,
        room=_figures(heard.tables, measured),
        plain=plain,
        update_p50=_percentile(updates, 50),
        update_p95=_percentile(updates, 95),
        update_worst=_percentile(updates, 100),
        updates=len(heard.updates),
        unshown=heard.unshown,
        messages_per_second=round(heard.messages / lesson.seconds, 1),
    )


class _Measured(msgspec.Struct, frozen=True, kw_only=True):
    cores: float
    memory: tuple[tuple[float, float], ...]
    """Moments in seconds, and MB."""


async def _live(module: str, url: str, options: Sequence[str], lesson: Lesson) -> tuple[bytes, _Measured]:
    """Let trainees live in a process of their own, and measure this one meanwhile."""
    more = (
        *("--clips", str(lesson.clips)),
        *("--sessions", str(lesson.tables)),
        *("--seconds", str(lesson.seconds)),
    )
    command = (sys.executable, "-m", f"voice_coach_benchmarks.{module}", url, *options, *more)
    memory: list[tuple[float, float]] = []
    looking = asyncio.create_task(_look_at_memory(memory))
    cpu, began = time.process_time(), time.perf_counter()
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, limit=1 << 26)
    try:
        async with asyncio.timeout(lesson.seconds + _EXTRA_SECONDS):
            output, _ = await child.communicate()
    finally:
        looking.cancel()
        if child.returncode is None:
            child.kill()
    if child.returncode:
        raise SystemExit(f"The trainees ended with code {child.returncode}.")
    elapsed = time.perf_counter() - began
    cores = (time.process_time() - cpu) / elapsed
    return output, _Measured(cores=round(cores, 3), memory=tuple(memory))


async def _look_at_memory(seen: list[tuple[float, float]]) -> None:
    while True:
        seen.append((time.monotonic(), resident_mb(os.getpid())))
        await asyncio.sleep(_MEMORY_LOOK_SECONDS)


def _figures(heard: RoomHeard, measured: _Measured) -> Figures:
    delays = np.array([delay for _, delay in heard.settled] or (0.0,))
    late = np.array(measured.memory[len(measured.memory) // 2 :])
    slope = float(np.polyfit(late[:, 0] / 60, late[:, 1], 1)[0]) if len(late) > 1 else 0.0
    turns = [len(table) for table in heard.delays]
    return Figures(
        turns=len(heard.settled),
        unanswered=heard.unanswered,
        refused=sum(heard.refused.values()),
        final_p50=_percentile(delays, 50),
        final_p95=_percentile(delays, 95),
        worst_table_p95=max((_percentile(np.array(t), 95) for t in heard.delays if t), default=0.0),
        fewest_turns=min(turns, default=0),
        most_turns=max(turns, default=0),
        server_cores=measured.cores,
        memory_mb=round(measured.memory[-1][1], 1),
        memory_mb_per_minute=round(slope, 2),
    )


def _percentile(values: np.ndarray[Any, Any], percent: float) -> float:
    return round(float(np.percentile(values, percent)), 3)


def table(report: Report) -> str:
    """Say the report as a table: what, aim, the class, the baseline."""
    plain = report.plain
    rows: list[tuple[str, str, Callable[[Figures], str]]] = [
        ("final text p50, s", "", lambda f: f"{f.final_p50:.2f}"),
        ("final text p95, s", f"<= {AIM_FINAL_SECONDS}", lambda f: f"{f.final_p95:.2f}"),
        ("  slowest table p95, s", f"<= {AIM_FINAL_SECONDS}", lambda f: f"{f.worst_table_p95:.2f}"),
        ("turns a table, fewest", "", lambda f: f"{f.fewest_turns}"),
        ("turns a table, most", "", lambda f: f"{f.most_turns}"),
        ("turns, all tables", "", lambda f: f"{f.turns}"),
        ("  without an answer", "", lambda f: f"{f.unanswered}"),
        ("calls refused", "0", lambda f: f"{f.refused}"),
        ("server, cores", "", lambda f: f"{f.server_cores:.2f}"),
        ("server, MB at the end", "", lambda f: f"{f.memory_mb:.0f}"),
        (
            "memory, MB a minute",
            f"< {_FLAT_MB_PER_MINUTE:.0f}",
            lambda f: f"{f.memory_mb_per_minute:+.1f}",
        ),
    ]
    lines = [
        f"A class of {report.tables} tables: {report.machine}, {report.model}, {report.seconds:.0f} s",
        f"{'':32}{'aim':>10}{'room':>10}{'plain server (baseline)':>26}",
        *(
            f"{what:32}{aim:>10}{value(report.room):>10}{value(plain) if plain else '-':>26}"
            for what, aim, value in rows
        ),
        f"{'page of the trainer p50, s':32}{'':>10}{report.update_p50:>10.2f}",
        f"{'page of the trainer p95, s':32}{f'<= {AIM_UPDATE_SECONDS}':>10}{report.update_p95:>10.2f}",
        f"{'  latest of all, s':32}{'':>10}{report.update_worst:>10.2f}",
        f"{'  changes, never shown':32}{'0':>10}{f'{report.updates}, {report.unshown}':>10}",
        f"{'  messages a second':32}{'':>10}{report.messages_per_second:>10.1f}",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, print."""
    parser = argparse.ArgumentParser(
        prog="python -m voice_coach_benchmarks.room_class",
        description=(__doc__ or "").splitlines()[0],
    )
    parser.add_argument("--tables", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--alone", action="store_true", help="without the baseline")
    parser.add_argument("--clips", type=Path, help="folder of clips to speak instead of our own voice")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        store, spoken = (stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(2))
        settings = Settings()
        over = msgspec.structs.replace
        settings = over(
            settings,
            # How they fare is to be seen, so nobody is refused.
            server=over(settings.server, port=0, refuse_when_busy=False),
            store=over(settings.store, folder=store),
        )
        engines = stack.enter_context(open_engines(settings))
        clips: Path | None = options.clips
        if clips is None:
            clips = Path(spoken)
            speak_clips(engines.voice, clips)
        warm_up(engines, clips, settings.ears.workers)
        found = asyncio.run(
            hold_class(
                settings,
                engines,
                Lesson(clips=clips, tables=options.tables, seconds=options.seconds),
                alone=options.alone,
            )
        )
    print(msgspec.json.encode(found).decode() if options.json else table(found))


if __name__ == "__main__":
    main()
