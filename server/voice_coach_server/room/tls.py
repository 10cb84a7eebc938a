"""The room's side of TLS, which also answers whoever comes without: browsers try that first.

Somebody who types `192.168.1.20:8765` into a browser comes over plain HTTP, and a server that speaks TLS
alone would look broken. So the first byte is looked at: it begins a handshake, or what comes is answered
with the room's real address, and nothing else is ever said without TLS.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Final, Self

__all__ = ["RoomTls"]

_HANDSHAKE: Final = b"\x16"
"""The first byte of every TLS connection."""


class _Greeter(ssl.SSLObject):
    """One connection."""

    incoming: ssl.MemoryBIO
    outgoing: ssl.MemoryBIO
    address: str
    _turned_away: bool | None = None

    def do_handshake(self) -> None:
        """Shake hands, or show the way."""
        if self._turned_away is None and self.incoming.pending:
            came = self.incoming.read()
            self.incoming.write(came)
            self._turned_away = not came.startswith(_HANDSHAKE)
            if self._turned_away:
                self.outgoing.write(_way_to(self.address))
        if self._turned_away:
            self.incoming.read()
            # As if the handshake were still to come: what was written is sent, and the time limit of a
            # handshake ends the connection if the other side does not.
            raise ssl.SSLWantReadError
        super().do_handshake()


class RoomTls(ssl.SSLContext):
    """TLS 1.2 or newer, for HTTP/1.1."""

    sslobject_class = _Greeter
    address: Callable[[], str]
    """Gives the room's address."""

    def __new__(cls, address: Callable[[], str]) -> Self:
        """Make one without a certificate."""
        context = super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        context.address = address
        return context

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: FBT001, FBT002 - as in the library
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> _Greeter:
        """Begin a connection."""
        connection = super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)
        assert isinstance(connection, _Greeter)  # noqa: S101 - what `sslobject_class` says
        connection.incoming, connection.outgoing = incoming, outgoing
        connection.address = self.address()
        return connection


def _way_to(address: str) -> bytes:
    lines = (
        "HTTP/1.1 307 Temporary Redirect",
        f"Location: {address}",
        "Content-Length: 0",
        "Cache-Control: no-store",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii")
