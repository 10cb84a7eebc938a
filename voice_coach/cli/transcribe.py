"""`voice-coach transcribe`: writes down what sound files say, with the ears of a live call."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import msgspec

from voice_coach.conversation.turns import GateSignal, SpeechGate
from voice_coach.errors import VoiceCoachError
from voice_coach.settings import EarsSettings, TurnSettings, load_settings
from voice_coach.speech.audio import load_mono
from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.voice_activity import WINDOW_SAMPLES
from voice_coach.speech.whisper import WhisperTranscriber

__all__ = ["Transcribed", "command", "pieces"]

_LONGEST_PIECE_SECONDS = 24.0
"""Whisper hears at most 30 s; the tail of silence needs room too."""
_MARGIN_SAMPLES = round(0.3 * SAMPLE_RATE_HZ)
"""Kept around speech, so that no first or last sound is lost."""


class Transcribed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file's line."""

    path: str
    text: str
    audio_seconds: float
    decode_seconds: float
    fallback: bool
    """A guard tripped in one of its pieces."""
    error: str = ""
    """Why there is no text, when the file could not be read."""


def pieces(audio: Audio, activity: SileroActivity) -> Iterator[Audio]:
    """Cut audio into pieces of speech that Whisper can hear at once, at pauses where there are any.

    Args:
        audio: Shape (samples,), 16 kHz.
        activity: Voice activity.

    Yields:
        Pieces of at most 24 s and their margins. Nothing for audio without speech.
    """
    longest = round(_LONGEST_PIECE_SECONDS * SAMPLE_RATE_HZ)
    start: int | None = None
    end = 0
    for from_sample, to_sample in _speech(audio, activity):
        begin, finish = (
            max(0, from_sample - _MARGIN_SAMPLES),
            min(len(audio), to_sample + _MARGIN_SAMPLES),
        )
        if start is not None and finish - start > longest:
            yield audio[start:end]
            start = None
        if start is None:
            start = max(begin, end)
        while finish - start > longest:
            yield audio[start : start + longest]
            start += longest
        end = finish
    if start is not None:
        yield audio[start:end]


def _speech(audio: Audio, activity: SileroActivity) -> Iterator[tuple[int, int]]:
    gate, stream, started = SpeechGate(TurnSettings()), activity.stream(), None
    for first in range(0, len(audio) - WINDOW_SAMPLES + 1, WINDOW_SAMPLES):
        signal = gate.process(stream.process(audio[first : first + WINDOW_SAMPLES]))
        if signal is None:
            continue
        kind, sample = signal
        if kind is GateSignal.STARTED:
            started = sample
        elif started is not None:
            yield started, sample
            started = None
    if started is not None:
        yield started, len(audio)


def _ours(ears: EarsSettings) -> Callable[[Audio], tuple[str, bool]]:
    transcriber = WhisperTranscriber(ears.model, threads=ears.threads, workers=1, language=ears.language)
    activity = SileroActivity()

    def transcribe(audio: Audio) -> tuple[str, bool]:
        texts, fallback = [], False
        for piece in pieces(audio, activity):
            transcript = transcriber.transcribe(piece, final=True)
            texts.append(transcript.text)
            fallback = fallback or transcript.fallback
        return " ".join(text for text in texts if text), fallback

    return transcribe


def _padded(ears: EarsSettings) -> Callable[[Audio], tuple[str, bool]]:
    from faster_whisper import WhisperModel  # noqa: PLC0415 - only the comparison needs it

    from voice_coach.speech.models import find_model  # noqa: PLC0415 - as above

    model = WhisperModel(
        str(find_model(ears.model)), device="cpu", compute_type="int8", cpu_threads=ears.threads
    )

    def transcribe(audio: Audio) -> tuple[str, bool]:
        segments, _ = model.transcribe(audio, beam_size=5, language=ears.language)
        return " ".join(segment.text.strip() for segment in segments), False

    return transcribe


@click.command("transcribe")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--model", help="Speech model: tiny.en, base, another name, or a folder.")
@click.option("--padded", is_flag=True, help="Plain WhisperModel.transcribe, beam 5, to compare with.")
def command(files: tuple[Path, ...], *, as_json: bool, model: str | None, padded: bool) -> None:
    """Write down what sound files say.

    One line a file, in order: path, text, seconds of audio, seconds of decoding, and whether a guard
    made it decode again with full padding. A file that cannot be read is said and passed over; the
    exit code is then 2.

    \b
    Examples:
      voice-coach transcribe call.wav
      voice-coach transcribe --json --model base *.flac
    """  # noqa: D301 - click reads the \b
    ears = load_settings().ears
    if model is not None:
        ears = msgspec.structs.replace(ears, model=model)
    transcribe = (_padded if padded else _ours)(ears)
    failed = False
    for file in files:
        result = _one(file, transcribe)
        failed = failed or bool(result.error)
        if result.error:
            click.echo(f"{file}: {result.error}", err=True)
        if as_json:
            click.echo(msgspec.json.encode(result))
        elif not result.error:
            click.echo(
                f"{result.path}\t{result.text}\t{result.audio_seconds:.2f} s"
                f"\t{result.decode_seconds:.2f} s\t{'fallback' if result.fallback else ''}"
            )
    if failed:
        sys.exit(2)


def _one(file: Path, transcribe: Callable[[Audio], tuple[str, bool]]) -> Transcribed:
    try:
        audio = load_mono(file)
        began = time.perf_counter()
        text, fallback = transcribe(audio)
    except VoiceCoachError as error:
        return Transcribed(
            path=str(file),
            text="",
            audio_seconds=0.0,
            decode_seconds=0.0,
            fallback=False,
            error=str(error),
        )
    return Transcribed(
        path=str(file),
        text=text,
        audio_seconds=round(len(audio) / SAMPLE_RATE_HZ, 3),
        decode_seconds=round(time.perf_counter() - began, 4),
        fallback=fallback,
    )
