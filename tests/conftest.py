"""What every test may use: the real engines, loaded once."""

import os
from collections.abc import Generator, Iterator

import numpy as np
import pytest
from hypothesis import settings
from spoken import silence, spoken

from voice_coach.cli.engines import open_engines
from voice_coach.settings import Settings
from voice_coach.speech.voice_activity import VoiceActivity
from voice_coach_server.engines import Engines

pytest_plugins = ["sound_card", "workers"]

# A shared machine may stop for a moment at any time: hypothesis' clock would call that a failure.
settings.register_profile("voice_coach", deadline=None)
settings.load_profile("voice_coach")

NOTHING_IS_SKIPPED = os.environ.get("VOICE_COACH_TESTS_SKIP_NOTHING") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that skips itself has failed: what it needs was to be installed."""
    report = yield
    if NOTHING_IS_SKIPPED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI skips nothing: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def real_engines() -> Iterator[Engines]:
    """The real model, voice activity, voice and rules."""
    with open_engines(Settings()) as engines:
        yield engines


@pytest.fixture(scope="session")
def silero(real_engines: Engines) -> VoiceActivity:
    """The real voice activity."""
    return real_engines.voice_activity


@pytest.fixture(scope="session")
def spoken_pcm() -> bytes:
    """A spoken sentence between two silences, as microphone samples."""
    quiet = silence(0.6)
    audio = np.concatenate([quiet, spoken("You were left alone with this."), quiet, quiet])
    return (np.clip(audio, -1, 1) * 32767).astype("<i2").tobytes()
