"""What happens in one rehearsal at the headset, from the connection to the debrief."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec

from voice_coach.errors import ProtocolError
from voice_coach.messages import Ended, Hello
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_client.connection import Connection, Patience
from voice_coach_client.live_call import CallSound, Gauge, LiveCall
from voice_coach_client.server_address import Server
from voice_coach_client.stage import Stage

__all__ = ["HeadsetSound", "Rehearsed", "call_up", "rehearse"]


class HeadsetSound(CallSound, Gauge, Protocol):
    """Sound of a call with a person at the microphone."""


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """A call that is over."""

    session: str
    ended: Ended | None
    """`None` when the trainee left before the server said how it ended."""


async def rehearse(
    stage: Stage, server: Server, hello: Hello, sound: HeadsetSound, patience: Patience | None = None
) -> Rehearsed:
    """Make one call, show it, and show what there is to take home. Raises like `call_up`."""
    over = await call_up(stage, server, hello, sound, patience=patience)
    await stage.debrief(over.ended)
    return over


async def call_up(  # noqa: PLR0913 - who, where, what and with what; the rest is for a room and for tests
    stage: Stage,
    server: Server,
    hello: Hello,
    sound: HeadsetSound,
    *,
    began: Callable[[LiveCall], None] = lambda _: None,
    patience: Patience | None = None,
) -> Rehearsed:
    """Make one call and show it, without what comes after.

    Args:
        stage: The person.
        server: Where the call goes.
        hello: What to ask for.
        sound: Open for this call. Its owner closes it.
        began: Told of the call once it is open.
        patience: How long to wait for a server.

    Raises:
        ProtocolError: The server wants another sample rate than 16 kHz.
        VoiceCoachError: As for `Connection.open` and `LiveCall.run`.
    """
    url = server.websocket("/ws")
    async with await Connection.open(url, hello, patience, server.credentials) as connection:
        rate_hz = connection.welcome.microphone_rate_hz
        if rate_hz != SAMPLE_RATE_HZ:
            raise ProtocolError(
                f"The server wants a microphone at {rate_hz} Hz; this client sends {SAMPLE_RATE_HZ} Hz."
            )
        call = LiveCall(connection, sound, stage.show)
        stage.begin(call, sound)
        began(call)
        warning = asyncio.create_task(_warn(stage, sound))
        try:
            ended = await call.run()
        finally:
            warning.cancel()
            await asyncio.gather(warning, return_exceptions=True)
    return Rehearsed(session=call.session, ended=ended)


async def _warn(stage: Stage, sound: HeadsetSound) -> None:
    async for trouble in sound.troubles():
        stage.warn(trouble)
