"""A call as a table: one row for each turn, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Final

from voice_coach.review.review import Review

__all__ = ["as_csv", "plain_cell"]

_COLUMNS: Final = (
    "turn",
    "speaker",
    "start_seconds",
    "end_seconds",
    "text",
    "moves",
    "covers",
    "thats_right",
    "interrupted",
    "rule",
    "trust_after",
    "tension_after",
    "comments",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be run by a spreadsheet; an apostrophe before it keeps it text."""


def as_csv(review: Review) -> str:
    """Give the turns as CSV (RFC 4180, UTF-8), with a header line.

    Several moves, topics or comments of one turn are parted by "; ".
    """
    page = io.StringIO()
    writer = csv.DictWriter(page, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    ends = [turn.turn.start_seconds for turn in review.turns[1:]] + [float("inf")]
    for row, until in zip(review.turns, ends, strict=True):
        turn = row.turn
        because = turn.because
        comments = [c.text for c in review.comments if turn.start_seconds <= c.at_seconds < until]
        writer.writerow(
            {
                "turn": turn.index,
                "speaker": turn.speaker.value if row.speaker_known else "",
                "start_seconds": f"{turn.start_seconds:.2f}",
                "end_seconds": f"{turn.end_seconds:.2f}",
                "text": plain_cell(turn.text),
                "moves": "; ".join(move.kind for move in turn.moves),
                "covers": "; ".join(dict.fromkeys(covered.topic for covered in turn.covers)),
                "thats_right": "yes" if turn.thats_right else "",
                "interrupted": "yes" if turn.interrupted else "",
                "rule": because.rule if because else "",
                "trust_after": f"{because.trust_after:.2f}" if because else "",
                "tension_after": f"{because.tension_after:.2f}" if because else "",
                "comments": plain_cell("; ".join(comments)),
            }
        )
    return page.getvalue()


def plain_cell(text: str) -> str:
    """Give a text as a spreadsheet must have it: one that would be run begins with an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text
