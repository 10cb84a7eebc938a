"""A real server process, a microphone that plays a WAV file, and a call that was really rehearsed."""

import asyncio
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from rehearsed_call import Rehearsed, rehearse_two_lines, server_of
from spoken import spoken

from voice_coach_server.engines import Engines

RATE = 16_000


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[str]:
    """A server with an empty store."""
    with server_of(tmp_path / "store") as address:
        yield address


@pytest.fixture(scope="session")
def rehearsed(real_engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    """A call that was really spoken."""
    return asyncio.run(rehearse_two_lines(real_engines, tmp_path_factory.mktemp("rehearsed") / "store"))


@pytest.fixture(scope="session")
def kept(rehearsed: Rehearsed) -> Iterator[str]:
    """The address of the rehearsed call's review, on a server that was started on its store."""
    with server_of(rehearsed.store) as address:
        yield f"{address}review/{rehearsed.session}"


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
