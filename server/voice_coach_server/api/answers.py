"""How the API answers: JSON, and each refusal as one sentence with its stable code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from voice_coach.errors import InputError, VoiceCoachError

__all__ = ["Handler", "as_json", "in_words", "small_body"]

Handler = Callable[[Request], Awaitable[Response]]

_LARGEST_BODY_BYTES: Final = 65_536
_STATUS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "unknown-session": 404,
        "unknown-job": 404,
        "no-recording": 404,
        "too-large": 413,
        "too-many-notes": 409,
        "still-running": 409,
        "busy": 503,
    }
)
"""Of refusals; any other bad input is 400, and any trouble of ours 500."""


def as_json(value: object, status: int = 200) -> Response:
    """Answer with a value."""
    return Response(msgspec.json.encode(value), status_code=status, media_type="application/json")


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


async def small_body(request: Request) -> bytes:
    """Read the body of a request that sends little.

    Raises:
        InputError: It is larger than 64 kB (code `too-large`).
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY_BYTES:
            raise InputError("This is more than 64 kB, more than a note can be.", code="too-large")
    return bytes(body)
