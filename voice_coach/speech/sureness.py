"""How sure the recogniser is of each word that it decoded.

What the decoder gave to each token is read from the same run that chose it: a third of the price of
another pass over the known text, and enough to tell a word that will stand from one that the next half
second of sound may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

from voice_coach.speech.vocabulary import Vocabulary

__all__ = ["token_probabilities", "word_probabilities"]

_DIGITS: Final = 3
"""Kept of a probability: the journal holds one for each word of each partial."""


def token_probabilities(logits: Iterable[Any], tokens: Sequence[int]) -> tuple[float, ...]:
    """Give the probability (0 to 1) of each token among all that the decoder could have chosen there.

    Args:
        logits: For each token, in order, what the decoder gave to the whole vocabulary; may go on after
            the last token. Arrays, or CTranslate2's storage, of any shape.
        tokens: What was decoded.
    """
    probabilities = []
    for token, row in zip(tokens, logits, strict=False):
        values = np.asarray(row, dtype=np.float32).ravel()
        # Against the greatest: exponents of raw logits overflow.
        weights = np.exp(values - values.max())
        probabilities.append(float(weights[token] / weights.sum()))
    return tuple(probabilities)


def word_probabilities(
    vocabulary: Vocabulary, tokens: Sequence[int], probabilities: Sequence[float]
) -> tuple[float, ...]:
    """Give the mean probability of the tokens of each word; empty unless each token has one."""
    if len(probabilities) < len(tokens):
        return ()
    counts = [count for _, count in vocabulary.words(tokens)]
    edges = np.cumsum([0, *counts]).tolist()
    return tuple(
        round(float(np.mean(probabilities[first:after])), _DIGITS) for first, after in pairwise(edges)
    )
