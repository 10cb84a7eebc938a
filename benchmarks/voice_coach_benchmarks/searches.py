"""Cost against error: one model with one way to listen after another, as points of a curve.

What `PARTIAL` and the searches for finals in `voice_coach.speech.search` were chosen from. Every search
hears the same clips in one run, with all guards and, beyond beam 1, the fallback; faster-whisper's
`WhisperModel.transcribe` hears them too. The folder is that of `voice-coach bench ears`.

usage: python -m voice_coach_benchmarks.searches FOLDER [--model M]... [--every 2] [--first 0] [--svg F]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from faster_whisper import WhisperModel

from voice_coach.speech.models import find_model
from voice_coach.speech.search import Search
from voice_coach.speech.whisper import WhisperTranscriber
from voice_coach_benchmarks.drawing import Curve, curves_svg
from voice_coach_benchmarks.ears import Score, Way, heard, measure, plain, spoken_clips

_SEARCHES: Final = (
    Search(tail_seconds=0.1, remembered_seconds=1.0, beam_size=1),
    Search(tail_seconds=0.1, remembered_seconds=8.0, beam_size=1),
    Search(tail_seconds=0.1, remembered_seconds=8.0, beam_size=2),
    Search(tail_seconds=1.0, remembered_seconds=8.0, beam_size=5),
    Search(tail_seconds=1.0, remembered_seconds=8.0, beam_size=5, timestamps=True),
    Search(tail_seconds=4.0, remembered_seconds=8.0, beam_size=5),
)


def spelt(search: Search) -> str:
    """Name a search by its numbers."""
    times = ", times" if search.timestamps else ""
    seconds = f"{search.tail_seconds:g} + {search.remembered_seconds:g} s"
    return f"{seconds}, beam {search.beam_size}{times}"


def ways(model: str) -> dict[str, Way]:
    """Give every way to listen with one model, the usual ones last."""
    found: dict[str, Way] = {}
    for search in _SEARCHES:
        transcriber = WhisperTranscriber(model, threads=1, workers=1, search=search)
        found[spelt(search)] = heard(transcriber, final=search.beam_size > 1)
    usual = WhisperModel(str(find_model(model)), device="cpu", compute_type="int8", cpu_threads=1)
    return found | {"plain beam 1": plain(usual, 1), "plain beam 5": plain(usual, 5)}


def curves(model: str, scores: dict[str, Score]) -> list[Curve]:
    """Join what belongs together, from cheap to dear."""

    def points(names: Sequence[str]) -> list[tuple[float, float]]:
        return [
            (1000 * scores[name].cpu_seconds_per_clip, scores[name].word_error_percent["all"])
            for name in names
        ]

    ours = [name for name in scores if not name.startswith("plain")]
    usual = [name for name in scores if name.startswith("plain")]
    return [
        Curve.through(f"{model}, ours", points(ours)),
        Curve.through(f"{model}, plain", points(usual)),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="clips and their manifest.jsonl")
    parser.add_argument("--model", action="append", help="may be given several times")
    parser.add_argument("--every", type=int, default=2, help="take each n-th clip only")
    parser.add_argument("--first", type=int, default=0, help="leave out so many clips at the beginning")
    parser.add_argument("--svg", type=Path, help="draw errors against cost into this file")
    options = parser.parse_args(arguments)
    clips = spoken_clips(options.folder, 1)[options.first :: options.every]
    drawn: list[Curve] = []
    for model in options.model or ["tiny.en", "base"]:
        scores = measure(ways(model), clips, 1)
        print(f"\n{model}: {len(clips)} clips")
        print(f"{'tail + remembered':28}{'CPU ms a clip':>14}{'errors, %':>11}")
        for name, score in scores.items():
            cost, errors = 1000 * score.cpu_seconds_per_clip, score.word_error_percent["all"]
            print(f"{name:28}{cost:14.0f}{errors:11.1f}", flush=True)
        drawn += curves(model, scores)
    if options.svg is not None:
        title = "Word errors against cost: searches of two models"
        picture = curves_svg(title, x="CPU time for a clip, ms", y="word error rate, %", curves=drawn)
        options.svg.write_text(picture, "utf-8")


if __name__ == "__main__":
    main()
