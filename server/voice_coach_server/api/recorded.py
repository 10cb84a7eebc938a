"""Recorded calls over HTTP: a file is brought, heard beside the live calls, and becomes a session."""

from __future__ import annotations

import asyncio
import os
import secrets
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO, Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from voice_coach.counterpart.shelf import read_shelf
from voice_coach.errors import InputError
from voice_coach.journal.heard import Side
from voice_coach.journal.store import open_store, session_folder, store_trouble
from voice_coach.recorded.swap import set_mine
from voice_coach.review.tell import tell_review
from voice_coach.settings import Settings
from voice_coach_server.api.answers import as_json, in_words, small_json
from voice_coach_server.hearing_desk import HearingDesk

__all__ = ["recorded_routes"]

_LONGEST_NAME: Final = 200
_MEGABYTE: Final = 1_000_000


class _MineWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mine: Side


def recorded_routes(settings: Settings, desk: HearingDesk) -> list[BaseRoute]:
    """Give the routes of recorded calls.

    Args:
        settings: The store, the scenarios, and how large a file may be.
        desk: Where files are heard.
    """

    @in_words
    async def bring(request: Request) -> Response:
        name, mine = _name(request), _mine(request)
        scenario = request.query_params.get("scenario", "")
        if scenario:
            await asyncio.to_thread(lambda: read_shelf(settings.scenarios.path).find(scenario))
        async with desk.place():
            file = await _received(request, desk.folder, settings)
            job = desk.take(file, name=name, mine=mine, scenario=scenario)
        return as_json({"job": job.id}, 202)

    @in_words
    async def asked(request: Request) -> Response:
        return as_json(desk.find(request.path_params["job"]).answer)

    @in_words
    async def cancelled(request: Request) -> Response:
        return as_json(desk.cancel(request.path_params["job"]).answer)

    @in_words
    async def other_side(request: Request) -> Response:
        session = request.path_params["session"]
        try:
            wish = msgspec.json.decode(await small_json(request), type=_MineWish)
        except msgspec.DecodeError as error:
            raise InputError(f"Say which channel is yours, left or right: {error}.") from None

        def turn_round() -> Response:
            set_mine(session_folder(settings.store.path, session), wish.mine)
            return as_json(tell_review(settings.store.path, session))

        return await asyncio.to_thread(turn_round)

    return [
        Route("/api/recorded", bring, methods=["POST"]),
        Route("/api/recorded/{job}", asked),
        Route("/api/recorded/{job}", cancelled, methods=["DELETE"]),
        Route("/api/sessions/{session}/mine", other_side, methods=["POST"]),
    ]


def _name(request: Request) -> str:
    """The file's own name: no folder of any system, nothing that steers a terminal."""
    given = request.query_params.get("name", "")
    bare = PureWindowsPath(PurePosixPath(given).name).name
    shown = "".join(char for char in bare if char.isprintable())[-_LONGEST_NAME:].strip()
    if not shown:
        raise InputError("Say what the file is called: ?name=call.wav.", code="bad-name")
    return shown


def _mine(request: Request) -> Side:
    given = request.query_params.get("mine", Side.LEFT.value)
    if given not in (Side.LEFT, Side.RIGHT):
        raise InputError("Your channel is left or right.", code="bad-side")
    return Side(given)


async def _received(request: Request, folder: Path, settings: Settings) -> Path:
    """Write the body into a private file as it arrives.

    Raises:
        InputError: It is empty, too large (code `too-large`), or broke off (`broken-off`).
        StoreError: The disk refused.
    """
    most = settings.recorded.largest_file_megabytes
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit():
        _demand_size(int(said[:20]), most)
    file, stream = await asyncio.to_thread(_new_file, folder, settings.store.path)
    try:
        await _write(request, stream, most)
    except BaseException as error:
        file.unlink(missing_ok=True)
        if isinstance(error, ClientDisconnect):
            raise InputError("The file broke off on its way.", code="broken-off") from None
        raise
    finally:
        stream.close()
    return file


async def _write(request: Request, stream: BinaryIO, most_megabytes: int) -> None:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        _demand_size(size, most_megabytes)
        with store_trouble("The file cannot be taken in"):
            await asyncio.to_thread(stream.write, chunk)
    if not size:
        raise InputError("The file is empty.", code="empty")
    with store_trouble("The file cannot be taken in"):
        await asyncio.to_thread(stream.flush)


def _demand_size(size: int, most_megabytes: int) -> None:
    if size > most_megabytes * _MEGABYTE:
        raise InputError(
            f"This file is larger than {most_megabytes} MB, the most that is taken (setting"
            " recorded.largest_file_megabytes).",
            code="too-large",
        )


def _new_file(folder: Path, store: Path) -> tuple[Path, BinaryIO]:
    open_store(store)
    with store_trouble("The file cannot be taken in"):
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / secrets.token_hex(8)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return file, os.fdopen(handle, "wb")
