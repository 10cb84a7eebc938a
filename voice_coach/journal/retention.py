"""Forgetting by itself: calls that are older than somebody wanted to keep them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from voice_coach.errors import VoiceCoachError
from voice_coach.journal.library import Library
from voice_coach.journal.store import open_store, session_created, session_ids

__all__ = ["forget_old"]


def forget_old(store: Path, keep_days: int, now: datetime) -> tuple[int, int]:
    """Delete for good every call that began more than `keep_days` ago and does not run.

    Args:
        store: The store's folder.
        keep_days: 0 keeps all.
        now: With a time zone.

    Returns:
        How many calls were deleted, and how many should have been and could not be: they are tried again
        next time.

    Raises:
        StoreError: The store cannot be opened.
    """
    if not keep_days:
        return 0, 0
    before = now - timedelta(days=keep_days)
    deleted = failed = 0
    with Library(open_store(store)) as library:
        for session in session_ids(store):
            created = session_created(session)
            if created is None or created >= before:
                continue
            try:
                library.delete(session)
                deleted += 1
            except VoiceCoachError:
                failed += 1
    return deleted, failed
