"""All addresses of a room: its door, its pages, its sockets."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from voice_coach_server.room.entry import entry_routes
from voice_coach_server.room.opened import OpenedRoom
from voice_coach_server.room.report import report_routes
from voice_coach_server.room.sockets import serve_page, serve_table
from voice_coach_server.visitor import visitor_of

__all__ = ["room_routes"]


def room_routes(opened: OpenedRoom, store: Path, web_folder: Path) -> list[BaseRoute]:
    """Give the routes of a room; who may use which stands in `rights.py`.

    Args:
        opened: The room.
        store: The store's folder, for the report.
        web_folder: Where the pages are.
    """

    async def table(websocket: WebSocket) -> None:
        await serve_table(websocket, opened.host, visitor_of(websocket).table)

    async def watch(websocket: WebSocket) -> None:
        await serve_page(websocket, opened.host)

    return [
        *entry_routes(opened, web_folder),
        *report_routes(opened.room, store),
        WebSocketRoute("/room/table", table),
        WebSocketRoute("/room/watch", watch),
    ]
