"""The one recogniser of a server, asked in threads of its own, and opened again when it hangs.

A decode runs in native code that nobody can interrupt. One that does not come back in time is given up:
its thread is left to itself (a daemon, so that it does not hold up the end of the program), and the
recogniser is opened anew, since whatever holds that thread may hold the next one too.

A thread that comes back is asked again. It has to be: the C library gives each new thread one of up to
eight heaps a core, and what a decode frees stays in the heap it came from. A new thread for every decode
spreads that over all heaps.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Final, TypeVar

from voice_coach.errors import EngineError, VoiceCoachError
from voice_coach.speech.transcriber import Transcriber

__all__ = ["Ears"]

_log = logging.getLogger(__name__)

T = TypeVar("T")

_PATIENCE_SECONDS: Final = 20.0
"""For a decode, and once more the length of its sound: many times what a busy machine takes."""
_OPENING_SECONDS: Final = 120.0


class Ears:
    """Holds the recogniser that is asked now."""

    def __init__(
        self,
        transcriber: Transcriber,
        reopen: Callable[[], Transcriber] | None = None,
        *,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        """Take over a recogniser.

        Args:
            transcriber: Ready.
            reopen: Opens another one like it; None where there is none, and a hung one stays.
            patience_seconds: How long a decode may take, besides the length of its sound.
        """
        self.transcriber = transcriber
        self.on_hang: Callable[[], None] = lambda: None
        """Called on the event loop whenever a recogniser was given up."""
        self.on_opened: Callable[[], None] = lambda: None
        """Called on the event loop when another one is ready."""
        self._reopen = reopen
        self._patience_seconds = patience_seconds
        self._opening = asyncio.Lock()
        self._idle: list[_EarsThread] = []
        """The one that was asked last stands last: its heap is warm."""

    def close(self) -> None:
        """Let the threads end that nobody waits for."""
        while self._idle:
            self._idle.pop().end()

    async def ask(self, what: Callable[[Transcriber], T], *, audio_seconds: float) -> T:
        """Do something with the recogniser, in a thread.

        Args:
            what: What to do.
            audio_seconds: Length of the sound that it is about.

        Raises:
            EngineError: It did not come back in time (`ears-hung`); another recogniser is open by then.
            Exception: Whatever `what` raises.
        """
        asked = self.transcriber
        try:
            return await self._in_thread(
                lambda: what(asked), seconds=self._patience_seconds + audio_seconds
            )
        except TimeoutError:
            await self._replace(asked)
            raise EngineError(
                f"The recogniser did not answer within {self._patience_seconds + audio_seconds:.0f} s; "
                "it was given up.",
                code="ears-hung",
            ) from None

    async def _replace(self, hung: Transcriber) -> None:
        """Open another recogniser, unless somebody has done so since."""
        async with self._opening:
            if self._reopen is None or self.transcriber is not hung:
                return
            _log.error("the recogniser hangs; another one is opened")
            self.on_hang()
            try:
                self.transcriber = await self._in_thread(self._reopen, seconds=_OPENING_SECONDS)
            except (TimeoutError, VoiceCoachError) as error:
                _log.error("another recogniser could not be opened (%s)", type(error).__name__)
            else:
                self.on_opened()

    async def _in_thread(self, what: Callable[[], T], *, seconds: float) -> T:
        """Run something in an idle thread, or in a new one. Raises TimeoutError when it takes longer."""
        thread = self._idle.pop() if self._idle else _EarsThread()
        answer = thread.do(what)
        try:
            async with asyncio.timeout(seconds):
                return await answer
        finally:
            if thread.is_free:
                self._idle.append(thread)
            else:
                thread.end()


class _EarsThread:
    """A daemon thread that does one thing after the other, so that its memory is used again."""

    def __init__(self) -> None:
        """Start it."""
        self.is_free = True
        """It waits to be asked."""
        self._asked: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        threading.Thread(target=self._run, name="ears", daemon=True).start()

    def do(self, what: Callable[[], T]) -> asyncio.Future[T]:
        """Begin something; the thread must be free. Gives what it will come to."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def settle(result: T | None, error: BaseException | None) -> None:
            self.is_free = True
            if answer.done():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(result)  # type: ignore[arg-type]  # None only where T allows it

        def run() -> None:
            result, error = None, None
            try:
                result = what()
            except BaseException as raised:  # noqa: BLE001 - it belongs to whoever waits
                error = raised
            with suppress(RuntimeError):  # the loop has closed: nobody waits any more
                loop.call_soon_threadsafe(settle, result, error)

        self.is_free = False
        self._asked.put(run)
        return answer

    def end(self) -> None:
        """Let it end: at once when it is free, else when what it does comes back, if ever."""
        self._asked.put(None)

    def _run(self) -> None:
        while (run := self._asked.get()) is not None:
            run()
            del run
