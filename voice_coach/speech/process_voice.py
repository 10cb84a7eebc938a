"""A voice whose engine lives in a worker process: one for the whole server, replaced when it fails.

When the process dies or hangs it is replaced and the sentence is said again, once; so a listener hears
a short hitch and no gap. Which engine, and how it is told a mood and a person, is the subclass's.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.errors import SettingsError, VoiceError
from voice_coach.settings import VoiceSettings
from voice_coach.speech.prosody import gap_seconds, trim
from voice_coach.speech.sentence import speakable
from voice_coach.speech.voice import USUAL_STYLE, Spoken
from voice_coach.speech.voice_pipe import Failed, Prepare, Ready, Say, Sound
from voice_coach.speech.worker_process import WorkerLostError, WorkerProcess

__all__ = ["FASTEST_WPM", "SLOWEST_WPM", "ProcessVoice"]

_START_SECONDS = 20.0
"""A worker is ready in less than a second; a cold disk or a busy machine may take much longer."""
SLOWEST_WPM, FASTEST_WPM = 80, 450
"""What eSpeak can do; faster or slower is no speech in any voice."""


class ProcessVoice(ABC):
    """A voice that turns sentences into sound. Blocking; safe from several threads, which take turns."""

    def __init__(self, settings: VoiceSettings, *, engine: str, voice: str) -> None:
        """Start the worker in the background, without waiting for it.

        Args:
            settings: How fast it speaks, and how long a sentence may take.
            engine: Whose worker it is, as `voice_worker` names them.
            voice: An id of the engine's; empty for its English default.

        Raises:
            SettingsError: A rate or a timeout that no voice can keep.
            VoiceError: No process can be started.
        """
        _check(settings)
        self._settings = settings
        self._engine = engine
        self._voice = voice
        self._speaking = threading.Lock()
        """Held for one sentence: the worker answers one request at a time."""
        self._closed = threading.Event()
        self._voice_id: str | None = None
        self._worker: WorkerProcess | None = _start(engine)

    @property
    @abstractmethod
    def name(self) -> str:
        """The engine and what it speaks with, such as `pyttsx3/espeak`."""

    @abstractmethod
    def parts(self, sentence: str) -> tuple[str, ...]:
        """Say in which parts to give a sentence to `speak`; see `Voice`."""

    @abstractmethod
    def _say_frame(self, text: str, delivery: Delivery, style: VoiceStyle) -> Say:
        """Say it in the engine's own terms."""

    @property
    def ready(self) -> bool:
        """Whether the worker has loaded its engine, so that the next sentence comes at once."""
        return self._voice_id is not None

    def warm_up(self) -> str:
        """Wait until the engine is loaded and has spoken once; give the id of its voice.

        Raises:
            VoiceError: As `speak`.
        """
        self.speak("Ready.", Delivery.CALM)
        return self._voice_id or ""

    def speak(self, sentence: str, delivery: Delivery, style: VoiceStyle = USUAL_STYLE) -> Spoken:
        """Synthesise one sentence, or a part of one (at most 1,000 characters).

        The sound begins at most 10 ms before its first audible sample and ends with a short gap.

        Raises:
            VoiceError: There is nothing to say or too much, the voice is closed, or it failed twice.
        """
        text = speakable(sentence)
        request = self._say_frame(text, delivery, style)
        with self._speaking:
            sound = self._say_twice_if_need_be(request)
        pcm = trim(sound.pcm, sound.sample_rate_hz, gap_seconds(text, delivery))
        return Spoken(pcm=pcm, sample_rate_hz=sound.sample_rate_hz)

    def close(self) -> None:
        """Kill the worker, also in the middle of a sentence. Idempotent."""
        self._closed.set()
        worker = self._worker
        if worker is not None:
            worker.stop()
        # A sentence that was being said may just have started a second worker.
        with self._speaking:
            self._discard_worker()

    def _say_twice_if_need_be(self, request: Say) -> Sound:
        reasons: list[str] = []
        while len(reasons) < 2:  # noqa: PLR2004 - once, and once again
            if self._closed.is_set():
                raise VoiceError("The voice is closed, so it cannot speak any more.")
            try:
                return self._say(request)
            except WorkerLostError as lost:
                reasons.append(str(lost))
                self._discard_worker()
        if self._closed.is_set():
            raise VoiceError("The voice was closed in the middle of a sentence.")
        raise VoiceError(
            f"The voice failed twice for one sentence: {reasons[0]}, and then {reasons[1]}; "
            "`voice-coach doctor` says whether it can speak at all."
        )

    def _say(self, request: Say) -> Sound:
        if self._worker is None:
            self._worker = _start(self._engine)
        if not self.ready:
            prepared = self._worker.ask(Prepare(voice=self._voice), _START_SECONDS)
            if isinstance(prepared, Failed):
                self._discard_worker()
                # What cannot be loaded now cannot be loaded by a fresh worker either.
                raise VoiceError(prepared.sentence)
            if not isinstance(prepared, Ready):
                raise WorkerLostError("it answered something else")
            self._voice_id = prepared.voice
        answer = self._worker.ask(request, self._settings.timeout_seconds)
        if isinstance(answer, Failed):
            raise WorkerLostError(answer.sentence.rstrip("."))
        if not isinstance(answer, Sound):
            raise WorkerLostError("it answered something else")
        return answer

    def _discard_worker(self) -> None:
        worker, self._worker, self._voice_id = self._worker, None, None
        if worker is not None:
            worker.stop()


def _start(engine: str) -> WorkerProcess:
    try:
        return WorkerProcess(engine)
    except OSError as error:
        raise VoiceError(f"The voice's worker process cannot be started ({error}).") from error


def _check(settings: VoiceSettings) -> None:
    if not SLOWEST_WPM <= settings.words_per_minute <= FASTEST_WPM:
        raise SettingsError(
            f"voice.words_per_minute is {settings.words_per_minute}; "
            f"choose one from {SLOWEST_WPM} to {FASTEST_WPM}."
        )
    if not settings.timeout_seconds > 0:
        raise SettingsError(f"voice.timeout_seconds is {settings.timeout_seconds}; choose one above 0.")
