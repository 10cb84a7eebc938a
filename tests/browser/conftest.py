"""A real server process, a microphone that plays a WAV file, and a call that was really rehearsed."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from microphone_file import write_microphone
from rehearsed_call import Rehearsed, rehearse_two_lines, server_of

from voice_coach_server.engines import Engines


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[str]:
    """A server with an empty store."""
    with server_of(tmp_path / "store") as address:
        yield address


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for all tests of a file: for pages that are only looked at."""
    with server_of(tmp_path_factory.mktemp("shared") / "store") as address:
        yield address


@pytest.fixture(scope="session")
def rehearsed(real_engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    """A call that was really spoken."""
    store = tmp_path_factory.mktemp("rehearsed") / "store"
    # In a thread of its own: in this one a browser may be open, and with it an event loop.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, rehearse_two_lines(real_engines, store)).result()


@pytest.fixture(scope="session")
def kept(rehearsed: Rehearsed) -> Iterator[str]:
    """The address of the rehearsed call's review, on a server that was started on its store."""
    with server_of(rehearsed.store) as address:
        yield f"{address}review/{rehearsed.session}"


@pytest.fixture
def microphone_file(tmp_path: Path) -> Callable[[list[str | float]], Path]:
    """Writes a WAV of spoken lines and silences (seconds), in order."""

    def write(script: list[str | float]) -> Path:
        return write_microphone(tmp_path / "microphone.wav", script)

    return write
