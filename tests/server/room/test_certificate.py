"""The authority and the certificate, as clients that verify see them."""

import asyncio
import hashlib
import ipaddress
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from voice_coach.errors import StoreError
from voice_coach_server.room.authority import Authority
from voice_coach_server.room.certificate import RoomCertificate
from voice_coach_server.room.network import Places

NOW = datetime.now(UTC)
HERE = Places(
    addresses=(ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("192.168.1.20")),
    names=("localhost", "anna.local"),
)


@asynccontextmanager
async def shown(context: ssl.SSLContext) -> AsyncIterator[int]:
    """Serve TLS on a port of this machine."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def visit(port: int, authority: bytes, name: str = "127.0.0.1") -> bytes:
    """Connect as a client that trusts the authority; give the certificate it was shown."""
    context = ssl.create_default_context(cadata=authority.decode())
    _, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname=name, ssl_handshake_timeout=10
    )
    shown: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return shown


def context_of(chain: bytes, folder: Path) -> ssl.SSLContext:
    file = folder / "chain.pem"
    file.write_bytes(chain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_a_client_that_trusts_the_authority_sees_the_fingerprint_that_is_printed(
    tmp_path: Path,
) -> None:
    certificate = RoomCertificate(tmp_path, HERE)
    async with shown(certificate.context) as port:
        for name in ("127.0.0.1", "localhost", "anna.local", "192.168.1.20", "::1"):
            seen = await visit(port, certificate.authority_pem, name)
            assert hashlib.sha256(seen).digest().hex(":").upper() == certificate.fingerprint


@pytest.mark.parametrize("name", ["192.168.1.21", "berta.local", "www.example.com"])
async def test_another_host_is_refused(tmp_path: Path, name: str) -> None:
    certificate = RoomCertificate(tmp_path, HERE)
    async with shown(certificate.context) as port:
        with pytest.raises(ssl.SSLCertVerificationError, match=r"mismatch|not valid for"):
            await visit(port, certificate.authority_pem, name)


async def test_whoever_does_not_trust_the_authority_is_warned(tmp_path: Path) -> None:
    certificate = RoomCertificate(tmp_path / "ours", HERE)
    other = RoomCertificate(tmp_path / "theirs", HERE)
    async with shown(certificate.context) as port:
        with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
            await visit(port, other.authority_pem)


async def test_an_expired_certificate_is_refused_and_never_shown_by_a_room(tmp_path: Path) -> None:
    authority = Authority.opened(tmp_path, "anna", NOW)
    old = authority.issue(HERE, NOW - timedelta(days=31))
    async with shown(context_of(old, tmp_path)) as port:
        with pytest.raises(ssl.SSLCertVerificationError, match="certificate has expired"):
            await visit(port, authority.pem)
    (tmp_path / "certificate.pem").write_bytes(old)
    certificate = RoomCertificate(tmp_path, HERE)
    async with shown(certificate.context) as port:
        await visit(port, authority.pem)


async def test_a_stolen_authority_cannot_speak_for_the_web(tmp_path: Path) -> None:
    authority = Authority.opened(tmp_path, "anna", NOW)
    for places, name in (
        (replace(HERE, names=("www.example.com",)), "www.example.com"),
        (replace(HERE, addresses=(ipaddress.ip_address("8.8.8.8"),)), "8.8.8.8"),
        (replace(HERE, names=("local.example.com",)), "local.example.com"),
        (replace(HERE, names=("www.anna",)), "www.anna"),
    ):
        async with shown(context_of(authority.issue(places, NOW), tmp_path)) as port:
            with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
                await visit(port, authority.pem, name)


def test_the_authority_signs_servers_only_and_no_authority(tmp_path: Path) -> None:
    certificate = x509.load_pem_x509_certificate(Authority.opened(tmp_path, "anna", NOW).pem)
    basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    names = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert (basic.value.ca, basic.value.path_length, basic.critical) == (True, 0, True)
    assert names.critical
    assert {"localhost", "local"} == {
        name.value for name in names.value.permitted_subtrees or () if isinstance(name, x509.DNSName)
    }


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "room"
    RoomCertificate(folder, HERE)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert modes == {"authority.key": 0o600, "certificate.pem": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_authority_and_certificate_stay_from_one_day_to_the_next(tmp_path: Path) -> None:
    first = RoomCertificate(tmp_path, HERE)
    again = RoomCertificate(tmp_path, HERE, now=lambda: NOW + timedelta(days=20))
    assert again.fingerprint == first.fingerprint
    assert again.authority_pem == first.authority_pem


def test_a_certificate_is_renewed_before_it_ends(tmp_path: Path) -> None:
    first = RoomCertificate(tmp_path, HERE)
    later = RoomCertificate(tmp_path, HERE, now=lambda: NOW + timedelta(days=24))
    assert later.fingerprint != first.fingerprint
    assert later.authority_pem == first.authority_pem


def test_an_authority_is_made_anew_before_it_ends(tmp_path: Path) -> None:
    first = RoomCertificate(tmp_path, HERE)
    later = RoomCertificate(tmp_path, HERE, now=lambda: NOW + timedelta(days=700))
    assert later.authority_pem != first.authority_pem
    assert later.fits(HERE)


async def test_a_new_address_gets_a_new_certificate_without_a_restart(tmp_path: Path) -> None:
    moved = replace(HERE, addresses=(ipaddress.ip_address("10.0.0.7"),))
    certificate = RoomCertificate(tmp_path, HERE)
    assert not certificate.fits(moved)
    async with shown(certificate.context) as port:
        before = await visit(port, certificate.authority_pem)
        certificate.renew(moved)
        assert certificate.fits(moved)
        after = await visit(port, certificate.authority_pem, "10.0.0.7")
    assert before != after


def test_fewer_addresses_need_no_new_one(tmp_path: Path) -> None:
    certificate = RoomCertificate(tmp_path, HERE)
    assert certificate.fits(replace(HERE, addresses=HERE.addresses[:1]))


def test_a_machine_that_was_renamed_gets_a_new_certificate(tmp_path: Path) -> None:
    certificate = RoomCertificate(tmp_path, HERE)
    assert not certificate.fits(replace(HERE, names=("localhost", "berta.local")))


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_damaged_authority_is_named_and_a_damaged_certificate_made_anew(
    tmp_path: Path, damage: bytes
) -> None:
    RoomCertificate(tmp_path, HERE)
    (tmp_path / "certificate.pem").write_bytes(damage)
    assert RoomCertificate(tmp_path, HERE).fits(HERE)
    (tmp_path / "authority.key").write_bytes(damage)
    with pytest.raises(StoreError, match=r"authority .*authority\.key is damaged: delete that file"):
        RoomCertificate(tmp_path, HERE)
