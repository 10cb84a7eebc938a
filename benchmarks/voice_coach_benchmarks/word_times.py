"""Word times against the truth: sentences put together from words whose places are known.

Each word is spoken alone by the project's voice, cut to its own sound, and laid behind the one before,
with gaps as in careful speech, in hurried speech, or none. The text is given, so that only the times are
measured. What they cost is measured against a final of the same clips.

usage: python -m voice_coach_benchmarks.word_times [--model M]... [--json]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from voice_coach.counterpart.reply import Delivery
from voice_coach.settings import VoiceSettings
from voice_coach.speech.audio import pcm_to_float
from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.whisper import WhisperTranscriber
from voice_coach_client.resampling import resample

_SENTENCES: Final = (
    "nobody from our side called you after the outage",
    "it sounds like you had to explain this to your board alone",
    "so for two days in march forty doctors were waiting for an answer",
    "what would have to happen before you could trust us again",
    "you need one person who picks up the phone within the hour",
    "it seems like the invoice made everything worse",
)
_GAPS_SECONDS: Final = {"careful": 0.12, "hurried": 0.04, "without gaps": 0.0}
_AUDIBLE: Final = 0.02
"""Of a word's loudest sample: what is quieter at its ends is no part of it."""
_AROUND_SECONDS: Final = 0.3


class Error(msgspec.Struct, frozen=True, kw_only=True):
    """How far the times are from the truth, in milliseconds."""

    model: str
    speech: str
    start_median_ms: float
    start_p95_ms: float
    end_median_ms: float
    end_p95_ms: float
    cost_percent: float
    """CPU time of finding them, against a final of the same clips."""


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence and where each of its words is."""

    text: str
    audio: Audio
    places: tuple[tuple[int, int], ...]


def sentences(voice: Pyttsx3Voice, gap_seconds: float) -> Iterator[Spoken]:
    """Put the sentences together."""
    around = np.zeros(round(_AROUND_SECONDS * SAMPLE_RATE_HZ), np.float32)
    gap = np.zeros(round(gap_seconds * SAMPLE_RATE_HZ), np.float32)
    for text in _SENTENCES:
        parts, places, at = [around], [], len(around)
        for word in text.split():
            sound = voice.speak(word, Delivery.CALM)
            audio = pcm_to_float(resample(sound.pcm, sound.sample_rate_hz, SAMPLE_RATE_HZ))
            audible = np.flatnonzero(np.abs(audio) > _AUDIBLE * np.abs(audio).max())
            audio = audio[audible[0] : audible[-1] + 1]
            places.append((at, at + len(audio)))
            parts += [audio, gap]
            at += len(audio) + len(gap)
        yield Spoken(text=text, audio=np.concatenate([*parts, around]), places=tuple(places))


def measure(transcriber: WhisperTranscriber, speech: str, spoken: list[Spoken]) -> Error:
    """Time all words of all sentences."""
    starts, ends = [], []
    timing = finals = 0.0
    for one in spoken:
        began = time.process_time()
        transcriber.transcribe(one.audio, final=True)
        finals += time.process_time() - began
        began = time.process_time()
        words = transcriber.time_words(one.audio, one.text)
        timing += time.process_time() - began
        for word, (start, end) in zip(words, one.places, strict=True):
            starts.append(abs(word.start_sample - start) * 1000 / SAMPLE_RATE_HZ)
            ends.append(abs(word.end_sample - end) * 1000 / SAMPLE_RATE_HZ)
    return Error(
        model=transcriber.name,
        speech=speech,
        start_median_ms=float(np.median(starts)),
        start_p95_ms=float(np.percentile(starts, 95)),
        end_median_ms=float(np.median(ends)),
        end_p95_ms=float(np.percentile(ends, 95)),
        cost_percent=100 * timing / finals,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", action="append", help="may be given several times")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    voice = Pyttsx3Voice(VoiceSettings())
    try:
        material = {name: list(sentences(voice, gap)) for name, gap in _GAPS_SECONDS.items()}
    finally:
        voice.close()
    for model in options.model or ["tiny.en", "base"]:
        transcriber = WhisperTranscriber(model, threads=1, workers=1)
        for name, spoken in material.items():
            found = measure(transcriber, name, spoken)
            if options.json:
                print(msgspec.json.encode(found).decode())
                continue
            print(
                f"{model}, {name}: begins within {found.start_median_ms:.0f} ms"
                f" (95 %: {found.start_p95_ms:.0f}), ends within {found.end_median_ms:.0f} ms"
                f" (95 %: {found.end_p95_ms:.0f}); cost {found.cost_percent:.0f} % of a final"
            )


if __name__ == "__main__":
    main()
