"""The counterpart's voice by pyttsx3: one worker process for the whole server.

pyttsx3 lives in a process of its own (`voice_worker` says why). When that process dies or hangs it is
replaced and the sentence is said again, once; so a listener hears a short hitch and no gap.
"""

from __future__ import annotations

import sys
import threading

from voice_coach.counterpart.reply import Delivery
from voice_coach.errors import SettingsError, VoiceError
from voice_coach.settings import VoiceSettings
from voice_coach.speech.prosody import PROSODY, Prosody, trim
from voice_coach.speech.sentence import speakable
from voice_coach.speech.voice import Spoken
from voice_coach.speech.voice_pipe import Failed, Prepare, Ready, Say, Sound
from voice_coach.speech.worker_process import WorkerLostError, WorkerProcess

__all__ = ["Pyttsx3Voice"]

_START_SECONDS = 20.0
"""A worker is ready in a third of a second; a cold disk or a busy machine may take much longer."""
_SLOWEST_WPM, _FASTEST_WPM = 80, 450
"""What eSpeak can do."""
_DRIVERS = {"darwin": "nsss", "win32": "sapi5"}
"""pyttsx3's default driver by `sys.platform`; eSpeak everywhere else."""


class Pyttsx3Voice:
    """A voice that turns sentences into sound. Blocking; safe from several threads, which take turns."""

    def __init__(self, settings: VoiceSettings) -> None:
        """Start the worker in the background, without waiting for it.

        Raises:
            SettingsError: A rate or a timeout that no voice can keep.
            VoiceError: No process can be started.
        """
        _check(settings)
        self._settings = settings
        self._speaking = threading.Lock()
        """Held for one sentence: the worker answers one request at a time."""
        self._closed = threading.Event()
        self._voice_id: str | None = None
        self._worker: WorkerProcess | None = _start()

    @property
    def name(self) -> str:
        """`pyttsx3/` and its driver, such as `pyttsx3/espeak`."""
        return f"pyttsx3/{_DRIVERS.get(sys.platform, 'espeak')}"

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

    def speak(self, sentence: str, delivery: Delivery) -> Spoken:
        """Synthesise one sentence (at most 1,000 characters).

        The sound begins at most 10 ms before its first audible sample and ends with a short gap.

        Raises:
            VoiceError: There is nothing to say or too much, the voice is closed, or it failed twice.
        """
        prosody = PROSODY[delivery]
        request = self._request(speakable(sentence), prosody)
        with self._speaking:
            sound = self._say_twice_if_need_be(request)
        pcm = trim(sound.pcm, sound.sample_rate_hz, prosody.gap_seconds)
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

    def _request(self, text: str, prosody: Prosody) -> Say:
        wanted = round(self._settings.words_per_minute * prosody.rate)
        return Say(
            text=text,
            words_per_minute=min(max(wanted, _SLOWEST_WPM), _FASTEST_WPM),
            pitch=prosody.pitch,
            inflection=prosody.inflection,
            volume=prosody.volume,
        )

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
            self._worker = _start()
        if not self.ready:
            prepared = self._worker.ask(Prepare(voice=self._settings.voice), _START_SECONDS)
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


def _start() -> WorkerProcess:
    try:
        return WorkerProcess()
    except OSError as error:
        raise VoiceError(f"The voice's worker process cannot be started ({error}).") from error


def _check(settings: VoiceSettings) -> None:
    if not _SLOWEST_WPM <= settings.words_per_minute <= _FASTEST_WPM:
        raise SettingsError(
            f"voice.words_per_minute is {settings.words_per_minute}; "
            f"choose one from {_SLOWEST_WPM} to {_FASTEST_WPM}."
        )
    if not settings.timeout_seconds > 0:
        raise SettingsError(f"voice.timeout_seconds is {settings.timeout_seconds}; choose one above 0.")
