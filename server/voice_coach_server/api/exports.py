"""Calls leaving as files, and archives coming in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from voice_coach.errors import InputError
from voice_coach.exports.archive import Kept, read_archive
from voice_coach.exports.formats import Format, export
from voice_coach.journal.library import Library
from voice_coach_server.api.answers import as_json, in_words

__all__ = ["export_routes"]

_LARGEST_ARCHIVE_BYTES: Final = 4 * 1024**3


def export_routes(store: Path) -> Sequence[BaseRoute]:
    """Give the routes.

    Args:
        store: The store's folder.
    """

    @in_words
    async def leave(request: Request) -> Response:
        session, form = request.path_params["session"], _format(request.path_params["form"])
        audio = request.query_params.get("audio") == "1"
        file = await asyncio.to_thread(export, store, session, form, audio=audio)
        # A report is a page of its own: never shown from this address, always saved.
        headers = {"content-disposition": f'attachment; filename="{file.name}"'}
        return Response(file.data, media_type=file.media_type, headers=headers)

    @in_words
    async def arrive(request: Request) -> Response:
        with TemporaryDirectory() as place:
            path = Path(place) / "archive.zip"
            await _receive(request, path)
            return as_json(await asyncio.to_thread(_take_in, path, store))

    return (
        Route("/api/sessions/{session}/export.{form}", leave),
        Route("/api/archives", arrive, methods=["POST"]),
    )


def _format(name: str) -> Format:
    try:
        return Format(name)
    except ValueError:
        known = ", ".join(form.value for form in Format)
        raise InputError(f"A call can be exported as {known}.", code="unknown-format") from None


async def _receive(request: Request, path: Path) -> None:
    """Write the body to a file, as it comes."""
    received = 0
    with path.open("wb") as file:
        async for chunk in request.stream():
            received += len(chunk)
            if received > _LARGEST_ARCHIVE_BYTES:
                raise InputError("An archive may have 4 GB at most: export fewer.", code="too-large")
            await asyncio.to_thread(file.write, chunk)


def _take_in(path: Path, store: Path) -> tuple[Kept, ...]:
    kept = read_archive(path, store)
    with Library(store):
        pass  # it lists what has come
    return kept
