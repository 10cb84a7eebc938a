"""The server of the fault suite: everything real but the ears, which hear tones, and the voice.

usage: python -m voice_coach_benchmarks.fault_server STORE PORT [LARGEST_FILE_BYTES]

With a largest file size the disk is full for each file that has reached it (`RLIMIT_FSIZE`).
"""

from __future__ import annotations

import asyncio
import resource
import signal
import sys

from voice_coach.moves.recognizer import load_recognizer
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach.speech.voice import ScriptedVoice
from voice_coach.speech.voice_activity import EnergyActivity
from voice_coach_benchmarks.tone_words import ToneTranscriber
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

__all__: list[str] = []


async def _serve(store: str, port: int) -> None:
    settings = Settings(
        server=ServerSettings(port=port, sessions_limit=1_000, refuse_when_busy=False),
        store=StoreSettings(folder=store),
    )
    engines = Engines(
        transcriber=ToneTranscriber(),
        voice_activity=EnergyActivity(),
        voice=ScriptedVoice(),
        recognizer=load_recognizer(),
    )
    async with running_server(settings, engines, web_folder()) as address:
        await address.stopped.wait()


def main() -> None:
    """Serve until killed."""
    store, port, *largest = sys.argv[1:]
    if largest:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest[0]), int(largest[0])))
    asyncio.run(_serve(store, int(port)))


if __name__ == "__main__":
    main()
