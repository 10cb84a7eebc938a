"""Signs that a decode went wrong: Whisper on short context may repeat itself or make things up."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["Attempt", "Guard", "token_budget", "tripped", "without_loop"]

_MOST_COMPRESSION: Final = 2.4
"""Whisper's own threshold: text that shrinks more than this repeats itself."""
_LEAST_MEAN_LOG_PROBABILITY: Final = -1.0
"""Whisper's own threshold for a decode that the model itself does not believe."""
_LOOP_REPEATS: Final = 4
_LOOP_LONGEST_TOKENS: Final = 24
_BUDGET_TOKENS: Final = 10
_BUDGET_TOKENS_PER_SECOND: Final = 8.0


class Guard(StrEnum):
    """What gave a decode away."""

    LOOP = "loop"
    BUDGET = "budget"
    IMPROBABLE = "improbable"
    EMPTY = "empty"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One decode, as the guards see it."""

    tokens: Sequence[int]
    """Text tokens only."""
    text: str
    mean_log_probability: float
    """Natural logarithm, mean over the decoded tokens."""
    out_of_budget: bool
    """The decode was stopped because it had said all that could have been spoken."""


def token_budget(seconds: float) -> int:
    """Give the most tokens that can have been spoken: nobody says more than six or seven a second."""
    return _BUDGET_TOKENS + int(_BUDGET_TOKENS_PER_SECOND * seconds)


def tripped(attempt: Attempt) -> Guard | None:
    """Give the first guard that the attempt trips, or None when it can be believed."""
    if not attempt.text:
        return Guard.EMPTY
    if attempt.out_of_budget:
        return Guard.BUDGET
    if (
        len(without_loop(attempt.tokens)) < len(attempt.tokens)
        or _compression(attempt.text) > _MOST_COMPRESSION
    ):
        return Guard.LOOP
    if attempt.mean_log_probability < _LEAST_MEAN_LOG_PROBABILITY:
        return Guard.IMPROBABLE
    return None


def without_loop(tokens: Sequence[int]) -> Sequence[int]:
    """Cut a decode that ends by repeating itself after the first of its repeated phrases.

    People do say a word three times; four times the same phrase in a row at the end is a loop.
    """
    count = len(tokens)
    for period in range(1, min(_LOOP_LONGEST_TOKENS, count // _LOOP_REPEATS) + 1):
        repeats = 1
        while (
            count >= period * (repeats + 1)
            and tokens[count - period * (repeats + 1) : count - period * repeats]
            == tokens[count - period :]
        ):
            repeats += 1
        if repeats >= _LOOP_REPEATS:
            return tokens[: count - period * (repeats - 1)]
    return tokens


def _compression(text: str) -> float:
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))
