"""Whisper's tokens: text pieces, times and marks, and how a decode is read back as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from voice_coach.errors import ModelError

__all__ = ["SECONDS_PER_TIMESTAMP", "Vocabulary"]

SECONDS_PER_TIMESTAMP: Final = 0.02
_TIMESTAMPS: Final = 1501
"""From 0.00 s to 30.00 s."""


class Vocabulary:
    """The tokens of one model. Immutable, safe from several threads."""

    def __init__(self, folder: Path, *, multilingual: bool, language: str) -> None:
        """Read the model's tokenizer.

        Raises:
            ModelError: The tokenizer cannot be read, or the model does not know the language.
        """
        import tokenizers  # noqa: PLC0415 - a heavy import stays inside its adapter

        path = folder / "tokenizer.json"
        try:
            self._pieces = tokenizers.Tokenizer.from_file(str(path))
        except Exception as error:
            # The library raises bare Exception for every kind of damage.
            raise ModelError(f"{path} cannot be read as a tokenizer.") from error
        if not multilingual and language != "en":
            raise ModelError(f"This speech model knows only English, not {language!r}.")
        marks = ["<|startoftranscript|>"]
        if multilingual:
            marks += [f"<|{language}|>", "<|transcribe|>"]
        self.start = tuple(self._mark(mark) for mark in marks)
        """What every decode begins with."""
        self.end = self._mark("<|endoftext|>")
        """Ends a decode; every token below it is text."""
        self.no_timestamps = self._mark("<|notimestamps|>")
        self.first_timestamp = self.no_timestamps + 1
        """0.00 s; each following token is 0.02 s later."""
        self._said_before = self._mark("<|startofprev|>")

    def encode(self, text: str) -> list[int]:
        """Give the tokens of a text that stands at the start of a transcript."""
        tokens: list[int] = self._pieces.encode(" " + text.strip(), add_special_tokens=False).ids
        return tokens

    def before(self, words: Sequence[str]) -> list[int]:
        """Give the tokens that make a decode expect some words: as if they had just been said."""
        return [self._said_before, *self.encode(", ".join(words) + ".")] if words else []

    def is_common(self, word: str) -> bool:
        """Say whether a word is one token, capital or not: those words Whisper knows well."""
        return any(len(self.encode(form)) == 1 for form in (word, word.lower()))

    def text(self, tokens: Sequence[int]) -> str:
        """Join the text pieces among the tokens, spaces as decoded."""
        text: str = self._pieces.decode([token for token in tokens if token < self.end])
        return text

    def seconds(self, token: int) -> float | None:
        """Give the time that a token stands for, or None when it is not a time."""
        steps = token - self.first_timestamp
        return steps * SECONDS_PER_TIMESTAMP if 0 <= steps < _TIMESTAMPS else None

    def until(self, tokens: Sequence[int], seconds: float) -> list[int]:
        """Keep the text pieces up to the first time at or past `seconds` that closes some text.

        Nothing was spoken after the clip's end: what a decode says about it is invented.
        """
        kept: list[int] = []
        for token in tokens:
            at_seconds = self.seconds(token)
            if at_seconds is not None and at_seconds >= seconds and kept:
                break
            if token < self.end:
                kept.append(token)
        return kept

    def words(self, tokens: Sequence[int]) -> list[tuple[str, int]]:
        """Split text tokens into words, each with the number of tokens it is made of.

        A word begins where a piece begins with a space; punctuation stays with the word before it.
        """
        words: list[tuple[str, int]] = []
        pending: list[int] = []
        for token in tokens:
            pending.append(token)
            piece: str = self._pieces.decode(pending)
            if piece.endswith("\ufffd"):
                # Half of a character: its other bytes follow in the next token.
                continue
            if piece.startswith(" ") or not words:
                words.append((piece, len(pending)))
            else:
                before, count = words[-1]
                words[-1] = (before + piece, count + len(pending))
            pending = []
        if pending and words:
            before, count = words[-1]
            words[-1] = (before, count + len(pending))
        return words

    def _mark(self, mark: str) -> int:
        token: int | None = self._pieces.token_to_id(mark)
        if token is None:
            raise ModelError(f"This speech model has no token {mark}; its language may be unknown to it.")
        return token
