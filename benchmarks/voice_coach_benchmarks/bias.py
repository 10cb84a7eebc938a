"""The scenario's words: what expecting them brings, what it costs, and whether they leak.

Sentences with made-up names and products (`bias_material`) are spoken by the project's own voice, clean
and in noise 20 dB below it, and heard with and without the words; beside them faster-whisper's own
means, the `hotwords` of `WhisperModel.transcribe`. Given a folder of clips (see `ears`), every clip is
also heard with the words of a scenario that it has nothing to do with: no clip may get worse, and clips
of kind `nonspeech` must stay without words. All in one run.

usage: python -m voice_coach_benchmarks.bias [--clips CLIPS] [--every 2] [--model M]... [--json]
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import jiwer
import msgspec
import numpy as np
from faster_whisper import WhisperModel
from whisper_normalizer.english import EnglishTextNormalizer

from voice_coach.counterpart.reply import Delivery
from voice_coach.settings import VoiceSettings
from voice_coach.speech.audio import load_mono, pcm_to_float
from voice_coach.speech.models import find_model
from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.whisper import LONGEST_SECONDS, WhisperTranscriber
from voice_coach_benchmarks.bias_material import SETS
from voice_coach_benchmarks.ears import rows, spoken_clips
from voice_coach_client.resampling import resample

_NOISE_DB: Final = 20.0
_PIECE: Final = 10 * SAMPLE_RATE_HZ
_normalise = EnglishTextNormalizer()

Way = Callable[[Audio, Sequence[str]], str]


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """One way of listening to the sentences with such words."""

    recall_percent: float
    """Of the words to expect that were said, each part of a name counted."""
    word_error_percent: float
    cpu_seconds_per_sentence: float


class Harm(msgspec.Struct, frozen=True, kw_only=True):
    """What expecting words does to speech and sound that has none of them."""

    word_error_percent: float
    cpu_seconds_per_clip: float
    clips_changed: int
    clips: int
    leaks: int
    """Pieces of sound without speech that became words."""
    pieces: int


def sentences() -> list[tuple[str, tuple[str, ...], Audio]]:
    """Give each sentence, the words of its scenario, and its sound: clean, then in noise."""
    random = np.random.default_rng(3)
    spoken = []
    voice = Pyttsx3Voice(VoiceSettings())
    try:
        for words in SETS:
            for text in words.sentences:
                sound = voice.speak(text, Delivery.CALM)
                audio = pcm_to_float(resample(sound.pcm, sound.sample_rate_hz, SAMPLE_RATE_HZ))
                level = float(np.sqrt(np.mean(np.square(audio)))) * 10 ** (-_NOISE_DB / 20)
                noisy = (audio + level * random.standard_normal(len(audio))).astype(np.float32)
                spoken += [(text, words.words, audio), (text, words.words, noisy)]
    finally:
        voice.close()
    return spoken


def gain(way: Way, spoken: Sequence[tuple[str, tuple[str, ...], Audio]]) -> Gain:
    """Let a way of listening hear all sentences."""
    references, texts = [], []
    said = found = 0
    began = time.process_time()
    for text, words, audio in spoken:
        heard = _normalise(way(audio, words))
        parts = {part for word in words for part in word.split() if re.search(rf"\b{part}\b", text)}
        said += len(parts)
        found += sum(_normalise(part) in heard.split() for part in parts)
        references.append(_normalise(text))
        texts.append(heard)
    return Gain(
        recall_percent=100 * found / said,
        word_error_percent=100 * jiwer.wer(references, texts),
        cpu_seconds_per_sentence=(time.process_time() - began) / len(spoken),
    )


def harm(way: Way, folder: Path, every: int) -> dict[str, Harm]:
    """Hear clips that have nothing to do with the words: with none, then with each scenario's."""
    longest = LONGEST_SECONDS * SAMPLE_RATE_HZ
    clips = [clip for clip in spoken_clips(folder, every) if len(clip.audio) <= longest]
    noises = [load_mono(folder / row["path"]) for row in rows(folder) if row.get("kind") == "nonspeech"]
    pieces = [n[at : at + _PIECE] for n in noises for at in range(0, len(n), _PIECE)]
    references = [_normalise(clip.reference) for clip in clips]
    found: dict[str, Harm] = {}
    plain: list[str] = []
    for name, words in [("no words", ()), *((words.name, words.words) for words in SETS)]:
        began = time.process_time()
        texts = [_normalise(way(clip.audio, words)) for clip in clips]
        cost = (time.process_time() - began) / len(clips)
        plain = plain or texts
        found[name] = Harm(
            word_error_percent=100 * jiwer.wer(references, texts),
            cpu_seconds_per_clip=cost,
            clips_changed=sum(text != before for text, before in zip(texts, plain, strict=True)),
            clips=len(clips),
            leaks=sum(bool(way(piece, words)) for piece in pieces),
            pieces=len(pieces),
        )
    return found


def ways(model: str) -> dict[str, Way]:
    """Give our two ways of listening, and the usual one with `hotwords`."""
    ours = WhisperTranscriber(model, threads=1, workers=1)
    reference = WhisperModel(str(find_model(model)), device="cpu", compute_type="int8", cpu_threads=1)

    def hotwords(audio: Audio, words: Sequence[str]) -> str:
        segments, _ = reference.transcribe(
            audio, language="en", beam_size=5, hotwords=", ".join(words) or None
        )
        return " ".join(segment.text.strip() for segment in segments)

    return {
        "final": lambda audio, words: ours.transcribe(audio, final=True, words=words).text,
        "partial": lambda audio, words: ours.transcribe(audio, final=False, words=words).text,
        "hotwords": hotwords,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clips", type=Path, help="folder with manifest.jsonl, to measure leakage on")
    parser.add_argument("--every", type=int, default=2, help="take each n-th clip only")
    parser.add_argument("--model", action="append", help="may be given several times")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    spoken = sentences()
    for model in options.model or ["tiny.en"]:
        for name, way in ways(model).items():
            gains = {
                "without": gain(lambda audio, _, way=way: way(audio, ()), spoken),  # type: ignore[misc]
                "with": gain(way, spoken),
            }
            harms = harm(way, options.clips, options.every) if options.clips else {}
            if options.json:
                line = {"model": model, "way": name, "gain": gains, "harm": harms}
                print(msgspec.json.encode(line).decode())
            else:
                show(f"{model}, {name}", gains, harms)


def show(title: str, gains: dict[str, Gain], harms: dict[str, Harm]) -> None:
    """Print what one way of listening found."""
    print(f"\n{title}")
    for label, found in gains.items():
        print(
            f"  {label:8} the words: {found.recall_percent:5.1f} % of them heard, word error rate"
            f" {found.word_error_percent:4.1f} %, CPU {found.cpu_seconds_per_sentence:.3f} s a sentence"
        )
    for label, hurt in harms.items():
        print(f"  other speech, {label:9}: word error rate {hurt.word_error_percent:5.2f} %,", end=" ")
        print(f"{hurt.clips_changed} of {hurt.clips} clips changed,", end=" ")
        print(f"CPU {hurt.cpu_seconds_per_clip:.3f} s a clip;", end=" ")
        print(f"words in {hurt.leaks} of {hurt.pieces} pieces without speech")


if __name__ == "__main__":
    main()
