"""The class report: read from the journals of the tables that share, whenever it is asked for.

A table that stops sharing, or deletes a session, is out of it at once: nothing is kept beside the
journals.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from voice_coach.errors import VoiceCoachError
from voice_coach.exports.class_report import ClassCall, ClassReport, ClassTable, class_csv, class_html
from voice_coach.journal.account import give_account
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.store import session_folder, store_trouble
from voice_coach.review.progress import CHECKS
from voice_coach_server.room.room import Room

__all__ = ["Attendance", "attendance_of", "report_routes", "tell_class", "write_report"]

_HEADERS: Final = {
    "cache-control": "no-store",
    # The page brings its styles with it, and needs nothing else of what a page may do.
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Who was there: all that the report takes from the room itself."""

    title: str
    tables: tuple[tuple[str, tuple[str, ...]], ...]
    """Names of the tables that share, and their calls that have ended."""
    unshared: int
    going_on: int


def attendance_of(room: Room) -> Attendance:
    """Look into the room; on the event loop, as it changes there."""
    sharing = [table for table in room.all_tables if table.consent.share]
    return Attendance(
        title=room.title,
        tables=tuple((table.name, tuple(table.past)) for table in sharing),
        unshared=len(room.all_tables) - len(sharing),
        going_on=sum(bool(table.session) for table in sharing),
    )


def tell_class(attendance: Attendance, store: Path, made: datetime) -> ClassReport:
    """Read the calls of a class. Takes some milliseconds a call: keep it out of the event loop.

    Args:
        attendance: Who was there.
        store: The store's folder.
        made: Now.
    """
    return ClassReport(
        title=attendance.title,
        made=made,
        tables=tuple(
            ClassTable(name=name, calls=tuple(_calls(sessions, store)))
            for name, sessions in attendance.tables
        ),
        unshared=attendance.unshared,
        going_on=attendance.going_on,
    )


def _calls(sessions: Iterable[str], store: Path) -> Iterable[ClassCall]:
    for session in sessions:
        try:
            yield _call(session, store)
        except VoiceCoachError:
            continue  # Deleted by its table, or kept so badly that nothing can be said of it.


def _call(session: str, store: Path) -> ClassCall:
    journal = read_journal(session_folder(store, session) / JOURNAL_NAME)
    account = give_account(journal)
    debrief, drill = account.debrief, account.drill
    points = debrief.turning_points if debrief and not drill else ()
    checks = debrief.checks if debrief and not drill else ()
    told = drill or debrief
    return ClassCall(
        session=session,
        title=account.title,
        began=journal.header.created,
        seconds=account.seconds,
        outcome=account.outcome,
        headline=told.headline if told else "",
        labels=account.labels,
        summaries=account.summaries,
        thats_right=account.thats_right,
        talk_share=debrief.talk_share if debrief else None,
        helped=tuple(point.what for point in points if point.better),
        cost=tuple(point.what for point in points if not point.better),
        checks={CHECKS.get(check.id, check.question): check.passed for check in checks},
        drill=drill.score if drill else None,
        work_on=drill.work_on if drill else "",
    )


def report_routes(room: Room, store: Path) -> list[BaseRoute]:
    """Give the routes of the report.

    Args:
        room: Whose.
        store: The store's folder.
    """

    async def told() -> ClassReport:
        return await asyncio.to_thread(tell_class, attendance_of(room), store, datetime.now(UTC))

    async def page(_: Request) -> Response:
        return Response(class_html(await told()), media_type="text/html", headers=_HEADERS)

    async def table(_: Request) -> Response:
        saved = {"content-disposition": 'attachment; filename="class-report.csv"'}
        return Response(class_csv(await told()), media_type="text/csv", headers=_HEADERS | saved)

    return [Route("/room/report.html", page), Route("/room/report.csv", table)]


def write_report(room: Room, store: Path, folder: Path) -> tuple[Path, Path]:
    """Write the report of a room as it stands into a folder, for its owner alone to read.

    Args:
        room: Whose; its calls have ended.
        store: The store's folder.
        folder: Created if need be. A report of the same minute is replaced.

    Returns:
        The HTML file and the CSV file.

    Raises:
        StoreError: It cannot be written.
    """
    made = datetime.now(UTC)
    report = tell_class(attendance_of(room), store, made)
    formats: dict[str, Callable[[ClassReport], str]] = {"html": class_html, "csv": class_csv}
    paths = []
    with store_trouble(f"The class report cannot be written to {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, form in formats.items():
            path = folder / f"class-report-{made:%Y%m%d-%H%M}.{suffix}"
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(form(report))
            paths.append(path)
    return paths[0], paths[1]
