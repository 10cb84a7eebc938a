"""The voice's process: killed, hung, orphaned, closed; nothing may be left behind."""

from __future__ import annotations

import io
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from voice_coach.counterpart.reply import Delivery
from voice_coach.errors import VoiceError
from voice_coach.settings import VoiceSettings
from voice_coach.speech import worker_process
from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice
from voice_coach.speech.voice_pipe import Request, Say, read_frame, write_frame

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc as Linux has them")

SENTENCE = "The figures for the second quarter are not on my desk yet."
LONG = "I have told you everything that I know about it, " * 20


@pytest.fixture
def voice() -> Iterator[Pyttsx3Voice]:
    made = Pyttsx3Voice(VoiceSettings(timeout_seconds=1.0))
    made.warm_up()
    yield made
    made.close()


def pid_of(voice: Pyttsx3Voice) -> int:
    assert voice._worker is not None
    return voice._worker.pid


class DuringASentence:
    """Sends a signal to the worker while it works on a sentence: it gets the request while stopped."""

    def __init__(self, voice: Pyttsx3Voice, signals: list[signal.Signals]) -> None:
        self.voice = voice
        self.signals = signals

    def __call__(self, stream: object, request: Request) -> None:
        if not (isinstance(request, Say) and self.signals):
            write_frame(stream, request)
            return
        os.kill(pid_of(self.voice), signal.SIGSTOP)
        write_frame(stream, request)
        os.kill(pid_of(self.voice), self.signals.pop())


def test_a_worker_killed_between_sentences_is_replaced(voice: Pyttsx3Voice) -> None:
    before, first = voice.speak(SENTENCE, Delivery.CALM), pid_of(voice)
    os.kill(first, signal.SIGKILL)
    after = voice.speak(SENTENCE, Delivery.CALM)
    assert after.seconds == pytest.approx(before.seconds, abs=0.03)
    assert pid_of(voice) != first
    with pytest.raises(ChildProcessError):
        os.waitpid(first, os.WNOHANG)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSTOP])
def test_a_sentence_is_said_again_when_its_worker_dies_or_hangs(
    voice: Pyttsx3Voice, monkeypatch: pytest.MonkeyPatch, sent: signal.Signals
) -> None:
    whole, first = voice.speak(LONG, Delivery.CALM), pid_of(voice)
    monkeypatch.setattr(worker_process, "write_frame", DuringASentence(voice, [sent]))
    assert voice.speak(LONG, Delivery.CALM).seconds == pytest.approx(whole.seconds, abs=0.1)
    assert pid_of(voice) != first
    with pytest.raises(ChildProcessError):
        os.waitpid(first, os.WNOHANG)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [(signal.SIGKILL, "its process died"), (signal.SIGSTOP, "it did not answer within 1 s")],
)
def test_a_second_failure_is_said_and_the_next_sentence_works(
    voice: Pyttsx3Voice, monkeypatch: pytest.MonkeyPatch, sent: signal.Signals, reason: str
) -> None:
    monkeypatch.setattr(worker_process, "write_frame", DuringASentence(voice, [sent, sent]))
    with pytest.raises(VoiceError) as failed:
        voice.speak(SENTENCE, Delivery.CALM)
    assert str(failed.value) == (
        f"The voice failed twice for one sentence: {reason}, and then {reason}; "
        "`voice-coach doctor` says whether it can speak at all."
    )
    assert voice.speak(SENTENCE, Delivery.CALM).seconds > 1


def test_an_answer_that_cannot_be_read_is_a_lost_worker(
    voice: Pyttsx3Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, broken = pid_of(voice), [b"\xc1"]

    def spoil_the_next_answer(stream: object, request: Request) -> None:
        write_frame(stream, request)
        if isinstance(request, Say) and broken:
            assert voice._worker is not None
            voice._worker._answers.put(broken.pop())

    monkeypatch.setattr(worker_process, "write_frame", spoil_the_next_answer)
    # The spoilt answer may come second: then the sentence was answered and the next one is spoilt.
    assert voice.speak(SENTENCE, Delivery.CALM).seconds > 1
    assert voice.speak(SENTENCE, Delivery.CALM).seconds > 1
    assert pid_of(voice) != first


def test_garbage_that_claims_to_be_a_huge_frame_is_not_waited_for() -> None:
    class Stream(io.BytesIO):
        longest = 0

        def read(self, size: int | None = -1) -> bytes:
            self.longest = max(self.longest, size or 0)
            return super().read(size)

    stream = Stream(b"\xff\xff\xff\x7f" + bytes(100))
    assert read_frame(stream) is None
    assert stream.longest == 4


def test_closing_ends_a_sentence_that_hangs(voice: Pyttsx3Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = threading.Event()
    stop = DuringASentence(voice, [signal.SIGSTOP])

    def write_and_tell(stream: object, request: Request) -> None:
        stop(stream, request)
        sent.set()

    monkeypatch.setattr(worker_process, "write_frame", write_and_tell)
    errors: list[str] = []

    def speak() -> None:
        try:
            voice.speak(SENTENCE, Delivery.CALM)
        except VoiceError as error:
            errors.append(str(error))

    speaking = threading.Thread(target=speak)
    speaking.start()
    assert sent.wait(10)
    voice.close()
    speaking.join(10)
    assert len(errors) == 1
    assert "close" in errors[0]


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    threads, descriptors = threading.active_count(), open_descriptors()
    for _ in range(3):
        voice = Pyttsx3Voice(VoiceSettings())
        voice.speak(SENTENCE, Delivery.CALM)
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
        os.kill(pid_of(voice), signal.SIGKILL)
        voice.speak(SENTENCE, Delivery.CALM)
        last = pid_of(voice)
        voice.close()
        with pytest.raises(ChildProcessError):
            os.waitpid(last, os.WNOHANG)
    assert (threading.active_count(), open_descriptors()) == (threads, descriptors)
    assert list(tmp_path.iterdir()) == []


def open_descriptors() -> set[str]:
    """What the open descriptors of this process point at."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.add(f"{link.name} {link.readlink()}")
        except FileNotFoundError:
            continue  # the descriptor that listed the folder
    return {line for line in found if "/proc/" not in line}


@pytest.mark.parametrize("busy", [False, True])
def test_the_worker_ends_when_its_parent_is_killed(*, busy: bool, tmp_path: Path) -> None:
    script = (
        "import os, sys, threading, time\n"
        "from voice_coach.counterpart.reply import Delivery\n"
        "from voice_coach.settings import VoiceSettings\n"
        "from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice\n"
        "voice = Pyttsx3Voice(VoiceSettings())\n"
        "voice.warm_up()\n"
        f"if {busy}:\n"
        f"    threading.Thread(target=voice.speak, args=({LONG!r}, Delivery.CALM), daemon=True).start()\n"
        "print(voice._worker.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as parent:
        assert parent.stdout is not None
        worker = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    try:
        ended, _, _ = select.select([worker], [], [], 10)
    finally:
        os.close(worker)
    assert ended
    assert list(tmp_path.iterdir()) == []
