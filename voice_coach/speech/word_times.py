"""When each word of a transcript was spoken, by the model's own attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from voice_coach.conversation.events import Word
from voice_coach.speech.log_mel import HOP_SAMPLES
from voice_coach.speech.vocabulary import Vocabulary

__all__ = ["align_words"]

_POSITION_SAMPLES = 2 * HOP_SAMPLES
"""The encoder halves the number of frames."""


def align_words(
    model: Any,  # noqa: ANN401 - CTranslate2 ships no types
    encoded: Any,  # noqa: ANN401
    vocabulary: Vocabulary,
    tokens: Sequence[int],
    part: slice,
) -> tuple[Word, ...]:
    """Give every word its place in the audio, in one pass of the decoder over the known text.

    Args:
        model: A CTranslate2 Whisper model.
        encoded: The audio as encoded for the decode that gave the tokens.
        vocabulary: The model's tokens.
        tokens: Text tokens of the transcript.
        part: The samples of the clip that were encoded; no word begins before or ends after them.
    """
    words = vocabulary.words(tokens)
    frames = (part.stop - part.start) // HOP_SAMPLES
    if not words or frames < 2:  # noqa: PLR2004 - one position of the encoder is two frames
        return ()
    result = model.align(encoded, list(vocabulary.start), [list(tokens)], frames)[0]
    positions = np.array(result.alignments, dtype=np.int64)
    # The path through (token, position) steps; a token begins where the path first reaches it.
    first_steps = np.searchsorted(positions[:, 0], np.arange(len(tokens) + 1))
    reached = positions[np.minimum(first_steps, len(positions) - 1), 1]
    begins = part.start + reached * _POSITION_SAMPLES
    found = []
    token = 0
    for text, count in words:
        after = token + count
        start = min(int(begins[token]), part.stop)
        end = min(max(int(begins[after]), start), part.stop)
        probability = float(np.mean(result.text_token_probs[token:after]))
        found.append(Word(text=text.strip(), start_sample=start, end_sample=end, probability=probability))
        token = after
    return tuple(found)
