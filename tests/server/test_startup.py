from pathlib import Path

import pytest

from voice_coach.errors import StoreError
from voice_coach.settings import Settings
from voice_coach_server import app
from voice_coach_server.engines import Engines


async def test_a_server_that_does_not_come_up_says_what_to_do(
    settings: Settings, engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_STARTUP_SECONDS", 0.0)
    with pytest.raises(StoreError, match="Close what else is running and start it again"):
        async with app.running_server(settings, engines, tmp_path):
            pytest.fail("it cannot be ready in no time")
