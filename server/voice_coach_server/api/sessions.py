"""Kept sessions over HTTP: their list, one as a review, its waveforms and sound; notes, and deleting.

All of it reads or writes the disk, so all of it runs in threads. Nothing of what was said is logged.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import InputError
from voice_coach.journal.library import Library
from voice_coach.journal.store import check_session_id, session_folder
from voice_coach.review.notes import decode_note
from voice_coach.review.peaks import PEAKS_PER_SECOND, read_peaks
from voice_coach.review.review import Review
from voice_coach.review.tell import add_note, tell_review
from voice_coach_server.api.answers import as_json, in_thread, in_words, small_json
from voice_coach_server.ownership import Ownership
from voice_coach_server.visitor import visitor_of

__all__ = ["session_routes"]

_PAGE = 50
_LONGEST_PAGE = 1_000


def session_routes(store: Path, ownership: Ownership) -> list[BaseRoute]:
    """Give the routes of a store's sessions.

    Args:
        store: The store's folder.
        ownership: Whose they are; who may not know of one is turned away before, by its doorkeeper.
    """

    def listed(request: Request) -> Response:
        limit = _limit(request)
        before = request.query_params.get("before", "")
        if before:
            check_session_id(before)
        with Library(store) as library:
            rows = ownership.known(
                visitor_of(request), lambda count: library.list(count, before=before), limit + 1
            )
        return as_json({"sessions": rows[:limit], "more": len(rows) > limit})

    def reviewed(request: Request) -> Response:
        session = request.path_params["session"]
        own = ownership.is_own(visitor_of(request), session)
        review = tell_review(store, session)
        return as_json(review if own else _of_somebody_else(review))

    def peaks(request: Request) -> Response:
        folder = session_folder(store, request.path_params["session"])
        return Response(
            read_peaks(folder, _side(request)),
            media_type="application/octet-stream",
            headers={"x-peaks-per-second": str(PEAKS_PER_SECOND)},
        )

    def recording(request: Request) -> Response:
        """One side's sound; ranges are served, so a player can seek."""
        folder = session_folder(store, request.path_params["session"])
        file = folder / f"{_side(request).value}.flac"
        if not file.is_file():
            raise _no_recording()
        return FileResponse(file, media_type="audio/flac")

    def deleted(request: Request) -> Response:
        session = request.path_params["session"]
        # What was said in it stands in the beginning of those that were tried again from it. In a room
        # they go with it unless told otherwise; the owner of the machine must say.
        unsaid = "" if visitor_of(request).is_owner else "delete"
        branches = request.query_params.get("branches", unsaid)
        with Library(store) as library:
            session_folder(store, session)
            count = len(library.descendants(session))
            if count and branches not in {"delete", "keep"}:
                raise _has_branches(session, count)
            library.delete(session, with_branches=branches == "delete")
        return Response(status_code=204)

    @in_words
    async def noted(request: Request) -> Response:
        note = decode_note(await small_json(request))
        session = request.path_params["session"]
        return as_json(await asyncio.to_thread(add_note, store, session, note))

    one = "/api/sessions/{session}"
    return [
        Route("/api/sessions", in_thread(listed)),
        Route(f"{one}/review", in_thread(reviewed)),
        Route(f"{one}/peaks/{{side}}", in_thread(peaks)),
        Route(f"{one}/{{side}}.flac", in_thread(recording)),
        Route(f"{one}/notes", noted, methods=["POST"]),
        Route(one, in_thread(deleted), methods=["DELETE"]),
    ]


def _of_somebody_else(review: Review) -> Review:
    """A trainer reads what was said: sound, and what people noted for themselves, stay theirs."""
    return msgspec.structs.replace(review, tracks=(), comments=())


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(_PAGE))
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= _LONGEST_PAGE:
        raise InputError(f"The limit of a list is a number from 1 to {_LONGEST_PAGE}.", code="bad-limit")
    return int(text)


def _side(request: Request) -> Speaker:
    try:
        return Speaker(request.path_params["side"])
    except ValueError:
        raise _no_recording() from None


def _has_branches(session: str, count: int) -> InputError:
    return InputError(
        f"From session {session} {count} other{'' if count == 1 else 's'} went on, and begin"
        f"{'s' if count == 1 else ''} with what was said in it: say ?branches=delete or ?branches=keep.",
        code="has-branches",
    )


def _no_recording() -> InputError:
    sides = " and ".join(side.value for side in Speaker)
    return InputError(
        f"There is no such recording; a session has those of {sides}, if sound was kept.",
        code="no-recording",
    )
