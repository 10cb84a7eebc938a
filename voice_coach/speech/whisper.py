"""Whisper on what was spoken, not on thirty seconds.

Whisper pads every clip to 30 s, so one second costs as much as thirty. CTranslate2 takes shorter
features: we encode the clip and a tail of silence. On short context the model sometimes repeats
itself or goes on past the end; so the output is cut at the clip's end, the number of tokens is bounded by
the time in which they must have been spoken, and a final that looks wrong is decoded again as the model
was trained, padded to 30 s.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from voice_coach.errors import AudioError, ModelError
from voice_coach.settings import EarsSettings
from voice_coach.speech.audio import checked
from voice_coach.speech.decoding_guards import Attempt, token_budget, tripped, without_loop
from voice_coach.speech.log_mel import FRAMES_PER_SECOND, log_mel
from voice_coach.speech.models import find_model
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio, Transcript
from voice_coach.speech.vocabulary import Vocabulary
from voice_coach.speech.word_times import align_words

__all__ = ["FINAL", "LONGEST_SECONDS", "PARTIAL", "Search", "WhisperTranscriber", "open_whisper"]

LONGEST_SECONDS: Final = 30.0
"""What Whisper can hear at once."""

_MOST_TOKENS: Final = 448
"""Whisper's decoder has no more places than this."""
_SILENT_RMS: Final = 1e-4
"""-80 dB of full scale: a muted microphone, not a quiet voice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """How carefully to listen."""

    tail_seconds: float
    """Silence encoded after the clip; more calms the decoder, and costs."""
    beam_size: int
    guarded: bool
    """Decode again with full padding when a guard trips."""


PARTIAL: Final = Search(tail_seconds=2.0, beam_size=1, guarded=False)
FINAL: Final = Search(tail_seconds=4.0, beam_size=5, guarded=True)
_PADDED: Final = Search(tail_seconds=LONGEST_SECONDS, beam_size=5, guarded=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Decoded:
    attempt: Attempt
    encoded: Any


class WhisperTranscriber:
    """One model in memory; `workers` decodes may run at the same time."""

    def __init__(
        self,
        model: str,
        *,
        threads: int = 1,
        workers: int = 2,
        compute_type: str = "int8",
        language: str = "en",
    ) -> None:
        """Load the model.

        Args:
            model: As for `find_model`.
            threads: CPU threads for one decode.
            workers: Decodes that may run at the same time.
            compute_type: CTranslate2's name for the arithmetic.
            language: Code such as `en`; English-only models know no other.

        Raises:
            ModelError: The model is missing, damaged or does not know the language.
        """
        import ctranslate2  # noqa: PLC0415 - a heavy import stays inside its adapter

        folder = find_model(model)
        try:
            self._model: Any = ctranslate2.models.Whisper(
                str(folder),
                device="cpu",
                compute_type=compute_type,
                intra_threads=threads,
                inter_threads=workers,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"The speech model in {folder} cannot be loaded: {error}.") from error
        self._storage = ctranslate2.StorageView.from_array
        self._vocabulary = Vocabulary(folder, multilingual=self._model.is_multilingual, language=language)
        self._name = model
        self._counting = threading.Lock()
        self._decodes = 0
        self._fallbacks = 0

    @property
    def name(self) -> str:
        """The model's name, as it was asked for."""
        return self._name

    @property
    def decodes(self) -> int:
        """Transcripts given so far, partials and finals."""
        return self._decodes

    @property
    def fallbacks(self) -> int:
        """How many of them had to be decoded again with full padding."""
        return self._fallbacks

    def transcribe(
        self, audio: Audio, *, final: bool, prefix: str = "", word_times: bool = False
    ) -> Transcript:
        """Recognise up to 30 s of audio; see `Transcriber`.

        Raises:
            AudioError: Audio of another shape, type or length, or not finite.
            ModelError: The model failed.
        """
        started = time.perf_counter()
        if len(checked(audio)) > LONGEST_SECONDS * SAMPLE_RATE_HZ:
            raise AudioError(
                f"At most {LONGEST_SECONDS:.0f} s of audio can be recognised at once, "
                f"not {len(audio) / SAMPLE_RATE_HZ:.1f} s; split it at a pause."
            )
        prefix = prefix.strip()
        with self._counting:
            self._decodes += 1
        if _silent(audio):
            return Transcript(text=prefix, decode_seconds=time.perf_counter() - started)
        search = FINAL if final else PARTIAL
        decoded = self._decode(audio, search, prefix)
        fallback = search.guarded and tripped(decoded.attempt) is not None
        if fallback:
            with self._counting:
                self._fallbacks += 1
            decoded = self._decode(audio, _PADDED, prefix)
        tokens = without_loop(decoded.attempt.tokens)
        text = (
            (prefix + self._vocabulary.text(tokens)).strip()
            if prefix
            else self._vocabulary.text(tokens).strip()
        )
        words = (
            align_words(
                self._model, decoded.encoded, self._vocabulary, self._vocabulary.encode(text), len(audio)
            )
            if word_times and text
            else ()
        )
        return Transcript(
            text=text, words=words, fallback=fallback, decode_seconds=time.perf_counter() - started
        )

    def _decode(self, audio: Audio, search: Search, prefix: str) -> _Decoded:
        vocabulary = self._vocabulary
        seconds = len(audio) / SAMPLE_RATE_HZ
        whole_seconds = min(seconds + search.tail_seconds, LONGEST_SECONDS)
        # The encoder takes frames in pairs.
        frames = 2 * int(np.ceil(whole_seconds * FRAMES_PER_SECOND / 2))
        prompt = [*vocabulary.start]
        if prefix:
            prompt += [vocabulary.first_timestamp, *vocabulary.encode(prefix)]
        budget = min(token_budget(seconds), _MOST_TOKENS - len(prompt))
        try:
            features = self._storage(log_mel(audio, frames=frames, mels=self._model.n_mels))
            encoded = self._model.encode(features)
            result = self._model.generate(
                encoded,
                [prompt],
                beam_size=search.beam_size,
                max_length=len(prompt) + budget,
                return_scores=True,
            )[0]
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"The speech model failed: {error}.") from error
        # What was forced after the start comes back in front of what was decoded.
        tokens = result.sequences_ids[0][len(prompt) - len(vocabulary.start) :]
        kept = vocabulary.until(tokens, seconds)
        return _Decoded(
            attempt=Attempt(
                tokens=kept,
                text=vocabulary.text(kept).strip(),
                # With a length penalty of 1 the score is the mean over the tokens.
                mean_log_probability=result.scores[0],
                out_of_budget=len(tokens) >= budget,
            ),
            encoded=encoded,
        )


def open_whisper(ears: EarsSettings) -> WhisperTranscriber:
    """Load the model that the settings ask for.

    Raises:
        ModelError: As for `WhisperTranscriber`.
    """
    return WhisperTranscriber(
        ears.model, threads=ears.threads, workers=ears.workers, language=ears.language
    )


def _silent(audio: Audio) -> bool:
    return not len(audio) or float(np.sqrt(np.mean(np.square(audio)))) < _SILENT_RMS
