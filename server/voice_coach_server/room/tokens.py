"""Tokens: what somebody who was let in shows from then on. Only hashes are kept, and only in memory."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from voice_coach_server.visitor import Visitor

__all__ = ["Tokens"]

_BYTES: Final = 32
"""256 bits."""
_TRAINERS_KEPT: Final = 32
"""Trainer's pages that were opened at most; the oldest one's token gives way."""


class Tokens:
    """Who holds which token. They end with the room.

    A token is looked up by its SHA-256: how long that takes tells nothing about any token.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._holders: dict[bytes, Visitor] = {}

    def give(self, visitor: Visitor) -> str:
        """Make a token for a table or a trainer."""
        token = secrets.token_urlsafe(_BYTES)
        self._holders[_hashed(token)] = visitor
        trainers = [key for key, holder in self._holders.items() if not holder.table]
        for key in trainers[:-_TRAINERS_KEPT]:
            del self._holders[key]
        return token

    def holder(self, token: str) -> Visitor | None:
        """Find who holds a token; None for one that is void or never was."""
        return self._holders.get(_hashed(token))

    def void(self, table: str) -> None:
        """Let a table's tokens count no longer."""
        for key in [key for key, holder in self._holders.items() if holder.table == table]:
            del self._holders[key]


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
