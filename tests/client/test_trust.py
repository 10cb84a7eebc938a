"""Whether a room is the one on the trainer's screen: real TLS with the room's own certificates."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from voice_coach.errors import InputError
from voice_coach_client.errors import ServerUnreachableError, UntrustedError
from voice_coach_client.room.trust import (
    fingerprint_of,
    same_fingerprint,
    shown_certificate,
    trusting,
    trusting_authority,
)
from voice_coach_client.server_address import Server
from voice_coach_server.room.certificate import RoomCertificate
from voice_coach_server.room.network import Places

pytestmark = pytest.mark.timeout(20)

HERE = Places(addresses=(ip_address("127.0.0.1"),), names=("localhost",))


def _certificate(folder: Path, days_ago: int = 0) -> RoomCertificate:
    return RoomCertificate(folder, HERE, now=lambda: datetime.now(UTC) - timedelta(days=days_ago))


@asynccontextmanager
async def shown(certificate: RoomCertificate) -> AsyncIterator[Server]:
    """Serve the room's authority with its certificate, as a room does."""
    pem = certificate.authority_pem

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (line := await reader.readline()).strip():
            del line
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(pem)}\r\nconnection: close\r\n\r\n"
        try:
            writer.write(head.encode() + pem)
            await writer.drain()
        except ConnectionError:
            pass  # Whoever only looks at the certificate is gone by now.
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "0.0.0.0", 0, ssl=certificate.context)  # noqa: S104 - tests need 127.0.0.2
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield Server(host="127.0.0.1", port=port, secure=True)


async def test_the_fingerprint_is_the_one_that_the_room_prints(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path)
    async with shown(certificate) as server:
        seen = await shown_certificate(server)
    assert fingerprint_of(seen) == certificate.fingerprint
    assert same_fingerprint(seen, certificate.fingerprint)
    assert same_fingerprint(seen, certificate.fingerprint.lower().replace(":", " "))
    assert same_fingerprint(seen, certificate.fingerprint[:23])
    assert not same_fingerprint(seen, "00" * 32)


@pytest.mark.parametrize("typed", ["", "AB:CD", "hello hello hello hello"])
async def test_what_is_no_fingerprint_is_bad_input(typed: str) -> None:
    with pytest.raises(InputError, match="is no fingerprint: type at least the first 16"):
        same_fingerprint(b"certificate", typed)


async def test_a_room_whose_certificate_was_compared_is_trusted_by_its_authority(tmp_path: Path) -> None:
    async with shown(_certificate(tmp_path)) as server:
        trusted = await trusting(server, await shown_certificate(server))
        assert b"BEGIN CERTIFICATE" in await trusted.ask("/room/authority.pem")


async def test_an_authority_from_a_file_is_enough(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path / "room")
    (tmp_path / "authority.pem").write_bytes(certificate.authority_pem)
    async with shown(certificate) as server:
        trusted = trusting_authority(server, tmp_path / "authority.pem")
        assert b"BEGIN CERTIFICATE" in await trusted.ask("/room/authority.pem")


async def test_another_authority_is_not_trusted_and_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    other = _certificate(tmp_path / "other")
    (tmp_path / "authority.pem").write_bytes(other.authority_pem)
    async with shown(_certificate(tmp_path / "room")) as server:
        trusted = trusting_authority(server, tmp_path / "authority.pem")
        with pytest.raises(UntrustedError, match="not by the authority that you trust; compare"):
            await trusted.ask("/room/info")


async def test_a_room_that_shows_another_certificate_later_is_not_trusted(tmp_path: Path) -> None:
    async with shown(_certificate(tmp_path / "one")) as first:
        seen = await shown_certificate(first)
    async with shown(_certificate(tmp_path / "two")) as second:
        with pytest.raises(UntrustedError):
            await trusting(second, seen)


async def test_an_expired_certificate_is_one_clear_sentence(tmp_path: Path) -> None:
    async with shown(_certificate(tmp_path, days_ago=60)) as server:
        seen = await shown_certificate(server)
        with pytest.raises(UntrustedError, match="has expired or is not valid yet; check this machine's"):
            await trusting(server, seen)


async def test_a_certificate_for_another_address_is_one_clear_sentence(tmp_path: Path) -> None:
    async with shown(_certificate(tmp_path)) as server:
        trusted = await trusting(server, await shown_certificate(server))
        other = replace(trusted, host="127.0.0.2")  # reaches the same server under another address
        with pytest.raises(UntrustedError, match="is for another address; use the address on the"):
            await other.ask("/room/info")


async def test_a_server_without_tls_is_said() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UntrustedError, match="no secure connection came about"):
            await shown_certificate(Server(host="127.0.0.1", port=port, secure=True))


async def test_nobody_there_is_said() -> None:
    with pytest.raises(
        ServerUnreachableError, match=r"No training room answers at https://127\.0\.0\.1:1/"
    ):
        await shown_certificate(Server(host="127.0.0.1", port=1, secure=True))


def test_a_file_that_is_no_authority_is_bad_input(tmp_path: Path) -> None:
    server = Server(host="127.0.0.1", port=1, secure=True)
    with pytest.raises(InputError, match="cannot be read"):
        trusting_authority(server, tmp_path / "nowhere.pem")
    (tmp_path / "poem.pem").write_text("Roses are red")
    with pytest.raises(InputError, match="holds no certificate"):
        trusting_authority(server, tmp_path / "poem.pem")
