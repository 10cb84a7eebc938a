"""Keeps one call on disk: its journal, both sides' audio, and at the end its row in the library.

A disk that refuses (full, read-only, gone) does not stop the call: the trainee is told once, and
every later write is tried all the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from voice_coach.conversation.commands import Command
from voice_coach.conversation.events import Event
from voice_coach.errors import VoiceCoachError
from voice_coach.journal.format import JournalHeader
from voice_coach.journal.journal import JournalWriter
from voice_coach.journal.library import Library
from voice_coach.journal.recording import Recorder
from voice_coach.journal.store import named_folder, open_store

__all__ = ["Keeper"]

_log = logging.getLogger(__name__)


class Keeper:
    """The disk side of one live call."""

    def __init__(self, store: Path, header: JournalHeader) -> None:
        """Create the session's folder and its journal.

        Raises:
            StoreError: The session cannot be kept at all.
        """
        self._store = open_store(store)
        self._session = header.session
        folder = named_folder(self._store, header.session)
        self._journal = JournalWriter.create(folder, header)
        self._recorder = Recorder(folder) if header.record else None
        self._told = False
        self.on_trouble: Callable[[str], None] = _log.warning
        """Called once, with a sentence, when something cannot be kept."""

    def event(self, event: Event) -> None:
        """Keep an event, before it is acted on."""
        with self._minding_trouble():
            self._journal.event(event)

    def command(self, command: Command) -> None:
        """Keep a command of the event before it."""
        with self._minding_trouble():
            self._journal.command(command)

    def trainee_audio(self, pcm: bytes) -> None:
        """Keep the next microphone samples (16 kHz)."""
        if self._recorder is not None:
            with self._minding_trouble():
                self._recorder.hear(pcm)

    def counterpart_audio(
        self, reply: int, *, start_seconds: float, pcm: bytes, sample_rate_hz: int
    ) -> None:
        """Keep a reply from when it became audible; a later call replaces what is kept of it."""
        if self._recorder is not None:
            with self._minding_trouble():
                self._recorder.place_reply(
                    reply, start_seconds=start_seconds, pcm=pcm, sample_rate_hz=sample_rate_hz
                )

    async def close(self) -> None:
        """Finish the files and add the session to the library."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with self._minding_trouble():
            self._journal.close()
        with self._minding_trouble():
            if self._recorder is not None:
                self._recorder.close()
        with self._minding_trouble(), Library(self._store) as library:
            library.add_or_update(self._session)

    @contextmanager
    def _minding_trouble(self) -> Iterator[None]:
        try:
            yield
        except VoiceCoachError as error:
            if not self._told:
                self._told = True
                self.on_trouble(f"Not all of this call can be kept: {error}")
