"""What happens in one rehearsal at the headset, from the connection to the debrief."""

from __future__ import annotations

from typing import Protocol

from voice_coach.errors import ProtocolError
from voice_coach.messages import Ended, Hello
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_client.connection import Connection, Patience
from voice_coach_client.live_call import CallSound, Gauge, LiveCall
from voice_coach_client.server_address import Server
from voice_coach_client.stage import Stage

__all__ = ["HeadsetSound", "rehearse"]


class HeadsetSound(CallSound, Gauge, Protocol):
    """Sound of a call with a person at the microphone."""


async def rehearse(
    stage: Stage, server: Server, hello: Hello, sound: HeadsetSound, patience: Patience | None = None
) -> Ended | None:
    """Make one call and show it; gives its end, `None` when the trainee left before it.

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
        ended = await call.run()
    await stage.debrief(ended)
    return ended
