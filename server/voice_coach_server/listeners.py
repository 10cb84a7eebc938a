"""The sockets that a server listens on."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from typing import Final

from voice_coach.errors import InputError

if sys.platform != "win32":
    import resource

__all__ = ["allow_connections", "listen", "listen_on_all"]

_BACKLOG: Final = 128
_FILES_BESIDE: Final = 1_000
"""Open files besides connections: journals, recordings, models, the index."""


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address; port 0 takes any free one.

    Raises:
        InputError: The port is in use or not allowed, or the address is not this machine's (code
            `port-in-use`).
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family is socket.AF_INET6:
        # Each version has a socket of its own, so that addresses look the same everywhere.
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InputError(
            f"Port {port} on {host} is in use or not allowed ({error.strerror}); "
            "stop the other program or choose another with --port.",
            code="port-in-use",
        ) from None
    listener.listen(_BACKLOG)
    return listener


def listen_on_all(hosts: tuple[str, ...], port: int) -> list[socket.socket]:
    """Listen on the same port of several addresses.

    Raises:
        InputError: As `listen`; none of them is listened on then.
    """
    listeners: list[socket.socket] = []
    try:
        for host in hosts:
            listeners.append(listen(host, port))
            port = listeners[0].getsockname()[1]
    except InputError:
        for listener in listeners:
            with suppress(OSError):
                listener.close()
        raise
    return listeners


def allow_connections(count: int) -> None:
    """Let this process have so many connections beside its files, as far as the system lets it.

    A usual limit is 256 (macOS) or 1,024 (Linux); a full room comes near the first, and whoever opens
    connections and says nothing should not reach the second before ours is reached.
    """
    if sys.platform == "win32":
        return
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + _FILES_BESIDE if most == resource.RLIM_INFINITY else min(count + _FILES_BESIDE, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
