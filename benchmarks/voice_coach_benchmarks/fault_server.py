"""The server of the fault suite: everything real but the ears, which hear tones, and the voice.

usage: python -m voice_coach_benchmarks.fault_server STORE PORT [TROUBLE]

The trouble, one of those that happen inside a server, begins with the signal SIGUSR1.
"""

from __future__ import annotations

import asyncio
import errno
import resource
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from voice_coach.moves.recognizer import load_recognizer
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach.speech.voice import ScriptedVoice
from voice_coach.speech.voice_activity import EnergyActivity
from voice_coach_benchmarks.fault_troubles import (
    ToneVoice,
    TroubledEars,
    note_what_is_synced,
    trouble_disk,
    trouble_voice,
)
from voice_coach_client.web import web_folder
from voice_coach_server import app
from voice_coach_server.app import running_server
from voice_coach_server.ears import Ears
from voice_coach_server.engines import Engines

__all__: list[str] = []

_LARGEST_FILE_BYTES: Final = 120_000
"""About four seconds of the trainee's track."""
_PATIENCE_SECONDS: Final = 0.5
"""With a decode: 40 times less than a real server has, so that a round need not wait for it."""


async def _serve(store: Path, port: int, trouble: str) -> None:
    settings = Settings(
        server=ServerSettings(port=port, sessions_limit=1_000, refuse_when_busy=False),
        store=StoreSettings(folder=str(store)),
    )
    ears, voice = TroubledEars(trouble), ToneVoice() if trouble.startswith("voice") else ScriptedVoice()
    begin: Callable[[], None] = ears.begin
    if isinstance(voice, ToneVoice):
        await asyncio.to_thread(voice.warm_up)
        begin = partial(trouble_voice, voice, trouble)
    elif trouble in {"disk full for 2 s", "folder read-only for 2 s"}:
        begin = trouble_disk(errno.ENOSPC if trouble.startswith("disk") else errno.EROFS)
    elif trouble == "power lost":
        note_what_is_synced(store)
    vars(app)["Ears"] = partial(Ears, patience_seconds=_PATIENCE_SECONDS)
    engines = Engines(
        transcriber=ears,
        voice_activity=EnergyActivity(),
        voice=voice,
        recognizer=load_recognizer(),
        reopen_transcriber=lambda: TroubledEars(""),
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, begin)
    try:
        async with running_server(settings, engines, web_folder()) as address:
            await address.stopped.wait()
    finally:
        voice.close()


def main() -> None:
    """Serve until killed."""
    store, port, *trouble = sys.argv[1:]
    if trouble == ["disk full"]:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE_BYTES, _LARGEST_FILE_BYTES))
    asyncio.run(_serve(Path(store), int(port), "".join(trouble)))


if __name__ == "__main__":
    main()
