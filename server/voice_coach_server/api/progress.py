"""Progress over sessions, from the index alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from voice_coach.journal.library import Library
from voice_coach.review.progress import Practice, Progress, progress_of
from voice_coach_server.api.answers import as_json, in_words
from voice_coach_server.ownership import Ownership
from voice_coach_server.visitor import Visitor, visitor_of

__all__ = ["progress_routes"]


def progress_routes(store: Path, ownership: Ownership) -> Sequence[BaseRoute]:
    """Give the routes.

    Args:
        store: The store's folder.
        ownership: Whose the sessions are: progress is over those of who asks.
    """

    @in_words
    async def progress(request: Request) -> Response:
        scenario = request.query_params.get("scenario", "")
        return as_json(
            await asyncio.to_thread(_progress, store, scenario, visitor_of(request), ownership)
        )

    return (Route("/api/progress", progress),)


def _progress(store: Path, scenario: str, visitor: Visitor, ownership: Ownership) -> Progress:
    with Library(store) as library:
        rows = ownership.known(visitor, library.list)
    practices = [
        Practice(
            session=row.id,
            created=row.created,
            scenario_id=row.scenario_id,
            title=row.title,
            seconds=row.seconds,
            moves=row.moves,
            checks=row.checks,
        )
        for row in rows
        # A recorded call is no practice, and one that broke off has no checks.
        if row.kind == "rehearsal" and row.complete and row.created is not None
    ]
    return progress_of(practices, today=datetime.now(UTC).date(), scenario=scenario)
