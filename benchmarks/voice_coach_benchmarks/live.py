"""One live session on this machine: how soon it hears, decides and answers, and what it weighs.

usage: python -m voice_coach_benchmarks.live [FOLDER] [--turns N] [--scenario ID] [--svg FILE] [--json]

A scripted trainee speaks in real time over a real websocket to a real server with the real ears and
voice: clips of FOLDER, people whose words are known, or without FOLDER the demo's lines. Everything is
measured where the client is, on arrival, from the true end of speech in the clip; after it comes noise as
loud as the clip's quietest moments.

Text is settled when the last change of the shown words has arrived, the turn is decided when it arrives
as settled, voice-to-voice ends at the first audible sample of the answer. A turn that arrives while its
clip still plays was cut inside; it is counted, and has no other figures.

The baseline of the same run: a silence of 0.8 s, then `WhisperModel.transcribe` (beam 5) of the same
clips, then the time that our own voice took.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np

from voice_coach.cli.engines import open_engines
from voice_coach.coaching.turn import Speaker
from voice_coach.counterpart.demo import load_demo
from voice_coach.counterpart.reply import Delivery
from voice_coach.messages import PROTOCOL_VERSION, AudioFrame, Hello, Partial, Reply, TurnSettled
from voice_coach.settings import Melody, ServerSettings, Settings, StoreSettings, with_options
from voice_coach.speech.models import find_model
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_benchmarks.drawing import Bar, bars_svg
from voice_coach_benchmarks.live_ear import clips_of, levels_of
from voice_coach_client.connection import Connection, Received
from voice_coach_client.demo import rehearse
from voice_coach_client.scripted_trainee import FRAME_SAMPLES, MicrophoneFrame, ScriptedTrainee
from voice_coach_client.spoken_line import SpokenLine, first_audible, speak_lines
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

BASELINE_SILENCE_MS = 800
LINES_A_CALL = 5
SILENCE_BEFORE_SECONDS = 0.7
LONGEST_CLIP_SECONDS = 12.0
STAGES = ("text settled", "turn decided", "voice to voice")
AIMS_MS = {"text settled": (250, 500), "turn decided": (400, 700), "voice to voice": (450, 750)}


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds after the true end of speech."""

    name: str
    p50_ms: float
    p95_ms: float
    baseline_p50_ms: float
    aim_p50_ms: float
    aim_p95_ms: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    model: str
    machine: str
    turns: int
    """Spoken to their end before they were answered."""
    cut_inside: int
    """Answered while their clip still played, taken back or not."""
    stages: tuple[Stage, ...]
    cores_while_speaking: float
    """CPU seconds of server and trainee, which share a process, a second of the trainee's speech."""
    ready_seconds: float
    resident_mb: float
    """Of `voice-coach serve` and its voice worker, right after the start."""


class _Person(ScriptedTrainee):
    """Speaks recorded lines in the room that they were recorded in; notes what it sees and when."""

    def __init__(self, lines: tuple[SpokenLine, ...], rooms: tuple[float, ...]) -> None:
        super().__init__(lines)
        self._rooms = rooms
        self._random = np.random.default_rng(1)
        self._line = -1
        self._ended_at: float | None = None
        """When the last line truly ended; None while one is spoken, and when it was cut."""
        self._shown = ""
        self._changed_at = 0.0
        self._answer_due = False
        self._answer_from = 0.0
        self._rate_hz = SAMPLE_RATE_HZ
        self._began = (0.0, 0.0)
        self.figures: dict[str, list[float]] = {name: [] for name in STAGES}
        self.cut_inside = 0
        self.spoken_seconds = 0.0
        self.cpu_seconds = 0.0

    def tick(self) -> MicrophoneFrame:
        frame = super().tick()
        now = asyncio.get_running_loop().time()
        if frame.line_started:
            self._line += 1
            self._ended_at, self._shown, self._answer_due = None, "", False
            self._began = (now, time.process_time())
        if frame.line_end_sample is not None:
            self._ended_at = now
            self.spoken_seconds += now - self._began[0]
            self.cpu_seconds += time.process_time() - self._began[1]
        if any(frame.pcm):
            return frame
        noise = self._rooms[max(self._line, 0)] * self._random.standard_normal(FRAME_SAMPLES)
        return msgspec.structs.replace(frame, pcm=(noise * 32767).astype("<i2").tobytes())

    def see(self, message: Received) -> None:
        """Note a message from the server on its arrival."""
        now = asyncio.get_running_loop().time()
        match message:
            case Partial():
                self._show(message.settled + message.tentative, now)
            case TurnSettled() if message.turn.speaker is Speaker.TRAINEE:
                if self._ended_at is None:
                    self.cut_inside += self._line >= 0
                    return
                self._show(message.turn.text, now)
                self._answer_due = True
                settled = max(self._changed_at - self._ended_at, 0.0)
                self.figures["text settled"].append(1000 * settled)
                self.figures["turn decided"].append(1000 * (now - self._ended_at))
            case Reply():
                self._rate_hz = message.sample_rate_hz
            case AudioFrame() if self._answer_due and self._ended_at is not None:
                self._hear(message, now)
            case _:
                pass

    def _hear(self, frame: AudioFrame, now: float) -> None:
        """Find the first audible sample; the answer begins to play when its first frame arrives."""
        if frame.offset == 0:
            self._answer_from = now
        index = first_audible(frame.pcm)
        if index is None:
            return
        self._answer_due = False
        heard = max(now, self._answer_from + (frame.offset + index) / self._rate_hz)
        self.figures["voice to voice"].append(1000 * (heard - (self._ended_at or now)))

    def _show(self, text: str, now: float) -> None:
        if text != self._shown:
            self._shown, self._changed_at = text, now


def spoken_by_people(engines: Engines, folder: Path, turns: int) -> Iterator[tuple[SpokenLine, float]]:
    """Give recorded clips up to the true end of their speech, and how loud their room is."""
    clips = list(clips_of(folder, engines.voice_activity, LONGEST_CLIP_SECONDS))
    for clip in islice(clips, 0, None, max(1, len(clips) // turns)):
        audio = clip.audio[: round(clip.end_seconds * SAMPLE_RATE_HZ)]
        line = SpokenLine(
            text=clip.text,
            silence_before_seconds=SILENCE_BEFORE_SECONDS,
            pcm=(np.clip(audio, -1, 1) * 32767).astype("<i2").tobytes(),
        )
        yield line, float(np.percentile(levels_of(audio), 2))


def measure(
    settings: Settings, *, folder: Path | None = None, turns: int = 20, scenario: str = "renewal_in_doubt"
) -> Report:
    """Live through calls of a few turns each.

    Args:
        settings: Engines and turn taking; port and store are chosen afresh.
        folder: Clips to speak; the demo's lines when absent.
        turns: About how many turns to speak.
        scenario: Who answers.

    Raises:
        VoiceCoachError: The engines, the server or a call failed.
    """
    people = []
    if folder is None:
        # The demo's voice is synthetic, and the network has learnt from people: see `voice-coach demo`.
        settings = with_options(settings, melody=Melody.PITCH)
    with tempfile.TemporaryDirectory() as store, open_engines(settings) as engines:
        replace = msgspec.structs.replace
        here = replace(settings, server=ServerSettings(port=0), store=StoreSettings(folder=store))
        if folder is None:
            demo = speak_lines(load_demo(scenario), engines.voice, Delivery.WARM)
            material = [(line, 1e-4) for line in demo]
        else:
            material = list(spoken_by_people(engines, folder, turns))[:turns]
        synthesis_ms = []
        for start in range(0, len(material), LINES_A_CALL):
            part = material[start : start + LINES_A_CALL]
            person = _Person(tuple(line for line, _ in part), tuple(room for _, room in part))
            asyncio.run(_call(here, engines, person, scenario))
            people.append(person)
        for _ in range(5):
            began = time.perf_counter()
            engines.voice.speak("I was hoping you would tell me.", Delivery.CALM)
            synthesis_ms.append(1000 * (time.perf_counter() - began))
    decode_ms = float(np.median(padded_decode_ms([line for line, _ in material], settings.ears.model)))
    baseline = {
        "text settled": BASELINE_SILENCE_MS + decode_ms,
        "turn decided": float(BASELINE_SILENCE_MS),
        "voice to voice": BASELINE_SILENCE_MS + decode_ms + float(np.median(synthesis_ms)),
    }
    starts = [start_up() for _ in range(3)]
    return Report(
        model=settings.ears.model,
        machine=f"{os.cpu_count()} cores",
        turns=sum(len(person.figures["turn decided"]) for person in people),
        cut_inside=sum(person.cut_inside for person in people),
        stages=tuple(
            _stage(name, [value for person in people for value in person.figures[name]], baseline[name])
            for name in STAGES
        ),
        cores_while_speaking=round(
            sum(person.cpu_seconds for person in people)
            / sum(person.spoken_seconds for person in people),
            2,
        ),
        ready_seconds=round(float(np.median([ready for ready, _ in starts])), 2),
        resident_mb=round(float(np.median([megabytes for _, megabytes in starts]))),
    )


def _stage(name: str, values: list[float], baseline_ms: float) -> Stage:
    p50, p95 = np.percentile(values, [50, 95])
    return Stage(
        name=name,
        p50_ms=round(float(p50)),
        p95_ms=round(float(p95)),
        baseline_p50_ms=round(baseline_ms),
        aim_p50_ms=AIMS_MS[name][0],
        aim_p95_ms=AIMS_MS[name][1],
    )


async def _call(settings: Settings, engines: Engines, person: _Person, scenario: str) -> None:
    hello = Hello(version=PROTOCOL_VERSION, scenario=scenario, client="benchmark", seed=1)
    async with (
        running_server(settings, engines, web_folder()) as address,
        await Connection.open(address.websocket_url, hello) as connection,
    ):
        await rehearse(connection, person, person.see)


def picture(report: Report) -> str:
    """Draw the stages beside their baseline and their aims, as SVG."""
    bars = [
        bar
        for stage in report.stages
        for bar in (
            Bar(name=f"{stage.name}, p50", value=stage.p50_ms, mark=stage.aim_p50_ms),
            Bar(name=f"{stage.name}, p95", value=stage.p95_ms, mark=stage.aim_p95_ms),
            Bar(name="  fixed silence, padded", value=stage.baseline_p50_ms, baseline=True),
        )
    ]
    title = f"One session, {report.model}, {report.machine}: after the true end of speech"
    return bars_svg(title, x="milliseconds; the stroke is the aim", bars=bars)


def padded_decode_ms(lines: list[SpokenLine], model: str) -> list[float]:
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


def show(report: Report) -> None:
    """Print the figures with their aims."""
    print(f"One session, {report.machine}, model {report.model}, {report.turns} turns")
    for stage in report.stages:
        print(
            f"  {stage.name:15} p50 {stage.p50_ms:5.0f} ms  p95 {stage.p95_ms:5.0f} ms  "
            f"(aim {stage.aim_p50_ms:.0f} / {stage.aim_p95_ms:.0f}; "
            f"baseline p50 {stage.baseline_p50_ms:.0f} ms)"
        )
    print(f"  answered while the clip still played: {report.cut_inside}")
    print(f"  cores while the trainee speaks, both ends: {report.cores_while_speaking}")
    print(f"  start-up to ready: {report.ready_seconds} s; resident: {report.resident_mb:.0f} MB")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(
        prog="voice-coach bench live", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--scenario", default="renewal_in_doubt")
    parser.add_argument("--svg", type=Path, help="draw the stages into this file")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    report = measure(Settings(), folder=options.folder, turns=options.turns, scenario=options.scenario)
    if options.json:
        print(msgspec.json.encode(report).decode())
    else:
        show(report)
    if options.svg is not None:
        options.svg.write_text(picture(report), "utf-8")


if __name__ == "__main__":
    main()
