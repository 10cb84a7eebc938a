"""Who may talk to the server: addresses, origins, rates; and the headers that guard the page."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voice_coach.errors import InputError

__all__ = ["Guard", "RateLimit", "demand_loopback", "host_is_ours", "origin_is_ours"]

_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "microphone=(self), camera=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def demand_loopback(host: str) -> None:
    """Refuse to listen where others on the network could reach a server without code and TLS.

    Raises:
        InputError: `host` is not a loopback address (code `not-loopback`).
    """
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise InputError(
            f"voice_coach listens only on this machine, and {host} is not a loopback address; "
            "use 127.0.0.1 (a training room with TLS and a room code comes later).",
            code="not-loopback",
        )


def host_is_ours(host: str | None) -> bool:
    """Say whether a Host header names this machine (a page of another name may be rebound to us)."""
    return urlsplit(f"//{host or ''}").hostname in _LOCAL_NAMES


def origin_is_ours(headers: Mapping[str, str], allowed: tuple[str, ...]) -> bool:
    """Say whether a websocket may be opened, or something changed.

    Its Host must name this machine, and its Origin must be absent (not a browser), our own, or allowed.
    """
    if not host_is_ours(headers.get("host")):
        return False
    origin = headers.get("origin")
    if origin is None or origin in allowed:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc == headers.get("host")


class Guard:
    """ASGI middleware: refuses foreign Host headers and, where something would change, foreign pages.

    It also sets the security headers.
    """

    def __init__(self, app: ASGIApp, allowed_origins: tuple[str, ...] = ()) -> None:
        """Wrap an application; pages of these origins are as good as our own."""
        self._app = app
        self._allowed_origins = allowed_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not host_is_ours(Headers(scope=scope).get("host")):
            refused = PlainTextResponse(
                "This server answers only to localhost and 127.0.0.1.\n", status_code=421
            )
            await refused(scope, receive, send)
            return
        if scope["method"] not in _SAFE_METHODS and not origin_is_ours(
            Headers(scope=scope), self._allowed_origins
        ):
            sentence = "Only this server's own pages may change anything here."
            refused_page = JSONResponse({"code": "foreign-origin", "text": sentence}, status_code=403)
            await refused_page(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-cache")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class RateLimit:
    """A token bucket: `per_second` sustained, `burst` at once."""

    def __init__(
        self, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with a full bucket."""
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._at = clock()

    def allows(self, cost: float = 1.0) -> bool:
        """Take `cost` tokens; False when there are not enough."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True
