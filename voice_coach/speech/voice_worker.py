"""The voice's own process: an engine behind two pipes.

`python -m voice_coach.speech.voice_worker ENGINE FOLDER` is started by `worker_process`, never by hand.

A process, because pyttsx3 hangs when its cached engines are reused from other threads, cannot be
interrupted, and eSpeak ends its process when its data is missing; because a neural voice must not take
the server's memory with it when it fails; and because Piper stands under another licence than the rest,
so that it is only ever loaded into a program of its own. Here all of that costs one sentence.

pyttsx3 prints, and so do the libraries below it; so file descriptor 1 is pointed at nothing before
any engine is imported, and the frames go through a private copy of it. The process ends when its standard
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
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Protocol

import msgspec

from voice_coach.errors import VoiceError
from voice_coach.speech.voice_pipe import (
    Answer,
    Failed,
    Manner,
    Prepare,
    Ready,
    Request,
    Sound,
    read_frame,
    write_frame,
)

__all__ = ["ENGINES", "Speaker", "main"]

ENGINES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "pyttsx3": ("voice_coach.speech.pyttsx3_speaker", "Pyttsx3Speaker"),
        "piper": ("voice_coach.speech.piper_speaker", "PiperSpeaker"),
    }
)
"""Module and class of each engine's speaker. Imported by name, so that no other engine is loaded."""


class Speaker(Protocol):
    """An engine in this process, used from one thread for its whole life.

    Made with a private, existing folder for temporary files, and the id of a voice (empty for the
    engine's English default); making it raises `VoiceError` when it cannot speak.
    """

    voice: str
    """The id of the voice that speaks."""

    def say(self, text: str, manner: Manner) -> Sound:
        """Speak one sentence.

        Raises:
            VoiceError: The engine failed, or gave no sound.
        """
        ...


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

    def __init__(self, engine: str, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._speaker: Speaker | None = None

    def answer(self, request: Request) -> Answer:
        try:
            if isinstance(request, Prepare):
                self._speaker = self._load()(self._folder, request.voice)
                return Ready(voice=self._speaker.voice)
            if self._speaker is None:
                return Failed(sentence="The voice worker was asked to speak before it was prepared.")
            return self._speaker.say(request.text, request.manner)
        except VoiceError as error:
            return Failed(sentence=str(error))
        except Exception as error:  # noqa: BLE001 - whatever a driver raises must reach the server
            return Failed(sentence=f"The voice engine failed ({type(error).__name__}: {error}).")

    def _load(self) -> Callable[[Path, str], Speaker]:
        module, name = ENGINES[self._engine]
        speaker: Callable[[Path, str], Speaker] = getattr(importlib.import_module(module), name)
        return speaker


def _listen(requests: BinaryIO, waiting: queue.SimpleQueue[bytes], folder: Path) -> None:
    """Collect requests; when there can be no more, end the process even if the engine hangs."""
    while (body := read_frame(requests)) is not None:
        waiting.put(body)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def main() -> None:
    """Answer requests until standard input ends. Arguments: the engine, and the temporary folder."""
    # Ctrl-C in a terminal reaches every process of the group; when to stop is the server's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = _take_pipes()
    engine, folder = sys.argv[1], Path(sys.argv[2])
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, waiting, folder), daemon=True).start()
    decoder = msgspec.msgpack.Decoder(Request)
    worker = _Worker(engine, folder)
    while True:
        answer = worker.answer(decoder.decode(waiting.get()))
        try:
            write_frame(answers, answer)
        except OSError:
            return  # the server is gone


if __name__ == "__main__":
    main()
