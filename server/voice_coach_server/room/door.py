"""The door of a room: who has shown the code or the secret, and who somebody is that comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.requests import HTTPConnection

from voice_coach.errors import InputError
from voice_coach.room_messages import Join, Joined
from voice_coach_server.room.codes import new_code, new_secret, same
from voice_coach_server.room.room import Room
from voice_coach_server.room.tokens import Tokens
from voice_coach_server.room.tries import Allowance, Tries
from voice_coach_server.visitor import NOBODY, Role, Visitor

__all__ = ["TABLE_COOKIE", "TRAINER_COOKIE", "Door"]

TABLE_COOKIE: Final = "__Host-voice-coach-table"
TRAINER_COOKIE: Final = "__Host-voice-coach-trainer"
"""`__Host-`: a browser takes these from this server alone and over TLS, and sends them nowhere else."""

_CODES_EACH: Final = Allowance(burst=8, every_seconds=10.0)
_CODES_TOGETHER: Final = Allowance(burst=40, every_seconds=2.0)
"""A class that mistypes does not notice it. Whoever guesses has 1,800 tries an hour of 16.8 million."""
_SECRETS_EACH: Final = Allowance(burst=4, every_seconds=60.0)
"""There is none for all together: 96 bits need it not, and it would let others lock the trainer out."""
_JOINS_EACH: Final = Allowance(burst=40, every_seconds=3.0)
_JOINS_TOGETHER: Final = Allowance(burst=80, every_seconds=1.0)
"""A whole class behind one address gets in at once; a script that joins for ever does not."""


class Door:
    """Lets people into one room. What it gives out ends with the room."""

    def __init__(self, room: Room, clock: Callable[[], float] = time.monotonic) -> None:
        """Make a code, a secret, and no token yet."""
        self.code = new_code()
        self.secret = new_secret()
        self._room = room
        self._tokens = Tokens()
        self._wrong_codes = Tries(_CODES_EACH, _CODES_TOGETHER, clock)
        self._wrong_secrets = Tries(_SECRETS_EACH, None, clock)
        self._joins = Tries(_JOINS_EACH, _JOINS_TOGETHER, clock)

    def join(self, wish: Join, address: str) -> Joined:
        """Let a table in that knows the code.

        Args:
            wish: Code, name and consent.
            address: From where it was asked.

        Raises:
            TooManyTriesError: From there, or in all, there were too many wrong codes or too many joins.
            InputError: `wrong-code`, or the room refuses: see `Room.join`.
        """
        # Whoever has guessed too often learns nothing more, not even that a guess was right.
        self._wrong_codes.demand(address)
        if not same(self.code, wish.code):
            self._wrong_codes.count(address)
            raise InputError(
                "That is not this room's code: look at the projector again.", code="wrong-code"
            )
        self._joins.demand(address)
        self._joins.count(address)
        table = self._room.join(wish.name, wish.client, wish.consent)
        token = self._tokens.give(Visitor(roles=frozenset({Role.TABLE}), table=table.id))
        return Joined(table=table.id, name=table.name, room=self._room.title, token=token)

    def unlock(self, secret: str, address: str) -> str:
        """Give a trainer's token to who knows the secret.

        Raises:
            TooManyTriesError: From there, there were too many wrong secrets.
            InputError: `wrong-secret`.
        """
        self._wrong_secrets.demand(address)
        if not same(self.secret, secret):
            self._wrong_secrets.count(address)
            raise InputError(
                "That is not the trainer's secret; the terminal in which the room was started shows it.",
                code="wrong-secret",
            )
        return self._tokens.give(Visitor(roles=frozenset({Role.TRAINER})))

    def who(self, connection: HTTPConnection) -> Visitor:
        """Find out who asks, by cookies or by an `Authorization: Bearer` header."""
        shown = [self._tokens.holder(token) for token in _tokens_of(connection)]
        holders = [holder for holder in shown if holder is not None]
        if not holders:
            return NOBODY
        return Visitor(
            roles=frozenset().union(*(holder.roles for holder in holders)),
            table=next((holder.table for holder in holders if holder.table), ""),
        )

    def void(self, table: str) -> None:
        """A table is out: its token counts no longer."""
        self._tokens.void(table)


def _tokens_of(connection: HTTPConnection) -> list[str]:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return [token.strip()]
    try:
        cookies = SimpleCookie(connection.headers.get("cookie", ""))
    except CookieError:
        return []
    return [cookies[name].value for name in (TABLE_COOKIE, TRAINER_COOKIE) if name in cookies]
