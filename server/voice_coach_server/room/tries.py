"""How often somebody may try: per address and all together. Nobody can count on guessing."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from voice_coach.errors import InputError
from voice_coach_server.access import RateLimit

__all__ = ["Allowance", "TooManyTriesError", "Tries"]

_ADDRESSES_KEPT: Final = 1_024
"""Of so many addresses it is known how often they tried; a flood of more is held by `together`."""
_IPV6_PREFIX: Final = 64
"""Bits of an address of version 6 that its owner cannot choose."""


class TooManyTriesError(InputError):
    """Somebody must wait before trying again."""

    code = "too-many-tries"

    def __init__(self, wait_seconds: int) -> None:
        """Say for how many seconds."""
        super().__init__(f"That was tried too often: wait {wait_seconds} s, then try again.")
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """So many at once, and then one every so many seconds."""

    burst: int
    every_seconds: float


class Tries:
    """Counts the tries of each address and of all together; the smaller allowance counts."""

    def __init__(
        self, each: Allowance, together: Allowance | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with nobody having tried.

        Args:
            each: What one address may.
            together: What all of them may; None where nobody must be able to use up the tries of others.
            clock: Gives seconds.
        """
        self._each = each
        self._clock = clock
        self._together = self._bucket(together) if together else None
        self._by_address: OrderedDict[str, RateLimit] = OrderedDict()

    def demand(self, address: str) -> None:
        """Refuse who has used up the tries, and count nothing.

        Raises:
            TooManyTriesError: It says how long to wait.
        """
        wait = max(bucket.wait_seconds for bucket in self._of(address))
        if wait > 0:
            raise TooManyTriesError(math.ceil(wait))

    def count(self, address: str) -> None:
        """Count a try."""
        for bucket in self._of(address):
            bucket.allows()

    def _of(self, address: str) -> list[RateLimit]:
        owner = _owner(address)
        bucket = self._by_address.pop(owner, None) or self._bucket(self._each)
        self._by_address[owner] = bucket
        if len(self._by_address) > _ADDRESSES_KEPT:
            self._by_address.popitem(last=False)
        return [bucket, self._together] if self._together else [bucket]

    def _bucket(self, allowance: Allowance) -> RateLimit:
        return RateLimit(1 / allowance.every_seconds, allowance.burst, self._clock)


def _owner(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)
