"""Somebody says that the other channel is theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import InputError
from voice_coach.journal.heard import HeardWriter, Mine, Side, read_heard
from voice_coach.journal.kind import HEARD_NAME
from voice_coach.journal.recording import find_tracks
from voice_coach.journal.store import store_trouble

__all__ = ["set_mine"]

_SWAPPING: Final = "swapping.part"


def set_mine(folder: Path, mine: Side) -> None:
    """Make a channel the trainee's: turns, moves, scorecard and sound follow. Idempotent.

    Args:
        folder: The session's folder.
        mine: Left or right.

    Raises:
        InputError: The call has one sound only (code `one-sound`), or there is no such channel.
        JournalError: The record cannot be read.
        StoreError: It is still being heard, or the disk refused.
    """
    heard = read_heard(folder / HEARD_NAME)
    if mine not in heard.header.sides or mine is Side.BOTH:
        raise InputError(
            "This call has no channel of that name: its speakers cannot be told apart by channel.",
            code="one-sound",
        )
    if mine is heard.mine:
        return
    writer = HeardWriter.reopen(folder)
    try:
        _swap_tracks(folder)
        writer.append(Mine(mine=mine))
    finally:
        writer.close()


def _swap_tracks(folder: Path) -> None:
    tracks = find_tracks(folder)
    if set(tracks) != set(Speaker):
        return
    ours, theirs = tracks[Speaker.TRAINEE], tracks[Speaker.COUNTERPART]
    with store_trouble(f"The recordings in {folder} cannot be swapped"):
        ours.rename(folder / _SWAPPING)
        theirs.rename(folder / f"{Speaker.TRAINEE.value}{theirs.suffix}")
        (folder / _SWAPPING).rename(folder / f"{Speaker.COUNTERPART.value}{ours.suffix}")
