"""The ears against the usual way: CPU time and word error rate on a folder of clips, ratio by ratio.

Ours (partial and final) and faster-whisper's `WhisperModel.transcribe` (beam 1 and beam 5) hear the same
clips in one process, one after the other clip by clip, int8 and one thread each, so that a busy machine
slows all alike. CPU time is the process's, the median over the repeats; nothing is warmed but by
one clip each.

Without a folder, sentences that the plain voice speaks are heard: enough for the ratios, too easy for the
error rates. A folder holds `manifest.jsonl`, one object a line with `path` and `text`; rows with a `ref`
that does not begin with `gold`, or a `human` that is not `yes`, are left out. The subset is what stands
before `__` in the path. Rows of kind `nonspeech` must stay without words, and are counted apart.

usage: voice-coach bench ears [FOLDER] [--model M]... [--repeats 3] [--every 1] [--svg FILE] [--json]
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import jiwer
import msgspec
from faster_whisper import WhisperModel
from whisper_normalizer.english import EnglishTextNormalizer

from voice_coach.settings import Settings
from voice_coach.speech.audio import load_mono
from voice_coach.speech.models import find_model
from voice_coach.speech.pieces import pieces
from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.voice_engines import open_voice
from voice_coach.speech.whisper import LONGEST_SECONDS, WhisperTranscriber
from voice_coach_benchmarks.drawing import Curve, curves_svg
from voice_coach_benchmarks.load import speak_clips

Way = Callable[[Audio], str]
_AGAINST: Final = {"partial": "plain beam 1", "final": "plain beam 5", "with times": "plain beam 5"}


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """One clip of the folder."""

    subset: str
    audio: Audio
    reference: str


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """What one way of listening cost and got wrong."""

    cpu_seconds_per_clip: float
    word_error_percent: dict[str, float]
    """By subset; `all` is every word of every clip."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """All ways with one model."""

    model: str
    scores: dict[str, Score]
    fallback_percent: float
    """Finals decoded again with full padding."""
    word_times_percent: float
    """What word times add to the CPU time of a final."""
    nonspeech_with_words: int
    nonspeech: int


def rows(folder: Path) -> list[dict[str, str]]:
    """Read the manifest."""
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]


def spoken_clips(folder: Path, every: int) -> list[Clip]:
    """Give the clips whose words are known for certain."""
    known = [
        row
        for row in rows(folder)
        if row.get("ref", "gold").startswith("gold")
        and row.get("human", "yes") == "yes"
        and row.get("kind") not in {"nonspeech", "long"}
    ]
    return [
        Clip(
            subset=row["path"].split("__")[0],
            audio=load_mono(folder / row["path"]),
            reference=row["text"],
        )
        for row in known[::every]
    ]


def heard(transcriber: WhisperTranscriber, *, final: bool, word_times: bool = False) -> Way:
    """Listen as a live call does; a clip past 30 s is cut at its pauses first."""
    activity = SileroActivity()

    def listen(audio: Audio) -> str:
        whole = len(audio) <= LONGEST_SECONDS * SAMPLE_RATE_HZ
        parts = [audio] if whole else [piece.audio for piece in pieces([audio], activity)]
        texts = [transcriber.transcribe(part, final=final, word_times=word_times).text for part in parts]
        return " ".join(text for text in texts if text)

    return listen


def plain(model: WhisperModel, beam_size: int) -> Way:
    """Listen as `WhisperModel.transcribe` does, padded to 30 s."""

    def listen(audio: Audio) -> str:
        segments, _ = model.transcribe(audio, language="en", beam_size=beam_size)
        return " ".join(segment.text.strip() for segment in segments)

    return listen


def measure(ways: dict[str, Way], clips: Sequence[Clip], repeats: int) -> dict[str, Score]:
    """Let every way hear every clip, in turns; give each way's cost and errors."""
    normalise = EnglishTextNormalizer()
    cpu_seconds = {name: [0.0] * repeats for name in ways}
    texts: dict[str, list[str]] = {name: [] for name in ways}
    for way in ways.values():
        way(clips[0].audio)
    for repeat in range(repeats):
        for clip in clips:
            for name, way in ways.items():
                began = time.process_time()
                text = way(clip.audio)
                cpu_seconds[name][repeat] += time.process_time() - began
                if not repeat:
                    texts[name].append(normalise(text))
    references = [normalise(clip.reference) for clip in clips]
    return {
        name: Score(
            cpu_seconds_per_clip=statistics.median(cpu_seconds[name]) / len(clips),
            word_error_percent=_errors(clips, references, texts[name]),
        )
        for name in ways
    }


def _errors(clips: Sequence[Clip], references: list[str], texts: list[str]) -> dict[str, float]:
    groups: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for clip, reference, text in zip(clips, references, texts, strict=True):
        for group in ("all", clip.subset):
            groups[group][0].append(reference)
            groups[group][1].append(text)
    return {group: 100 * jiwer.wer(*pair) for group, pair in groups.items()}


def table(model: str, folder: Path, clips: Sequence[Clip], repeats: int) -> Table:
    """Measure everything about one model."""
    partials, finals, timed = (WhisperTranscriber(model, threads=1, workers=1) for _ in range(3))
    reference = WhisperModel(
        str(find_model(model)), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1
    )
    final = heard(finals, final=True)
    scores = measure(
        {
            "partial": heard(partials, final=False),
            "final": final,
            "with times": heard(timed, final=True, word_times=True),
            "plain beam 1": plain(reference, 1),
            "plain beam 5": plain(reference, 5),
        },
        clips,
        repeats,
    )
    fallback_percent = 100 * finals.fallbacks / finals.decodes
    cost = {name: score.cpu_seconds_per_clip for name, score in scores.items()}
    noises = [load_mono(folder / row["path"]) for row in rows(folder) if row.get("kind") == "nonspeech"]
    return Table(
        model=model,
        scores=scores,
        fallback_percent=fallback_percent,
        word_times_percent=100 * (cost["with times"] / cost["final"] - 1),
        nonspeech_with_words=sum(bool(_in_pieces(final, noise)) for noise in noises),
        nonspeech=len(noises),
    )


def _in_pieces(way: Way, audio: Audio) -> str:
    """Listen without voice activity to choose the pieces: the recogniser alone must stay silent."""
    step = 10 * SAMPLE_RATE_HZ
    return "".join(way(audio[start : start + step]) for start in range(0, len(audio), step))


def show(found: Table, seconds: float, clips: int) -> None:
    """Print one model's table."""
    print(f"\n{found.model}: {clips} clips, {seconds / 60:.1f} minutes, int8, one thread")
    subsets = list(found.scores["final"].word_error_percent)
    print(f"{'':14}{'CPU s/clip':>12}{'ratio':>8}   word error rate, %")
    print(" " * 37 + " ".join(f"{subset[:12]:>12}" for subset in subsets))
    for name, score in found.scores.items():
        against = found.scores.get(_AGAINST.get(name, ""))
        ratio = f"{against.cpu_seconds_per_clip / score.cpu_seconds_per_clip:.2f}x" if against else ""
        errors = " ".join(f"{score.word_error_percent[subset]:12.1f}" for subset in subsets)
        print(f"{name:14}{score.cpu_seconds_per_clip:12.3f}{ratio:>8}   {errors}")
    print(f"finals decoded again with full padding: {found.fallback_percent:.1f} %")
    print(f"word times add {found.word_times_percent:.0f} % to a final")
    print(f"clips without speech that became words: {found.nonspeech_with_words} of {found.nonspeech}")


def picture(tables: Sequence[Table]) -> str:
    """Draw word errors against cost, one curve a model and family of ways; SVG."""
    curves = []
    for found in tables:
        for name, ways in (("ours", ("partial", "final")), ("plain", ("plain beam 1", "plain beam 5"))):
            scores = [found.scores[way] for way in ways]
            points = [(1000 * s.cpu_seconds_per_clip, s.word_error_percent["all"]) for s in scores]
            curves.append(Curve.through(f"{found.model}, {name}", points))
    return curves_svg(
        "Word errors against cost: quick and careful search",
        x="CPU time for a clip, ms",
        y="word error rate, %",
        curves=curves,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(
        prog="voice-coach bench ears", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("folder", type=Path, nargs="?", help="clips and their manifest.jsonl")
    parser.add_argument("--model", action="append", help="may be given several times")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="take each n-th clip only")
    parser.add_argument("--svg", type=Path, help="draw errors against cost into this file")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    tables = []
    with tempfile.TemporaryDirectory() as scratch:
        folder: Path = options.folder or Path(scratch)
        if options.folder is None:
            with closing(open_voice(Settings().voice)) as voice:
                speak_clips(voice, folder)
        clips = spoken_clips(folder, options.every)
        seconds = sum(len(clip.audio) for clip in clips) / SAMPLE_RATE_HZ
        for model in options.model or ["tiny.en", "base"]:
            found = table(model, folder, clips, options.repeats)
            tables.append(found)
            if options.json:
                print(msgspec.json.encode(found).decode())
            else:
                show(found, seconds, len(clips))
    if options.svg is not None:
        options.svg.write_text(picture(tables), "utf-8")


if __name__ == "__main__":
    main()
