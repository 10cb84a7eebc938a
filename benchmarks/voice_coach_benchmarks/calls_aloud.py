"""Whole calls read aloud by the real voice and heard by the real ears: is every line understood?

usage: python -m voice_coach_benchmarks.calls_aloud [--voice pyttsx3|piper] [--every 1] [--json]

For each level of guardedness one call that goes well and one that goes badly, as
`docs/calls/six-calls.md` has them. The counterpart's lines are spoken with the delivery and the style
that each was answered in, and heard by the default ears, once without and once with the scenario's words.
The baseline of the same run is the same line spoken calmly in the usual style: a ratio above 1 says that
feeling costs words.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing

import jiwer
import msgspec
from whisper_normalizer.english import EnglishTextNormalizer

from voice_coach.counterpart.expected_words import expected_words
from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.scenario import list_scenarios
from voice_coach.counterpart.story import Guardedness, Scenario
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.settings import Settings
from voice_coach.simulation.call import Call
from voice_coach.simulation.trainees import TRAINEES, play
from voice_coach.speech.audio import pcm_to_float
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.voice import USUAL_STYLE, Voice
from voice_coach.speech.voice_engines import open_voice
from voice_coach.speech.whisper import open_whisper
from voice_coach_client.resampling import resample

_SEED = 7
_WAYS = ("calm", "as spoken", "with the scenario's words")


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One call, and how its lines were heard."""

    scenario: str
    guardedness: Guardedness
    ends: str
    lines: int
    word_error_percent: dict[str, float]
    """By way of speaking and hearing."""


def calls() -> Iterator[Call]:
    """Play the calls: the first scenario of each level, by a listener and by a bully."""
    recognizer = load_recognizer()
    by_level = {scenario.guardedness: scenario for scenario in reversed(list_scenarios())}
    for scenario in by_level.values():
        for trainee in ("empathic", "bully"):
            yield play(TRAINEES[trainee], Call(scenario, recognizer, seed=_SEED, by_ear=True))


def aloud(voice: Voice, sentence: str, delivery: Delivery, style: VoiceStyle) -> Audio:
    """Speak one sentence; give it at the ears' rate."""
    spoken = voice.speak(sentence, delivery, style=style)
    return pcm_to_float(resample(spoken.pcm, spoken.sample_rate_hz, SAMPLE_RATE_HZ))


def hear(voice: Voice, call: Call, every: int) -> Heard:
    """Read a call aloud and hear it."""
    ears = open_whisper(Settings().ears)
    normalise = EnglishTextNormalizer()
    scenario: Scenario = call.scenario
    words = expected_words(scenario)
    said: list[str] = []
    heard: dict[str, list[str]] = {way: [] for way in _WAYS}
    lines = [(sentence, reply.delivery) for reply in call.replies for sentence in reply.sentences]
    for sentence, delivery in lines[::every]:
        if not normalise(sentence):
            continue
        said.append(normalise(sentence))
        calm = aloud(voice, sentence, Delivery.CALM, USUAL_STYLE)
        felt = aloud(voice, sentence, delivery, scenario.voice)
        for way, sound, expected in zip(_WAYS, (calm, felt, felt), ((), (), words), strict=True):
            heard[way].append(normalise(ears.transcribe(sound, final=True, words=expected).text))
    ends = call.reply.ends
    return Heard(
        scenario=scenario.id,
        guardedness=scenario.guardedness,
        ends=ends.value if ends else "",
        lines=len(said),
        word_error_percent={way: round(100 * jiwer.wer(said, heard[way]), 1) for way in _WAYS},
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Speak, hear, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--voice", choices=["pyttsx3", "piper"], default="pyttsx3")
    parser.add_argument("--every", type=int, default=1, help="hear each n-th sentence only")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    settings = msgspec.structs.replace(Settings().voice, engine=options.voice)
    with closing(open_voice(settings)) as voice:
        found = [hear(voice, call, options.every) for call in calls()]
    if options.json:
        print(msgspec.json.encode(found).decode())
        return
    print(f"word error rate of the default ears, %, voice {options.voice}")
    for one in found:
        errors = "  ".join(f"{way} {percent:5.1f}" for way, percent in one.word_error_percent.items())
        print(
            f"  {one.guardedness.value:8} {one.scenario:22} {one.ends:10} {one.lines:3} lines  {errors}"
        )
    wrong = [sum(one.word_error_percent[way] * one.lines for one in found) for way in _WAYS]
    for way, errors_there in zip(_WAYS[1:], wrong[1:], strict=True):
        print(f"  {way} against calm: x{errors_there / max(wrong[0], 0.1):.2f}")


if __name__ == "__main__":
    main()
