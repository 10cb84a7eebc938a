"""The application: routes, what lives as long as the server, and how a server is run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from voice_coach import __version__
from voice_coach.coaching.drill_shelf import read_drill_shelf
from voice_coach.counterpart.shelf import read_shelf
from voice_coach.errors import StoreError
from voice_coach.messages import Notice
from voice_coach.settings import Settings
from voice_coach_server.access import Guard, Loopback, broken, demand_loopback
from voice_coach_server.api.cut_off import cut_off_routes
from voice_coach_server.api.exports import export_routes
from voice_coach_server.api.progress import progress_routes
from voice_coach_server.api.recorded import recorded_routes
from voice_coach_server.api.sessions import session_routes
from voice_coach_server.branch_card import branch_routes
from voice_coach_server.cards import cards_of, drill_cards
from voice_coach_server.connection import serve_websocket
from voice_coach_server.ears import Ears
from voice_coach_server.engines import Engines
from voice_coach_server.forgetting import keep_forgetting
from voice_coach_server.heap import keep_giving_back
from voice_coach_server.hearing_desk import HearingDesk
from voice_coach_server.heartbeat import PING_SECONDS, PONG_SECONDS, PromptWebSocket
from voice_coach_server.house import House
from voice_coach_server.listeners import allow_connections, listen, listen_on_all
from voice_coach_server.load import ORDER
from voice_coach_server.load_watch import LoadWatch
from voice_coach_server.metrics import Metrics
from voice_coach_server.ownership import Ownership
from voice_coach_server.pages import page_routes
from voice_coach_server.prompt_http import PromptHttp
from voice_coach_server.rights import guarded
from voice_coach_server.room.opened import OpenedRoom
from voice_coach_server.room.routes import room_routes
from voice_coach_server.sessions import Sessions
from voice_coach_server.turn_listening import TurnListening
from voice_coach_server.visitor import OWNER, Visitor, visitor_of
from voice_coach_server.wordless_logs import keep_words_out
from voice_coach_server.workers import RecognitionQueue

__all__ = ["Address", "create_app", "running_server"]

_log = logging.getLogger(__name__)

_LONGEST_FRAME_BYTES = 1_048_576
"""What the websocket layer takes at most; smaller limits of ours are refused with a sentence."""
_STARTUP_SECONDS = 60.0
"""A machine that is overrun needs more than ten."""
_MOST_CONNECTIONS = 600
"""At once: a room of forty tables with a browser each needs half of that, one's own machine a few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a running server listens."""

    host: str
    port: int
    stop: Callable[[], Awaitable[None]]
    """Ends every call, keeps it, tells its client, and stops the server."""
    stopped: asyncio.Event
    """Set when the server has stopped, by `stop` or by a signal."""
    tls: bool = False

    @property
    def http_url(self) -> str:
        """The page's address."""
        return f"http{'s' * self.tls}://{self.host}:{self.port}/"

    @property
    def websocket_url(self) -> str:
        """The websocket's address."""
        return f"ws{'s' * self.tls}://{self.host}:{self.port}/ws"


def _say_bad_files(settings: Settings) -> None:
    """Name the files only: what is wrong with them quotes them, and is for their author alone."""
    for bad in read_drill_shelf(settings.drills.path).bad_files:
        _log.warning("%s cannot be used: voice-coach drills check says why", bad.path)
    for bad in read_shelf(settings.scenarios.path).bad_files:
        _log.warning("%s cannot be used: voice-coach scenarios check says why", bad.path)


def _say_hung(metrics: Metrics, sessions: Sessions) -> None:
    metrics.recogniser_hangs.inc()
    text = (
        "The ears have stopped answering and are being started again: what you just said may be missing."
    )
    sessions.tell(Notice(code="ears", text=text))


def create_app(
    settings: Settings, engines: Engines, web_folder: Path, room: OpenedRoom | None = None
) -> Starlette:
    """Put the application together.

    Args:
        settings: Limits, folder, turn taking.
        engines: Loaded and ready; the caller closes them.
        web_folder: Folder of the page; `index.html` stands in it.
        room: The training room that it serves; without one it serves this machine's owner alone.
    """
    metrics = Metrics()
    store = settings.store.path
    metrics.watch_store(store)
    ownership = Ownership(store, room.shares) if room else Ownership(store)
    who = room.door.who if room else _owner
    desk = HearingDesk(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        _say_bad_files(settings)
        ears = Ears(engines.transcriber, engines.reopen_transcriber)
        queue = RecognitionQueue(
            ears,
            metrics,
            workers=settings.ears.workers,
            limit=settings.ears.queue_limit,
        )
        load = LoadWatch(queue, metrics, workers=settings.ears.workers)
        with closing(ears), closing(TurnListening(engines.melody)) as turn_listening:
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
                if room:
                    sessions.on_open = room.host.call_opened
                ears.on_hang = lambda: _say_hung(metrics, sessions)
                ears.on_opened = metrics.recognisers_opened.inc
                metrics.outbox_frames.set_function(lambda: sessions.waiting_frames)
                ever = (load.run(sessions.tell), keep_forgetting(settings.store), keep_giving_back())
                running = [tasks.create_task(what) for what in ever]
                yield
                for task in running:
                    task.cancel()
                await sessions.close_all()

    async def scenarios(_: Request) -> Response:
        cards = cards_of(read_shelf(settings.scenarios.path).scenarios)
        return Response(msgspec.json.encode(cards), media_type="application/json")

    async def drills(request: Request) -> Response:
        shelf = read_drill_shelf(settings.drills.path)
        cards = await asyncio.to_thread(drill_cards, shelf.drills, store, visitor_of(request))
        return Response(msgspec.json.encode(cards), media_type="application/json")

    async def health(request: Request) -> Response:
        visitor = visitor_of(request)
        if not (visitor.is_owner or visitor.is_trainer):
            return Response(b'{"status":"ok"}', media_type="application/json")
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
        sessions: Sessions = websocket.app.state.sessions
        table = visitor_of(websocket).table
        may_record = room is None or room.may_record(table)
        await serve_websocket(websocket, sessions, table=table, may_record=may_record)

    routes: list[BaseRoute] = [
        # First: in a room the front page is another.
        *(room_routes(room, store, web_folder) if room else ()),
        *page_routes(web_folder),
        *branch_routes(store, engines.recognizer),
        *cut_off_routes(store, engines.recognizer),
        Route("/api/scenarios", scenarios),
        Route("/api/drills", drills),
        *session_routes(store, ownership),
        *export_routes(store),
        *progress_routes(store, ownership),
        *recorded_routes(settings, desk),
        Route("/healthz", health),
        Route("/metrics", measured),
        WebSocketRoute("/ws", websocket),
    ]
    guard = Middleware(
        Guard,
        premises=room or Loopback(settings.server.allowed_origins),
        on_foreign_socket=metrics.connections_refused.labels("origin").inc,
    )
    return Starlette(
        routes=guarded(routes, who, ownership),
        middleware=[guard],
        exception_handlers={Exception: broken},
        lifespan=lifespan,
    )


def _owner(_: HTTPConnection) -> Visitor:
    """Without a room only this machine reaches the server."""
    return OWNER


@asynccontextmanager
async def running_server(
    settings: Settings, engines: Engines, web_folder: Path, room: OpenedRoom | None = None
) -> AsyncIterator[Address]:
    """Run a server on the current event loop for as long as the context is open.

    Port 0 takes any free port. With a room it listens on the network, with the room's certificate.

    Raises:
        InputError: The port is in use (`port-in-use`), or the host is not loopback and there is no room.
        StoreError: It stopped before it was ready, or was not ready within a minute.
    """
    port = settings.server.port
    allow_connections(_MOST_CONNECTIONS)
    if room:
        listeners = listen_on_all(room.listening_hosts, port)
        room.port = listeners[0].getsockname()[1]
    else:
        demand_loopback(settings.server.host)
        listeners = [listen(settings.server.host, port)]
    app = create_app(settings, engines, web_folder, room)
    config = uvicorn.Config(
        app,
        http=PromptHttp,
        limit_concurrency=_MOST_CONNECTIONS,
        ws=PromptWebSocket,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        ws_max_size=_LONGEST_FRAME_BYTES,
        ws_per_message_deflate=False,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Nobody stands between us and a client: what a client says of its own address counts for nothing.
        proxy_headers=False,
        timeout_graceful_shutdown=3,
    )
    if room:
        context = room.certificate.context
        config.ssl_context_factory = lambda _config, _default: context
    keep_words_out()
    server = uvicorn.Server(config)
    stopped = asyncio.Event()

    async def stop() -> None:
        if server.started and not serving.done():
            await app.state.sessions.close_all()
        server.should_exit = True

    following = asyncio.create_task(room.follow_the_network()) if room else None
    serving = asyncio.create_task(server.serve(sockets=listeners))
    serving.add_done_callback(lambda _: stopped.set())
    try:
        try:
            async with asyncio.timeout(_STARTUP_SECONDS):
                while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has only this flag
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise StoreError(
                f"The server was not ready within {_STARTUP_SECONDS:.0f} s: the machine is overrun. Close"
                " what else is running and start it again."
            ) from None
        if serving.done():
            serving.result()
            raise StoreError("The server stopped before it was ready; its log says why.")
        host, port = listeners[0].getsockname()[:2]
        yield Address(
            host=room.places.host if room else host,
            port=port,
            stop=stop,
            stopped=stopped,
            tls=room is not None,
        )
    finally:
        if following is not None:
            following.cancel()
        await stop()
        await serving
        for listener in listeners:
            listener.close()
