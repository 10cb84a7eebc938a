"""The pages: plain files, each behind a short address of its own."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

__all__ = ["page_routes"]

_PAGES = {
    "/": "index.html",
    "/sessions": "sessions.html",
    "/progress": "progress.html",
    "/review/{session}": "review.html",
    "/compare/{left}/{right}": "compare.html",
}
"""What a page shows, its script asks the server for: no address touches a file but these."""


def page_routes(web_folder: Path) -> list[BaseRoute]:
    """Give the routes of all pages and of what they load from `/web`."""

    def page(address: str, file: str) -> Route:
        async def serve(_: Request) -> Response:
            return FileResponse(web_folder / file)

        return Route(address, serve)

    return [
        *(page(address, file) for address, file in _PAGES.items()),
        Mount("/web", StaticFiles(directory=web_folder)),
    ]
