"""Many at once: how many trainees one machine carries, and what bounds it.

usage: python -m voice_coach_benchmarks.load [--sessions N] [--seconds S] [--only N] [--json] [--svg FILE]

A real server with the real engines runs in this process; the trainees live in another (`load_room`) and
speak 40 % of the time. The number of trainees is doubled until the final text comes later than 1.0 s
after the true end of speech (p95), then bisected. The baseline in the same run: how many trainees the
same two cores would carry if each turn were decoded by `WhisperModel.transcribe`, padded to 30 s with
beam 5, at full use of every core and with nothing else to do.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import soundfile
from prometheus_client.parser import text_string_to_metric_families

from voice_coach.cli.engines import open_engines
from voice_coach.counterpart.reply import Delivery
from voice_coach.settings import Settings
from voice_coach.speech.audio import pcm_to_float
from voice_coach.speech.models import find_model
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.voice import Voice
from voice_coach_benchmarks.drawing import Curve, curves_svg
from voice_coach_benchmarks.live import children, resident_mb
from voice_coach_benchmarks.load_room import SPEAKING_SHARE, RoomHeard, clips_of
from voice_coach_client.resampling import resample
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

__all__ = ["Report", "Step", "measure", "picture", "table"]

AIM_SECONDS: Final = 1.0
"""Final text after the true end of speech, p95: past it the number of trainees is too large."""
_FIRST_SESSIONS: Final = 4
_FEWEST_FOR_SLOPE: Final = 10
_LOOP_LOOK_SECONDS: Final = 0.05
_CHILD_EXTRA_SECONDS: Final = 30.0
_RESIDENT_LOOKS: Final = 20
_LONGEST_BYTES: Final = 2 * 28 * SAMPLE_RATE_HZ

LINES: Final = (
    "What would help you most right now?",
    "It seems like something about this worries you.",
    "You were promised an answer, and nobody called.",
    "How am I supposed to explain that to my own people?",
    "It sounds like this is not only about the increase for you.",
    "So it is the timing, more than the number itself, that hurts.",
    "I would like to hear what happened when the system went down in March.",
    "You have been with us for four years, and you expected us to be there when it counted.",
    "It seems that you were left alone with this, and that your team had to carry the night shift.",
    "Before we talk about the price, I would like to understand what this year has been like for you.",
    "If I hear you right, the board wants a second offer, and you have two weeks to find one that holds.",
    "You paid for support within the hour, and when it was down for two days nobody picked up the phone.",
    "The renewal is one thing, but what counts is knowing that somebody knows your setup.",
    "I see why you look at other vendors, and I would like to hear what they have to do better than us.",
)
"""What the trainees say when no folder of clips is given: by the project's own voice, 2 to 8 s each."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one number of trainees led to. Times in seconds."""

    sessions: int
    """Trainees that were let in."""
    refused: int
    seconds: float
    turns: int
    unanswered: int
    """Utterances that were followed by no turn before the trainee spoke again."""
    speaking_share: float
    final_p50: float
    """The text of a turn on the trainee's side, after the true end of speech."""
    final_p95: float
    lag_growth: float
    """Slope of that delay, seconds a minute."""
    first_words_p50: float
    """From the beginning of an utterance to the first words shown."""
    answer_p50: float
    """From the end of speech to the first sound of the reply."""
    answer_p95: float
    partials_per_spoken_second: float
    partials_dropped: dict[str, float]
    """By reason."""
    decodes_busy: float
    """Share of the workers' time that went into decoding."""
    loop_busy: float
    """Share of one core that the event loop took."""
    loop_lag_p95: float
    """How late the event loop wakes."""
    server_cores: float
    """Cores in use by the server, its voice included."""
    room_cores: float
    """Cores in use by the simulated trainees."""
    resident_mb: float
    """The server in the second half of the step, its voice excluded; median."""
    notices: dict[str, int]
    """What the server told the trainees' pages, by code."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All steps in the order in which they were run, and what follows from them."""

    machine: str
    model: str
    seconds: float
    steps: tuple[Step, ...]
    holds: int
    """The most trainees whose final text came in time."""
    breaks: int | None
    """The fewest trainees whose did not; None when all that were asked for held."""
    bound: str
    """What was used up at the largest number."""
    mb_per_session: float
    padded_cpu_seconds: float
    """Mean CPU time of a padded decode of one utterance: the baseline."""
    padded_sessions: float
    """How many trainees the cores would carry at that price, finals only, and nothing else to do."""


async def measure(
    settings: Settings, engines: Engines, clips: Path, *, sessions: int, seconds: float
) -> Report:
    """Double the number of trainees up to `sessions` until it is too many, then bisect.

    Args:
        settings: Of the server; its port must be 0.
        engines: Loaded.
        clips: Folder of clips; those of 2 to 8 s are used.
        sessions: The most trainees to try.
        seconds: How long each number is lived through.
    """
    await asyncio.to_thread(warm_up, engines, clips, settings.ears.workers)
    steps: list[Step] = []
    holds, breaks = 0, None
    asked = min(_FIRST_SESSIONS, sessions)
    while True:
        step = await live_through(settings, engines, clips, sessions=asked, seconds=seconds)
        steps.append(step)
        print(_line(step), file=sys.stderr, flush=True)
        if step.turns and step.final_p95 <= AIM_SECONDS:
            holds = max(holds, step.sessions)
        else:
            breaks = asked if breaks is None else min(breaks, asked)
        if breaks is None and (holds >= sessions or step.refused):
            break
        if breaks is not None and breaks - holds <= max(1, breaks // 8):
            break
        asked = min(2 * asked, sessions) if breaks is None else (holds + breaks) // 2
    return _report(settings, engines, clips, steps, (holds, breaks))


async def live_through(
    settings: Settings, engines: Engines, clips: Path, *, sessions: int, seconds: float
) -> Step:
    """Let a fresh server live through one number of trainees."""
    async with running_server(settings, engines, web_folder()) as address:
        command = [sys.executable, "-m", "voice_coach_benchmarks.load_room", address.websocket_url]
        options = ["--clips", str(clips), "--sessions", str(sessions), "--seconds", str(seconds)]
        lags: list[float] = []
        watching = asyncio.create_task(_watch_loop(lags))
        loop_cpu, cpu, began = time.thread_time(), _cpu_seconds(), time.perf_counter()
        room = await asyncio.create_subprocess_exec(
            *command, *options, stdout=asyncio.subprocess.PIPE, limit=1 << 24
        )
        resident = asyncio.create_task(_resident_late_in(seconds))
        async with asyncio.timeout(seconds + _CHILD_EXTRA_SECONDS):
            output, _ = await room.communicate()
        elapsed = time.perf_counter() - began
        loop_cpu, cpu = time.thread_time() - loop_cpu, _cpu_seconds() - cpu
        watching.cancel()
        metrics = await asyncio.to_thread(_metrics, address.http_url)
    heard = msgspec.json.decode(output, type=RoomHeard)
    refused = sum(heard.refused.values())
    settled = np.array(heard.settled or [(0.0, 0.0)])
    delays = settled[:, 1]
    return Step(
        sessions=sessions - refused,
        refused=refused,
        seconds=round(elapsed, 1),
        turns=len(heard.settled),
        unanswered=heard.unanswered,
        speaking_share=round(heard.spoken_seconds / max(heard.call_seconds, 1e-9), 3),
        final_p50=_percentile(delays, 50),
        final_p95=_percentile(delays, 95),
        lag_growth=_slope(settled[:, 0] / 60, delays),
        first_words_p50=_percentile(heard.first_words, 50),
        answer_p50=_percentile(heard.answers, 50),
        answer_p95=_percentile(heard.answers, 95),
        partials_per_spoken_second=round(heard.partials / max(heard.spoken_seconds, 1e-9), 2),
        partials_dropped={
            labels["reason"]: value
            for labels, value in metrics.get("voice_coach_transcriptions_dropped_total", [])
        },
        decodes_busy=round(
            sum(value for _, value in metrics.get("voice_coach_decode_busy_seconds_total", []))
            / (settings.ears.workers * elapsed),
            3,
        ),
        loop_busy=round(loop_cpu / elapsed, 3),
        loop_lag_p95=_percentile(lags, 95),
        server_cores=round(cpu / elapsed, 3),
        room_cores=round(heard.cpu_seconds / elapsed, 3),
        resident_mb=round(resident.result(), 1),
        notices=heard.notices,
    )


def _report(
    settings: Settings,
    engines: Engines,
    clips: Path,
    steps: Sequence[Step],
    found: tuple[int, int | None],
) -> Report:
    padded, mean_seconds = _padded_decode(clips, settings.ears.model)
    cores = os.cpu_count() or 1
    decodes_per_second = SPEAKING_SHARE / mean_seconds
    few, many = min(steps, key=lambda s: s.sessions), max(steps, key=lambda s: s.sessions)
    extra = many.sessions - few.sessions
    return Report(
        machine=f"{cores} cores",
        model=engines.transcriber.name,
        seconds=steps[0].seconds,
        steps=tuple(steps),
        holds=found[0],
        breaks=found[1],
        bound=_bound(many, cores),
        mb_per_session=round((many.resident_mb - few.resident_mb) / extra, 2) if extra else 0.0,
        padded_cpu_seconds=round(padded, 3),
        padded_sessions=round(cores / (decodes_per_second * padded), 1),
    )


def _bound(step: Step, cores: int) -> str:
    """Name what was nearest to its end."""
    used = {
        f"the machine's {cores} cores": (step.server_cores + step.room_cores) / cores,
        "the recogniser's workers": step.decodes_busy,
        "the event loop": step.loop_busy,
    }
    name = max(used, key=lambda key: used[key])
    return f"{name}, {100 * used[name]:.0f} % in use with {step.sessions} trainees"


async def _watch_loop(lags: list[float]) -> None:
    while True:
        due = time.perf_counter() + _LOOP_LOOK_SECONDS
        await asyncio.sleep(_LOOP_LOOK_SECONDS)
        lags.append(time.perf_counter() - due)


async def _resident_late_in(seconds: float) -> float:
    """Look while all calls are open; the median, as each decode takes memory for a moment."""
    await asyncio.sleep(seconds / 2)
    seen = []
    for _ in range(_RESIDENT_LOOKS):
        seen.append(resident_mb(os.getpid()))
        await asyncio.sleep(0.45 * seconds / _RESIDENT_LOOKS)
    return float(np.median(seen))


def warm_up(engines: Engines, clips: Path, workers: int) -> None:
    """Let every worker do its largest work once: what that takes is not the price of a call."""
    audio = pcm_to_float(b"".join(clips_of(clips))[:_LONGEST_BYTES])
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(
            lambda _: engines.transcriber.transcribe(audio, final=True), range(2 * workers)
        ):
            pass


def _cpu_seconds() -> float:
    """CPU time of this process and of its voice; Linux only. The room says its own."""
    ticks = os.sysconf("SC_CLK_TCK")
    voices = 0.0
    for pid in children(os.getpid()):
        with suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
            if "load_room" not in Path(f"/proc/{pid}/cmdline").read_text("utf-8"):
                voices += (int(stat[11]) + int(stat[12])) / ticks
    return time.process_time() + voices


def _metrics(http_url: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    """Read the server's metrics as an operator would."""
    with urllib.request.urlopen(f"{http_url}metrics") as answer:  # noqa: S310 - our own server
        text = answer.read().decode()
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    families: Iterable[Any] = text_string_to_metric_families(text)
    for family in families:
        for sample in family.samples:
            found.setdefault(sample.name, []).append((dict(sample.labels), float(sample.value)))
    return found


def _padded_decode(clips: Path, model: str) -> tuple[float, float]:
    """Mean CPU seconds of a padded decode with beam 5, and mean length, of up to eight clips."""
    from faster_whisper import WhisperModel  # noqa: PLC0415 - heavy, and only the baseline needs it

    whisper = WhisperModel(str(find_model(model)), device="cpu", compute_type="int8", cpu_threads=1)
    times, lengths = [], []
    for pcm in clips_of(clips)[:8]:
        audio = pcm_to_float(pcm)
        began = time.process_time()
        for _ in whisper.transcribe(audio, beam_size=5, language="en")[0]:
            pass
        times.append(time.process_time() - began)
        lengths.append(len(audio) / SAMPLE_RATE_HZ)
    return float(np.mean(times)), float(np.mean(lengths))


def speak_clips(voice: Voice, folder: Path) -> None:
    """Say the lines once, into a folder, with a manifest that says what they are."""
    manifest = []
    for number, line in enumerate(LINES):
        spoken = voice.speak(line, Delivery.CALM)
        pcm = resample(spoken.pcm, spoken.sample_rate_hz, SAMPLE_RATE_HZ)
        name = f"spoken__{number:02}.wav"
        soundfile.write(folder / name, np.frombuffer(pcm, "<i2"), SAMPLE_RATE_HZ)
        manifest.append(msgspec.json.encode({"path": name, "text": line}).decode())
    (folder / "manifest.jsonl").write_text("\n".join(manifest), "utf-8")


def picture(report: Report) -> str:
    """Draw the delay of the final text, and of the answer, against the number of trainees; SVG."""
    ran = [step for step in report.steps if step.turns]
    return curves_svg(
        f"Many at once: {report.model}, {report.machine}",
        x="trainees, each speaking 40 % of the time",
        y="seconds after the end of speech",
        curves=[
            Curve.through("final text, p95", [(s.sessions, s.final_p95) for s in ran]),
            Curve.through("final text, p50", [(s.sessions, s.final_p50) for s in ran]),
            Curve.through("first sound back, p95", [(s.sessions, s.answer_p95) for s in ran]),
        ],
    )


def table(report: Report) -> str:
    """Say the report in words and one line a step."""
    broke = f"breaks at {report.breaks}" if report.breaks else "did not break"
    return (
        f"Many at once: {report.machine}, {report.model}, {report.seconds:.0f} s a step\n"
        + "".join(f"{_line(step)}\n" for step in sorted(report.steps, key=lambda s: s.sessions))
        + f"holds {report.holds} trainees at final p95 <= {AIM_SECONDS} s, {broke}; "
        f"what is used up: {report.bound}\n"
        f"{report.mb_per_session} MB per extra session\n"
        f"baseline: a padded decode takes {report.padded_cpu_seconds} CPU seconds an utterance, "
        f"which allows {report.padded_sessions} trainees with no partials and nothing else to do"
    )


def _line(step: Step) -> str:
    dropped = " ".join(f"{reason} {count:.0f}" for reason, count in step.partials_dropped.items())
    return (
        f"  {step.sessions:3} trainees ({step.refused} refused), {step.speaking_share:.0%} speech: "
        f"final p50 {step.final_p50:.2f} p95 {step.final_p95:.2f} s, {step.lag_growth:+.3f} s/min, "
        f"{step.turns} turns ({step.unanswered} unanswered); first words {step.first_words_p50:.2f} s, "
        f"{step.partials_per_spoken_second:.2f} partials/s (dropped: {dropped or 'none'}); "
        f"answer p50 {step.answer_p50:.2f} p95 {step.answer_p95:.2f} s; "
        f"decoding {100 * step.decodes_busy:.0f} %, loop {100 * step.loop_busy:.0f} % "
        f"(lag p95 {1000 * step.loop_lag_p95:.0f} ms), {step.server_cores:.2f} cores, "
        f"trainees {step.room_cores:.2f} cores, {step.resident_mb:.0f} MB"
        f"{f', told {step.notices}' if step.notices else ''}"
    )


def _percentile(values: Sequence[float] | np.ndarray[Any, Any], percent: float) -> float:
    return round(float(np.percentile(values, percent)), 3) if len(values) else 0.0


def _slope(minutes: np.ndarray[Any, Any], delays: np.ndarray[Any, Any]) -> float:
    if len(delays) < _FEWEST_FOR_SLOPE:
        return 0.0
    return round(float(np.polyfit(minutes, delays, 1)[0]), 3)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, print."""
    parser = argparse.ArgumentParser(
        prog="voice-coach bench load", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--sessions", type=int, default=64, help="the most trainees to try")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each number of trainees")
    parser.add_argument("--only", type=int, help="just this number of trainees")
    parser.add_argument("--refuse", action="store_true", help="let the server refuse calls when busy")
    parser.add_argument("--clips", type=Path, help="folder of clips to speak instead of our own voice")
    parser.add_argument("--svg", type=Path, help="draw the curves into this file")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        store, spoken = (stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(2))
        settings = Settings()
        over = msgspec.structs.replace
        settings = over(
            settings,
            # What breaks is to be found, so nobody is refused.
            server=over(settings.server, port=0, sessions_limit=10_000, refuse_when_busy=options.refuse),
            store=over(settings.store, folder=store),
        )
        engines = stack.enter_context(open_engines(settings))
        clips: Path | None = options.clips
        if clips is None:
            clips = Path(spoken)
            speak_clips(engines.voice, clips)
        if options.only:
            warm_up(engines, clips, settings.ears.workers)
            run = live_through(settings, engines, clips, sessions=options.only, seconds=options.seconds)
            step = asyncio.run(run)
            print(msgspec.json.encode(step).decode() if options.json else _line(step))
            return
        found = asyncio.run(
            measure(settings, engines, clips, sessions=options.sessions, seconds=options.seconds)
        )
    print(msgspec.json.encode(found).decode() if options.json else table(found))
    if options.svg is not None:
        options.svg.write_text(picture(found), "utf-8")


if __name__ == "__main__":
    main()
