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
"""Transcripts before the newest in one of which a doubtful word must stand as well, to be settled.

Two in a row that agree are a little surer of each word, but one word that flickers then holds up all
after it for seconds: see "Steady partials" in docs/why/ears.md.
"""
_SURE: Final = 0.9
"""Of words with this probability one in a hundred will be heard otherwise, of all others one in four."""
_FOLLOWING_CHARACTERS: Final = 12
"""Of text after a doubtful word, before it settles: nearly a second of speech."""


class SteadyText:
    """Settles at once the words that the recogniser is sure of, and doubtful ones a little later.

    A doubtful word waits until some text follows it and one of the two transcripts before has it too. For
    that, transcripts are laid beside each other: one with a word more or fewer still agrees on the rest.
    All before a word must be settled; and the last word of a transcript never is, because the audio may
    end in the middle of it. Before a pause it does not, and no text is to be waited for: there every
    word settles that the careful transcript shares with a quick one.
    """

    def __init__(self) -> None:
        """Begin with nothing settled."""
        self.settled = ""
        self._bare: list[str] = []
        """The settled words without case and punctuation."""
        self._earlier: deque[list[str]] = deque(maxlen=_EARLIER)

    def update(self, hypothesis: str, sureness: Sequence[float] = ()) -> tuple[str, str]:
        """Take the next transcript of the whole segment; give (settled, tentative).

        `settled + tentative` is the text to show; a joining space stands in `tentative`. A transcript
        that contradicts the settled words cannot take them back: only its continuation counts.

        Args:
            hypothesis: What is heard now.
            sureness: Probability (0 to 1) of each of its words; all are doubtful when it is not known.
        """
        words = _WORD.findall(hypothesis)
        bare = [_bare(word) for word in words]
        place = self._place(bare)
        known = len(sureness) == len(words)
        sure = [known and sureness[at] >= _SURE for at in range(place, len(words))]
        fresh = words[place:]
        firm = [
            is_sure or (agrees and len(" ".join(fresh[at + 1 :])) >= _FOLLOWING_CHARACTERS)
            # The last word is laid beside the others too: it keeps "the" apart from a later "the".
            for at, (is_sure, agrees) in enumerate(zip(sure, self._agreeing(bare[place:]), strict=True))
        ]
        rest = self._settle(fresh, firm[:-1])
        self._earlier.append(bare)
        return self.settled, self._joined(rest)

    def complete(self, transcript: str) -> str:
        """Take the careful transcript up to a pause; give the settled words and its continuation."""
        words = _WORD.findall(transcript)
        bare = [_bare(word) for word in words]
        place = self._place(bare)
        rest = self._settle(words[place:], self._agreeing(bare[place:]))
        return self.settled + self._joined(rest)

    def _settle(self, fresh: Sequence[str], firm: Sequence[bool]) -> Sequence[str]:
        """Settle the words before the first that is not firm; give the others."""
        count = next((at for at, is_firm in enumerate(firm) if not is_firm), len(firm))
        if count:
            self.settled = " ".join([self.settled, *fresh[:count]]).lstrip()
            self._bare += [_bare(word) for word in fresh[:count]]
        return fresh[count:]

    def _joined(self, words: Sequence[str]) -> str:
        rest = " ".join(words)
        return f" {rest}" if self.settled and rest else rest

    def _agreeing(self, fresh: list[str]) -> list[bool]:
        """Which of these words an earlier transcript has beside them too."""
        agreeing = [False] * len(fresh)
        for bare in self._earlier:
            matcher = SequenceMatcher(None, fresh, bare[self._place(bare) :], autojunk=False)
            for start, _, count in matcher.get_matching_blocks():
                agreeing[start : start + count] = [True] * count
        return agreeing

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
