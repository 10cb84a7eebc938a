from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from voice_coach.moves.recognizer import Recognizer, load_recognizer
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach.speech.transcriber import ScriptedTranscriber
from voice_coach.speech.voice import ScriptedVoice
from voice_coach.speech.voice_activity import EnergyActivity
from voice_coach_server.app import Address, running_server
from voice_coach_server.engines import Engines

WEB = Path(__file__).parents[2] / "client" / "web"


@pytest.fixture(scope="session")
def recognizer() -> Recognizer:
    return load_recognizer()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(server=ServerSettings(port=0), store=StoreSettings(folder=str(tmp_path / "store")))


@pytest.fixture
def engines(recognizer: Recognizer) -> Engines:
    """Scripted ears and voice: the plumbing is what is tested here."""
    return Engines(
        transcriber=ScriptedTranscriber(["It sounds like this isn't only about the increase."]),
        voice_activity=EnergyActivity(),
        voice=ScriptedVoice(),
        recognizer=recognizer,
    )


@pytest.fixture
async def server(settings: Settings, engines: Engines) -> AsyncIterator[Address]:
    async with running_server(settings, engines, WEB) as address:
        yield address


@pytest.fixture(scope="session")
def tone() -> bytes:
    """One second that the energy detector takes for speech."""
    return (8000 * np.sin(np.arange(16_000) * 0.2)).astype("<i2").tobytes()
