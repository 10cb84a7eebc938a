"""How the API answers: JSON, and what went wrong as one sentence; and how it reads what it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from voice_coach.errors import InputError, JournalError, VoiceCoachError

__all__ = ["answering", "json_answer", "json_body", "refusal"]

LONGEST_BODY_BYTES = 65_536
_JSON = "application/json"
_NOT_FOUND = frozenset({"unknown-session", "no-recording"})
_STATUS = {"not-json": 415, "too-long": 413, "still-running": 409, "too-many-notes": 409}

Handler = Callable[[Request], Awaitable[Response]]


def json_answer(value: object, status: int = 200) -> Response:
    """Give a value as JSON."""
    return Response(msgspec.json.encode(value), status, media_type=_JSON)


def refusal(error: VoiceCoachError) -> Response:
    """Give what went wrong as its code and its sentence."""
    return json_answer({"code": error.stable_code, "text": str(error)}, _status(error))


def answering(handler: Callable[[Request], Response]) -> Handler:
    """Run a handler in a thread, since it waits for the disk, and say what goes wrong in it."""

    async def serve(request: Request) -> Response:
        try:
            return await asyncio.to_thread(handler, request)
        except VoiceCoachError as error:
            return refusal(error)

    return serve


async def json_body(request: Request) -> bytes:
    """Read a small body that says that it is JSON.

    Raises:
        InputError: It is of another type (`not-json`), too long (`too-long`), or broke off.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _JSON:
        raise InputError(f"Send {_JSON}; this is {kind or 'of no type'}.", code="not-json")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY_BYTES:
                raise InputError(f"At most {LONGEST_BODY_BYTES} bytes may be sent here.", code="too-long")
    except ClientDisconnect:
        raise InputError("The request broke off.", code="broken-off") from None
    return bytes(body)


def _status(error: VoiceCoachError) -> int:
    if error.stable_code in _STATUS:
        return _STATUS[error.stable_code]
    if error.stable_code in _NOT_FOUND:
        return 404
    if isinstance(error, JournalError):
        return 422
    return 400 if isinstance(error, InputError) else 500
