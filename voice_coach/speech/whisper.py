"""Whisper on what was spoken, not on thirty seconds.

Whisper pads every clip to 30 s, so one second costs as much as thirty. We encode the clip alone and lay
remembered silence behind it (`encoder`), which is a fifth of the work and calms the decoder as the
padding would. What still goes wrong trips a guard (`decoding_guards`): the number of tokens is bounded by
the time in which they must have been spoken, a partial is cut where it repeats itself, a final that
repeats itself or doubts itself is decoded again as the model was trained, padded to 30 s. And what voice
activity hears no voice in has no words, however sure the decoder is.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from typing import Any, Final

import msgspec
import numpy as np

from voice_coach.conversation.events import Word
from voice_coach.errors import AudioError, ModelError
from voice_coach.settings import EarsSettings
from voice_coach.speech.audio import checked
from voice_coach.speech.bias import Lexicon
from voice_coach.speech.decoding_guards import (
    Attempt,
    believable,
    fills_in,
    thin,
    token_budget,
    tripped,
    without_loop,
    without_repeats,
)
from voice_coach.speech.encoder import LONGEST_SECONDS, Encoder
from voice_coach.speech.loudness import sounding_part, sounding_seconds
from voice_coach.speech.models import find_model
from voice_coach.speech.search import PADDED, PARTIAL, Search, final_search
from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.sureness import token_probabilities, word_probabilities
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio, Transcript
from voice_coach.speech.vocabulary import Vocabulary
from voice_coach.speech.voice_activity import WINDOW_SAMPLES
from voice_coach.speech.word_times import align_words

__all__ = ["LONGEST_SECONDS", "WhisperTranscriber", "open_whisper"]

_MOST_TOKENS: Final = 448
"""Whisper's decoder has no more places than this."""
_BATCH_LIMIT: Final = 2
"""Two partials together take three quarters of the work. Four take two thirds, but for so long that a
final which comes meanwhile is late."""
_SILENT_RMS: Final = 1e-4
"""-80 dB of full scale: a muted microphone, not a quiet voice."""
_DOUBT: Final = -0.2
"""Mean log probability of a token below which the scenario's words are thought of."""
_SECOND_BEAM: Final = 2
"""For the second hearing, of which only a few words are taken: wider finds no more of them."""
_TIMED_TAIL_SECONDS: Final = 0.2
"""So that the last word does not end with the sound."""
_VOICED: Final = 0.5
"""Silero's probability above which a window counts as a voice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Decoded:
    attempt: Attempt
    encoded: Any
    seconds: float
    """Length of what was encoded, without the silence behind it."""
    search: Search


@dataclass(frozen=True, kw_only=True, slots=True)
class _Heard:
    """What is believed of a clip."""

    text: str
    fallback: bool = False
    encoded: Any = None
    """What it was decoded from; None when nothing was believed."""
    sureness: tuple[float, ...] = ()


class WhisperTranscriber:
    """One model in memory; `workers` decodes may run at the same time."""

    def __init__(
        self,
        model: str,
        *,
        threads: int = 1,
        workers: int = 2,
        language: str = "en",
        search: Search | None = None,
    ) -> None:
        """Load the model.

        Args:
            model: As for `find_model`.
            threads: CPU threads for one decode.
            workers: Decodes that may run at the same time.
            language: Code such as `en`; English-only models know no other.
            search: How to listen, partials and finals, instead of what was chosen for this model.

        Raises:
            ModelError: The model is missing, damaged or does not know the language.
        """
        # oneDNN compiles a kernel for each shape it meets and keeps 1,024 of them. Here every clip has a
        # length of its own, so memory grew for as long as people talked; 32 cost no time and 300 MB less.
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")
        import ctranslate2  # noqa: PLC0415 - a heavy import stays inside its adapter

        folder = find_model(model)
        try:
            self._model: Any = ctranslate2.models.Whisper(
                str(folder),
                device="cpu",
                compute_type="int8",
                intra_threads=threads,
                inter_threads=workers,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"The speech model in {folder} cannot be loaded: {error}.") from error
        self._encoder = Encoder(self._model)
        self._partial = search or PARTIAL
        self._final = search or final_search(multilingual=self._model.is_multilingual)
        self._activity = SileroActivity()
        self._vocabulary = Vocabulary(folder, multilingual=self._model.is_multilingual, language=language)
        # One lexicon for each scenario that is being played.
        self._lexicon = lru_cache(maxsize=64)(lambda words: Lexicon(words, self._vocabulary.is_common))
        self._name = model
        self._counting = threading.Lock()
        self._decodes = 0
        self._fallbacks = 0

    @property
    def name(self) -> str:
        """The model's name, as it was asked for."""
        return self._name

    @property
    def batch_limit(self) -> int:
        """The most clips that are worth decoding together."""
        return _BATCH_LIMIT

    @property
    def decodes(self) -> int:
        """Transcripts given so far, partials and finals."""
        return self._decodes

    @property
    def fallbacks(self) -> int:
        """How many of them had to be decoded again with full padding."""
        return self._fallbacks

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        prefix: str = "",
        words: Sequence[str] = (),
        word_times: bool = False,
    ) -> Transcript:
        """Recognise up to 30 s of audio; see `Transcriber`.

        Raises:
            AudioError: Audio of another shape, type or length, or not finite.
            ModelError: The model failed.
        """
        started = time.perf_counter()
        _demand_audio(audio)
        prefix = prefix.strip()
        with self._counting:
            self._decodes += 1
        if _silent(audio):
            return Transcript(text=prefix, decode_seconds=time.perf_counter() - started)
        # A final is heard whole; a partial can do without the quiet at its ends.
        part = slice(0, len(audio)) if final else sounding_part(audio)
        decoded = self._decode(audio[part], self._final if final else self._partial, prefix)
        heard = self._heard(audio, decoded, final=final, prefix=prefix, words=words)
        return Transcript(
            text=heard.text,
            words=self._timed(audio, heard, final=final) if word_times else (),
            sureness=heard.sureness,
            fallback=heard.fallback,
            decode_seconds=time.perf_counter() - started,
        )

    def transcribe_batch(
        self, clips: Sequence[Audio], *, final: bool, word_times: bool = False
    ) -> list[Transcript]:
        """Recognise several clips at once: the decoder goes through its weights once for all.

        The scenario's words are not looked for: clips wait together only when the machine is busy, or
        when nobody waits for any one of them.

        Raises:
            AudioError: One clip is of another shape, type or length, or not finite.
            ModelError: The model failed.
        """
        started = time.perf_counter()
        for audio in clips:
            _demand_audio(audio)
        with self._counting:
            self._decodes += len(clips)
        sounding = [number for number, audio in enumerate(clips) if not _silent(audio)]
        heard = dict.fromkeys(range(len(clips)), _Heard(text=""))
        if sounding:
            parts = [clips[n] if final else clips[n][sounding_part(clips[n])] for n in sounding]
            search = self._final if final else self._partial
            decoded = self._decode_together(parts, search, apart=word_times)
            for number, one in zip(sounding, decoded, strict=True):
                heard[number] = self._heard(clips[number], one, final=final, prefix="")
        timed = [
            self._timed(clips[number], one, final=final) if word_times else ()
            for number, one in heard.items()
        ]
        each_seconds = (time.perf_counter() - started) / len(clips)
        return [
            Transcript(
                text=one.text,
                words=words,
                sureness=one.sureness,
                fallback=one.fallback,
                decode_seconds=each_seconds,
            )
            for one, words in zip(heard.values(), timed, strict=True)
        ]

    def _timed(self, audio: Audio, heard: _Heard, *, final: bool) -> tuple[Word, ...]:
        """Say when the words of a transcript were spoken, from what it was decoded from."""
        if not heard.text or heard.encoded is None:
            return ()
        part = slice(0, len(audio)) if final else sounding_part(audio)
        said = self._vocabulary.encode(heard.text)
        timed = align_words(
            self._model, heard.encoded, self._vocabulary, said, audio[part], name=self._name
        )
        return tuple(_later(word, part.start) for word in timed)

    def _heard(
        self, audio: Audio, decoded: _Decoded, *, final: bool, prefix: str, words: Sequence[str] = ()
    ) -> _Heard:
        """Believe what was decoded, or decode it again as the model was trained, or hear nothing."""
        speech_seconds = cache(partial(self._speech_seconds, audio))
        attempt = decoded.attempt
        if attempt.text and not believable(attempt, speech_seconds):
            return _Heard(text=prefix)
        passed_over = thin(prefix + attempt.text, sounding_seconds(audio), speech_seconds)
        fallback = final and (passed_over or tripped(attempt) is not None)
        if fallback:
            with self._counting:
                self._fallbacks += 1
            padded = self._decode(audio, PADDED, prefix)
            if not believable(padded.attempt, speech_seconds):
                return _Heard(text=prefix, fallback=True)
            # As the model was trained it is believed about phrases said twice, but not about loops.
            tokens = without_loop(padded.attempt.tokens)
            if tripped(attempt) is None and not fills_in(self._vocabulary.text(tokens), attempt.text):
                # Nothing had been passed over: the speaker is slow, and was heard rightly at first.
                tokens = attempt.tokens
            else:
                decoded = padded
        else:
            if passed_over:
                # A pause in the middle ends a quick search too soon; the careful one hears on.
                decoded = self._decode(audio, self._final, prefix)
            tokens = without_repeats(decoded.attempt.tokens)
        text = decoded_text = self._vocabulary.text(tokens)
        if words and text:
            text = self._with_expected(text, decoded, prefix, tuple(words))
        # Of words that were put in, or forced, nothing is known.
        as_decoded = not prefix and text.split() == decoded_text.split()
        sureness = word_probabilities(self._vocabulary, tokens, decoded.attempt.probabilities)
        return _Heard(
            text=(prefix + text).strip(),
            fallback=fallback,
            encoded=decoded.encoded,
            sureness=sureness if as_decoded else (),
        )

    def _with_expected(self, text: str, decoded: _Decoded, prefix: str, words: tuple[str, ...]) -> str:
        """Look in a doubtful text for the scenario's words, by a second hearing if need be."""
        if decoded.attempt.mean_log_probability > _DOUBT:
            return text
        lexicon: Lexicon = self._lexicon(words)
        likely = lexicon.likely(text)
        if likely:
            search = replace(decoded.search, beam_size=_SECOND_BEAM)
            biased = self._generate(decoded.encoded, decoded.seconds, search, prefix, likely)
            text = lexicon.taken_over(text, biased.text)
        return " " + lexicon.spelt(text)

    def time_words(self, audio: Audio, text: str) -> tuple[Word, ...]:
        """Say when each word of a known text was spoken; see `Transcriber`.

        The sound is encoded anew, without the silence that only a search needs.
        """
        tokens = self._vocabulary.encode(text) if text.strip() else []
        if len(checked(audio)) > LONGEST_SECONDS * SAMPLE_RATE_HZ:
            raise AudioError(f"At most {LONGEST_SECONDS} s of audio can be timed at once.")
        if not tokens or not len(audio):
            return ()
        try:
            encoded = self._encoder.encode(
                audio, tail_seconds=_TIMED_TAIL_SECONDS, remembered_seconds=0.0
            )
            return align_words(self._model, encoded, self._vocabulary, tokens, audio, name=self._name)
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"The speech model failed: {error}.") from error

    def language_of(self, audio: Audio) -> tuple[str, float] | None:
        """Guess which language is spoken, and how sure that is (0 to 1).

        Args:
            audio: As for `transcribe`; a few seconds of speech are enough.

        Returns:
            A code such as `de`; None when the model knows only English and so cannot tell.

        Raises:
            AudioError: As for `transcribe`.
            ModelError: The model failed.
        """
        if not self._model.is_multilingual:
            return None
        heard = checked(audio)[: LONGEST_SECONDS * SAMPLE_RATE_HZ]
        try:
            encoded = self._encoder.encode(
                heard,
                tail_seconds=self._final.tail_seconds,
                remembered_seconds=self._final.remembered_seconds,
            )
            mark, probability = self._model.detect_language(encoded)[0][0]
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"The speech model failed: {error}.") from error
        return mark.strip("<|>"), float(probability)

    def _speech_seconds(self, audio: Audio) -> float:
        voiced = int(np.count_nonzero(self._activity.probabilities(audio) > _VOICED))
        return voiced * WINDOW_SAMPLES / SAMPLE_RATE_HZ

    def _decode(self, audio: Audio, search: Search, prefix: str) -> _Decoded:
        seconds = len(audio) / SAMPLE_RATE_HZ
        try:
            encoded = self._encoder.encode(
                audio, tail_seconds=search.tail_seconds, remembered_seconds=search.remembered_seconds
            )
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"The speech model failed: {error}.") from error
        attempt = self._generate(encoded, seconds, search, prefix)
        return _Decoded(attempt=attempt, encoded=encoded, seconds=seconds, search=search)

    def _generate(
        self,
        encoded: Any,  # noqa: ANN401 - CTranslate2 ships no types
        seconds: float,
        search: Search,
        prefix: str,
        expected: Sequence[str] = (),
    ) -> Attempt:
        vocabulary = self._vocabulary
        start = [*vocabulary.before(expected), *vocabulary.start]
        forced = vocabulary.encode(prefix) if prefix else []
        if not search.timestamps:
            forced = [vocabulary.no_timestamps, *forced]
        elif forced:
            forced = [vocabulary.first_timestamp, *forced]
        budget = _budget(seconds, forced)
        try:
            result = self._model.generate(
                encoded,
                [[*start, *forced]],
                beam_size=search.beam_size,
                max_length=_room(len(start), len(forced) + budget),
                return_scores=True,
                return_logits_vocab=search.beam_size == 1,
            )[0]
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"The speech model failed: {error}.") from error
        return self._attempt(result, forced, seconds, timestamps=search.timestamps)

    def _decode_together(self, clips: Sequence[Audio], search: Search, *, apart: bool) -> list[_Decoded]:
        """Decode clips without a prefix in one run of the decoder.

        With `apart`, also give what each clip was decoded from, to time its words.
        """
        vocabulary = self._vocabulary
        seconds = [len(audio) / SAMPLE_RATE_HZ for audio in clips]
        forced = [] if search.timestamps else [vocabulary.no_timestamps]
        prompt = [*vocabulary.start, *forced]
        budget = max(_budget(length, forced) for length in seconds)
        try:
            encoded = self._encoder.encode_together(
                clips, tail_seconds=search.tail_seconds, remembered_seconds=search.remembered_seconds
            )
            results = self._model.generate(
                encoded,
                [prompt] * len(clips),
                beam_size=search.beam_size,
                max_length=_room(len(vocabulary.start), len(forced) + budget),
                return_scores=True,
                return_logits_vocab=search.beam_size == 1,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"The speech model failed: {error}.") from error
        each = self._encoder.apart(encoded, clips) if apart else [None] * len(clips)
        return [
            _Decoded(
                attempt=self._attempt(result, forced, length, timestamps=search.timestamps),
                encoded=own,
                seconds=length,
                search=search,
            )
            for result, length, own in zip(results, seconds, each, strict=True)
        ]

    def _attempt(
        self,
        result: Any,  # noqa: ANN401 - CTranslate2 ships no types
        forced: Sequence[int],
        seconds: float,
        *,
        timestamps: bool,
    ) -> Attempt:
        vocabulary = self._vocabulary
        budget = _budget(seconds, forced)
        # What was forced comes back in front of what was decoded, but for the mark of no timestamps.
        returned = result.sequences_ids[0]
        tokens = returned[len(forced) - (not timestamps) :]
        kept = vocabulary.until(tokens[:budget], seconds)
        logits = result.logits[0] if result.logits and not timestamps else ()
        return Attempt(
            tokens=kept,
            text=vocabulary.text(kept).strip(),
            # The score is the mean over all tokens, and what was forced counts as certain.
            mean_log_probability=result.scores[0] * len(returned) / max(1, len(tokens)),
            out_of_budget=len(tokens) >= budget,
            probabilities=token_probabilities(logits, kept),
        )


def open_whisper(ears: EarsSettings) -> WhisperTranscriber:
    """Load the model that the settings ask for.

    Raises:
        ModelError: As for `WhisperTranscriber`.
    """
    return WhisperTranscriber(
        ears.model, threads=ears.threads, workers=ears.workers, language=ears.language
    )


def _budget(seconds: float, forced: Sequence[int]) -> int:
    """How many tokens may be decoded, past those that are forced."""
    return max(1, min(token_budget(seconds), _MOST_TOKENS // 2 - len(forced)))


def _room(prompt: int, tokens: int) -> int:
    """Give the `max_length` for so many tokens: half of it is decoded, or what the prompt leaves."""
    return max(2 * tokens, prompt + tokens)


def _demand_audio(audio: Audio) -> None:
    if len(checked(audio)) > LONGEST_SECONDS * SAMPLE_RATE_HZ:
        raise AudioError(
            f"At most {LONGEST_SECONDS} s of audio can be recognised at once, "
            f"not {len(audio) / SAMPLE_RATE_HZ:.1f} s; split it at a pause."
        )


def _later(word: Word, samples: int) -> Word:
    return msgspec.structs.replace(
        word, start_sample=word.start_sample + samples, end_sample=word.end_sample + samples
    )


def _silent(audio: Audio) -> bool:
    return not len(audio) or float(np.sqrt(np.mean(np.square(audio)))) < _SILENT_RMS
