"""Steady partial transcripts: a settled beginning that never changes, and a tentative rest.

Each transcript hears the audio anew, with nothing forced on it: a decoder made to go on from a word that
was settled wrongly loses the rest of the sentence as well. Instead the transcript is laid beside the
settled words, and what it has after them is their continuation.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

__all__ = ["SteadyText"]

_WORD = re.compile(r"\S+")
_BARE = re.compile(r"[^\w']+")

_EARLIER: Final = 2
"""Transcripts before the newest of which one must have a word too, for it to be settled.

Three in a row that agree are a little surer of each word, but one word that flickers then holds up all
after it for seconds: see "Steady partials" in docs/why/ears.md.
"""


class SteadyText:
    """Settles a word once two of the last three transcripts, the newest among them, have it.

    Transcripts are laid beside each other first: one with a word more or fewer still agrees on the rest.
    All before the word must be settled; and the last word of a transcript never is, because the audio
    may end in the middle of it.
    """

    def __init__(self) -> None:
        """Begin with nothing settled."""
        self.settled = ""
        self._bare: list[str] = []
        """The settled words without case and punctuation."""
        self._earlier: deque[list[str]] = deque(maxlen=_EARLIER)

    def update(self, hypothesis: str) -> tuple[str, str]:
        """Take the next transcript of the whole segment; give (settled, tentative).

        `settled + tentative` is the text to show; a joining space stands in `tentative`. A transcript
        that contradicts the settled words cannot take them back: only its continuation counts.
        """
        words = _WORD.findall(hypothesis)
        bare = [_bare(word) for word in words]
        fresh = words[self._place(bare) :]
        # The last word is laid beside the others too: it keeps "the" apart from a later "the".
        agreed = min(self._agreed(bare[len(words) - len(fresh) :]), max(len(fresh) - 1, 0))
        if agreed:
            self.settled = " ".join([self.settled, *fresh[:agreed]]).lstrip()
            self._bare += [_bare(word) for word in fresh[:agreed]]
        self._earlier.append(bare)
        return self.settled, self._joined(fresh[agreed:])

    def complete(self, transcript: str) -> str:
        """Give the whole text with the last transcript: the settled words, then its continuation."""
        words = _WORD.findall(transcript)
        rest = words[self._place([_bare(word) for word in words]) :]
        return self.settled + self._joined(rest)

    def _joined(self, words: Sequence[str]) -> str:
        rest = " ".join(words)
        return f" {rest}" if self.settled and rest else rest

    def _agreed(self, fresh: list[str]) -> int:
        """How many of these words, from the first on, an earlier transcript has beside them too."""
        supported = [False] * len(fresh)
        for bare in self._earlier:
            matcher = SequenceMatcher(None, fresh, bare[self._place(bare) :], autojunk=False)
            for start, _, count in matcher.get_matching_blocks():
                supported[start : start + count] = [True] * count
        return next((at for at, known in enumerate(supported) if not known), len(fresh))

    def _place(self, bare: Sequence[str]) -> int:
        """Where these words go on after the settled ones: after the fewest differences from them."""
        costs = list(range(len(bare) + 1))
        for number, settled in enumerate(self._bare, 1):
            row = [number]
            for place, word in enumerate(bare, 1):
                row.append(min(costs[place] + 1, row[-1] + 1, costs[place - 1] + (word != settled)))
            costs = row
        # Of equally good places the latest: a word settled wrongly is now heard as another, not left out.
        return min(range(len(costs)), key=lambda place: (costs[place], -place))


def _bare(word: str) -> str:
    return _BARE.sub("", word.lower())
