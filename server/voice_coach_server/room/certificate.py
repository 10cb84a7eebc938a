"""The certificate that a room shows: for this machine's present names and addresses, renewed in time."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from voice_coach.errors import StoreError
from voice_coach.journal.store import store_trouble
from voice_coach_server.room.authority import Authority, keep_private
from voice_coach_server.room.network import Places, own_name
from voice_coach_server.room.tls import RoomTls

__all__ = ["RoomCertificate"]

_FILE: Final = "certificate.pem"
_SPARE: Final = timedelta(days=7)
"""One with less of its life left is renewed: no class outlasts it."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class RoomCertificate:
    """Keeps `context` at a certificate that fits. The one of last time stays while it does.

    A browser that was told to go on remembers the certificate: another one would make it warn again.
    """

    def __init__(
        self,
        folder: Path,
        places: Places,
        address: Callable[[], str] = lambda: "",
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Take the certificate of last time, or make one.

        Args:
            folder: Where the authority and the certificate are kept; created if need be.
            places: Where the room is.
            address: Gives the address to which whoever comes without TLS is sent.
            now: Gives the present, in UTC.

        Raises:
            StoreError: The folder cannot be used, or what is in it is damaged.
        """
        self.context = RoomTls(address)
        """For the server; connections that are made after a renewal get the new certificate."""
        self._path = folder / _FILE
        self._now = now
        self._authority = Authority.opened(folder, own_name(), now())
        self._certificate = self._kept()
        if not self.fits(places):
            self.renew(places)
        else:
            self._load()

    @property
    def authority_pem(self) -> bytes:
        """The authority that vouches for it, for devices that are to trust it."""
        return self._authority.pem

    @property
    def fingerprint(self) -> str:
        """Its SHA-256, as browsers show it: `AB:CD:...`."""
        assert self._certificate is not None  # noqa: S101 - there is one from the constructor on
        return self._certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    def fits(self, places: Places) -> bool:
        """Say whether it is ours, speaks for these places, and lasts a while."""
        certificate = self._certificate
        if certificate is None or not self._authority.has_signed(certificate):
            return False
        if certificate.not_valid_after_utc - self._now() < _SPARE:
            return False
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses = {*places.addresses, ip_address("127.0.0.1")}
        return addresses <= set(names.get_values_for_type(x509.IPAddress)) and set(places.names) <= set(
            names.get_values_for_type(x509.DNSName)
        )

    def renew(self, places: Places) -> None:
        """Make a new one and show it from now on.

        Raises:
            StoreError: It cannot be written.
        """
        data = self._authority.issue(places, self._now())
        with store_trouble(f"The room's certificate {self._path} cannot be kept"):
            keep_private(self._path, data)
        self._certificate = x509.load_pem_x509_certificate(data)
        self._load()

    def _kept(self) -> x509.Certificate | None:
        """The one of last time; one that cannot be read is none: another is made in its place."""
        try:
            data = self._path.read_bytes()
            certificate = x509.load_pem_x509_certificate(data)
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self._path)
        except (OSError, ValueError):  # `ssl` raises a kind of OSError for a key that does not fit
            return None
        return certificate

    def _load(self) -> None:
        try:
            self.context.load_cert_chain(self._path)
        except OSError as error:
            raise StoreError(f"The room's certificate {self._path} cannot be used: {error}.") from None
