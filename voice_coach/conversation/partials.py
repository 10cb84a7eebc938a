"""Steady partial transcripts: a settled beginning that never changes, and a tentative rest."""

from __future__ import annotations

import re

__all__ = ["SteadyText"]

_WORD = re.compile(r"\S+")
_BARE = re.compile(r"[^\w']+")


class SteadyText:
    """Settles a word once two transcripts in a row agree on it and on all before it.

    The last word of a transcript is never settled: the audio may end in the middle of it.
    """

    def __init__(self) -> None:
        """Begin with nothing settled."""
        self.settled = ""
        self._last: list[str] = []

    def update(self, hypothesis: str) -> tuple[str, str]:
        """Take the next transcript of the whole segment; give (settled, tentative).

        `settled + tentative` is the text to show; a joining space stands in `tentative`. A transcript
        that contradicts the settled words cannot take them back: only its continuation counts.
        """
        words = _WORD.findall(hypothesis)
        kept = len(_WORD.findall(self.settled))
        agreed = kept
        for new, old in zip(words[kept:-1], self._last[kept:], strict=False):
            if _bare(new) != _bare(old):
                break
            agreed += 1
        if agreed > kept:
            fresh = " ".join(words[kept:agreed])
            self.settled = f"{self.settled} {fresh}".lstrip()
        self._last = words
        tentative = " ".join(words[agreed:])
        return self.settled, f" {tentative}" if self.settled and tentative else tentative


def _bare(word: str) -> str:
    return _BARE.sub("", word.lower())
