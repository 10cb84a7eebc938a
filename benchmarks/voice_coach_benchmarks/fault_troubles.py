"""What goes wrong inside the fault suite's server: its ears, its voice's process, its disk.

Each trouble begins when the suite says so (a signal to the server) and lasts two seconds, or for the rest
of the server's life where that is worse.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, Final, cast

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.journal import durable
from voice_coach.journal.durable import DurableFile
from voice_coach.settings import VoiceSettings
from voice_coach.speech import worker_process
from voice_coach.speech.process_voice import ProcessVoice
from voice_coach.speech.transcriber import Audio, Transcript
from voice_coach.speech.voice_pipe import Pyttsx3Manner, Say
from voice_coach_benchmarks.tone_words import ToneTranscriber
from voice_coach_benchmarks.tone_worker import TONES

__all__ = [
    "LASTS_SECONDS",
    "ToneVoice",
    "TroubledEars",
    "note_what_is_synced",
    "trouble_disk",
    "trouble_voice",
]

LASTS_SECONDS: Final = 2.0
_BLOWS_EVERY_SECONDS: Final = 0.4
_ODD: Final = (
    Transcript(text="\ud800 no text at all"),
    Transcript(text="Amber. " * 100_000),
    Transcript(text="Amber.", decode_seconds=float("nan")),
    Transcript(text=cast("str", 17)),
    cast("Transcript", None),
)
"""What no recogniser may answer."""


class TroubledEars(ToneTranscriber):
    """Hears tones, until the trouble begins."""

    def __init__(self, trouble: str) -> None:
        """Be healthy.

        Args:
            trouble: What to do when it begins; another name than one of the ears' troubles is none.
        """
        self._trouble = trouble
        self._begun = threading.Event()
        self._asked: set[bytes] = set()

    def begin(self) -> None:
        """Go wrong from now on."""
        self._begun.set()

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        prefix: str = "",
        words: Sequence[str] = (),
        word_times: bool = False,
    ) -> Transcript:
        """Give the words; in trouble, fail for each sound when it is asked about for the first time."""
        key = audio.tobytes()
        if self._begun.is_set() and key not in self._asked:
            self._asked.add(key)
            if self._trouble == "recogniser raises":
                raise RuntimeError("a fault of the suite")
            if self._trouble == "recogniser talks nonsense":
                return _ODD[len(self._asked) % len(_ODD)]
            if self._trouble == "recogniser hangs":
                time.sleep(3_600)
        return super().transcribe(audio, final=final, prefix=prefix, words=words, word_times=word_times)


class ToneVoice(ProcessVoice):
    """Speaks tones in a process of its own, as every real voice does."""

    name = TONES

    def __init__(self) -> None:
        """Start the process."""
        worker_process._WORKER = "voice_coach_benchmarks.tone_worker"  # noqa: SLF001 - the suite's own worker
        super().__init__(VoiceSettings(timeout_seconds=1.0), engine=TONES, voice="")

    def parts(self, sentence: str) -> tuple[str, ...]:
        """Give the sentence as it is."""
        return (sentence,)

    def _say_frame(self, text: str, delivery: Delivery, style: VoiceStyle) -> Say:
        del delivery, style
        return Say(
            text=text,
            manner=Pyttsx3Manner(words_per_minute=175, pitch=50, inflection=50, volume=1.0),
        )

    @property
    def pid(self) -> int | None:
        """The process that speaks now, if any."""
        return None if self._worker is None else self._worker.pid


def trouble_voice(voice: ToneVoice, trouble: str) -> None:
    """Hit the voice's process again and again, in a thread, for the rest of the server's life."""
    random = Random(1)  # noqa: S311 - garbage, not secrets
    blows: dict[str, Callable[[int], None]] = {
        "voice killed": lambda pid: os.kill(pid, signal.SIGKILL),
        "voice hangs": lambda pid: os.kill(pid, signal.SIGSTOP),
        "voice babbles": lambda pid: _babble(pid, random.randbytes(random.randint(1, 40))),
    }
    blow = blows[trouble]

    def hit() -> None:
        while True:
            pid = voice.pid
            if pid is not None:
                with suppress(OSError):  # it has just ended, or begun
                    blow(pid)
            # A hung one takes its time limit to be found out, and the next sentence must get through.
            time.sleep(3.5 if trouble == "voice hangs" else random.uniform(1, 3) * _BLOWS_EVERY_SECONDS)

    threading.Thread(target=hit, name="blows", daemon=True).start()


def _babble(pid: int, garbage: bytes) -> None:
    """Write into the pipe that a process answers on, as if it had printed there itself."""
    for opened in Path(f"/proc/{pid}/fd").iterdir():
        info = Path(f"/proc/{pid}/fdinfo/{opened.name}").read_text("ascii")
        flags = int(info.split("flags:")[1].split()[0], 8)
        if str(opened.readlink()).startswith("pipe:") and flags & os.O_ACCMODE == os.O_WRONLY:
            pipe = os.open(opened, os.O_WRONLY)
            os.write(pipe, garbage)
            os.close(pipe)
            return


class _Disk:
    """Refuses every write while it is in trouble; of a full one half of the bytes are taken first."""

    def __init__(self, code: int) -> None:
        self._code = code
        self._until = 0.0

    def begin(self) -> None:
        self._until = time.monotonic() + LASTS_SECONDS

    def open(self, path: Path, mode: str) -> io.FileIO:
        self.demand()
        disk = self

        class File(io.FileIO):
            def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer, as the base takes
                if disk._code == errno.ENOSPC and len(data) > 1 and disk.fails:
                    return super().write(memoryview(data)[: len(data) // 2])
                disk.demand()
                return super().write(data)

            def truncate(self, size: int | None = None) -> int:
                if disk._code == errno.EROFS:
                    disk.demand()
                return super().truncate(size)

        return File(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))

    @property
    def fails(self) -> bool:
        return time.monotonic() < self._until

    def demand(self) -> None:
        if self.fails:
            raise OSError(self._code, os.strerror(self._code))


def trouble_disk(code: int) -> Callable[[], None]:
    """Prepare a disk that fails with this error number. Gives what makes it fail for two seconds."""
    disk = _Disk(code)
    durable._open = disk.open  # noqa: SLF001 - the one place where files are opened
    return disk.begin


def note_what_is_synced(folder: Path) -> None:
    """Note in a file of `folder`, for every file that is kept, how much of it the disk has."""
    sync = DurableFile.sync

    def noted(file: DurableFile) -> None:
        size = file.size
        sync(file)
        handle = os.open(folder / f"{file.path.parent.name}-{file.path.name}", os.O_CREAT | os.O_WRONLY)
        os.pwrite(handle, size.to_bytes(8, "little"), 0)
        os.close(handle)

    DurableFile.sync = noted  # type: ignore[method-assign, assignment]
