"""A real server process, and a microphone that plays a WAV file."""

import re
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from spoken import spoken

RATE = 16_000
SERVE = (sys.executable, "-m", "voice_coach.cli", "serve", "--no-open", "--port", "0")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[str]:
    """`voice-coach serve` as a person starts it; gives the page's address."""
    with subprocess.Popen(
        [*SERVE, "--store", str(tmp_path / "store")],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        else:
            pytest.fail("the server ended before it was ready")
        yield found[0]
        process.terminate()
        process.wait(timeout=15)


@pytest.fixture
def microphone_file(tmp_path: Path) -> Callable[[list[str | float]], Path]:
    """Writes a WAV of spoken lines and silences (seconds), in order."""

    def write(script: list[str | float]) -> Path:
        parts = [
            spoken(part) if isinstance(part, str) else np.zeros(round(part * RATE), np.float32)
            for part in script
        ]
        path = tmp_path / "microphone.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes((np.clip(np.concatenate(parts), -1, 1) * 32767).astype("<i2").tobytes())
        return path

    return write
