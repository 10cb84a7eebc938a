"""What the rest of the program asks of a speech recogniser, and the scripted one for logic tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import msgspec
import numpy as np
from numpy.typing import NDArray

from voice_coach.conversation.events import Word

__all__ = [
    "SAMPLE_RATE_HZ",
    "Audio",
    "BatchTranscriber",
    "ScriptedTranscriber",
    "Transcriber",
    "Transcript",
]

SAMPLE_RATE_HZ = 16_000
"""Everything the ears work on is mono at this rate."""

Audio = NDArray[np.float32]
"""Shape (samples,), values in [-1, 1], 16 kHz mono."""


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """What a recogniser understood."""

    text: str
    """Without leading or trailing space; empty when there was no speech."""
    words: tuple[Word, ...] = ()
    """Sample offsets relative to the start of the audio; empty when word times were not asked for."""
    sureness: tuple[float, ...] = ()
    """Of a partial, the probability (0 to 1) of each word of `text`; empty when it is not known."""
    fallback: bool = False
    """A guard tripped and the audio was decoded again with full padding."""
    decode_seconds: float = 0.0
    """Wall time spent, features included."""


class Transcriber(Protocol):
    """A speech recogniser. Blocking; safe to call from several threads (it may serialise them)."""

    @property
    def name(self) -> str:
        """Model name for the journal's header, such as `tiny.en`."""
        ...

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        prefix: str = "",
        words: Sequence[str] = (),
        word_times: bool = False,
    ) -> Transcript:
        """Recognise up to 30 s of audio.

        Args:
            audio: Shape (samples,), float32 in [-1, 1], 16 kHz mono.
            final: False asks for the quick search, True for the careful one.
            prefix: Text already settled for this audio; the transcript begins with exactly this text.
            words: Names, products and places that are to be expected, as they are to be spelt. They are
                preferred to what sounds like them, and never heard where nothing does.
            word_times: Also give word times (costs up to 30 % more).

        Raises:
            AudioError: The audio has another shape or type, or is not finite.
            ModelError: The model failed.
        """
        ...

    def time_words(self, audio: Audio, text: str) -> tuple[Word, ...]:
        """Say when each word of a known text was spoken, at about a quarter of the cost of a final.

        Args:
            audio: As for `transcribe`.
            text: What is said in it.

        Returns:
            The words of the text in order, sample offsets relative to the start of the audio; empty for
            audio or text too short to have any.

        Raises:
            AudioError: As for `transcribe`.
            ModelError: The model failed.
        """
        ...


@runtime_checkable
class BatchTranscriber(Transcriber, Protocol):
    """A recogniser for which several clips together are less work than one after the other."""

    @property
    def batch_limit(self) -> int:
        """The most clips that are worth decoding together while somebody waits for each of them."""
        ...

    def transcribe_batch(
        self, clips: Sequence[Audio], *, final: bool, word_times: bool = False
    ) -> list[Transcript]:
        """Recognise each clip as `transcribe` would; raises as it does."""
        ...


class ScriptedTranscriber:
    """Gives prepared texts in order, whatever it hears: for logic tests only."""

    name = "scripted"

    def __init__(self, texts: Sequence[str]) -> None:
        """Keep the finals to give; the last one repeats."""
        self._texts = list(texts)
        self.calls: list[tuple[int, bool, str]] = []

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        prefix: str = "",
        words: Sequence[str] = (),
        word_times: bool = False,
    ) -> Transcript:
        """Give the next text on a final, and the same text (not consumed) on a partial."""
        del word_times, words
        self.calls.append((len(audio), final, prefix))
        text = self._texts[0] if self._texts else ""
        if final and len(self._texts) > 1:
            self._texts.pop(0)
        return Transcript(text=text)

    def time_words(self, audio: Audio, text: str) -> tuple[Word, ...]:
        """Spread the words evenly over the audio."""
        words = text.split()
        edges = np.linspace(0, len(audio), len(words) + 1).astype(int).tolist()
        return tuple(
            Word(text=word, start_sample=start, end_sample=end, probability=1.0)
            for word, start, end in zip(words, edges, edges[1:], strict=False)
        )
