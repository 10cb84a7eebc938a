"""How long a review and a library take to open, against reading the journals afresh.

A call of an hour is made: the real session's journal of a demo call, repeated, with sound on both sides.
A library is that of many sessions of some ten minutes. Processor time counts, not the clock on the wall;
medians of several runs.

usage: python -m voice_coach_benchmarks.review [--minutes M] [--sessions N] [--json]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from voice_coach.coaching.turn import Speaker
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.library import Library
from voice_coach.journal.store import named_folder, new_session_id, open_store, session_ids
from voice_coach.review.peaks import read_peaks
from voice_coach.review.tell import tell_review
from voice_coach_benchmarks.review_material import keep_long_call

_RUNS: Final = 5
_LIBRARY_CALL_MINUTES: Final = 10


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Processor seconds."""

    minutes: float
    lines: int
    review: float
    """Told as it is served, with everything."""
    first_review: float
    """As above, when all of the sound has still to be looked through."""
    journal: float
    """Baseline: reading the journal, and nothing made of it."""
    peaks: float
    """One side's waveform, made."""
    sessions: int
    library: float
    """Opened, and its newest fifty listed."""
    all_journals: float
    """Baseline: reading every session's journal."""


def measure(minutes: float, sessions: int) -> Figures:
    """Make the material and measure."""
    with TemporaryDirectory() as place:
        store = open_store(Path(place) / "review")
        session = keep_long_call(store, minutes)
        folder = named_folder(store, session)

        def afresh() -> None:
            for cache in (*folder.glob("*.peaks"), *folder.glob("*.delivery")):
                cache.unlink()

        def told() -> bytes:
            return msgspec.json.encode(tell_review(store, session))

        def peaks() -> None:
            afresh()
            read_peaks(folder, Speaker.COUNTERPART)

        def first() -> None:
            afresh()
            told()

        told()
        many = open_store(Path(place) / "library")
        _fill(many, sessions)
        with Library(many, notify=lambda _: None) as library:
            library.list(1)
        return Figures(
            minutes=minutes,
            lines=len(read_journal(folder / JOURNAL_NAME).entries),
            first_review=_median(first),
            review=_median(told),
            journal=_median(lambda: read_journal(folder / JOURNAL_NAME)),
            peaks=_median(peaks),
            sessions=sessions,
            library=_median(lambda: _open(many)),
            all_journals=_median(lambda: _read_all(many), runs=1),
        )


def _fill(store: Path, sessions: int) -> None:
    first = named_folder(store, keep_long_call(store, _LIBRARY_CALL_MINUTES))
    data = (first / JOURNAL_NAME).read_bytes()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(sessions - 1):
        folder = named_folder(store, new_session_id(now + timedelta(hours=number)))
        folder.mkdir()
        (folder / JOURNAL_NAME).write_bytes(data)


def _open(store: Path) -> None:
    with Library(store) as library:
        msgspec.json.encode(library.list(51))


def _read_all(store: Path) -> None:
    for session in session_ids(store):
        read_journal(named_folder(store, session) / JOURNAL_NAME)


def _median(do: Callable[[], object], runs: int = _RUNS) -> float:
    taken = []
    for _ in range(runs):
        began = time.process_time()
        do()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--sessions", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.minutes, options.sessions)
    if options.json:
        print(msgspec.json.encode(found).decode())
        return
    print(
        f"A review of {found.minutes:.0f} minutes ({found.lines:,} lines): {found.review:.2f} s,"
        f" the first time {found.first_review:.2f} s; {found.review / found.journal:.1f} times reading"
        f" its journal ({found.journal:.2f} s). One side's waveform: {found.peaks:.2f} s."
    )
    print(
        f"A library of {found.sessions:,} sessions: {found.library:.3f} s,"
        f" 1/{found.all_journals / found.library:.0f} of reading every journal"
        f" ({found.all_journals:.1f} s)."
    )


if __name__ == "__main__":
    main()
