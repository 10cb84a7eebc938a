"""Signs of listening, spoken softly while the trainee has the floor: nobody waits for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import numpy as np

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.messages import AudioFrame, AudioKind
from voice_coach_server.house import House
from voice_coach_server.outbox import Outbox
from voice_coach_server.wordless_logs import place_of

__all__ = ["Murmurs"]

_log = logging.getLogger(__name__)

_LOUDNESS = 0.5


class Murmurs:
    """The counterpart's signs of listening in one call."""

    def __init__(self, house: House, style: VoiceStyle, outbox: Outbox) -> None:
        """Say nothing yet.

        Args:
            house: Whose voice speaks, and where its tasks run.
            style: The person who speaks.
            outbox: Where the sound goes.
        """
        self._house = house
        self._style = style
        self._outbox = outbox

    def give(self, text: str, *, fits: Callable[[], bool]) -> None:
        """Speak a sign, and send it if it still fits once it is ready."""
        self._house.tasks.create_task(self._speak(text, fits))

    async def _speak(self, text: str, fits: Callable[[], bool]) -> None:
        voice = self._house.engines.voice
        try:
            spoken = await asyncio.to_thread(voice.speak, text, Delivery.CALM, self._style)
        except Exception as error:  # noqa: BLE001 - all calls share the task group: none may end for a nod
            _log.warning("no sign of listening could be given: %s", place_of(error))
            return
        if not fits():
            return
        samples = np.frombuffer(spoken.pcm, "<i2").astype(np.float32) * _LOUDNESS
        self._outbox.send_audio(
            AudioFrame(
                kind=AudioKind.MURMUR,
                stream=spoken.sample_rate_hz,
                offset=0,
                pcm=samples.astype("<i2").tobytes(),
            )
        )
