"""`voice-coach transcribe`: writes down what sound files say, with the ears of a live call."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click
import msgspec
import numpy as np

from voice_coach.cli.reading_bar import ReadingBar
from voice_coach.conversation.events import Word
from voice_coach.errors import VoiceCoachError
from voice_coach.settings import EarsSettings, load_settings
from voice_coach.speech.audio import sound_seconds, stream_mono
from voice_coach.speech.pieces import Piece, pieces
from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.whisper import WhisperTranscriber

__all__ = ["TimedWord", "Transcribed", "command"]

_SURE_OF_LANGUAGE: Final = 0.6
_TELLING_SAMPLES: Final = 2 * SAMPLE_RATE_HZ
"""Less speech than this does not tell its language."""


class TimedWord(msgspec.Struct, frozen=True, kw_only=True):
    """A word and when it was said, from the beginning of the file."""

    text: str
    start_seconds: float
    end_seconds: float
    probability: float


class Transcribed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file's line."""

    path: str
    text: str
    audio_seconds: float
    decode_seconds: float
    fallback: bool
    """A guard tripped in one of its pieces."""
    words: tuple[TimedWord, ...] = ()
    language: str = ""
    """The language that is spoken, when it is not what the ears were told; the text is a guess then."""
    error: str = ""
    """Why there is no text, or not all of it."""


@dataclass(slots=True, kw_only=True)
class _Heard:
    """What one file said, as far as it has been read."""

    texts: list[str] = field(default_factory=list)
    words: list[TimedWord] = field(default_factory=list)
    fallback: bool = False
    language: str = ""


Listen = Callable[[Iterator[Audio], _Heard], None]


class _Reading:
    """The blocks of a file on their way to the ears: how many samples, how long reading them took."""

    def __init__(self, file: Path, bar: ReadingBar) -> None:
        self.samples = 0
        self.seconds = 0.0
        self._file = file
        self._bar = bar

    def blocks(self) -> Iterator[Audio]:
        stream = stream_mono(self._file)
        while True:
            began = time.perf_counter()
            block = next(stream, None)
            self.seconds += time.perf_counter() - began
            if block is None:
                return
            yield block
            self.samples += len(block)
            self._bar.advance(len(block) / SAMPLE_RATE_HZ)


def _ours(ears: EarsSettings, *, words: bool) -> Listen:
    transcriber = WhisperTranscriber(ears.model, threads=ears.threads, workers=1, language=ears.language)
    activity = SileroActivity()

    def listen(blocks: Iterator[Audio], heard: _Heard) -> None:
        asked = False
        for piece in pieces(blocks, activity):
            transcript = transcriber.transcribe(piece.audio, final=True, word_times=words)
            heard.fallback = heard.fallback or transcript.fallback
            if transcript.text:
                heard.texts.append(transcript.text)
                heard.words += [_timed(word, piece) for word in transcript.words]
            if not asked and len(piece.audio) >= _TELLING_SAMPLES:
                asked = True
                guess = transcriber.language_of(piece.audio)
                if guess is not None and guess[0] != ears.language and guess[1] >= _SURE_OF_LANGUAGE:
                    heard.language = guess[0]

    return listen


def _timed(word: Word, piece: Piece) -> TimedWord:
    return TimedWord(
        text=word.text,
        start_seconds=round((piece.start_sample + word.start_sample) / SAMPLE_RATE_HZ, 2),
        end_seconds=round((piece.start_sample + word.end_sample) / SAMPLE_RATE_HZ, 2),
        probability=round(word.probability, 3),
    )


def _padded(ears: EarsSettings, *, words: bool) -> Listen:
    from faster_whisper import WhisperModel  # noqa: PLC0415 - only the comparison needs it

    from voice_coach.speech.models import find_model  # noqa: PLC0415 - as above

    model = WhisperModel(
        str(find_model(ears.model)), device="cpu", compute_type="int8", cpu_threads=ears.threads
    )

    def listen(blocks: Iterator[Audio], heard: _Heard) -> None:
        # Plain as it is, it wants the whole recording at once: 4 MB a minute.
        audio = np.concatenate(list(blocks))
        segments, _ = model.transcribe(audio, beam_size=5, language=ears.language, word_timestamps=words)
        for segment in segments:
            heard.texts.append(segment.text.strip())
            heard.words += [
                TimedWord(
                    text=word.word.strip(),
                    start_seconds=round(float(word.start), 2),
                    end_seconds=round(float(word.end), 2),
                    probability=round(float(word.probability), 3),
                )
                for word in segment.words or ()
            ]

    return listen


@click.command("transcribe")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--words", is_flag=True, help="Also say when each word was spoken.")
@click.option("--model", help="Speech model: tiny.en, base, another name, or a folder.")
@click.option("--padded", is_flag=True, help="Plain WhisperModel.transcribe, beam 5, to compare with.")
def command(
    files: tuple[Path, ...], *, as_json: bool, words: bool, model: str | None, padded: bool
) -> None:
    """Write down what sound files say.

    One line a file, in order: path, text, seconds of audio, seconds of decoding, and whether a guard
    made it decode again with full padding. Files of any length, rate and number of channels are
    heard as they are read. A file that cannot be read is said and passed over; the exit code is
    then 2. A model that knows several languages (base) says when another one is spoken than it was
    told; one that knows only English (tiny.en) hears English in everything.

    \b
    Examples:
      voice-coach transcribe call.wav
      voice-coach transcribe --json --words --model base *.flac
    """  # noqa: D301 - click reads the \b
    ears = load_settings().ears
    if model is not None:
        ears = msgspec.structs.replace(ears, model=model)
    listen = (_padded if padded else _ours)(ears, words=words)
    failed = False
    for file in files:
        result = _one(file, listen)
        failed = failed or bool(result.error)
        _say(result, ears, as_json=as_json)
    if failed:
        sys.exit(2)


def _one(file: Path, listen: Listen) -> Transcribed:
    heard, error = _Heard(), ""
    began = time.perf_counter()
    with ReadingBar(file.name, lambda: sound_seconds(file)) as bar:
        reading = _Reading(file, bar)
        try:
            listen(reading.blocks(), heard)
        except VoiceCoachError as trouble:
            error = str(trouble)
    return Transcribed(
        path=str(file),
        text=" ".join(heard.texts),
        audio_seconds=round(reading.samples / SAMPLE_RATE_HZ, 3),
        decode_seconds=round(time.perf_counter() - began - reading.seconds, 4),
        fallback=heard.fallback,
        words=tuple(heard.words),
        language=heard.language,
        error=error,
    )


def _say(result: Transcribed, ears: EarsSettings, *, as_json: bool) -> None:
    if result.error:
        click.echo(f"{result.path}: {result.error}", err=True)
    if result.language:
        click.echo(
            f"{result.path}: the language sounds like {result.language!r}, not {ears.language!r}: the"
            f" text is a guess. Set VOICE_COACH_EARS__LANGUAGE={result.language} if it is.",
            err=True,
        )
    if as_json:
        click.echo(msgspec.json.encode(result))
    elif not result.error:
        click.echo(
            f"{result.path}\t{result.text}\t{result.audio_seconds:.2f} s"
            f"\t{result.decode_seconds:.2f} s\t{'fallback' if result.fallback else ''}"
        )
        for word in result.words:
            click.echo(f"  {word.start_seconds:8.2f} {word.end_seconds:8.2f}  {word.text}")
