"""What gets a client into a training room: whom it trusts and who it is. At home: nothing."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from voice_coach_client.errors import UntrustedError

__all__ = ["ANYBODY", "Credentials", "untrusted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How to reach a server and be let in. A context cannot be compared, so neither can these."""

    tls: ssl.SSLContext | None = None
    """Trusts the room's authority and nobody else; `None` for a server without TLS."""
    token: str = ""
    """A table's, as joining gave it."""

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every request."""
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


ANYBODY = Credentials()
"""For the server on one's own machine."""

_EXPIRED = 10
"""`X509_V_ERR_CERT_HAS_EXPIRED` of OpenSSL."""
_NOT_YET = 9
_WRONG_NAME = frozenset({62, 64})
"""`X509_V_ERR_HOSTNAME_MISMATCH`, `X509_V_ERR_IP_ADDRESS_MISMATCH`."""


def untrusted(url: str, error: ssl.SSLError) -> UntrustedError:
    """Say in one sentence why a server is not trusted, and what to do."""
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else None
    if code in (_EXPIRED, _NOT_YET):
        reason = (
            "its certificate has expired or is not valid yet; check this machine's clock, "
            "and ask the trainer to start the room again"
        )
    elif code in _WRONG_NAME:
        reason = "its certificate is for another address; use the address on the trainer's screen"
    elif code is not None:
        reason = (
            "its certificate is not by the authority that you trust; compare the fingerprint on the "
            "trainer's screen and give it with --fingerprint"
        )
    else:
        reason = f"no secure connection came about ({error.reason or 'unknown reason'})"
    return UntrustedError(f"The server at {url} is not trusted: {reason}.")
