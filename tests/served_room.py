"""A real room over TLS, with scripted ears, for tests of its door; clients trust its authority."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from websockets.asyncio.client import connect

from voice_coach.settings import Settings
from voice_coach_client.web import web_folder
from voice_coach_server.app import Address, running_server
from voice_coach_server.engines import Engines
from voice_coach_server.room.opened import OpenedRoom

__all__ = ["ServedRoom", "served_room"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedRoom:
    """A room that is served on loopback, for real."""

    opened: OpenedRoom
    address: Address
    tls: ssl.SSLContext
    """Trusts the room's authority, and no other."""
    store: Path

    def client(self, token: str = "") -> httpx.AsyncClient:
        """Give a client of its own; with a token it is whoever holds that."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(verify=self.tls, base_url=self.address.http_url, headers=headers)

    async def join(self, name: str, **more: object) -> dict[str, str]:
        """Let a table in; give `Joined`."""
        async with self.client() as client:
            wish = {"code": self.opened.door.code, "name": name, **more}
            answer = await client.post("room/join", json=wish)
        assert answer.status_code == 200, answer.text
        joined: dict[str, str] = answer.json()
        return joined

    async def trainer(self) -> str:
        """Give a trainer's token."""
        async with self.client() as client:
            answer = await client.post("room/trainer", json={"secret": self.opened.door.secret})
        assert answer.status_code == 200, answer.text
        return answer.cookies["__Host-voice-coach-trainer"]

    def how(self, token: str = "") -> dict[str, object]:
        """How a websocket is opened: with trust in the room, and as the holder of a token."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return {"ssl": self.tls, "additional_headers": headers}

    def socket(self, path: str, token: str = "", **more: object) -> connect:
        """Open a websocket at a path."""
        return connect(self.url(path), **self.how(token), **more)  # type: ignore[arg-type]  # a test knows

    def url(self, path: str) -> str:
        """The address of a websocket."""
        return f"wss://{self.address.host}:{self.address.port}{path}"


@asynccontextmanager
async def served_room(
    settings: Settings, engines: Engines, title: str = "Tuesday class"
) -> AsyncIterator[ServedRoom]:
    """Serve a room on a free port of this machine."""
    opened = OpenedRoom(settings, title, ("127.0.0.1",))
    tls = ssl.create_default_context(cadata=opened.certificate.authority_pem.decode())
    async with running_server(settings, engines, web_folder(), opened) as address:
        yield ServedRoom(opened=opened, address=address, tls=tls, store=settings.store.path)
