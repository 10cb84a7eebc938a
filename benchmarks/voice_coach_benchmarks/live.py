"""One live session on this machine: how soon it answers, how fast it starts, what it weighs.

usage: python -m voice_coach_benchmarks.live [--rounds N] [--scenario ID] [--json]

A scripted trainee speaks the demo's lines in real time over a real websocket, through the real ears
and voice. The bars beside each figure say what a call should feel like; the baseline is a fixed
silence of 0.8 s before a padded decode starts, which is what a server without speculation would add:
it is computed from the same run (0.8 s + the measured time of `WhisperModel.transcribe` on the same
lines + the same synthesis). Ratios below 1 mean: sooner than the baseline.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from voice_coach.cli.engines import open_engines
from voice_coach.counterpart.demo import load_demo
from voice_coach.counterpart.reply import Delivery
from voice_coach.messages import PROTOCOL_VERSION, Hello, Latency
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach.speech.models import find_model
from voice_coach_client.connection import Connection, Received
from voice_coach_client.demo import rehearse
from voice_coach_client.scripted_trainee import ScriptedTrainee
from voice_coach_client.spoken_line import SpokenLine, speak_lines
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

BARS = {
    "final_text_ms": "end of speech to final text",
    "turn_decided_ms": "end of speech to the decision that the turn is over",
    "voice_to_voice_ms": "end of speech to first audible sample",
}
AIMS = {"voice_to_voice_ms": (600, 900)}
BASELINE_SILENCE_MS = 800
BASELINE_SYNTHESIS_MS = 30


async def one_call(
    settings: Settings, engines: Engines, lines: tuple[SpokenLine, ...], scenario: str, seed: int
) -> dict[str, list[float]]:
    """Rehearse once; give every turn's figures."""
    stages: list[Latency] = []

    def show(message: Received) -> None:
        if isinstance(message, Latency):
            stages.append(message)

    hello = Hello(version=PROTOCOL_VERSION, scenario=scenario, client="benchmark", seed=seed)
    async with (
        running_server(settings, engines, web_folder()) as address,
        await Connection.open(address.websocket_url, hello) as connection,
    ):
        measures = await rehearse(connection, ScriptedTrainee(lines), show)
    return {
        "final_text_ms": measures.final_text_ms,
        "turn_decided_ms": [stage.turn_decided_ms for stage in stages],
        "voice_to_voice_ms": measures.voice_to_voice_ms,
    }


def padded_decode_ms(lines: tuple[SpokenLine, ...], model: str) -> list[float]:
    """Time `WhisperModel.transcribe` on the same lines, as a server without our ears would."""
    from faster_whisper import WhisperModel  # noqa: PLC0415 - heavy, and only the baseline needs it

    whisper = WhisperModel(str(find_model(model)), device="cpu", compute_type="int8", cpu_threads=1)
    times = []
    for line in lines:
        audio = np.frombuffer(line.pcm, "<i2").astype(np.float32) / 32768
        began = time.perf_counter()
        for _ in whisper.transcribe(audio, beam_size=5, language="en")[0]:
            pass
        times.append(1000 * (time.perf_counter() - began))
    return times


def start_up() -> tuple[float, float]:
    """Start `voice-coach serve` as a process: seconds until ready, resident MB of it and its worker."""
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "voice_coach.cli", "serve", "--no-open", "--port", "0"]
        began = time.perf_counter()
        with subprocess.Popen(  # noqa: S603 - our own program
            [*command, "--store", store], stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None  # noqa: S101 - it was asked for
            for line in process.stderr:
                if "is ready: http://" in line:
                    break
            else:
                raise SystemExit("voice-coach serve ended before it was ready.")
            ready = time.perf_counter() - began
            megabytes = sum(resident_mb(pid) for pid in (process.pid, *children(process.pid)))
            process.terminate()
    return ready, megabytes


def resident_mb(pid: int) -> float:
    """Give a process's resident memory; Linux only."""
    text = Path(f"/proc/{pid}/status").read_text("utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    return int(found[1]) / 1024 if found else 0.0


def children(pid: int) -> list[int]:
    """Give the children of a process; Linux only."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8")
    return [int(word) for word in text.split()]


def main() -> None:
    """Run, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scenario", default="renewal_in_doubt")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    figures: dict[str, list[float]] = {name: [] for name in BARS}
    with tempfile.TemporaryDirectory() as store, open_engines(Settings()) as engines:
        settings = Settings(server=ServerSettings(port=0), store=StoreSettings(folder=store))
        lines = speak_lines(load_demo(options.scenario), engines.voice, Delivery.WARM)
        for seed in range(options.rounds):
            found = asyncio.run(one_call(settings, engines, lines, options.scenario, seed))
            for name, values in found.items():
                figures[name] += values
        model = settings.ears.model
    padded = padded_decode_ms(lines, model)
    baseline = {
        "final_text_ms": BASELINE_SILENCE_MS + float(np.median(padded)),
        "turn_decided_ms": float(BASELINE_SILENCE_MS),
        "voice_to_voice_ms": BASELINE_SILENCE_MS + float(np.median(padded)) + BASELINE_SYNTHESIS_MS,
    }
    starts = [start_up() for _ in range(options.rounds)]
    report: dict[str, Any] = {
        "machine": f"{os.cpu_count()} cores",
        "model": model,
        "turns": len(figures["voice_to_voice_ms"]),
        "ready_seconds": round(float(np.median([ready for ready, _ in starts])), 2),
        "resident_mb": round(float(np.median([megabytes for _, megabytes in starts]))),
    }
    for name, values in figures.items():
        p50, p95 = np.percentile(values, [50, 95])
        report[name] = {"p50": round(p50), "p95": round(p95), "ratio": round(p50 / baseline[name], 2)}
    if options.json:
        print(json.dumps(report))
        return
    print(f"One session, {report['machine']}, model {model}, {report['turns']} turns")
    for name, meaning in BARS.items():
        row = report[name]
        aim = AIMS.get(name)
        bar = f"aim {aim[0]} / {aim[1]}" if aim else ""
        print(
            f"  {meaning:52} p50 {row['p50']:5} ms  p95 {row['p95']:5} ms  "
            f"x{row['ratio']:.2f} of the baseline  {bar}"
        )
    ready, resident = report["ready_seconds"], report["resident_mb"]
    print(f"  start-up to ready: {ready} s (aim 5); resident: {resident} MB (aim 500)")


if __name__ == "__main__":
    main()
