"""Joining a room: the code and a name, for a token."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from voice_coach.errors import ProtocolError
from voice_coach.room_messages import Join, Joined
from voice_coach_client.credentials import Credentials
from voice_coach_client.server_address import Server

__all__ = ["join"]


async def join(server: Server, wish: Join) -> tuple[Server, Joined]:
    """Join a room that is trusted; gives the server with the table's token, and what the room said.

    Raises:
        RefusedError: `wrong-code`, `name-taken`, `room-locked` ...; the room's own sentence.
        ProtocolError: The answer cannot be read.
        ServerUnreachableError, UntrustedError: As for `Server.ask`.
    """
    answer = await server.ask("/room/join", msgspec.json.encode(wish))
    try:
        joined = msgspec.json.decode(answer, type=Joined)
    except msgspec.DecodeError as error:
        raise ProtocolError(
            f"The answer of the room at {server.url} cannot be read; install the same voice_coach on "
            "both sides.",
            code="malformed-json",
        ) from error
    token = Credentials(tls=server.credentials.tls, token=joined.token)
    return replace(server, credentials=token), joined
