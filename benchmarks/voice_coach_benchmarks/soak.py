"""A long evening: a few trainees for half an hour, and whether the server is the same at the end.

usage: python -m voice_coach_benchmarks.soak [--minutes M] [--sessions N] [--clips FOLDER] [--svg FILE]

A real server with the real engines runs in a process of its own. Its trainees talk, hang up, lose their
connection, begin anew; every third call is a drill. Every ten seconds it is looked at from outside:
memory, descriptors, threads, children, and what it says of itself on `/metrics`. Something is flat when,
after the first five minutes (or the first third of a short run), it grows by less a minute than is
stated, or by no more than its own scatter allows to tell from nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import signal
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import ClientConnection

from voice_coach.coaching.drill_shelf import read_drill_shelf
from voice_coach.messages import PROTOCOL_VERSION, EndCall, Hello, encode
from voice_coach.settings import Settings
from voice_coach.speech.voice_engines import open_voice
from voice_coach_benchmarks.drawing import Curve, curves_svg
from voice_coach_benchmarks.live import children
from voice_coach_benchmarks.load import speak_clips
from voice_coach_benchmarks.load_room import RoomHeard, SimulatedRoom, clips_of

__all__ = ["BOUNDS", "Report", "Row", "picture", "report", "table"]

BOUNDS: Final = {
    "resident_mb": 1.0,
    "private_mb": 1.0,
    "descriptors": 0.2,
    "threads": 0.2,
    "children": 0.02,
    "tasks": 0.5,
    "waiting": 0.2,
}
"""How much may be added each minute and still be called flat."""
_LOOK_SECONDS: Final = 10.0
_WARM_UP_SECONDS: Final = 300.0
_STANDARD_ERRORS: Final = 2.0
_LEAST_ROWS: Final = 4
_STAYS_SECONDS: Final = (40.0, 240.0)
_GOODBYE_SECONDS: Final = 10.0
_DRILL_EVERY: Final = 3
_READY: Final = re.compile(r"is ready: (http://\S+)")
_SCENARIO: Final = "renewal_in_doubt"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The server at one moment."""

    at_seconds: float
    resident_mb: float
    private_mb: float
    """Of resident memory, what no other process shares."""
    descriptors: float
    threads: float
    children: float
    tasks: float
    """Of the event loop."""
    waiting: float
    """Transcriptions that wait for the recogniser."""
    sessions: float


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """How one figure went on after the warm-up."""

    first: float
    last: float
    """Medians of the first and the last quarter."""
    per_minute: float
    uncertain: float
    """Two standard errors of `per_minute`, from the medians of twelve stretches."""
    flat: bool


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole run."""

    machine: str
    minutes: float
    trainees: int
    turns: int
    final_p95: float
    """Seconds after the true end of speech."""
    opened: float
    """Calls that the server opened."""
    trends: dict[str, Trend]
    rows: tuple[Row, ...]


class _Trainees(SimulatedRoom):
    """Trainees who seldom stay to the end."""

    def __init__(self, url: str, clips: Sequence[bytes], drills: Sequence[str]) -> None:
        super().__init__(url, clips)
        self._drills = drills
        self._random = random.Random(1)  # noqa: S311 - repeatable, not secret
        self._calls = 0

    def hello(self, seed: int) -> Hello:
        self._calls += 1
        if self._calls % _DRILL_EVERY == 0:
            drill = self._random.choice(self._drills)
            return Hello(version=PROTOCOL_VERSION, drill=drill, client="soak", seed=seed)
        return Hello(version=PROTOCOL_VERSION, scenario=_SCENARIO, client="soak", seed=seed)

    async def stay(self, listen: Callable[[], Awaitable[None]], socket: ClientConnection) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._random.uniform(*_STAYS_SECONDS)):
                await listen()
                return
        if self._random.random() < 1 / 2:
            return  # the connection is lost; nobody comes back
        await socket.send(encode(EndCall()))
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await listen()


async def live_through(clips: Path, *, sessions: int, minutes: float) -> Report:
    """Start a server, let trainees live with it, look at it. Linux only."""
    settings = Settings()
    drills = [drill.id for drill in read_drill_shelf(settings.drills.path).drills]
    with tempfile.TemporaryDirectory() as store:
        command = ("-m", "voice_coach.cli", "serve", "--no-open", "--port", "0", "--store", store)
        server = await asyncio.create_subprocess_exec(
            sys.executable, *command, stderr=asyncio.subprocess.PIPE
        )
        assert server.stderr is not None  # noqa: S101 - it was asked for
        try:
            url = ""
            while not url:
                line = (await server.stderr.readline()).decode()
                if not line:
                    raise SystemExit("voice-coach serve ended before it was ready.")
                found = _READY.search(line)
                url = found[1] if found else ""
            room = _Trainees(f"{url.replace('http', 'ws', 1)}ws", clips_of(clips), drills)
            rows: list[Row] = []
            looking = asyncio.create_task(_look(server.pid, url, rows))
            heard = await room.live(sessions, 60 * minutes)
            looking.cancel()
            opened = (await asyncio.to_thread(_metrics, url)).get(
                "voice_coach_sessions_opened_total", 0.0
            )
        finally:
            if server.returncode is None:
                server.send_signal(signal.SIGINT)
                await server.wait()
    return report(heard, rows, trainees=sessions, opened=opened)


async def _look(pid: int, url: str, rows: list[Row]) -> None:
    began = time.monotonic()
    while True:
        metrics = await asyncio.to_thread(_metrics, url)
        rows.append(_row(pid, metrics, time.monotonic() - began))
        print(msgspec.json.encode(rows[-1]).decode(), file=sys.stderr, flush=True)
        await asyncio.sleep(_LOOK_SECONDS)


def _row(pid: int, metrics: Mapping[str, float], at_seconds: float) -> Row:
    rolled = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
    kb = {name: int(size) for name, size in re.findall(r"^(\w+):\s+(\d+) kB", rolled, re.MULTILINE)}
    return Row(
        at_seconds=round(at_seconds, 1),
        resident_mb=round(kb["Rss"] / 1024, 1),
        private_mb=round((kb["Private_Clean"] + kb["Private_Dirty"]) / 1024, 1),
        descriptors=len(tuple(Path(f"/proc/{pid}/fd").iterdir())),
        threads=len(tuple(Path(f"/proc/{pid}/task").iterdir())),
        children=len(children(pid)),
        tasks=metrics.get("voice_coach_event_loop_tasks", 0.0),
        waiting=metrics.get("voice_coach_recognition_queue_depth", 0.0),
        sessions=metrics.get("voice_coach_sessions_active", 0.0),
    )


def _metrics(url: str) -> Mapping[str, float]:
    """What the server says of itself, without labels; nothing when it does not answer."""
    try:
        with urllib.request.urlopen(f"{url}metrics", timeout=5) as answer:  # noqa: S310 - our own server
            families = text_string_to_metric_families(answer.read().decode())
    except OSError:
        return {}
    return {sample.name: sample.value for one in families for sample in one.samples if not sample.labels}


def report(heard: RoomHeard, rows: Sequence[Row], *, trainees: int, opened: float) -> Report:
    """Judge what was seen. `rows` in the order in which they were taken, at least one."""
    end = rows[-1].at_seconds
    late = [row for row in rows if row.at_seconds >= min(_WARM_UP_SECONDS, end / 3)]
    minutes = np.array([row.at_seconds / 60 for row in late])
    delays = [seconds for _, seconds in heard.settled]
    return Report(
        machine=f"{os.cpu_count() or 1} cores",
        minutes=round(end / 60, 1),
        trainees=trainees,
        turns=len(delays),
        final_p95=round(float(np.percentile(delays, 95)), 2) if delays else 0.0,
        opened=opened,
        trends={
            name: _trend(minutes, np.array([getattr(row, name) for row in late], float), bound)
            for name, bound in BOUNDS.items()
        },
        rows=tuple(rows),
    )


def _trend(minutes: np.ndarray, values: np.ndarray, bound: float) -> Trend:
    quarter = max(1, len(values) // 4)
    # Neighbours resemble each other: stretches are compared, not single looks.
    stretches = min(12, len(values))
    across = np.array([part.mean() for part in np.array_split(minutes, stretches)])
    up = np.array([np.median(part) for part in np.array_split(values, stretches)])
    slope = error = 0.0
    if stretches >= _LEAST_ROWS:
        slope, start = np.polyfit(across, up, 1)
        spread = float(np.sum((across - across.mean()) ** 2))
        rest = up - (slope * across + start)
        error = float(np.sqrt(np.sum(rest**2) / (stretches - 2) / spread))
    return Trend(
        first=round(float(np.median(values[:quarter])), 1),
        last=round(float(np.median(values[-quarter:])), 1),
        per_minute=round(float(slope), 3),
        uncertain=round(_STANDARD_ERRORS * error, 3),
        flat=bool(slope <= bound or slope <= _STANDARD_ERRORS * error),
    )


def table(found: Report) -> str:
    """Say the report as a table."""
    lines = [
        (
            f"{found.minutes:.0f} minutes, {found.trainees} trainees, {found.opened:.0f} calls, "
            f"{found.turns} turns, final text p95 {found.final_p95:.2f} s; {found.machine}"
        ),
        f"{'after the warm-up':18}{'first':>10}{'last':>10}{'a minute':>10}{'+-':>8}{'bound':>8}",
    ]
    for name, trend in found.trends.items():
        lines.append(
            f"{name:18}{trend.first:>10.1f}{trend.last:>10.1f}{trend.per_minute:>+10.3f}"
            f"{trend.uncertain:>8.3f}{BOUNDS[name]:>8.2f}  {'flat' if trend.flat else 'NOT FLAT'}"
        )
    return "\n".join(lines)


def picture(found: Report) -> str:
    """Draw memory, and what is counted, over the minutes."""

    def curve(name: str, field: str) -> Curve:
        return Curve.through(name, ((row.at_seconds / 60, getattr(row, field)) for row in found.rows))

    return curves_svg(
        f"A server with {found.trainees} trainees for {found.minutes:.0f} minutes",
        x="minutes",
        y="MB, or how many",
        curves=[
            curve("resident memory, MB", "resident_mb"),
            curve("private memory, MB", "private_mb"),
            curve("descriptors", "descriptors"),
            curve("threads", "threads"),
        ],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, print; code 1 when something is not flat."""
    parser = argparse.ArgumentParser(
        prog="python -m voice_coach_benchmarks.soak", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--sessions", type=int, default=4)
    parser.add_argument("--clips", type=Path, help="folder of clips to speak instead of our own voice")
    parser.add_argument("--svg", type=Path, help="draw the curves into this file")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as spoken:
        clips: Path | None = options.clips
        if clips is None:
            clips = Path(spoken)
            voice = open_voice(Settings().voice)
            try:
                speak_clips(voice, clips)
            finally:
                voice.close()
        found = asyncio.run(live_through(clips, sessions=options.sessions, minutes=options.minutes))
    print(msgspec.json.encode(found).decode() if options.json else table(found))
    if options.svg is not None:
        options.svg.write_text(picture(found), "utf-8")
    if not all(trend.flat for trend in found.trends.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
