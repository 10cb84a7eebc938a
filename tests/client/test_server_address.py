"""Addresses as people type them, and asking a real server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from voice_coach.errors import InputError, ProtocolError
from voice_coach_client.errors import RefusedError, ServerUnreachableError
from voice_coach_client.server_address import Server, read_address


@pytest.mark.parametrize(
    ("typed", "url", "websocket"),
    [
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000/", "ws://127.0.0.1:9000/ws"),
        ("127.0.0.1:9000", "http://127.0.0.1:9000/", "ws://127.0.0.1:9000/ws"),
        ("localhost", "http://localhost:8765/", "ws://localhost:8765/ws"),
        ("https://10.0.0.7:8765/#code", "https://10.0.0.7:8765/", "wss://10.0.0.7:8765/ws"),
        ("https://[fe80::1]:1", "https://[fe80::1]:1/", "wss://[fe80::1]:1/ws"),
    ],
)
def test_an_address_is_read_as_it_is_typed(typed: str, url: str, websocket: str) -> None:
    server = read_address(typed)
    assert (server.url, server.websocket("/ws")) == (url, websocket)


@pytest.mark.parametrize("typed", ["", "ftp://x", "http://", "http://x:99999", "http://x:port"])
def test_what_is_no_address_is_bad_input_with_an_example(typed: str) -> None:
    with pytest.raises(InputError, match="no address of a server; one looks like"):
        read_address(typed)


@asynccontextmanager
async def _serving(*routes: Route) -> AsyncIterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Starlette(routes=list(routes)), log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield Server(host="127.0.0.1", port=listener.getsockname()[1])
    server.should_exit = True
    await serving


async def test_scenarios_and_drills_are_asked_for() -> None:
    card = {"id": "x", "title": "X", "person": "P", "stake": "S", "guardedness": "open"}
    drill = {"id": "d", "title": "D", "trains": "T", "how": "H", "rounds": 10, "prompts": 22}
    async with _serving(
        Route("/api/scenarios", lambda _: JSONResponse([card])),
        Route("/api/drills", lambda _: JSONResponse([drill])),
    ) as server:
        assert [card.title for card in await server.scenarios()] == ["X"]
        assert [drill.rounds for drill in await server.drills()] == [10]


async def test_a_refusal_is_the_servers_own_sentence() -> None:
    refusal = JSONResponse({"code": "wrong-code", "text": "That is not the code."}, status_code=403)
    async with _serving(Route("/x", lambda _: refusal, methods=["POST"])) as server:
        with pytest.raises(RefusedError, match=r"^That is not the code\.$") as caught:
            await server.ask("/x", b"{}")
        assert caught.value.stable_code == "wrong-code"
        with pytest.raises(RefusedError, match="refused \\(HTTP 404\\)"):
            await server.ask("/nowhere")


async def test_an_answer_of_another_kind_is_said() -> None:
    async with _serving(Route("/api/scenarios", lambda _: PlainTextResponse("hello"))) as server:
        with pytest.raises(ProtocolError, match="cannot be read"):
            await server.scenarios()


async def test_nobody_there_is_said_with_the_address() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(ServerUnreachableError, match=f"answers at http://127.0.0.1:{port}/"):
        await Server(host="127.0.0.1", port=port).scenarios()
