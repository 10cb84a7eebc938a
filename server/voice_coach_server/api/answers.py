"""How the API answers: JSON, and each refusal as one sentence with its stable code."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from voice_coach.errors import InputError, VoiceCoachError

__all__ = ["Handler", "as_json", "in_thread", "in_words", "small_json"]

Handler = Callable[[Request], Awaitable[Response]]

_JSON: Final = "application/json"
_LARGEST_BODY_BYTES: Final = 65_536
_STATUS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "unknown-session": 404,
        "unknown-job": 404,
        "no-recording": 404,
        "too-large": 413,
        "not-json": 415,
        "bad-journal": 422,
        "too-many-notes": 409,
        "still-running": 409,
        "has-branches": 409,
        "not-cut-off": 409,
        "busy": 503,
    }
)
"""Of refusals; any other bad input is 400, and any trouble of ours 500."""


def as_json(value: object, status: int = 200) -> Response:
    """Answer with a value."""
    return Response(msgspec.json.encode(value), status_code=status, media_type=_JSON)


def in_words(handler: Handler) -> Handler:
    """Turn an error of ours into an answer that a page can show."""

    @wraps(handler)
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except VoiceCoachError as error:
            other = 400 if isinstance(error, InputError) else 500
            status = _STATUS.get(error.stable_code, other)
            return as_json({"code": error.stable_code, "text": str(error)}, status)

    return answered


def in_thread(handler: Callable[[Request], Response]) -> Handler:
    """Run a handler that waits for the disk in a thread, and answer its errors in words."""

    @in_words
    @wraps(handler)
    async def threaded(request: Request) -> Response:
        return await asyncio.to_thread(handler, request)

    return threaded


async def small_json(request: Request) -> bytes:
    """Read the body of a request that sends a little JSON, and says so.

    Raises:
        InputError: It is of another type (code `not-json`), larger than 64 kB (`too-large`), or broke
            off (`broken-off`).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _JSON:
        raise InputError(f"Send {_JSON}; this is {kind or 'of no type'}.", code="not-json")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_BODY_BYTES:
                raise InputError("This is more than 64 kB, more than a note can be.", code="too-large")
    except ClientDisconnect:
        raise InputError("The request broke off.", code="broken-off") from None
    return bytes(body)
