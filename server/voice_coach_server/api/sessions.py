"""Kept calls: the list, one told as a review, its sound, its notes, and deleting it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import InputError
from voice_coach.journal.library import Library
from voice_coach.journal.recording import find_tracks
from voice_coach.journal.store import session_folder
from voice_coach.review.notes import Note, OverruleNote, SpeakerMarked, add_note, decode_note
from voice_coach.review.peaks import PEAKS_PER_SECOND, peaks
from voice_coach.review.review import Review
from voice_coach.review.tell import tell_review
from voice_coach_server.api.answers import as_json, in_words, small_body

__all__ = ["session_routes"]

_PAGE: Final = 50
_MOST: Final = 500


def session_routes(store: Path) -> Sequence[BaseRoute]:
    """Give the routes.

    Args:
        store: The store's folder.
    """
    noting = asyncio.Lock()

    @in_words
    async def listed(request: Request) -> Response:
        limit = _limit(request.query_params.get("limit", str(_PAGE)))
        return as_json(
            await asyncio.to_thread(_page, store, limit, request.query_params.get("before", ""))
        )

    @in_words
    async def review(request: Request) -> Response:
        return as_json(await asyncio.to_thread(tell_review, store, request.path_params["session"]))

    @in_words
    async def note(request: Request) -> Response:
        session, added = request.path_params["session"], decode_note(await small_body(request))
        async with noting:
            return as_json(await asyncio.to_thread(_note, store, session, added))

    @in_words
    async def shape(request: Request) -> Response:
        track = _track(store, request)
        data = await asyncio.to_thread(peaks, track)
        headers = {"x-peaks-per-second": str(PEAKS_PER_SECOND)}
        return Response(data, media_type="application/octet-stream", headers=headers)

    @in_words
    async def sound(request: Request) -> Response:
        """One side's audio; ranges are served, so that a player can seek."""
        return FileResponse(_track(store, request), media_type="audio/flac")

    @in_words
    async def delete(request: Request) -> Response:
        await asyncio.to_thread(_delete, store, request.path_params["session"])
        return Response(status_code=204)

    return (
        Route("/api/sessions", listed),
        Route("/api/sessions/{session}", delete, methods=["DELETE"]),
        Route("/api/sessions/{session}/review", review),
        Route("/api/sessions/{session}/notes", note, methods=["POST"]),
        Route("/api/sessions/{session}/peaks/{side}", shape),
        Route("/api/sessions/{session}/{side}.flac", sound),
    )


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST:
        raise InputError(f"`limit` is a number from 1 to {_MOST}.")
    return int(text)


def _page(store: Path, limit: int, before: str) -> dict[str, object]:
    with Library(store) as library:
        rows = library.list(limit + 1, before=before)
    return {"sessions": rows[:limit], "more": len(rows) > limit}


def _track(store: Path, request: Request) -> Path:
    """The finished track of one side.

    Raises:
        InputError: There is none (code `no-recording`).
    """
    folder = session_folder(store, request.path_params["session"])
    side = request.path_params["side"]
    if side in frozenset(Speaker):
        path = find_tracks(folder).get(Speaker(side))
        if path is not None and path.suffix == ".flac":
            return path
    raise InputError("There is no such recording.", code="no-recording")


def _note(store: Path, session: str, note: Note) -> Review:
    folder = session_folder(store, session)
    before = tell_review(store, session)
    if isinstance(note, OverruleNote):
        checks = before.debrief.checks if before.debrief else ()
        if note.check not in {check.id for check in checks}:
            raise InputError("This call has no such check.", code="bad-note")
    if isinstance(note, SpeakerMarked) and not 0 <= note.turn < len(before.turns):
        raise InputError("This call has no such turn.", code="bad-note")
    # Whatever a page claims of id and time, they are given here.
    add_note(folder, msgspec.structs.replace(note, created=None))
    return tell_review(store, session)


def _delete(store: Path, session: str) -> None:
    with Library(store) as library:
        if library.show(session).running:
            raise InputError("This call still goes on; end it, then delete it.", code="still-running")
        library.delete(session)
