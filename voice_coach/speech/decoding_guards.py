"""Signs that a decode went wrong: Whisper on short context may repeat itself or make things up."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = [
    "Attempt",
    "Guard",
    "believable",
    "fills_in",
    "thin",
    "token_budget",
    "tripped",
    "without_loop",
    "without_repeats",
]

_MOST_COMPRESSION: Final = 2.4
"""Whisper's own threshold: text that shrinks more than this repeats itself."""
_LEAST_MEAN_LOG_PROBABILITY: Final = -1.0
"""Whisper's own threshold for a decode that the model itself does not believe."""
_LOOP_REPEATS: Final = 4
_LOOP_LONGEST_TOKENS: Final = 24
_REPEATED_TOKENS: Final = 6
_REPEATED_WITHIN_TOKENS: Final = 30
"""Nobody says the same six tokens (five or six words) twice within two sentences, or so seldom that it
may cost a second look."""
_FEW_WORDS: Final = 2
"""Different ones, however often they are said."""
_WORD: Final = re.compile(r"\w+")
_SPEECH_SECONDS: Final = 0.4
"""Noise makes voice activity stumble for up to 0.35 s; a single spoken word takes about as long."""
_SOME_SPEECH_SECONDS: Final = 0.15
"""Half of the shortest word spoken alone ("Stop."), and more than hens, bells and music come to."""
_DOUBTFUL_MEAN_LOG_PROBABILITY: Final = -0.7
"""Below it a text may still be right, but needs somebody who can have said it."""
_LEAST_CHARACTERS_PER_SECOND: Final = 8.5
"""Of speech without its pauses. Learners of a language read aloud at 10 or more."""
_FILLED_IN: Final = 1.5
"""A sentence that was passed over adds at least half of what was heard."""
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
    probabilities: Sequence[float] = ()
    """Of each token; empty when the search was not greedy."""


def token_budget(seconds: float) -> int:
    """Give the most tokens that can have been spoken: nobody says more than six or seven a second."""
    return _BUDGET_TOKENS + int(_BUDGET_TOKENS_PER_SECOND * seconds)


def tripped(attempt: Attempt) -> Guard | None:
    """Give the first guard that the attempt trips, or None when it can be believed."""
    if not attempt.text:
        return Guard.EMPTY
    if attempt.out_of_budget:
        return Guard.BUDGET
    repeats = len(without_repeats(attempt.tokens)) < len(attempt.tokens)
    if repeats or _compression(attempt.text) > _MOST_COMPRESSION:
        return Guard.LOOP
    if attempt.mean_log_probability < _LEAST_MEAN_LOG_PROBABILITY:
        return Guard.IMPROBABLE
    return None


def believable(attempt: Attempt, speech_seconds: Callable[[], float]) -> bool:
    """Say whether the text was spoken at all: from noise, Whisper makes words like "you".

    Args:
        attempt: What was decoded.
        speech_seconds: How long voice activity hears a voice in the clip; asked only in doubt, because
            it costs as much as a tenth of a decode.
    """
    if not any(character.isalnum() for character in attempt.text):
        return False
    if attempt.mean_log_probability < _LEAST_MEAN_LOG_PROBABILITY:
        return speech_seconds() >= _SPEECH_SECONDS
    # Of a creak or a far melody Whisper is sure that it says "oh, oh"; and in a loop it is always sure.
    few = len(set(_WORD.findall(attempt.text.lower()))) <= _FEW_WORDS
    doubtful = attempt.mean_log_probability < _DOUBTFUL_MEAN_LOG_PROBABILITY
    if few or doubtful or len(without_repeats(attempt.tokens)) < len(attempt.tokens):
        return speech_seconds() >= _SOME_SPEECH_SECONDS
    return True


def thin(text: str, sounding_seconds: float, speech_seconds: Callable[[], float]) -> bool:
    """Say whether the text is too short for the time spoken: a sentence may have been passed over.

    Args:
        text: All that is said to have been spoken.
        sounding_seconds: How long the clip is loud; a noisy room counts too.
        speech_seconds: How long voice activity hears a voice; asked only when the loudness speaks for it.
    """
    enough = len(text) / _LEAST_CHARACTERS_PER_SECOND
    return sounding_seconds > enough and speech_seconds() > enough


def fills_in(careful: str, thin_text: str) -> bool:
    """Say whether a careful hearing found what was passed over, and does not just guess again."""
    return len(careful) >= _FILLED_IN * len(thin_text)


def without_repeats(tokens: Sequence[int]) -> Sequence[int]:
    """Cut a decode where it begins to say again, word for word, what it has said before."""
    tokens = without_loop(tokens)
    last_ends: dict[tuple[int, ...], int] = {}
    for end in range(_REPEATED_TOKENS, len(tokens) + 1):
        phrase = tuple(tokens[end - _REPEATED_TOKENS : end])
        distance = end - last_ends.get(phrase, -_REPEATED_WITHIN_TOKENS)
        # Overlapping itself ("no no no no no no no") is not a phrase said again.
        if _REPEATED_TOKENS <= distance <= _REPEATED_WITHIN_TOKENS:
            return tokens[: end - _REPEATED_TOKENS]
        if distance > _REPEATED_WITHIN_TOKENS:
            last_ends[phrase] = end
    return tokens


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
