"""The room's own certificate authority: made once on this machine, and good for next to nothing else.

A device that is to trust the room without a warning installs this authority. Were its key stolen, name
constraints keep it from speaking for the web: it can sign for private addresses, for `localhost` and
`.local` names, for servers only, and for no further authority. (Not for this machine's bare name: a name
in a constraint stands for all that ends in it, and a machine may be called `dev`, as a part of the web
is.)
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from voice_coach.errors import StoreError
from voice_coach.journal.store import store_trouble
from voice_coach_server.room.network import IpAddress, Places, hidden_networks

__all__ = ["Authority", "keep_private"]

_FILE: Final = "authority.key"
"""Holds the key and the certificate, so that one can never be without the other."""
_LIFE: Final = timedelta(days=730)
_SPARE: Final = timedelta(days=45)
"""What must be left of its life: longer than any certificate that it signs."""
_LEEWAY: Final = timedelta(days=1)
"""Clocks of tablets and laptops may be late."""
_CERTIFICATE_LIFE: Final = timedelta(days=30)


class Authority:
    """Signs the certificates of rooms on this machine."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        """Use `opened`."""
        self._key = key
        self._certificate = certificate

    @classmethod
    def opened(cls, folder: Path, name: str, now: datetime) -> Self:
        """Read the authority of a folder, or make it: when there is none, or it is soon over.

        Args:
            folder: Where it is kept; created if need be.
            name: This machine's own name, for people; or empty.
            now: The present, in UTC.

        Raises:
            StoreError: It cannot be read or written, or is damaged.
        """
        with store_trouble(f"The room's authority in {folder} cannot be used"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if (folder / _FILE).exists():
                authority = cls._read(folder / _FILE)
                if authority.lasts(now):
                    return authority
            authority = cls(*_made(name, now))
            keep_private(folder / _FILE, _key_pem(authority._key) + authority.pem)
        return authority

    @classmethod
    def _read(cls, file: Path) -> Self:
        data = file.read_bytes()
        try:
            certificate = x509.load_pem_x509_certificate(data)
            key = serialization.load_pem_private_key(data, password=None)
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise TypeError  # noqa: TRY301 - said below, as all other damage
            if key.public_key() != certificate.public_key():
                raise ValueError  # noqa: TRY301 - the same
        except (ValueError, TypeError):
            raise StoreError(
                f"The room's authority {file} is damaged: delete that file to have a new one made"
                " (devices that trust the old one will warn again)."
            ) from None
        return cls(key, certificate)

    def lasts(self, now: datetime) -> bool:
        """Say whether it outlives any certificate that it signs now."""
        return self._certificate.not_valid_after_utc - now > _SPARE

    @property
    def pem(self) -> bytes:
        """Its certificate, for devices that are to trust it."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def has_signed(self, certificate: x509.Certificate) -> bool:
        """Say whether a certificate is one of ours."""
        try:
            certificate.verify_directly_issued_by(self._certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True

    def issue(self, places: Places, now: datetime) -> bytes:
        """Make a key and a certificate for a server at these places, good for 30 days.

        Returns:
            The key, the certificate and this authority's own, in PEM, as `ssl` reads them.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_named("voice_coach training room"))
            .issuer_name(self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _LEEWAY)
            .not_valid_after(now + _CERTIFICATE_LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .add_extension(
                x509.SubjectAlternativeName(
                    [
                        *(x509.DNSName(name) for name in places.names),
                        *(x509.IPAddress(address) for address in _addresses(places)),
                    ]
                ),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        return _key_pem(key) + certificate.public_bytes(serialization.Encoding.PEM) + self.pem


def keep_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read; an older one stays whole until the new one is.

    Raises:
        OSError: It cannot be written.
    """
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _made(name: str, now: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named(f"voice_coach rooms on {name or 'this machine'}, {now.astimezone(UTC):%Y-%m-%d}")
    permitted = [
        *(x509.DNSName(one) for one in ("localhost", "local")),
        *(x509.IPAddress(network) for network in hidden_networks()),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LEEWAY)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _addresses(places: Places) -> tuple[IpAddress, ...]:
    """All addresses of a room: the trainer reaches it on the machine itself, too."""
    loopback = (ip_address("127.0.0.1"), ip_address("::1"))
    return tuple(dict.fromkeys((*places.addresses, *loopback)))


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
