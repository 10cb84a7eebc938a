"""A sound check on open devices: listen for a while, and play something while listening."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from voice_coach.counterpart.reply import Delivery
from voice_coach.messages import AudioFrame, AudioKind, PlaybackEnded, Reply, ReplyEnd
from voice_coach.speech.voice import Spoken
from voice_coach_client.headset.headset import Headset

__all__ = ["listen", "play_and_listen"]

_TAIL_SECONDS = 0.5
"""For what was played to come back through the room and the card."""
_PATIENCE_SECONDS = 20.0


async def listen(headset: Headset, seconds: float, show: Callable[[float], None]) -> bytes:
    """Record the microphone.

    Args:
        headset: Open.
        seconds: For how long.
        show: Called with the level after every block.

    Returns:
        16-bit mono samples at 16 kHz.
    """
    heard = bytearray()
    until = time.monotonic() + seconds
    async for block in headset.microphone():
        heard += block
        show(headset.level)
        if time.monotonic() >= until:
            break
    return bytes(heard)


async def play_and_listen(headset: Headset, spoken: Spoken) -> bytes:
    """Play a sentence to its end; gives what the microphone heard from its beginning on."""
    heard = bytearray()

    async def record() -> None:
        async for block in headset.microphone():
            heard.extend(block)

    recording = asyncio.create_task(record())
    try:
        _play(headset, spoken)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            async for message in headset.reports():
                if isinstance(message, PlaybackEnded):
                    break
        await asyncio.sleep(_TAIL_SECONDS)
    finally:
        recording.cancel()
        await asyncio.gather(recording, return_exceptions=True)
    return bytes(heard)


def _play(headset: Headset, spoken: Spoken) -> None:
    rate_hz = spoken.sample_rate_hz
    headset.hear(Reply(reply=1, sentences=(), delivery=Delivery.CALM, sample_rate_hz=rate_hz))
    headset.hear(AudioFrame(kind=AudioKind.VOICE, stream=1, offset=0, pcm=spoken.pcm))
    headset.hear(ReplyEnd(reply=1, samples=len(spoken.pcm) // 2))
