"""What runs as replicas: a recogniser, a voice, and a front, which is the server's own application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar

from ray import serve
from starlette.applications import Starlette

from voice_coach.errors import ModelError
from voice_coach.settings import Settings
from voice_coach.speech.transcriber import BatchTranscriber, Transcriber
from voice_coach_client.web import web_folder
from voice_coach_cluster.desk import admitted, hear_together, recognised, said
from voice_coach_cluster.remote_transcriber import RemoteTranscriber
from voice_coach_cluster.remote_voice import RemoteVoice
from voice_coach_cluster.serve_caller import ServeCaller
from voice_coach_cluster.wire import Answer, Hear, Stamp, written
from voice_coach_server.app import create_app
from voice_coach_server.engines import Engines

__all__ = ["Front", "Recogniser", "Speaker", "waiting_limit"]

T = TypeVar("T")

_HUNG_SECONDS: Final = 45.0
"""A decode that has taken longer never ends: thirty seconds of sound and patience."""
_TOGETHER: Final = 2
"""Partials in one run of the decoder; see `voice_coach.speech.whisper`."""


def waiting_limit(workers: int) -> int:
    """Give how many requests one recogniser takes at a time: those at work, and one run of partials."""
    return workers + _TOGETHER


class Recogniser:
    """One model in memory; partials that wait for it are decoded together, whoever sent them."""

    def __init__(self, settings: Settings, open_transcriber: Callable[[Settings], Transcriber]) -> None:
        """Load the model.

        Raises:
            ModelError: It is missing or damaged.
        """
        self._transcriber = open_transcriber(settings)
        self._mine = Stamp(model=self._transcriber.name)
        self._pool = ThreadPoolExecutor(settings.ears.workers, thread_name_prefix="ears")
        self._began: dict[int, float] = {}
        """When each decode that runs now was begun, by a number of its own."""
        self._count = 0
        together = serve.batch(max_batch_size=_TOGETHER, batch_wait_timeout_s=0.0)
        # A run begins at once when none is under way, so a partial only ever waits for its like.
        self._partial: Any = together(self._hear_together)

    async def ask(self, stamp: bytes, request: bytes) -> bytes:
        """Answer one request."""
        asked = admitted(self._mine, stamp, request)
        if isinstance(asked, Hear) and self._can_wait(asked):
            return written(await self._partial(asked))
        if isinstance(asked, Answer):
            return written(asked)
        return written(await self._work(lambda: recognised(self._transcriber, asked)))

    def check_health(self) -> None:
        """Called by Serve, which replaces a replica that raises here.

        Raises:
            ModelError: A decode hangs.
        """
        if any(time.monotonic() - began > _HUNG_SECONDS for began in self._began.values()):
            raise ModelError(f"A decode has not come back for {_HUNG_SECONDS:.0f} s.")

    def _can_wait(self, asked: Hear) -> bool:
        plain = not asked.final and not asked.prefix and not asked.word_times and len(asked.clips) == 1
        return plain and isinstance(self._transcriber, BatchTranscriber)

    async def _hear_together(self, partials: list[Hear]) -> list[Answer]:
        transcriber = self._transcriber
        if len(partials) > 1 and isinstance(transcriber, BatchTranscriber):
            return await self._work(lambda: hear_together(transcriber, partials))
        return [await self._work(partial(recognised, transcriber, one)) for one in partials]

    async def _work(self, what: Callable[[], T]) -> T:
        self._count = number = self._count + 1

        def run() -> T:
            self._began[number] = time.monotonic()
            try:
                return what()
            finally:
                del self._began[number]

        return await asyncio.get_running_loop().run_in_executor(self._pool, run)


class Speaker:
    """One voice process."""

    def __init__(self, settings: Settings) -> None:
        """Start the voice.

        Raises:
            VoiceError: It cannot speak on this node.
        """
        from voice_coach.speech.voice_engines import open_voice  # noqa: PLC0415 - in the replica only

        self._voice = open_voice(settings.voice)
        self._voice.warm_up()
        self._mine = Stamp(model=settings.voice.engine.value)

    async def ask(self, stamp: bytes, request: bytes) -> bytes:
        """Answer one request."""
        asked = admitted(self._mine, stamp, request)
        if isinstance(asked, Answer):
            return written(asked)
        return written(await asyncio.to_thread(said, self._voice, asked))

    def __del__(self) -> None:
        """Serve calls this when the replica is stopped."""
        self._voice.close()


class Front:
    """The application of one machine, whose ears and voice are elsewhere."""

    def __init__(self, settings: Settings, recognisers: Any, voices: Any) -> None:  # noqa: ANN401 - handles
        """Keep what the application is made of; Serve calls `__serve_build_asgi_app__` next."""
        self._settings = settings
        self._recognisers = recognisers
        self._voices = voices

    def __serve_build_asgi_app__(self) -> Starlette:
        """Put the application together, with what is light enough to be in every front."""
        # On a thread: this is called on the replica's event loop, where nobody may wait for a handle.
        with ThreadPoolExecutor(1) as pool:
            engines = pool.submit(self._open_engines).result()
        return create_app(self._settings, engines, web_folder())

    def _open_engines(self) -> Engines:
        from voice_coach.moves.recognizer import load_recognizer  # noqa: PLC0415 - in the replica only
        from voice_coach.speech.silero import SileroActivity  # noqa: PLC0415
        from voice_coach.speech.turn_melodies import open_melody  # noqa: PLC0415

        def transcriber() -> RemoteTranscriber:
            return RemoteTranscriber(ServeCaller(self._recognisers), model=self._settings.ears.model)

        return Engines(
            transcriber=transcriber(),
            voice_activity=SileroActivity(),
            voice=RemoteVoice(ServeCaller(self._voices), engine=self._settings.voice.engine),
            recognizer=load_recognizer(),
            melody=open_melody(self._settings.turns.melody),
            reopen_transcriber=transcriber,
        )
