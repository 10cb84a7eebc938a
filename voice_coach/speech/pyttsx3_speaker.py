"""pyttsx3 in its worker process: one sentence into a file, and the file into samples.

Only `voice_worker` loads this module, and only in a process of its own.
"""

from __future__ import annotations

import importlib
import sys
import wave
from pathlib import Path
from typing import Any

import msgspec

from voice_coach.errors import VoiceError
from voice_coach.speech.espeak import EspeakLibrary, make_available
from voice_coach.speech.voice_choice import choose_voice
from voice_coach.speech.voice_pipe import Manner, Pyttsx3Manner, Sound

__all__ = ["Pyttsx3Speaker", "read_sound"]


class Pyttsx3Speaker:
    """pyttsx3 in this process: one engine, used from one thread for its whole life."""

    def __init__(self, folder: Path, voice: str) -> None:
        """Load the engine and choose its voice.

        Args:
            folder: A private, existing folder for temporary files.
            voice: An id of the engine's; empty for its English default.

        Raises:
            VoiceError: No engine can be loaded, or there is no such voice.
        """
        self._folder = folder
        self._errors: list[Exception] = []
        self._engine = self._load()
        self._espeak = EspeakLibrary() if str(self._engine) == "espeak" else None
        if self._espeak:
            # The driver has just set its defaults. Ending a loop while they are still being set leaves a
            # mark in the driver that cancels the first sentence.
            self._espeak.settle()
            # An engine queues properties until its loop has run once; from here on an unknown voice is an
            # error at once.
            self._engine.runAndWait()
        self.voice = choose_voice(self._engine, voice, self._take_error)

    def say(self, text: str, manner: Manner) -> Sound:
        """Speak one sentence into a file and read it.

        Raises:
            VoiceError: The engine failed, or gave no sound.
        """
        if not isinstance(manner, Pyttsx3Manner):
            raise VoiceError(f"pyttsx3 was asked to speak in the manner of another: {manner}.")
        self._engine.setProperty("rate", manner.words_per_minute)
        self._engine.setProperty("volume", manner.volume)
        if self._espeak:
            self._engine.setProperty("pitch", manner.pitch)
            self._espeak.set_inflection(manner.inflection)
        # What is said stays off the disk but for this moment, in a folder only this user can open.
        file = self._folder / "sentence"
        file.unlink(missing_ok=True)
        self._engine.save_to_file(text, str(file))
        self._run()
        error = self._take_error()
        if error is not None or not file.exists():
            raise VoiceError(f"The voice engine failed ({error or 'it wrote no file'}).")
        sound = read_sound(file)
        file.unlink()
        if not sound.pcm:
            raise VoiceError("The voice engine gave an empty file.")
        if self._espeak:
            rate_hz = self._espeak.sample_rate_hz(sound.sample_rate_hz)
            return msgspec.structs.replace(sound, sample_rate_hz=rate_hz)
        return sound

    def _run(self) -> None:
        """Do all that the engine has been told, and return when it is done."""
        if self._espeak is None:
            self._engine.runAndWait()
            return
        # `runAndWait` queues its own end behind the sentence, and that end cancels whatever eSpeak still
        # works on: a parameter being set is enough, and one sentence in a thousand came out empty. Run
        # like this, the loop ends when the driver has written the file.
        self._engine.startLoop()
        self._espeak.settle()
        self._engine.endLoop()

    def _load(self) -> Any:  # noqa: ANN401 - pyttsx3 ships no types
        if sys.platform.startswith("linux"):
            make_available(self._folder)
        try:
            engine = importlib.import_module("pyttsx3").init()
        except Exception as error:
            # Its drivers raise RuntimeError, KeyError, COM and Objective-C errors for the same thing.
            raise VoiceError(f"pyttsx3 found no voice engine on this machine ({error}).") from error
        engine.connect("error", lambda exception, **_: self._errors.append(exception))
        return engine

    def _take_error(self) -> Exception | None:
        """The last error that pyttsx3 swallowed since the last call."""
        error = self._errors[-1] if self._errors else None
        self._errors.clear()
        return error


def read_sound(file: Path) -> Sound:
    """Read what a driver saved: WAV on Linux and Windows, AIFF on macOS whatever the file's name.

    Raises:
        VoiceError: It is neither.
    """
    try:
        with wave.open(str(file), "rb") as sound:
            if (sound.getnchannels(), sound.getsampwidth()) == (1, 2):
                pcm = sound.readframes(sound.getnframes())
                return Sound(pcm=pcm, sample_rate_hz=sound.getframerate())
    except (wave.Error, EOFError):
        return _read_other(file)
    return _read_other(file)


def _read_other(file: Path) -> Sound:
    # Imported here, because it brings numpy along: slow, and not needed on Linux.
    soundfile = importlib.import_module("soundfile")
    try:
        samples, rate_hz = soundfile.read(file, dtype="int16", always_2d=True)
    except soundfile.SoundFileError as error:
        raise VoiceError(f"The voice engine wrote a file that cannot be read ({error}).") from error
    return Sound(pcm=samples[:, 0].astype("<i2").tobytes(), sample_rate_hz=int(rate_hz))
