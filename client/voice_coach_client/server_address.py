"""Where a server is: what a person typed, as the addresses of everything it offers; and asking it."""

from __future__ import annotations

import asyncio
import http.client
import ssl
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from voice_coach.coaching.drill import DrillCard
from voice_coach.errors import InputError, ProtocolError
from voice_coach.messages import ScenarioCard
from voice_coach_client.credentials import ANYBODY, Credentials, untrusted
from voice_coach_client.errors import RefusedError, ServerUnreachableError

__all__ = ["Server", "read_address"]

_TIMEOUT_SECONDS = 10.0
_LARGEST_ANSWER = 4_000_000

_Cards = TypeVar("_Cards")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server and the way into it."""

    host: str
    port: int
    secure: bool = False
    credentials: Credentials = field(default=ANYBODY, repr=False)

    @property
    def url(self) -> str:
        """Its address, as a person types it."""
        return f"http{'s' if self.secure else ''}://{self._place}/"

    def websocket(self, path: str) -> str:
        """Give the address of one of its websockets, such as `/ws`."""
        return f"ws{'s' if self.secure else ''}://{self._place}{path}"

    async def scenarios(self) -> tuple[ScenarioCard, ...]:
        """Ask whom there is to meet. Raises like `ask`."""
        return await self._cards("/api/scenarios", tuple[ScenarioCard, ...])

    async def drills(self) -> tuple[DrillCard, ...]:
        """Ask which drills there are. Raises like `ask`."""
        return await self._cards("/api/drills", tuple[DrillCard, ...])

    async def ask(self, path: str, body: bytes | None = None) -> bytes:
        """GET a path, or POST to it; gives the body of the answer.

        Raises:
            ServerUnreachableError: Nobody answers, or something that does not speak HTTP.
            UntrustedError: Its certificate cannot be trusted.
            RefusedError: It said no; its own sentence is in the error.
        """
        return await asyncio.to_thread(self._ask, "POST" if body else "GET", path, body)

    async def delete(self, path: str) -> None:
        """DELETE a path. Raises like `ask`."""
        await asyncio.to_thread(self._ask, "DELETE", path, None)

    async def _cards(self, path: str, kind: type[_Cards]) -> _Cards:
        try:
            return msgspec.json.decode(await self.ask(path), type=kind)
        except msgspec.DecodeError as error:
            raise ProtocolError(
                f"The answer of {self.url} to {path} cannot be read; install the same voice_coach on "
                "both sides.",
                code="malformed-json",
            ) from error

    @property
    def _place(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def _ask(self, method: str, path: str, body: bytes | None) -> bytes:
        with_tls = self.credentials.tls
        line = (
            http.client.HTTPSConnection(self.host, self.port, timeout=_TIMEOUT_SECONDS, context=with_tls)
            if self.secure
            else http.client.HTTPConnection(self.host, self.port, timeout=_TIMEOUT_SECONDS)
        )
        headers = self.credentials.headers | ({"content-type": "application/json"} if body else {})
        try:
            line.request(method, path, body=body, headers=headers)
            answer = line.getresponse()
            content = answer.read(_LARGEST_ANSWER)
        except ssl.SSLError as error:
            raise untrusted(self.url, error) from error
        except (OSError, http.client.HTTPException) as error:
            raise ServerUnreachableError(
                f"No voice_coach server answers at {self.url}; check the address, and that the server "
                "runs there."
            ) from error
        finally:
            line.close()
        if answer.status not in (http.HTTPStatus.OK, http.HTTPStatus.NO_CONTENT):
            raise _refusal(self.url, answer.status, content)
        return content


class _Refusal(msgspec.Struct, frozen=True):
    code: str
    text: str


def read_address(typed: str) -> Server:
    """Read what a person typed: `http://host:port`, `https://...`, or only `host:port`.

    Raises:
        InputError: It is no such address.
    """
    parts = urlsplit(typed if "://" in typed else f"http://{typed}")
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("http", "https") or not parts.hostname or port == -1:
        raise InputError(
            f"{typed} is no address of a server; one looks like http://127.0.0.1:8765 or "
            "https://192.168.1.20:8765."
        )
    return Server(host=parts.hostname, port=port or 8765, secure=parts.scheme == "https")


def _refusal(url: str, status: int, content: bytes) -> RefusedError:
    try:
        refusal = msgspec.json.decode(content, type=_Refusal)
    except msgspec.DecodeError:
        return RefusedError(f"The server at {url} refused (HTTP {status}); check the address.")
    return RefusedError(refusal.text, code=refusal.code)
