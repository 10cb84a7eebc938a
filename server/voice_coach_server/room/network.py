"""What this machine is called on its network: the addresses and names at which a room can be reached."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import Final

import psutil

from voice_coach.errors import InputError

__all__ = ["IpAddress", "Places", "hidden_networks", "is_hidden", "look_around", "own_name"]

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_HIDDEN: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        # Private, shared, link-local; for documentation, which laboratories use; loopback.
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "127.0.0.0/8"),
        *("fc00::/7", "fe80::/10", "::1/128"),
    )
)
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_ANYWHERE: Final = "192.0.2.1"
"""For documentation: nothing is ever sent there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a room can be reached."""

    addresses: tuple[IpAddress, ...]
    """On the network, the most useful one first; never empty."""
    names: tuple[str, ...]
    """`localhost`, and this machine's name in the local network."""

    def is_ours(self, host: str) -> bool:
        """Say whether a host (a name, or an address without brackets) is one of these places."""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return host in self.names
        return address in self.addresses or address.is_loopback

    @property
    def host(self) -> str:
        """The host that people type, in brackets where an address needs them."""
        first = self.addresses[0]
        return f"[{first}]" if first.version == 6 else str(first)  # noqa: PLR2004 - of the protocol


def hidden_networks() -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Give the networks in which no address of the open internet lies: where a room may be."""
    return _HIDDEN


def is_hidden(address: IpAddress) -> bool:
    """Say whether an address lies in one of them."""
    return any(address in network for network in _HIDDEN if network.version == address.version)


def own_name() -> str:
    """Give the machine's own name, without a domain; empty when no certificate could hold it."""
    name = socket.gethostname().partition(".")[0].lower()
    return name if _LABEL.fullmatch(name) and name != "localhost" else ""


def look_around(hosts: tuple[str, ...] = ()) -> Places:
    """Find where a room on this machine can be reached now.

    Args:
        hosts: Only at these addresses of this machine; empty means all that lie in a private network.

    Raises:
        InputError: `not-an-address`, `public-address`, or there is no network (`no-network`).
    """
    name = own_name()
    names = ("localhost", *((f"{name}.local",) if name else ()))
    addresses = tuple(_given(host) for host in hosts) if hosts else _found()
    if not addresses:
        raise InputError(
            "This machine is in no private network, so nobody could reach a room on it: join the"
            " class's Wi-Fi or open a hotspot, then start the room again.",
            code="no-network",
        )
    return Places(addresses=addresses, names=names)


def _given(host: str) -> IpAddress:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise InputError(
            f"{host} is not an address; give one of this machine, such as 192.168.1.20.",
            code="not-an-address",
        ) from None
    if not is_hidden(address):
        raise InputError(
            f"A room is for a private network, and {address} can be reached from outside one.",
            code="public-address",
        )
    return address


def _found() -> tuple[IpAddress, ...]:
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    found = {
        ipaddress.ip_address(entry.address.partition("%")[0])
        for name, entries in psutil.net_if_addrs().items()
        if name in up
        for entry in entries
        if entry.family in (socket.AF_INET, socket.AF_INET6)
    }
    # A link-local address of version 6 needs the name of a card after it: no certificate holds that.
    fit = [
        address
        for address in found
        if is_hidden(address)
        and not address.is_loopback
        and (address.version == 4 or not address.is_link_local)  # noqa: PLR2004 - of the protocol
    ]
    usual = _usual_address()
    return tuple(sorted(fit, key=lambda one: (one != usual, one.version, one.is_link_local, int(one))))


def _usual_address() -> IpAddress | None:
    """The address from which this machine would talk to others: no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_ANYWHERE, 9))
        except OSError:
            return None
        return ipaddress.ip_address(probe.getsockname()[0])
