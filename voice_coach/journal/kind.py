"""What a session's folder holds: a rehearsal's journal, or the record of a call made elsewhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from voice_coach.journal.journal import JOURNAL_NAME

__all__ = ["HEARD_NAME", "Kind", "kind_of", "truth_of"]

HEARD_NAME = "heard.jsonl"
"""The record's name inside the folder of a recorded call."""


class Kind(StrEnum):
    """Where a call was made."""

    REHEARSAL = "rehearsal"
    DRILL = "drill"
    """A rehearsal of one move on many lines; its journal says so."""
    RECORDED = "recorded"
    """A call made elsewhere, heard from a file."""


def kind_of(folder: Path) -> Kind:
    """Say where the truth of a session is: a drill is kept as a rehearsal is, and so is nothing yet."""
    heard = (folder / HEARD_NAME).is_file() and not (folder / JOURNAL_NAME).is_file()
    return Kind.RECORDED if heard else Kind.REHEARSAL


def truth_of(folder: Path) -> Path:
    """Give the file that all else about a session is derived from."""
    return folder / (HEARD_NAME if kind_of(folder) is Kind.RECORDED else JOURNAL_NAME)
