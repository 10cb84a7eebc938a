"""The application: routes, what lives as long as the server, and how a server is run."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from voice_coach import __version__
from voice_coach.coaching.drill_shelf import read_drill_shelf
from voice_coach.counterpart.shelf import read_shelf
from voice_coach.errors import InputError, StoreError
from voice_coach.settings import Settings
from voice_coach_server.access import Guard, demand_loopback
from voice_coach_server.api.exports import export_routes
from voice_coach_server.api.progress import progress_routes
from voice_coach_server.api.recorded import recorded_routes
from voice_coach_server.api.sessions import session_routes
from voice_coach_server.branch_card import branch_routes
from voice_coach_server.cards import cards_of, drill_cards
from voice_coach_server.connection import serve_websocket
from voice_coach_server.engines import Engines
from voice_coach_server.hearing_desk import HearingDesk
from voice_coach_server.heartbeat import PING_SECONDS, PONG_SECONDS, PromptWebSocket
from voice_coach_server.house import House
from voice_coach_server.load import ORDER
from voice_coach_server.load_watch import LoadWatch
from voice_coach_server.metrics import Metrics
from voice_coach_server.pages import page_routes
from voice_coach_server.sessions import Sessions
from voice_coach_server.turn_listening import TurnListening
from voice_coach_server.workers import RecognitionQueue

__all__ = ["Address", "create_app", "running_server"]

_log = logging.getLogger(__name__)

_LONGEST_FRAME_BYTES = 1_048_576
"""What the websocket layer takes at most; smaller limits of ours are refused with a sentence."""
_STARTUP_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a running server listens."""

    host: str
    port: int
    stop: Callable[[], Awaitable[None]]
    """Ends every call, keeps it, tells its client, and stops the server."""
    stopped: asyncio.Event
    """Set when the server has stopped, by `stop` or by a signal."""

    @property
    def http_url(self) -> str:
        """The page's address."""
        return f"http://{self.host}:{self.port}/"

    @property
    def websocket_url(self) -> str:
        """The websocket's address."""
        return f"ws://{self.host}:{self.port}/ws"


def _say_bad_files(settings: Settings) -> None:
    """Name the files only: what is wrong with them quotes them, and is for their author alone."""
    for bad in read_drill_shelf(settings.drills.path).bad_files:
        _log.warning("%s cannot be used: voice-coach drills check says why", bad.path)
    for bad in read_shelf(settings.scenarios.path).bad_files:
        _log.warning("%s cannot be used: voice-coach scenarios check says why", bad.path)


def create_app(settings: Settings, engines: Engines, web_folder: Path) -> Starlette:
    """Put the application together.

    Args:
        settings: Limits, folder, turn taking.
        engines: Loaded and ready; the caller closes them.
        web_folder: Folder of the page; `index.html` stands in it.
    """
    metrics = Metrics()
    store = settings.store.path
    desk = HearingDesk(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        _say_bad_files(settings)
        queue = RecognitionQueue(
            engines.transcriber,
            metrics,
            workers=settings.ears.workers,
            limit=settings.ears.queue_limit,
        )
        load = LoadWatch(queue, metrics, workers=settings.ears.workers)
        with closing(TurnListening(engines.melody)) as turn_listening:
            async with asyncio.TaskGroup() as tasks, queue.running(), desk.running():
                house = House(
                    engines=engines,
                    queue=queue,
                    load=load,
                    turn_listening=turn_listening,
                    metrics=metrics,
                    settings=settings,
                    tasks=tasks,
                )
                app.state.sessions = sessions = Sessions(house)
                watching = tasks.create_task(load.run(sessions.tell))
                yield
                watching.cancel()
                await sessions.close_all()

    async def scenarios(_: Request) -> Response:
        cards = cards_of(read_shelf(settings.scenarios.path).scenarios)
        return Response(msgspec.json.encode(cards), media_type="application/json")

    async def drills(_: Request) -> Response:
        shelf = read_drill_shelf(settings.drills.path)
        cards = await asyncio.to_thread(drill_cards, shelf.drills, store)
        return Response(msgspec.json.encode(cards), media_type="application/json")

    async def health(request: Request) -> Response:
        sessions: Sessions = request.app.state.sessions
        level = sessions.house.load.level
        answer = {
            "status": "ok",
            "version": __version__,
            "model": engines.transcriber.name,
            "voice": engines.voice.name,
            "sessions": len(sessions),
            "load": {"step": level, "meaning": level.meaning, "order": ORDER},
        }
        return Response(msgspec.json.encode(answer), media_type="application/json")

    async def measured(_: Request) -> Response:
        return Response(metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def websocket(websocket: WebSocket) -> None:
        await serve_websocket(websocket, websocket.app.state.sessions)

    return Starlette(
        routes=[
            *page_routes(web_folder),
            *branch_routes(store, engines.recognizer),
            Route("/api/scenarios", scenarios),
            Route("/api/drills", drills),
            *session_routes(store),
            *export_routes(store),
            *progress_routes(store),
            *recorded_routes(settings, desk),
            Route("/healthz", health),
            Route("/metrics", measured),
            WebSocketRoute("/ws", websocket),
        ],
        middleware=[Middleware(Guard, allowed_origins=settings.server.allowed_origins)],
        lifespan=lifespan,
    )


@asynccontextmanager
async def running_server(
    settings: Settings, engines: Engines, web_folder: Path
) -> AsyncIterator[Address]:
    """Run a server on the current event loop for as long as the context is open.

    Port 0 takes any free port.

    Raises:
        InputError: The port is in use (`port-in-use`) or the host is not loopback.
    """
    demand_loopback(settings.server.host)
    listener = _listen(settings.server.host, settings.server.port)
    app = create_app(settings, engines, web_folder)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            ws=PromptWebSocket,
            ws_ping_interval=PING_SECONDS,
            ws_ping_timeout=PONG_SECONDS,
            ws_max_size=_LONGEST_FRAME_BYTES,
            ws_per_message_deflate=False,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
    )
    stopped = asyncio.Event()

    async def stop() -> None:
        if server.started and not serving.done():
            await app.state.sessions.close_all()
        server.should_exit = True

    serving = asyncio.create_task(server.serve(sockets=[listener]))
    serving.add_done_callback(lambda _: stopped.set())
    try:
        async with asyncio.timeout(_STARTUP_SECONDS):
            while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has only this flag
                await asyncio.sleep(0.005)
        if serving.done():
            serving.result()
            raise StoreError("The server stopped before it was ready; its log says why.")
        host, port = listener.getsockname()[:2]
        yield Address(host=host, port=port, stop=stop, stopped=stopped)
    finally:
        await stop()
        await serving
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InputError(
            f"Port {port} on {host} is in use or not allowed ({error.strerror}); "
            "stop the other program or choose another with --port.",
            code="port-in-use",
        ) from None
    listener.listen(128)
    return listener
