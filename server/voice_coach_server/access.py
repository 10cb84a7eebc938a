"""Who may talk to the server: addresses, origins, rates; and the headers that guard the page."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from voice_coach.errors import InputError

__all__ = ["Guard", "Loopback", "Premises", "RateLimit", "bare_host", "broken", "demand_loopback"]

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
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[^\s\[\]:/?#@\\]+)(?::[0-9]{1,5})?")
"""A name or an address and perhaps a port, and nothing that a reader of URLs would drop or change."""
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_FORBIDDEN = 4403


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
            f"Without TLS and a code voice_coach listens only on this machine, and {host} is not a"
            " loopback address: use 127.0.0.1, or open a training room (voice-coach room).",
            code="not-loopback",
        )


def bare_host(host: str) -> str:
    """Give what a Host header names, without port and brackets; empty for what is no host."""
    if not _HOST.fullmatch(host):
        return ""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


class Premises(Protocol):
    """Where a server is at home: which names and addresses are its own, and which pages."""

    @property
    def names(self) -> str:
        """What it answers to, for people."""

    def host_is_ours(self, scope: Scope, host: str) -> bool:
        """Say whether a Host header names this server (a page of another name may be rebound to us)."""

    def page_is_ours(self, origin: SplitResult, host: str) -> bool:
        """Say whether a page of this origin, asking for this host, may open sockets and change things."""


class Loopback:
    """Of a server that only this machine can reach."""

    names = "localhost and 127.0.0.1"

    def __init__(self, allowed_origins: tuple[str, ...] = ()) -> None:
        """Pages of these origins are as good as our own."""
        self._allowed_origins = allowed_origins

    def host_is_ours(self, scope: Scope, host: str) -> bool:
        """Say whether the host is this machine, by a name that only it answers to."""
        del scope
        return bare_host(host) in _LOCAL_NAMES

    def page_is_ours(self, origin: SplitResult, host: str) -> bool:
        """Say whether the page is our own, or allowed."""
        if origin.geturl() in self._allowed_origins:
            return True
        return origin.scheme in ("http", "https") and origin.netloc == host


class Guard:
    """ASGI middleware: refuses foreign Host headers and, where something would change, foreign pages.

    It also sets the security headers.
    """

    def __init__(
        self,
        app: ASGIApp,
        premises: Premises | None = None,
        on_foreign_socket: Callable[[], None] = lambda: None,
    ) -> None:
        """Wrap an application.

        Args:
            app: What is guarded.
            premises: Where the server is at home; this machine alone, when they are not given.
            on_foreign_socket: Is told of each websocket that was refused.
        """
        self._app = app
        self._premises: Premises = premises or Loopback()
        self._on_foreign_socket = on_foreign_socket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        send = _with_headers(send)
        if scope["type"] == "websocket":
            if self._host_is_ours(scope) and self._page_is_ours(scope):
                await self._app(scope, receive, send)
            else:
                self._on_foreign_socket()
                await WebSocketClose(_FORBIDDEN)(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not self._host_is_ours(scope):
            refused = PlainTextResponse(
                f"This server answers only to {self._premises.names}.\n", status_code=421
            )
            await refused(scope, receive, send)
            return
        if scope["method"] not in _SAFE_METHODS and not self._page_is_ours(scope):
            sentence = "Only this server's own pages may change anything here."
            refused_page = JSONResponse({"code": "foreign-origin", "text": sentence}, status_code=403)
            await refused_page(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _host_is_ours(self, scope: Scope) -> bool:
        """Whether there is one Host header and it is ours: of two, others might read the other one."""
        hosts = Headers(scope=scope).getlist("host")
        return len(hosts) == 1 and self._premises.host_is_ours(scope, hosts[0])

    def _page_is_ours(self, scope: Scope) -> bool:
        """Whether the Origin is absent (not a browser), or one whose pages may do this."""
        headers = Headers(scope=scope)
        origins = headers.getlist("origin")
        if not origins:
            return True
        if len(origins) > 1:
            return False
        try:
            parts = urlsplit(origins[0])
        except ValueError:
            return False
        return self._premises.page_is_ours(parts, headers.get("host", ""))


def _with_headers(send: Send) -> Send:
    """Give a `send` that adds the security headers to whatever answer begins, a refusal too."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "no-cache")
        await send(message)

    return send_with_headers


async def broken(request: Request, error: Exception) -> Response:
    """Answer what no route expected: starlette sends this one from outside of the guard."""
    del request, error
    text = "Something went wrong in the server; its log says what."
    return JSONResponse(
        {"code": "broken", "text": text},
        status_code=500,
        headers={**_HEADERS, "cache-control": "no-store"},
    )


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

    @property
    def wait_seconds(self) -> float:
        """How long until one more is allowed; 0 when it is."""
        lacking = 1.0 - self._tokens - (self._clock() - self._at) * self._per_second
        return max(0.0, lacking / self._per_second)
