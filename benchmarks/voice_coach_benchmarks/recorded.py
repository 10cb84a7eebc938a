"""A recorded two-channel call, against faster-whisper's batched pipeline: as multiple of real time.

Both hear the same file one after the other, each in a process of its own that has loaded its model before
the clock starts: int8, two cores. Ours reads, looks through and cuts the file, leaves echoes out,
understands it, times every word, finds the moves and keeps record and sound. The pipeline
(`BatchedInferencePipeline`, batches of 8, beam 5, its own voice activity) reads the file and transcribes
one channel after the other, without the times of words. The ratio is that of the CPU seconds: a busy
machine stretches the wall clock of both.

Without a folder the call is built of sentences that the plain voice speaks, the sides in turn. A folder
holds recordings of both sides as two files that end in `_agent` and `_caller`, laid side by side. Either
is repeated to the length that is asked for.

usage: voice-coach bench recorded [FOLDER] [--model M]... [--minutes 10] [--repeats 1] [--long 0] [--json]
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import soundfile

from voice_coach.errors import InputError
from voice_coach.recorded.call_file import Block
from voice_coach.recorded.hearing import Ears, Wishes, hear_call
from voice_coach.recorded.tell import tell_recorded
from voice_coach.settings import Settings
from voice_coach.speech.audio import load_mono
from voice_coach.speech.models import find_model
from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.voice_engines import open_voice
from voice_coach.speech.whisper import WhisperTranscriber
from voice_coach_benchmarks.load import speak_clips

__all__ = ["main"]

_CORES: Final = 2
_BATCH: Final = 8
_PAUSE_SECONDS: Final = 0.8


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What one hearing took."""

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    """The most memory that the process held, model included."""
    words: int


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One way with one model."""

    model: str
    way: str
    times_real_time: float
    """By the wall clock, median."""
    times_by_cpu: float
    """Were both cores its own: call seconds to CPU seconds by two, median."""
    peak_mb: float
    words: int


def built_call(folder: Path | None, minutes: float, file: Path) -> float:
    """Write the call; give its seconds."""
    sound = spoken_call() if folder is None else side_by_side(folder)
    wanted = round(minutes * 60 * SAMPLE_RATE_HZ)
    with soundfile.SoundFile(file, "w", SAMPLE_RATE_HZ, 2) as out:
        # An hour of it would not have to be in memory at once.
        written = 0
        while written < wanted:
            part = sound[:, : wanted - written]
            out.write(part.T)
            written += part.shape[1]
    return wanted / SAMPLE_RATE_HZ


def spoken_call() -> Block:
    """Sentences of the plain voice, left and right in turn."""
    quiet = np.zeros(round(_PAUSE_SECONDS * SAMPLE_RATE_HZ), np.float32)
    tracks: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    with tempfile.TemporaryDirectory() as scratch, closing(open_voice(Settings().voice)) as voice:
        speak_clips(voice, Path(scratch))
        for number, clip in enumerate(sorted(Path(scratch).glob("*.wav"))):
            line = load_mono(clip)
            for side, track in enumerate(tracks):
                track += [line if number % 2 == side else np.zeros_like(line), quiet]
    return np.stack([np.concatenate(track) for track in tracks])


def side_by_side(folder: Path) -> Block:
    """Both sides of a call, laid side by side.

    Raises:
        InputError: The folder has no such pair of files.
    """
    for agent in sorted(folder.glob("*_agent.*")):
        caller = agent.with_name(agent.name.replace("_agent.", "_caller."))
        if caller.is_file():
            left, right = load_mono(agent), load_mono(caller)
            length = min(len(left), len(right))
            return np.stack([left[:length], right[:length]])
    raise InputError(f"{folder} holds no two files that end in _agent and _caller.")


def ours(file: str, model: str) -> Run:
    """Hear the file as `voice-coach replay FILE` does."""
    ears = Ears(
        transcriber=WhisperTranscriber(model, threads=1, workers=_CORES),
        activity=SileroActivity(),
        threads=_CORES,
    )
    # The encoder remembers its silence when it is first used.
    ears.transcriber.transcribe(np.zeros(SAMPLE_RATE_HZ, np.float32), final=True)

    def hear() -> int:
        with tempfile.TemporaryDirectory() as store:
            session = hear_call(Path(file), Path(store), ears, Wishes(name="call"), lambda _: True)
            turns = tell_recorded(Path(store) / "sessions" / str(session)).turns
        return sum(len(one.turn.text.split()) for one in turns)

    return _measured(hear)


def batched(file: str, model: str) -> Run:
    """Hear both channels with faster-whisper's batched pipeline."""
    from faster_whisper import (  # noqa: PLC0415 - in the process of this way only
        BatchedInferencePipeline,
        WhisperModel,
        decode_audio,
    )

    loaded = WhisperModel(
        str(find_model(model)), device="cpu", compute_type="int8", cpu_threads=_CORES, num_workers=1
    )
    pipeline = BatchedInferencePipeline(model=loaded)

    def hear() -> int:
        words = 0
        for channel in decode_audio(file, split_stereo=True):
            segments, _ = pipeline.transcribe(channel, language="en", beam_size=5, batch_size=_BATCH)
            words += sum(len(segment.text.split()) for segment in segments)
        return words

    return _measured(hear)


_WAYS: Final[dict[str, Callable[[str, str], Run]]] = {"ours": ours, "batched pipeline": batched}


def _measured(hear: Callable[[], int]) -> Run:
    wall, cpu = time.perf_counter(), time.process_time()
    words = hear()
    return Run(
        wall_seconds=time.perf_counter() - wall,
        cpu_seconds=time.process_time() - cpu,
        # Linux counts kilobytes. It is the process's own: each way has one.
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        words=words,
    )


def alone(way: str, file: Path, model: str) -> Run:
    """Run one way in a new process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_WAYS[way], str(file), model).result()


def score(model: str, way: str, seconds: float, runs: Sequence[Run]) -> Score:
    """Sum up the repeats."""
    return Score(
        model=model,
        way=way,
        times_real_time=statistics.median(seconds / run.wall_seconds for run in runs),
        times_by_cpu=statistics.median(_CORES * seconds / run.cpu_seconds for run in runs),
        peak_mb=max(run.peak_mb for run in runs),
        words=runs[0].words,
    )


def show(scores: Sequence[Score], seconds: float) -> None:
    """Print the table."""
    print(f"A two-channel call of {seconds / 60:.0f} minutes, int8, {_CORES} cores")
    print(f"{'':28}{'x real time':>12}{'by CPU time':>12}{'peak MB':>9}{'words':>8}{'ratio':>8}")
    against = {one.model: one.times_by_cpu for one in scores if one.way != "ours"}
    for one in scores:
        rival = against.get(one.model) if one.way == "ours" else None
        ratio = f"{one.times_by_cpu / rival:.2f}x" if rival else ""
        print(
            f"{one.model + ', ' + one.way:28}{one.times_real_time:12.1f}{one.times_by_cpu:12.1f}"
            f"{one.peak_mb:9.0f}{one.words:8}{ratio:>8}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the call, measure, print."""
    parser = argparse.ArgumentParser(
        prog="voice-coach bench recorded", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("folder", type=Path, nargs="?", help="recordings of both sides")
    parser.add_argument("--model", action="append", help="may be given several times")
    parser.add_argument("--minutes", type=float, default=10.0, help="length of the call")
    parser.add_argument("--repeats", type=int, default=1, help="the median counts")
    parser.add_argument("--long", type=float, default=0.0, help="also ours on so many minutes")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    scores: list[Score] = []
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "call.flac"
        seconds = built_call(options.folder, options.minutes, file)
        models = options.model or ["tiny.en", "base"]
        for model in models:
            runs: dict[str, list[Run]] = {way: [] for way in _WAYS}
            for _ in range(options.repeats):
                for way, taken in runs.items():
                    taken.append(alone(way, file, model))
            scores += [score(model, way, seconds, taken) for way, taken in runs.items()]
        if options.long:
            seconds_long = built_call(options.folder, options.long, file)
            run = alone("ours", file, models[0])
            scores.append(score(f"{models[0]}, {options.long:.0f} min", "ours", seconds_long, [run]))
    if options.json:
        print(msgspec.json.encode(scores).decode())
    else:
        show(scores, seconds)


if __name__ == "__main__":
    main()
