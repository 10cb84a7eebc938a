"""The natural voice beside the plain one: how soon it sounds, what it costs, how well it is understood.

Both speak the counterpart's own sentences of a scenario, sentence by sentence in turns, in one process
each, warm. The first sound of a sentence is that of its first part, from the request to samples in the
server; so the pipes are counted, and nothing of the network. The real-time factor is the time of all
parts to the time they sound. `--busy` lets a recogniser decode without a pause on one core meanwhile, as
on a server with other calls. Then the smallest model of the ears hears every sentence, and its word error
rate says how well each voice is understood, in each delivery and for each kind of person.

usage: python -m voice_coach_benchmarks.voices [--scenario ID] [--every N] [--busy] [--json]
"""

from __future__ import annotations

import argparse
import itertools
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Final

import jiwer
import msgspec
import numpy as np
from whisper_normalizer.english import EnglishTextNormalizer

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.scenario import load_scenario
from voice_coach.counterpart.voice_style import Pace, Register, VoiceStyle
from voice_coach.settings import EarsSettings, VoiceEngine, VoiceSettings
from voice_coach.speech.audio import pcm_to_float
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.voice import USUAL_STYLE, Voice
from voice_coach.speech.voice_engines import open_voice
from voice_coach.speech.whisper import WhisperTranscriber, open_whisper
from voice_coach_client.resampling import resample

AIM_MS: Final = 250
"""First sound of the natural voice, p95 on two cores."""
_SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s+")
_FEWEST_WORDS: Final = 2


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """How fast one voice is."""

    first_sound_p50_ms: float
    first_sound_p95_ms: float
    first_sound_most_ms: float
    real_time_factor: float
    late_second_parts: int
    """Sentences whose second part was not there when their first had been played."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """All about one voice."""

    voice: str
    times: Times
    word_error_percent: dict[str, float]
    """By delivery; by register and pace in a calm delivery."""


def sentences(scenario: str) -> list[str]:
    """Give every sentence that the person in the scenario can say, the shortest words left out."""
    said: dict[str, None] = {}

    def visit(value: object) -> None:
        # The scenario keeps its file's whole text too, and templates with places to fill in.
        if isinstance(value, str) and not set("\n{") & set(value):
            for sentence in _SENTENCE_END.split(value.strip()):
                if sentence[-1:] in set(".?!") and len(sentence.split()) >= _FEWEST_WORDS:
                    said[sentence] = None
        elif isinstance(value, dict):
            for inner in value.values():
                visit(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                visit(inner)

    visit(msgspec.to_builtins(load_scenario(scenario)))
    return list(said)


def speak(
    voice: Voice, sentence: str, delivery: Delivery = Delivery.CALM, style: VoiceStyle = USUAL_STYLE
) -> tuple[Audio, list[float], list[float]]:
    """Speak a sentence as the server does; give its sound, and each part's time to make and to play."""
    audio, made, played = [], [], []
    for part in voice.parts(sentence):
        began = time.perf_counter()
        spoken = voice.speak(part, delivery, style)
        made.append(time.perf_counter() - began)
        played.append(spoken.seconds)
        audio.append(pcm_to_float(resample(spoken.pcm, spoken.sample_rate_hz, SAMPLE_RATE_HZ)))
    return np.concatenate(audio), made, played


def clock(voices: Sequence[Voice], said: Sequence[str]) -> list[Times]:
    """Let the voices speak each sentence in turns, and time them."""
    made: list[list[list[float]]] = [[] for _ in voices]
    played: list[list[list[float]]] = [[] for _ in voices]
    for sentence, (index, voice) in itertools.product(said, enumerate(voices)):
        _, making, playing = speak(voice, sentence)
        made[index].append(making)
        played[index].append(playing)
    found = []
    for making_all, playing_all in zip(made, played, strict=True):
        first_ms = [1000 * making[0] for making in making_all]
        p50, p95 = np.percentile(first_ms, [50, 95])
        found.append(
            Times(
                first_sound_p50_ms=float(p50),
                first_sound_p95_ms=float(p95),
                first_sound_most_ms=max(first_ms),
                real_time_factor=sum(map(sum, making_all)) / sum(map(sum, playing_all)),
                late_second_parts=sum(
                    sum(making[1:]) > playing[0]
                    for making, playing in zip(making_all, playing_all, strict=True)
                ),
            )
        )
    return found


def understood(voice: Voice, said: Sequence[str], ears: WhisperTranscriber) -> dict[str, float]:
    """Give the word error rate of the ears in each delivery, and for each kind of person."""
    normalise = EnglishTextNormalizer()
    ways = {delivery.value: (delivery, USUAL_STYLE) for delivery in Delivery}
    ways |= {f"{r.value} voice": (Delivery.CALM, VoiceStyle(register=r)) for r in Register}
    ways |= {f"{p.value} pace": (Delivery.CALM, VoiceStyle(pace=p)) for p in Pace}
    wanted = [normalise(sentence) for sentence in said]
    errors = {}
    for name, (delivery, style) in ways.items():
        if style == USUAL_STYLE and name not in set(Delivery):
            continue
        heard = [
            normalise(ears.transcribe(speak(voice, sentence, delivery, style)[0], final=True).text)
            for sentence in said
        ]
        errors[name] = 100 * jiwer.wer(wanted, heard)
    return errors


@contextmanager
def busy_recogniser(ears: WhisperTranscriber, audio: Audio) -> Iterator[None]:
    """Let one decode follow the other until the end."""
    over = threading.Event()

    def decode() -> None:
        while not over.is_set():
            ears.transcribe(audio, final=True)

    working = threading.Thread(target=decode)
    working.start()
    try:
        yield
    finally:
        over.set()
        working.join()


def show(found: Sequence[Found], count: int) -> None:
    """Print both voices side by side, with the ratio."""
    plain, natural = found
    print(f"{count} sentences; aim for the natural voice: p95 within {AIM_MS} ms")
    print(f"{'':24}{plain.voice:>24}{natural.voice:>26}{'ratio':>8}")
    for name in ("first_sound_p50_ms", "first_sound_p95_ms", "first_sound_most_ms", "real_time_factor"):
        one, other = getattr(plain.times, name), getattr(natural.times, name)
        print(f"{name:24}{one:24.3f}{other:26.3f}{other / one:7.1f}x")
    print(
        f"{'late_second_parts':24}{plain.times.late_second_parts:24}{natural.times.late_second_parts:26}"
    )
    print("word error rate, %")
    for name, one in plain.word_error_percent.items():
        print(f"  {name:22}{one:24.1f}{natural.word_error_percent[name]:26.1f}")


def main() -> None:
    """Speak, time, listen, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scenario", default="renewal_in_doubt")
    parser.add_argument("--every", type=int, default=12, help="let the ears hear each n-th sentence only")
    parser.add_argument("--busy", action="store_true", help="time them beside a busy recogniser")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    said = sentences(options.scenario)
    ears = open_whisper(EarsSettings())
    with ExitStack() as stack:
        voices = [
            stack.enter_context(closing(open_voice(VoiceSettings(engine=engine))))
            for engine in VoiceEngine
        ]
        for voice in voices:
            voice.warm_up()
        audio, _, _ = speak(voices[0], max(said, key=len))
        if options.busy:
            with busy_recogniser(ears, audio):
                times = clock(voices, said)
        else:
            times = clock(voices, said)
        found = [
            Found(
                voice=voice.name,
                times=timed,
                word_error_percent=understood(voice, said[:: options.every], ears),
            )
            for voice, timed in zip(voices, times, strict=True)
        ]
    if options.json:
        print(msgspec.json.encode({"sentences": len(said), "voices": found}).decode())
    else:
        show(found, len(said))


if __name__ == "__main__":
    main()
