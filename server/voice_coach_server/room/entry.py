"""Coming in over HTTP: tokens for the code and for the secret, and what anybody may know of a room."""

from __future__ import annotations

import asyncio
import io
from functools import wraps
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import segno
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from voice_coach.errors import InputError
from voice_coach.room_messages import Join
from voice_coach_server.api.answers import Handler, as_json, small_json
from voice_coach_server.room.door import TABLE_COOKIE, TRAINER_COOKIE
from voice_coach_server.room.opened import OpenedRoom
from voice_coach_server.room.tries import TooManyTriesError
from voice_coach_server.visitor import Role, visitor_of

__all__ = ["entry_routes"]

_STATUS: Final = {
    "bad-name": 422,
    "name-taken": 409,
    "not-json": 415,
    "room-full": 503,
    "room-locked": 423,
    "too-large": 413,
    "too-many-tries": 429,
    "wrong-code": 403,
    "wrong-secret": 403,
}
"""Of refusals; any other bad input is 400."""


_COOKIE_SECONDS: Final = 12 * 3_600
"""A tablet forgets other cookies when it closes its browser in the middle of a class."""


class _Secret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    secret: str


def entry_routes(opened: OpenedRoom, web_folder: Path) -> list[BaseRoute]:
    """Give the routes of a room's door.

    Args:
        opened: The room.
        web_folder: Where the pages are.
    """
    room, door = opened.room, opened.door

    @_in_words
    async def join(request: Request) -> Response:
        joined = door.join(await _body(request, Join), _address(request))
        return _with_cookie(as_json(joined), TABLE_COOKIE, joined.token)

    @_in_words
    async def unlock(request: Request) -> Response:
        token = door.unlock((await _body(request, _Secret)).secret, _address(request))
        return _with_cookie(as_json({"role": "trainer"}), TRAINER_COOKIE, token)

    async def info(_: Request) -> Response:
        fingerprint = opened.certificate.fingerprint
        return as_json({"title": room.title, "fingerprint": fingerprint, "locked": room.locked})

    async def authority(_: Request) -> Response:
        return Response(
            opened.certificate.authority_pem,
            media_type="application/x-x509-ca-cert",
            # Not as an attachment: phones offer to install what they are shown. Windows knows `.crt`.
            headers={"content-disposition": 'inline; filename="voice_coach-room.crt"'},
        )

    async def code_picture(_: Request) -> Response:
        now = opened.signs()
        picture = await asyncio.to_thread(_qr_code, f"{now.address}#{now.code}")
        return Response(picture, media_type="image/svg+xml")

    async def front(request: Request) -> Response:
        """The page of a table; to everybody else, the way in."""
        inside = Role.TABLE in visitor_of(request).roles
        page = "index.html" if inside else "room/join.html"
        # The same address shows another page once somebody has joined: no cache may know better.
        return FileResponse(web_folder / page, headers={"cache-control": "no-store"})

    return [
        Route("/", front),
        Route("/room/join", join, methods=["POST"]),
        Route("/room/trainer", unlock, methods=["POST"]),
        Route("/room/info", info),
        Route("/room/authority.pem", authority),
        Route("/room/qr.svg", code_picture),
        _page("/room/trainer", web_folder / "room" / "trainer.html"),
        _page("/room/projector", web_folder / "room" / "projector.html"),
    ]


def _page(address: str, file: Path) -> Route:
    async def serve(_: Request) -> Response:
        return FileResponse(file)

    return Route(address, serve)


def _in_words(handler: Handler) -> Handler:
    """Turn a refusal into an answer that a page can show, with how long to wait where that helps."""

    @wraps(handler)
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except InputError as error:
            said = {"code": error.stable_code, "text": str(error)}
            answer = as_json(said, _STATUS.get(error.stable_code, 400))
            if isinstance(error, TooManyTriesError):
                answer.headers["retry-after"] = str(error.wait_seconds)
            return answer

    return answered


Body = TypeVar("Body")


async def _body(request: Request, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(await small_json(request), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"This cannot be read: {error}.", code="bad-field") from None


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _with_cookie(answer: Response, name: str, token: str) -> Response:
    answer.set_cookie(
        name, token, max_age=_COOKIE_SECONDS, secure=True, httponly=True, samesite="strict", path="/"
    )
    return answer


def _qr_code(text: str) -> bytes:
    picture = io.BytesIO()
    # Medium correction, as the projector is clean; the quiet zone belongs to the picture.
    segno.make(text, error="m", micro=False).save(
        picture, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False, svgclass=None
    )
    return picture.getvalue()
