"""A training room whose server is a script: it speaks the room's wire over TLS and does as a test says.

What the pages send is decoded with the wire's own types, so that a page that says something else fails.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from voice_coach import messages, room_messages
from voice_coach.coaching.drill_shelf import read_drill_shelf
from voice_coach.counterpart.scenario import list_scenarios
from voice_coach_client.web import web_folder
from voice_coach_server.access import Guard
from voice_coach_server.cards import cards_of

__all__ = ["ScriptedRoom", "scripted_room", "spki_of"]

CODE = "amber-otter-42"
SECRET = "only-the-trainer-knows"  # noqa: S105 - of a room that is not real
QR = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 21">'
    '<path d="M1 1h7v7H1zM13 1h7v7h-7zM1 13h7v7H1z'
    'M10 10h2v2h-2zM14 14h3v3h-3zM11 16h1v3h-1z"/></svg>'
)


class ScriptedRoom:
    """The server's side. `state` is what a trainer's page is told first, `lobby` what a table is."""

    def __init__(self, lobby: room_messages.LobbyState, state: room_messages.RoomState) -> None:
        """Begin with how everything stands; tests change both."""
        self.address = ""
        self._tables: set[WebSocket] = set()
        self._trainers: set[WebSocket] = set()
        self._calls: set[WebSocket] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.reset(lobby, state)

    def reset(self, lobby: room_messages.LobbyState, state: room_messages.RoomState) -> None:
        """Forget everything that was said, and stand like this."""
        self.lobby = lobby
        self.state = state
        self.call: Sequence[messages.ServerMessage] = ()
        """What a call's socket says, one after the other, once it was greeted."""
        self.refuse_join: tuple[int, dict[str, str], dict[str, str]] | None = None
        self.joined: list[room_messages.Join] = []
        self.from_table: list[room_messages.TableMessage] = []
        self.from_trainer: list[room_messages.TrainerMessage] = []
        self.hellos: list[messages.Hello] = []
        self.deleted: list[str] = []
        self.sessions: list[dict[str, object]] = []
        self.known = True
        """Whether tokens are still good."""

    def tell_tables(self, *said: room_messages.ToTable) -> None:
        """Say something to every table's page."""
        self._send(self._tables, [msgspec.json.encode(message).decode() for message in said])

    def tell_trainers(self, *said: room_messages.ToTrainer | bytes) -> None:
        """Say something to every trainer's page, or let it hear something."""
        frames = [m if isinstance(m, bytes) else msgspec.json.encode(m).decode() for m in said]
        self._send(self._trainers, frames)

    def tell_calls(self, *said: messages.ServerMessage) -> None:
        """Say something in every call."""
        self._send(self._calls, [messages.encode(message) for message in said])

    def drop_lines(self, code: int = 1012) -> None:
        """Close every socket of the room with a code."""
        assert self._loop is not None
        for socket in [*self._tables, *self._trainers]:
            asyncio.run_coroutine_threadsafe(socket.close(code), self._loop).result(5)

    def _send(self, sockets: set[WebSocket], frames: Sequence[str | bytes]) -> None:
        assert self._loop is not None

        async def send() -> None:
            for socket in list(sockets):
                for frame in frames:
                    await (
                        socket.send_text(frame) if isinstance(frame, str) else socket.send_bytes(frame)
                    )

        asyncio.run_coroutine_threadsafe(send(), self._loop).result(5)

    # ------------------------------------------------------------ what the pages ask for

    async def _join(self, request: Request) -> Response:
        if self.refuse_join:
            status, body, headers = self.refuse_join
            return JSONResponse(body, status_code=status, headers=headers)
        wish = msgspec.json.decode(await request.body(), type=room_messages.Join)
        if wish.code != CODE:
            return JSONResponse(
                {"code": "wrong-code", "text": "That is not the code of this room."}, status_code=403
            )
        self.joined.append(wish)
        self.lobby = msgspec.structs.replace(self.lobby, name=wish.name, consent=wish.consent)
        answer = JSONResponse({"table": "t1", "name": wish.name, "room": self.lobby.room, "token": "x"})
        answer.set_cookie("__Host-table", "x", secure=True, httponly=True, samesite="strict")
        return answer

    async def _trainer(self, request: Request) -> Response:
        wish = msgspec.json.decode(await request.body(), type=dict[str, str])
        if wish["secret"] != SECRET:
            sentence = "That is not the trainer's secret; it stands in the terminal."
            return JSONResponse({"code": "wrong-secret", "text": sentence}, status_code=403)
        answer = JSONResponse({})
        answer.set_cookie("__Host-trainer", "x", secure=True, httponly=True, samesite="strict")
        return answer

    async def _table_socket(self, socket: WebSocket) -> None:
        if not self.known or "__Host-table" not in socket.cookies:
            await socket.close()
            return
        await socket.accept()
        await socket.send_text(msgspec.json.encode(self.lobby).decode())
        await self._keep(socket, self._tables, room_messages.TableMessage, self.from_table)

    async def _trainer_socket(self, socket: WebSocket) -> None:
        if "__Host-trainer" not in socket.cookies:
            await socket.close()
            return
        await socket.accept()
        await socket.send_text(msgspec.json.encode(self.state).decode())
        await self._keep(socket, self._trainers, room_messages.TrainerMessage, self.from_trainer)

    async def _keep(
        self, socket: WebSocket, among: set[WebSocket], form: object, heard: list[object]
    ) -> None:
        among.add(socket)
        try:
            while True:
                heard.append(msgspec.json.decode(await socket.receive_text(), type=form))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            among.discard(socket)

    async def _call_socket(self, socket: WebSocket) -> None:
        await socket.accept()
        hello = messages.decode_client(await socket.receive_text())
        assert isinstance(hello, messages.Hello)
        self.hellos.append(hello)
        for message in self.call:
            await socket.send_text(messages.encode(message))
        self._calls.add(socket)
        try:
            while True:
                await socket.receive()
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._calls.discard(socket)

    # ------------------------------------------------------------ the application

    def app(self) -> Starlette:
        """The routes of a room, as the pages know them."""
        web = web_folder()
        shelf = read_drill_shelf(Path("/nonexistent"))
        drills = msgspec.json.encode([drill.card() for drill in shelf.drills])
        cards = msgspec.json.encode(cards_of(list_scenarios()))

        def home(request: Request) -> Response:
            sits = self.known and "__Host-table" in request.cookies
            return FileResponse(web / ("index.html" if sits else "room/join.html"))

        def qr(request: Request) -> Response:
            if "__Host-trainer" not in request.cookies:
                return Response(status_code=403)
            return Response(QR, media_type="image/svg+xml")

        def scenarios(request: Request) -> Response:
            known = self.known or "__Host-trainer" in request.cookies
            return Response(cards, media_type="application/json", status_code=200 if known else 403)

        def delete(request: Request) -> Response:
            self.deleted.append(request.path_params["session"])
            self.sessions = [row for row in self.sessions if row["id"] not in self.deleted]
            return Response(status_code=204)

        info = {"title": self.lobby.room, "fingerprint": self.state.fingerprint}
        return Starlette(
            routes=[
                Route("/", home),
                Route("/room/trainer", lambda _: FileResponse(web / "room" / "trainer.html")),
                Route("/room/projector", lambda _: FileResponse(web / "room" / "projector.html")),
                Route("/room/info", lambda _: JSONResponse({**info, "locked": self.lobby.locked})),
                Route("/room/qr.svg", qr),
                Route("/room/join", self._join, methods=["POST"]),
                Route("/room/trainer", self._trainer, methods=["POST"]),
                Route("/api/scenarios", scenarios),
                Route("/api/drills", lambda _: Response(drills, media_type="application/json")),
                Route(
                    "/api/sessions", lambda _: JSONResponse({"sessions": self.sessions, "more": False})
                ),
                Route("/api/sessions/{session}", delete, methods=["DELETE"]),
                WebSocketRoute("/room/table", self._table_socket),
                WebSocketRoute("/room/watch", self._trainer_socket),
                WebSocketRoute("/ws", self._call_socket),
                Mount("/web", StaticFiles(directory=web)),
            ],
            middleware=[Middleware(Guard)],
        )

    @contextmanager
    def running(self, folder: Path) -> Iterator[ScriptedRoom]:
        """Serve over TLS in a thread of its own, with a certificate that stands in `folder`."""
        key, certificate = write_certificate(folder)
        server = uvicorn.Server(
            uvicorn.Config(
                self.app(),
                port=0,
                ssl_keyfile=str(key),
                ssl_certfile=str(certificate),
                log_level="critical",
                timeout_graceful_shutdown=1,
            )
        )
        started = threading.Event()

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            serving = asyncio.create_task(server.serve())
            while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has only this flag
                await asyncio.sleep(0.01)
            started.set()
            await serving

        thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
        thread.start()
        assert started.wait(10)
        port = server.servers[0].sockets[0].getsockname()[1]
        self.address = f"https://127.0.0.1:{port}/"
        try:
            yield self
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def scripted_room(
    folder: Path, lobby: room_messages.LobbyState, state: room_messages.RoomState
) -> Iterator[ScriptedRoom]:
    """Run a scripted room."""
    with ScriptedRoom(lobby, state).running(folder) as room:
        yield room


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a key and a certificate for 127.0.0.1; gives their files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "scripted room")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_file, certificate_file = folder / "key.pem", folder / "certificate.pem"
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    key_file.write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    certificate_file.write_bytes(certificate.public_bytes(pem))
    return key_file, certificate_file


def spki_of(address: str) -> str:
    """Give the hash of the key that a server shows, as Chromium's list of trusted keys wants it."""
    host, port = address.removeprefix("https://").strip("/").split(":")
    pem = ssl.get_server_certificate((host, int(port)))
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()
