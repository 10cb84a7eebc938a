"""Whether a room is the one on the trainer's screen: its certificate's fingerprint, or its authority.

Nothing secret is sent before this is known. The certificate of the room is compared with what the
trainer's screen shows; then the room's authority is fetched over a connection to exactly that
certificate, and from then on everything is checked as any client of TLS does it: the authority, the
address, and the dates.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
from dataclasses import replace
from pathlib import Path

from voice_coach.errors import InputError
from voice_coach_client.credentials import Credentials, untrusted
from voice_coach_client.errors import ServerUnreachableError, UntrustedError
from voice_coach_client.server_address import Server

__all__ = [
    "fingerprint_of",
    "same_fingerprint",
    "shown_certificate",
    "trusting",
    "trusting_authority",
    "wrong_fingerprint",
]

_TIMEOUT_SECONDS = 10.0
_SHORTEST_FINGERPRINT = 16
"""Hexadecimal digits that must be typed at least: 64 bits, which nobody finds a second certificate for
while a class lasts."""


async def shown_certificate(server: Server) -> bytes:
    """Ask a server for its certificate, in DER, without trusting it yet.

    Raises:
        ServerUnreachableError: Nobody answers, or without TLS.
    """
    return await asyncio.to_thread(_shown_certificate, server)


def fingerprint_of(certificate: bytes) -> str:
    """Give a certificate's SHA-256 as browsers show it: `AB:CD:...`."""
    return hashlib.sha256(certificate).digest().hex(":").upper()


def same_fingerprint(certificate: bytes, typed: str) -> bool:
    """Compare a certificate with what a person typed: the whole fingerprint, or its beginning.

    Raises:
        InputError: It is no fingerprint, or too short to tell certificates apart.
    """
    digits = "".join(character for character in typed.lower() if character not in ": -")
    if len(digits) < _SHORTEST_FINGERPRINT or set(digits) - set("0123456789abcdef"):
        raise InputError(
            f"{typed} is no fingerprint: type at least the first {_SHORTEST_FINGERPRINT} of the digits "
            "and letters on the trainer's screen.",
            code="bad-fingerprint",
        )
    return hashlib.sha256(certificate).hexdigest().startswith(digits)


async def trusting(server: Server, certificate: bytes) -> Server:
    """Give the server as one that is trusted: by its authority, which it is asked for.

    Args:
        server: Where the room is.
        certificate: What it showed, compared with the trainer's screen.

    Raises:
        UntrustedError: It shows another certificate now, or this one has expired or is for another place.
        ServerUnreachableError, RefusedError: As for `Server.ask`.
    """
    only_this = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    only_this.check_hostname = False  # The certificate itself is known; its names add nothing here.
    only_this.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    only_this.load_verify_locations(cadata=certificate)
    authority = await replace(server, credentials=Credentials(tls=only_this)).ask("/room/authority.pem")
    return _by_authority(server, authority.decode("ascii", "replace"), "the room's authority")


def trusting_authority(server: Server, file: Path) -> Server:
    """Give the server as one that is trusted if the authority in this file vouches for it.

    Raises:
        InputError: The file cannot be read, or holds no certificate.
    """
    try:
        pem = file.read_text("ascii", "replace")
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror}).", code="bad-authority") from None
    return _by_authority(server, pem, str(file))


def wrong_fingerprint(server: Server, certificate: bytes) -> UntrustedError:
    """Say that a room is another than the one that is meant."""
    return UntrustedError(
        f"The room at {server.url} shows another certificate than the one you gave: "
        f"{fingerprint_of(certificate)}. Check the address and the fingerprint on the trainer's screen; "
        "if both are right, somebody else answers in the room's place."
    )


def _by_authority(server: Server, pem: str, what: str) -> Server:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError):
        raise InputError(f"{what} holds no certificate in PEM form.", code="bad-authority") from None
    return replace(server, credentials=Credentials(tls=context, token=server.credentials.token))


def _shown_certificate(server: Server) -> bytes:
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((server.host, server.port), _TIMEOUT_SECONDS) as line,
            anybody.wrap_socket(line, server_hostname=server.host) as secure,
        ):
            certificate = secure.getpeercert(binary_form=True)
    except ssl.SSLError as error:
        raise untrusted(server.url, error) from error
    except OSError as error:
        raise ServerUnreachableError(
            f"No training room answers at {server.url}; check the address on the trainer's screen, and "
            "that this machine is on the same network."
        ) from error
    if certificate is None:
        raise ServerUnreachableError(f"The server at {server.url} shows no certificate.")
    return certificate
