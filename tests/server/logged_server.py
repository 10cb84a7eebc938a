"""The server with everything logged at DEBUG and ears that hear marker words, as a process of its own.

Its argument is the store. The session breaks (`MARKER` in the error) at the second thing it hears.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from pathlib import Path

from voice_coach.conversation import events as e
from voice_coach.conversation.commands import Command
from voice_coach.conversation.session import Session
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.settings import ScenarioSettings, ServerSettings, Settings, StoreSettings
from voice_coach.speech.transcriber import ScriptedTranscriber
from voice_coach.speech.voice import ScriptedVoice
from voice_coach.speech.voice_activity import EnergyActivity
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

HEARD = "It sounds like zanzibarquince is what you are afraid of."
BROKEN = "What about wolframpeach, then?"


def slow(words: str) -> None:
    """Hold the loop for so long that asyncio's debug mode warns, and prints the callback."""
    time.sleep(0.15)
    raise KeyError(words)


async def serve(folder: Path) -> None:
    settings = Settings(
        server=ServerSettings(port=0),
        store=StoreSettings(folder=str(folder / "store")),
        scenarios=ScenarioSettings(folder=str(folder / "scenarios")),
    )
    engines = Engines(
        transcriber=ScriptedTranscriber([HEARD, BROKEN]),
        voice_activity=EnergyActivity(),
        voice=ScriptedVoice(),
        recognizer=load_recognizer(),
    )
    handle = Session.handle

    def breaks(self: Session, event: e.Event) -> list[Command]:
        if isinstance(event, e.TranscriptFinal) and "wolframpeach" in event.text:
            raise KeyError(event.text)
        return handle(self, event)

    Session.handle = breaks  # type: ignore[method-assign]
    async with running_server(settings, engines, web_folder()) as address:
        asyncio.get_running_loop().call_soon(slow, "wolframpeach")
        print(f"READY {address.port}", flush=True)  # noqa: T201 - how the test learns the port
        await address.stopped.wait()


logging.basicConfig(level=logging.DEBUG)
asyncio.run(serve(Path(sys.argv[1])), debug=True)
