"""The overlay on a real terminal: a pseudo-terminal, in a process of its own."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.skipif(sys.platform == "win32", reason="There are no pseudo-terminals on Windows."),
]

_FLOW = """
import asyncio, os, sys
sys.path[:0] = {path!r}
from voice_coach_client.stages import run_on_screen
from voice_coach.errors import EngineError

async def flow(stage):
    stage.say("Waiting for the trainer.")
    os.write(2, b"NOISE of a C library")
    {body}

try:
    asyncio.run(run_on_screen(flow))
except EngineError as error:
    print("FAILED", error)
os.write(2, b"stderr is back\\n")
print("over")
"""
_RESTORED = "\x1b[?1049l"
"""What leaves the alternate screen."""


class _Terminal:
    """A terminal of 80 by 24, light if told so, and the program in it."""

    def __init__(self, body: str, *, light: bool = False) -> None:
        self._light = light
        self._own, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._before = termios.tcgetattr(its)
        self.its = its
        program = _FLOW.format(path=sys.path, body=body)
        environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLORFGBG")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
            env=environment | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
        )
        self.written = ""

    def until(self, text: str, seconds: float = 30.0) -> None:
        end = time.monotonic() + seconds
        while text not in self.written:
            assert time.monotonic() < end, self.written[-2000:]
            if not select.select([self._own], [], [], 0.1)[0]:
                continue
            piece = os.read(self._own, 65_536).decode(errors="replace")
            self.written += piece
            if "\x1b]11;?" in piece:
                colour = "ffff/ffff/ffff" if self._light else "0000/0000/0000"
                os.write(self._own, f"\x1b]11;rgb:{colour}\x1b\\\x1b[?62;c".encode())

    def type(self, keys: bytes) -> None:
        os.write(self._own, keys)

    def end(self) -> int:
        self.until("over")
        code = self.process.wait(10)
        assert termios.tcgetattr(self.its) == self._before, "the terminal is not as it was"
        os.close(self._own)
        os.close(self.its)
        return code


def test_the_terminal_is_as_it_was_and_noise_of_libraries_stays_out_of_the_screen() -> None:
    terminal = _Terminal("await asyncio.sleep(1)")
    terminal.until("Waiting for the trainer.")
    assert terminal.end() == 0
    assert "NOISE" not in terminal.written
    screen, _, after = terminal.written.rpartition(_RESTORED)
    assert screen
    assert "stderr is back" in after


def test_ctrl_c_leaves_between_calls() -> None:
    terminal = _Terminal("await asyncio.Event().wait()")
    terminal.until("Waiting for the trainer.")
    terminal.type(b"\x03")
    assert terminal.end() == 0


def test_a_signal_leaves_too() -> None:
    terminal = _Terminal("await asyncio.Event().wait()")
    terminal.until("Waiting for the trainer.")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end() == 0


def test_trouble_is_said_once_the_terminal_is_its_old_self() -> None:
    terminal = _Terminal('raise EngineError("The ears are gone.")')
    assert terminal.end() == 0
    assert "FAILED The ears are gone." in terminal.written.rpartition(_RESTORED)[2]


@pytest.mark.parametrize(("light", "paper"), [(True, "251;248;241"), (False, "23;21;18")])
def test_the_colours_suit_the_terminal(light: bool, paper: str) -> None:  # noqa: FBT001
    terminal = _Terminal("await asyncio.sleep(0.5)", light=light)
    terminal.until("Waiting for the trainer.")
    terminal.end()
    backgrounds = set(re.findall(r"48;2;(\d+;\d+;\d+)", terminal.written))
    assert paper in backgrounds
