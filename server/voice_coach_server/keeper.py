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
from typing import Self

import numpy as np

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Command
from voice_coach.conversation.events import Event
from voice_coach.conversation.utterance import SAMPLE_RATE_HZ
from voice_coach.errors import VoiceCoachError
from voice_coach.journal.branch_point import BranchPoint
from voice_coach.journal.format import JournalHeader
from voice_coach.journal.journal import JournalWriter
from voice_coach.journal.library import Library
from voice_coach.journal.recording import Recorder
from voice_coach.journal.store import named_folder, open_store
from voice_coach.journal.taking_up import TakenUp
from voice_coach.review.tell import tell_review

__all__ = ["Keeper"]

_log = logging.getLogger(__name__)

_DOUBTFUL_SAMPLES = SAMPLE_RATE_HZ // 2
"""The end of a track that a crash cut off: a power cut may have left zeros or old bytes there.

It is kept, and written again when the client sends it again."""


class Keeper:
    """The disk side of one live call."""

    def __init__(self, store: Path, journal: JournalWriter, header: JournalHeader) -> None:
        """Take over a journal that is open; use `create` or `reopen`."""
        self._store = store
        self._session = header.session
        self._journal = journal
        self._recorder = Recorder(named_folder(store, header.session)) if header.record else None
        self._recorded_samples = 0
        """Of the trainee's track, from before a crash: what is sent again up to there is kept already."""
        self._voice_rate_hz: int | None = None
        """Of the counterpart's track, where it begins with another session's."""
        self._told = False
        self.on_trouble: Callable[[str], None] = _log.warning
        """Called once, with a sentence, when something cannot be kept."""

    @classmethod
    def create(cls, store: Path, header: JournalHeader) -> Self:
        """Create the session's folder and its journal.

        Raises:
            StoreError: The session cannot be kept at all.
        """
        open_store(store)
        return cls(store, JournalWriter.create(named_folder(store, header.session), header), header)

    @classmethod
    def reopen(cls, store: Path, taken: TakenUp) -> Self:
        """Go on keeping a call that was cut off. What cannot be kept of its sound is said as ever."""
        keeper = cls(store, taken.journal, taken.header)
        if keeper._recorder is not None:
            with keeper._minding_trouble():
                keeper._recorded_samples = keeper._recorder.take_up()
        return keeper

    @property
    def recorded_samples(self) -> int:
        """Length of the trainee's track when the call was taken up after a crash; 0 in a new call."""
        return self._recorded_samples

    def copy(self, point: BranchPoint) -> None:
        """Begin with another session's journal and sound up to a line; without sound there is silence.

        Takes some tenths of a second for a long call: keep it out of the event loop.
        """
        for exchange in point.earlier:
            self.event(exchange.event)
            for command in exchange.commands:
                self.command(command)
        if self._recorder is not None:
            source = named_folder(self._store, point.header.session)
            until = {
                Speaker.TRAINEE: point.sample / SAMPLE_RATE_HZ,
                Speaker.COUNTERPART: point.seconds,
            }
            with self._minding_trouble():
                self._voice_rate_hz = self._recorder.copy(source, until_seconds=until)
            with self._minding_trouble():
                self._recorder.hear(b"", at_seconds=point.resumes_at_sample / SAMPLE_RATE_HZ)

    def event(self, event: Event) -> None:
        """Keep an event, before it is acted on."""
        with self._minding_trouble():
            self._journal.event(event)

    def command(self, command: Command) -> None:
        """Keep a command of the event before it."""
        with self._minding_trouble():
            self._journal.command(command)

    def trainee_audio(self, offset: int, pcm: bytes) -> None:
        """Keep microphone samples (16 kHz), the first of which has this offset in their stream."""
        known = max(0, self._recorded_samples - _DOUBTFUL_SAMPLES - offset)
        pcm = pcm[2 * known :]
        if self._recorder is not None and pcm:
            with self._minding_trouble():
                self._recorder.hear_again(offset + known, pcm)

    def counterpart_audio(
        self, reply: int, *, start_seconds: float, pcm: bytes, sample_rate_hz: int
    ) -> None:
        """Keep a reply from when it became audible; a later call replaces what is kept of it."""
        if self._recorder is not None:
            if self._voice_rate_hz is not None:
                pcm = _at_rate(pcm, sample_rate_hz, self._voice_rate_hz)
                sample_rate_hz = self._voice_rate_hz
            with self._minding_trouble():
                self._recorder.place_reply(
                    reply, start_seconds=start_seconds, pcm=pcm, sample_rate_hz=sample_rate_hz
                )

    async def close(self) -> None:
        """Finish the files and add the session to the library."""
        await asyncio.to_thread(self._close)

    async def prepare_review(self) -> None:
        """Look through the sound once, so that the review opens at once.

        The call is over and safe: what goes wrong here is said when somebody asks for the review.
        """
        try:
            await asyncio.to_thread(tell_review, self._store, self._session)
        except Exception as error:  # noqa: BLE001 - all calls share the task group: none may end for a review
            _log.warning(
                "the review of %s could not be prepared (%s)", self._session, type(error).__name__
            )

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


def _at_rate(pcm: bytes, rate_hz: int, wanted_hz: int) -> bytes:
    """The same sound at another rate, drawn straight between samples: two voices share one track then."""
    if rate_hz == wanted_hz:
        return pcm
    samples = np.frombuffer(pcm, "<i2")
    times = np.arange(len(samples) * wanted_hz // rate_hz) * (rate_hz / wanted_hz)
    drawn: bytes = np.interp(times, np.arange(len(samples)), samples).astype("<i2").tobytes()
    return drawn
