"""A sound card made of software: PulseAudio with two null sinks, which PortAudio reaches through ALSA.

The trainee's mouth is a sink whose monitor is the microphone; the speaker is a sink whose monitor is
recorded. So what is spoken and what is heard can be compared sample by sample, on a real sound stack.
"""

from __future__ import annotations

import asyncio
import functools
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from voice_coach_client.headset.portaudio import look_again

__all__ = ["MICROPHONE", "RATE_HZ", "SPEAKER", "Recording", "SoundCard", "sound_card", "undisturbed"]

RATE_HZ = 48_000
MICROPHONE = "trainee_microphone"
SPEAKER = "trainee_headphones"
_SINKS = ("mouth", "ear")
_ALSA = f"""
pcm.{MICROPHONE} {{ type pulse device "mouth.monitor" }}
pcm.{SPEAKER} {{ type pulse device "ear" }}
pcm.!default {{ type pulse }}
ctl.!default {{ type pulse }}
"""
_PRIORITY = -15
_STEP_SECONDS = 0.002
_TOO_LATE_SECONDS = 0.01
_ATTEMPTS = 5
_PLUGIN = "libasound_module_pcm_pulse.so"
Pcm = npt.NDArray[np.int16]


class Recording:
    """What one sink gives out, from now on. Keeping one open also keeps the sink's blocks short."""

    def __init__(self, source: str, file: Path) -> None:
        self._file = file
        record = ["parec", f"--device={source}", "--format=s16le", "--channels=1", f"--rate={RATE_HZ}"]
        with file.open("wb") as out:
            self._process = subprocess.Popen(
                [*record, "--latency-msec=10"],
                stdout=out,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
            )

    def heard(self) -> Pcm:
        """Everything so far."""
        sound = self._file.read_bytes()
        return np.frombuffer(sound[: len(sound) // 2 * 2], "<i2")

    def stop(self) -> Pcm:
        """End it; gives everything."""
        self._process.terminate()
        self._process.wait()
        return self.heard()


class SoundCard:
    """Both sinks, and what a person does to a headset: speak, listen, pull the plug."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._modules = dict.fromkeys(_SINKS, "")
        self._keepers: dict[str, Recording] = {}
        self._files = 0
        self._speaking: list[subprocess.Popen[bytes]] = []
        for sink in _SINKS:
            self.plug_in(sink)

    def plug_in(self, sink: str) -> None:
        """Bring a sink, `mouth` or `ear`, into being."""
        if self._modules[sink]:
            return
        self._modules[sink] = _pactl(
            "load-module", "module-null-sink", f"sink_name={sink} rate={RATE_HZ}"
        ).strip()
        self._keepers[sink] = self.record(sink)
        # Until somebody takes small pieces from it, a null sink moves in pieces of two seconds.
        until = time.monotonic() + 10
        while not len(self._keepers[sink].heard()) and time.monotonic() < until:
            time.sleep(0.02)

    def pull_out(self, sink: str) -> None:
        """Take a sink away, and all streams with it, as when a headset is unplugged."""
        streams = _streams_of(sink)
        _pactl("unload-module", self._modules[sink])
        self._modules[sink] = ""
        self._keepers.pop(sink).stop()
        # PulseAudio moves them to what is left, as a desktop may; a headset that is alone leaves none.
        for kind, number in streams:
            _command(self._folder, f"kill-{kind} {number}")

    def close(self) -> None:
        """Stop all that runs for it."""
        for keeper in self._keepers.values():
            keeper.stop()

    def record(self, sink: str) -> Recording:
        """Record what a sink gives out, 48 kHz mono."""
        self._files += 1
        return Recording(f"{sink}.monitor", self._folder / f"{self._files}.pcm")

    def speak(self, pcm: bytes, rate_hz: int) -> None:
        """Begin to say something into the microphone."""
        self._files += 1
        file = self._folder / f"{self._files}.pcm"
        file.write_bytes(pcm)
        say = ["pacat", "--device=mouth", "--format=s16le", "--channels=1", f"--rate={rate_hz}"]
        speaking = subprocess.Popen(
            [*say, "--latency-msec=500", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._speaking.append(speaking)

    def restore(self) -> None:
        """Plug in whatever a test has pulled out; wait until nobody speaks any more."""
        for speaking in self._speaking:
            speaking.wait()
        self._speaking.clear()
        for sink in _SINKS:
            self.plug_in(sink)


@pytest.fixture(scope="session")
def _sound_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundCard]:
    _require_sound_stack()
    folder = tmp_path_factory.mktemp("sound")
    (folder / "asound.conf").write_text(_ALSA)
    environment = {
        "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
        "PULSE_SERVER": f"unix:{folder / 'native'}",
        "XDG_RUNTIME_DIR": str(folder),
    }
    start = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    modules = [
        f"module-native-protocol-unix socket={folder / 'native'} auth-anonymous=1",
        f"module-cli-protocol-unix socket={folder / 'cli'}",
    ]
    with _environment(environment):
        server = subprocess.Popen(
            [*start, "--log-level=error", *(part for module in modules for part in ("-L", module))],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(folder / "native")
            card = SoundCard(folder)
            look_again()
            yield card
            card.close()
        finally:
            server.terminate()
            server.wait()
    look_again()


@pytest.fixture
def sound_card(_sound_server: SoundCard) -> Iterator[SoundCard]:
    """The card with both of its sinks plugged in; PortAudio sees them as its only devices."""
    _sound_server.restore()
    with _first_in_line():
        yield _sound_server
    _sound_server.restore()


@contextmanager
def _first_in_line() -> Iterator[None]:
    """Let nothing else on the machine go before the sound, where that is allowed."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    try:
        os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, before)


class _Lateness(threading.Thread):
    """Measures how long a thread that wants to run has to wait for it."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most_seconds = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.is_set():
            due = time.monotonic() + _STEP_SECONDS
            time.sleep(_STEP_SECONDS)
            self.most_seconds = max(self.most_seconds, time.monotonic() - due)


def undisturbed(
    test: Callable[..., Coroutine[None, None, None]],
) -> Callable[..., Coroutine[None, None, None]]:
    """Repeat a test of exact sound that failed while the machine was busy elsewhere.

    A sound card waits for nobody: a process that has to wait for 10 ms may miss its turn, and what was
    measured then says nothing. A failure on a machine that was not late is a failure at once.
    """

    @functools.wraps(test)
    async def attempts(*arguments: Any, **fixtures: Any) -> None:
        for _ in range(_ATTEMPTS):
            lateness = _Lateness()
            lateness.start()
            try:
                return await test(*arguments, **fixtures)
            except AssertionError:
                if lateness.most_seconds < _TOO_LATE_SECONDS:
                    raise
            finally:
                lateness.over.set()
            await asyncio.sleep(1)
        return await test(*arguments, **fixtures)

    return attempts


def _require_sound_stack() -> None:
    programs = {"pulseaudio": "pulseaudio", "parec": "pulseaudio-utils"}
    missing = [package for program, package in programs.items() if shutil.which(program) is None]
    if not any(Path("/usr/lib").glob(f"*/alsa-lib/{_PLUGIN}")):
        missing.append("libasound2-plugins")
    if missing:
        pytest.skip(f"A sound stack is missing; on Debian: apt-get install {' '.join(missing)}.")


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _pactl(*arguments: str) -> str:
    command = ["pactl", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _streams_of(sink: str) -> list[tuple[str, str]]:
    """Give the kind and number of every stream on a sink and on its monitor."""
    found = []
    for kind, devices, device in (
        ("sink-input", "sinks", sink),
        ("source-output", "sources", f"{sink}.monitor"),
    ):
        numbers = {
            line.split()[1]: line.split()[0] for line in _pactl("list", "short", devices).splitlines()
        }
        for line in _pactl("list", "short", f"{kind}s").splitlines():
            stream, on, *_ = line.split()
            if on == numbers[device]:
                found.append((kind, stream))
    return found


def _command(folder: Path, line: str) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.settimeout(5)
        server.connect(str(folder / "cli"))
        server.sendall(f"{line}\n".encode())
        time.sleep(0.05)


def _wait_for(path: Path) -> None:
    until = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < until, f"PulseAudio has not made {path}"
        time.sleep(0.02)
