from collections.abc import Callable
from pathlib import Path

import pytest

from voice_coach.recorded.hearing import Ears, GoesOn, Wishes, hear_call
from voice_coach.speech.transcriber import BatchTranscriber
from voice_coach_server.engines import Engines

Hear = Callable[..., Path]


@pytest.fixture(scope="session")
def ears(real_engines: Engines) -> Ears:
    assert isinstance(real_engines.transcriber, BatchTranscriber)
    return Ears(transcriber=real_engines.transcriber, activity=real_engines.voice_activity)


@pytest.fixture
def hear(tmp_path: Path, ears: Ears) -> Hear:
    """Hear a file into a store; give the session's folder."""

    def heard(file: Path, goes_on: GoesOn = lambda _: True, **wishes: object) -> Path:
        store = tmp_path / "store"
        session = hear_call(file, store, ears, Wishes(name=file.name, **wishes), goes_on)  # type: ignore[arg-type]
        assert session is not None
        return store / "sessions" / session

    return heard
