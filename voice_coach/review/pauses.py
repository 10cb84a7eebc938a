"""When a stretch of a track sounds and when it pauses, and which pauses end which clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["PEAKS_PER_SECOND", "Sounding", "clause_ends", "find_sounding"]

PEAKS_PER_SECOND = 50
_QUIET = 3
"""A peak (0 to 255) up to this is silence: 38 dB below full scale; replies peak at over 100."""
_PAUSE_MOMENTS = 4
"""Silence of 80 ms or more is a pause; less is the closure of a consonant."""
_CLAUSE_MARKS = (".", "!", "?", "…", ",", ";", ":", "—", "-")
_CLOSING = "\"'\u201d\u2019)"
_MISSED_MARK = 0.25
"""What it costs, in seconds of being wrong, to believe that a clause ended without a pause."""
_MISSED_PAUSE = 1.0
"""What it costs to believe that a pause ended no clause, for each second of it."""

Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounding:
    """A stretch of a track, as moments of 20 ms that sound or do not."""

    begin_seconds: float
    """Of the stretch, on the session's time line."""
    sounds: NDArray[np.bool_]
    """Shape (moments,)."""

    @property
    def seconds(self) -> float:
        """How long it sounds, silence not counted."""
        return float(self.sounds.sum()) / PEAKS_PER_SECOND

    def begins_at(self, sounded: Seconds) -> Seconds:
        """When a thing begins before which it has sounded for so long: never in a pause."""
        return self._at(sounded, "right", 0)

    def ends_at(self, sounded: Seconds) -> Seconds:
        """When a thing ends after which it has sounded for so long: never in a pause."""
        return self._at(sounded, "left", 1)

    def _at(self, sounded: Seconds, side: str, after: int) -> Seconds:
        places = np.flatnonzero(self.sounds)
        moments = np.asarray(sounded) * PEAKS_PER_SECOND
        if side == "right":
            which = np.clip(np.floor(moments + 1e-6), 0, len(places) - 1).astype(int)
            part = moments - which
        else:
            which = np.clip(np.ceil(moments - 1e-6) - 1, 0, len(places) - 1).astype(int)
            part = moments - which - after
        at: Seconds = self.begin_seconds + (places[which] + after + part.clip(-1, 1)) / PEAKS_PER_SECOND
        return at

    def pauses(self) -> list[tuple[float, float]]:
        """Give each pause between two sounds: after how much sound it comes, and its length."""
        places = np.flatnonzero(self.sounds)
        gaps = np.diff(places) - 1
        return [
            ((at + 1) / PEAKS_PER_SECOND, gaps[at] / PEAKS_PER_SECOND)
            for at in np.flatnonzero(gaps >= _PAUSE_MOMENTS).tolist()
        ]


def find_sounding(peaks: bytes, within: tuple[float, float]) -> Sounding:
    """Say when a track sounds between two moments.

    Args:
        peaks: The track's peaks, 50 a second.
        within: From and to, in seconds.
    """
    first = max(0, int(within[0] * PEAKS_PER_SECOND))
    last = max(first, int(np.ceil(within[1] * PEAKS_PER_SECOND)))
    levels = np.frombuffer(peaks, np.uint8)[first:last]
    return Sounding(begin_seconds=first / PEAKS_PER_SECOND, sounds=levels > _QUIET)


def clause_ends(
    text: str, places: Sequence[tuple[int, int]], voiced: Seconds, sounding: Sounding
) -> list[tuple[int, float]]:
    """Match the ends of clauses with pauses, in order, so that both are moved as little as can be.

    Args:
        text: What was said.
        places: Each word's character offsets.
        voiced: After how much sound each word would begin by its letters alone; the last is the end.
        sounding: When the voice sounded.

    Returns:
        Words by their number, and after how much sound each begins; first and last are always there.
    """
    marked = [
        number + 1
        for number, (_, end) in enumerate(places[:-1])
        if text[:end].rstrip(_CLOSING).endswith(_CLAUSE_MARKS)
    ]
    pauses = sounding.pauses()
    rows, columns = len(marked) + 1, len(pauses) + 1
    cost = np.full((rows, columns), np.inf)
    step = np.zeros((rows, columns), int)
    cost[0, 0] = 0.0
    for row in range(rows):
        for column in range(columns):
            if not row and not column:
                continue
            choices = [np.inf, np.inf, np.inf]
            if row:
                choices[0] = cost[row - 1, column] + _MISSED_MARK
            if column:
                choices[1] = cost[row, column - 1] + _MISSED_PAUSE * pauses[column - 1][1]
            if row and column:
                off = abs(float(voiced[marked[row - 1]]) - pauses[column - 1][0])
                choices[2] = cost[row - 1, column - 1] + off
            step[row, column] = int(np.argmin(choices))
            cost[row, column] = choices[step[row, column]]
    matched: list[tuple[int, float]] = [(len(places), sounding.seconds)]
    row, column = rows - 1, columns - 1
    while row or column:
        taken = step[row, column]
        if taken == 2:  # noqa: PLR2004 - the third choice above
            matched.append((marked[row - 1], pauses[column - 1][0]))
        row -= taken != 1
        column -= taken != 0
    return [(0, 0.0), *reversed(matched)]
