"""When each word of a transcript was spoken: by the model's own attention, then by the sound itself.

Attention knows which word is being heard, but its changes from word to word come late or early by a
tenth of a second, differently from model to model. So they are moved by what the model is known to be
off, then to the quietest moment near by, and what is silent at the edges of a word is left out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.conversation.events import Word
from voice_coach.speech.log_mel import HOP_SAMPLES
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.vocabulary import Vocabulary

__all__ = ["align_words"]

_POSITION_SAMPLES: Final = 2 * HOP_SAMPLES
"""The encoder halves the number of frames."""
_LATE_SECONDS: Final = {"tiny.en": 0.10, "base": -0.12}
"""How late a model's attention moves on to the next word: as found on words whose places are known."""
_MOMENT_SAMPLES: Final = 160
_REACH_MOMENTS: Final = 12
"""A boundary is looked for this far around: 0.12 s."""
_DB_PER_MOMENT: Final = 1.0
"""How much quieter a moment must be to be preferred to one that is nearer by one."""
_AUDIBLE_DB: Final = 25.0
"""What is further than this below a word's loudest moment, at its edges, is no part of it."""
_SILENCE: Final = 1e-5


def align_words(  # noqa: PLR0913 - a pure function of the model's parts and one clip
    model: Any,  # noqa: ANN401 - CTranslate2 ships no types
    encoded: Any,  # noqa: ANN401
    vocabulary: Vocabulary,
    tokens: Sequence[int],
    audio: Audio,
    *,
    name: str = "",
) -> tuple[Word, ...]:
    """Give every word its place in the audio, in one pass of the decoder over the known text.

    Args:
        model: A CTranslate2 Whisper model.
        encoded: The audio as encoded for a decode.
        vocabulary: The model's tokens.
        tokens: Text tokens of the transcript.
        audio: What was encoded, without any silence behind it.
        name: The model's name; of some it is known how late they are.
    """
    words = vocabulary.words(tokens)
    frames = len(audio) // HOP_SAMPLES
    if not words or frames < 2:  # noqa: PLR2004 - one position of the encoder is two frames
        return ()
    result = model.align(encoded, list(vocabulary.start), [list(tokens)], frames)[0]
    positions = np.array(result.alignments, dtype=np.int64)
    # The path through (token, position) steps; a token begins where the path first reaches it.
    first_tokens = np.cumsum([0, *(count for _, count in words)])
    first_steps = np.minimum(np.searchsorted(positions[:, 0], first_tokens), len(positions) - 1)
    late = _LATE_SECONDS.get(name, 0.0) * SAMPLE_RATE_HZ
    begins = positions[first_steps, 1] * _POSITION_SAMPLES - late
    places = _settled(audio, np.maximum.accumulate(begins.clip(0, len(audio))))
    probabilities = np.array(result.text_token_probs, dtype=np.float64)
    return tuple(
        Word(
            text=text.strip(),
            start_sample=start,
            end_sample=end,
            probability=float(probabilities[first:after].mean()),
        )
        for (text, _), (start, end), (first, after) in zip(
            words, places, pairwise(first_tokens), strict=True
        )
    )


def _settled(audio: Audio, begins: NDArray[Any]) -> list[tuple[int, int]]:
    """Move the edges of words to where it is quiet; give each word's first sample and the one after."""
    loudness = _loudness(audio)
    last = len(loudness) - 1
    edges = begins / _MOMENT_SAMPLES
    moved: list[int] = []
    for before, edge, after in zip([0.0, *edges], edges, [*edges[1:], float(last)], strict=False):
        # Not past the middle of a neighbour: words stay in order.
        low = max(edge - _REACH_MOMENTS, (before + edge) / 2)
        high = min(edge + _REACH_MOMENTS, (edge + after) / 2)
        near = np.arange(min(int(low), last), min(int(high), last) + 1)
        moved.append(int(near[np.argmin(loudness[near] + _DB_PER_MOMENT * np.abs(near - edge))]))
    places = []
    for start, stop in pairwise(np.maximum.accumulate(moved).tolist()):
        moments = loudness[start : max(stop, start + 1)]
        audible = np.flatnonzero(moments > moments.max() - _AUDIBLE_DB)
        first, after = start + int(audible[0]), start + int(audible[-1]) + 1
        places.append((first * _MOMENT_SAMPLES, after * _MOMENT_SAMPLES))
    return places


def _loudness(audio: Audio) -> NDArray[Any]:
    """Decibels of each 10 ms, smoothed over its neighbours; a constant offset is no sound."""
    moments = audio[: len(audio) // _MOMENT_SAMPLES * _MOMENT_SAMPLES].reshape(-1, _MOMENT_SAMPLES)
    level = np.sqrt(np.mean(np.square(moments - moments.mean()), axis=1))
    loudness: NDArray[Any] = 20 * np.log10(np.convolve(level, [0.25, 0.5, 0.25], "same") + _SILENCE)
    return loudness
