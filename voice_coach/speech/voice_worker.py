"""The voice's own process: pyttsx3 behind two pipes (`python -m voice_coach.speech.voice_worker`).

A process, because pyttsx3 hangs when its cached engines are reused from other threads, cannot be
interrupted, and eSpeak ends its process when its data is missing. Here all of that costs one sentence.

pyttsx3 prints, and so do the libraries below it; so file descriptor 1 is pointed at nothing before
anything is imported, and the frames go through a private copy of it. The process ends when its standard
input does, that is, when the server closes it, dies or is killed.
"""

from __future__ import annotations

import importlib
import os
import queue
import shutil
import signal
import sys
import threading
import wave
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from voice_coach.errors import VoiceError
from voice_coach.speech.espeak import EspeakLibrary, make_available
from voice_coach.speech.voice_choice import choose_voice
from voice_coach.speech.voice_pipe import (
    Answer,
    Failed,
    Prepare,
    Ready,
    Request,
    Say,
    Sound,
    read_frame,
    write_frame,
)

__all__ = ["Speaker", "main", "read_sound"]


class Speaker:
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

    def say(self, say: Say) -> Sound:
        """Speak one sentence into a file and read it.

        Raises:
            VoiceError: The engine failed, or gave no sound.
        """
        self._engine.setProperty("rate", say.words_per_minute)
        self._engine.setProperty("volume", say.volume)
        if self._espeak:
            self._engine.setProperty("pitch", say.pitch)
            self._espeak.set_inflection(say.inflection)
        # What is said stays off the disk but for this moment, in a folder only this user can open.
        file = self._folder / "sentence"
        file.unlink(missing_ok=True)
        self._engine.save_to_file(say.text, str(file))
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


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep private copies of standard input and output, and point the public ones at nothing."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    return requests, answers


class _Worker:
    """Answers one request after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._speaker: Speaker | None = None

    def answer(self, request: Request) -> Answer:
        try:
            if isinstance(request, Prepare):
                self._speaker = Speaker(self._folder, request.voice)
                return Ready(voice=self._speaker.voice)
            if self._speaker is None:
                return Failed(sentence="The voice worker was asked to speak before it was prepared.")
            return self._speaker.say(request)
        except VoiceError as error:
            return Failed(sentence=str(error))
        except Exception as error:  # noqa: BLE001 - whatever a driver raises must reach the server
            return Failed(sentence=f"The voice engine failed ({type(error).__name__}: {error}).")


def _listen(requests: BinaryIO, waiting: queue.SimpleQueue[bytes], folder: Path) -> None:
    """Collect requests; when there can be no more, end the process even if the engine hangs."""
    while (body := read_frame(requests)) is not None:
        waiting.put(body)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def main() -> None:
    """Answer requests until standard input ends. The first argument is the temporary folder."""
    # Ctrl-C in a terminal reaches every process of the group; when to stop is the server's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = _take_pipes()
    folder = Path(sys.argv[1])
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, waiting, folder), daemon=True).start()
    decoder = msgspec.msgpack.Decoder(Request)
    worker = _Worker(folder)
    while True:
        answer = worker.answer(decoder.decode(waiting.get()))
        try:
            write_frame(answers, answer)
        except OSError:
            return  # the server is gone


if __name__ == "__main__":
    main()
