"""Who is let in: odd Host and Origin headers over the wire, and the headers of every answer."""

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from voice_coach.settings import Settings
from voice_coach_server.access import bare_host
from voice_coach_server.app import Address, create_app
from voice_coach_server.engines import Engines

WEB = Path(__file__).parents[2] / "client" / "web"
GUARDING = (
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "cache-control",
)
UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
FOREIGN_HOSTS = [
    "evil.example",
    "localhost.evil.example",
    "localhost.",
    "127.0.0.1.evil.example",
    "localhost@evil.example",
    "evil.example@localhost",
    "localhost:80:80",
    "localhost/evil",
    "localhost?",
    "localhost#",
    "local\thost",
    "[::2]",
    "[::1",
    "0.0.0.0",  # noqa: S104 - somebody sends it, nobody binds to it
    "127.1",
    "2130706433",
    "xn--lcalhost-54a",
    "",
]


async def raw(address: Address, *lines: str) -> tuple[int, dict[str, str]]:
    """Send a request as it stands; give the status and the headers of the answer."""
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        writer.write("\r\n".join((*lines, "", "")).encode("latin-1"))
        async with asyncio.timeout(5):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    finally:
        writer.close()
    status, *rest = head.strip().split("\r\n")
    pairs = (line.partition(":") for line in rest)
    return int(status.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
async def test_a_foreign_host_gets_neither_pages_nor_sockets(server: Address, host: str) -> None:
    status, _ = await raw(server, "GET /api/sessions HTTP/1.1", f"Host: {host}")
    assert status in {400, 421}
    status, _ = await raw(server, "GET /ws HTTP/1.1", f"Host: {host}", *UPGRADE)
    assert status in {400, 403}


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1:8765", "[::1]:8765", "[::1]"])
async def test_this_machine_is_let_in_by_each_of_its_names(server: Address, host: str) -> None:
    status, _ = await raw(server, "GET /healthz HTTP/1.1", f"Host: {host}")
    assert status == 200
    status, _ = await raw(server, "GET /ws HTTP/1.1", f"Host: {host}", *UPGRADE)
    assert status == 101


async def test_two_hosts_are_none(server: Address) -> None:
    for hosts in (("localhost", "evil.example"), ("evil.example", "localhost")):
        both = [f"Host: {host}" for host in hosts]
        status, _ = await raw(server, "GET /healthz HTTP/1.1", *both)
        assert status in {400, 421}
        status, _ = await raw(server, "GET /ws HTTP/1.1", *both, *UPGRADE)
        assert status in {400, 403}


async def test_the_host_header_counts_and_not_an_absolute_target(server: Address) -> None:
    target = "GET http://localhost/healthz HTTP/1.1"
    status, _ = await raw(server, target, "Host: evil.example")
    assert status in {400, 421}


@pytest.mark.parametrize(
    "origins",
    [
        ("null",),
        ("",),
        ("http://evil.example",),
        ("http://localhost.evil.example",),
        ("http://localhost:1",),
        ("http://localhost@evil.example",),
        ("http://evil.example@localhost",),
        ("file://localhost",),
        ("http://[::1",),
        ("http://localhost", "http://evil.example"),
    ],
)
async def test_a_foreign_page_changes_nothing_and_opens_no_socket(
    server: Address, origins: tuple[str, ...]
) -> None:
    asked = ["Host: localhost", *(f"Origin: {origin}" for origin in origins)]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        status, _ = await raw(server, f"{method} /api/sessions/x HTTP/1.1", *asked, "Content-Length: 0")
        assert status == 403
    status, _ = await raw(server, "GET /ws HTTP/1.1", *asked, *UPGRADE)
    # Two Origin headers are already too many for the websocket library.
    assert status == (403 if len(origins) == 1 else 400)


async def test_refusals_carry_the_guarding_headers(server: Address) -> None:
    evil = "Origin: http://evil.example"
    refusals = {
        404: ("GET /nowhere HTTP/1.1", "Host: localhost"),
        405: ("DELETE /healthz HTTP/1.1", "Host: localhost"),
        421: ("GET / HTTP/1.1", "Host: evil.example"),
        403: ("POST /api/sessions HTTP/1.1", "Host: localhost", evil, "Content-Length: 0"),
    }
    for expected, lines in refusals.items():
        status, headers = await raw(server, *lines)
        assert status == expected
        assert [name for name in GUARDING if name not in headers] == [], expected


async def test_every_route_answers_with_the_guarding_headers(
    settings: Settings, engines: Engines
) -> None:
    app = create_app(settings, engines, WEB)
    walked = [route.path for route in app.routes if isinstance(route, (Route, Mount))]
    assert len(walked) > 15
    # Without its lifespan what needs sessions breaks: those are answers of 500, which count too.
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for path in walked:
            for method in ("GET", "DELETE", "OPTIONS"):
                answer = await client.request(method, path.replace("{", "").replace("}", ""))
                missing = [name for name in GUARDING if name not in answer.headers]
                assert missing == [], f"{method} {path}: {answer.status_code}"
                policy = answer.headers["content-security-policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy


async def test_what_breaks_says_so_guarded_and_without_its_reason(
    settings: Settings, engines: Engines
) -> None:
    app: Starlette = create_app(settings, engines, WEB)

    async def break_down(_: object) -> None:
        raise RuntimeError("what somebody said")

    app.router.routes.insert(0, Route("/break", break_down))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/break")
    assert answer.status_code == 500
    assert answer.json()["code"] == "broken"
    assert "somebody" not in answer.text
    assert [name for name in GUARDING if name not in answer.headers] == []


@pytest.mark.parametrize(
    "host", ["localhost\n", " localhost", "localhost:", "localhost:x", "a@localhost"]
)
def test_what_is_no_host_names_nothing(host: str) -> None:
    assert bare_host(host) == ""
