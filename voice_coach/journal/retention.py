"""Forgetting by itself: calls that are older than somebody wanted to keep them.

A branch ("try again from here") begins with the words of the call that it came from, so it is as old as
that one. And the clock is not believed at once: one that jumped to the year 2100 would wipe the store.
Only what was due at a look a day ago as well is deleted; when the looks are less than a day apart, a call
therefore goes at most two days late.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec

from voice_coach.errors import VoiceCoachError
from voice_coach.journal.library import Library
from voice_coach.journal.store import open_store, session_created, store_trouble

__all__ = ["LOOKS_NAME", "forget_old"]

LOOKS_NAME: Final = "retention.json"
_BELIEVED_AFTER: Final = timedelta(days=1)

_FIRST_CALLS: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""No call is older than this program: an id from 1970 was given by a clock that was wrong that day."""

_Time = Annotated[datetime, msgspec.Meta(tz=True)]


class _Looks(msgspec.Struct, frozen=True, kw_only=True):
    """Two looks at the clock: what was due at the older one may be deleted."""

    believed: _Time | None = None
    latest: _Time


def forget_old(store: Path, keep_days: int, now: datetime) -> tuple[int, int]:
    """Delete for good every call whose words are older than `keep_days` and that does not run.

    Args:
        store: The store's folder.
        keep_days: 0 keeps all.
        now: With a time zone.

    Returns:
        How many calls were deleted, and how many should have been and could not be: they are tried again
        next time.

    Raises:
        StoreError: The store cannot be opened, or the look at the clock not be noted in it.
    """
    if not keep_days:
        return 0, 0
    believed = _look_at_clock(open_store(store) / LOOKS_NAME, now)
    if believed is None:
        return 0, 0
    try:
        before = believed - timedelta(days=keep_days)
    except OverflowError:
        # More days than the calendar has: nothing is that old.
        return 0, 0
    deleted = failed = 0
    with Library(store) as library:
        parents = {row.id: row.parent for row in library.list()}
        # The latest first, so that branches go before what they came from.
        for session in sorted(parents, reverse=True):
            began = _first_words(session, parents)
            if began is None or began >= before:
                continue
            try:
                library.delete(session)
                deleted += 1
            except VoiceCoachError:
                failed += 1
    return deleted, failed


def _first_words(session: str, parents: dict[str, str]) -> datetime | None:
    """When the oldest words in a call were said, None if nobody knows.

    A parent that is gone still has its time in its id.
    """
    times = []
    seen = set()
    while session and session not in seen:
        seen.add(session)
        times.append(session_created(session))
        session = parents.get(session, "")
    return min((time for time in times if time is not None and time >= _FIRST_CALLS), default=None)


def _look_at_clock(file: Path, now: datetime) -> datetime | None:
    """Note a look at the clock; give the time that a later look has confirmed, None if there is none."""
    now = now.astimezone(UTC)
    with store_trouble(f"{file} cannot be used"):
        try:
            looks = msgspec.json.decode(file.read_bytes(), type=_Looks)
        except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
            looks = _Looks(latest=now)
        believed, latest = looks.believed, looks.latest
        if believed is not None and believed > now:
            believed = None
        if latest > now:
            # The clock was ahead, or is behind now: begin again.
            latest = now
        elif now - latest >= _BELIEVED_AFTER:
            believed, latest = latest, now
        part = file.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(_Looks(believed=believed, latest=latest)))
        part.replace(file)
    return believed
