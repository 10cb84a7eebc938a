from collections.abc import AsyncIterator

import pytest
from served_room import ServedRoom, served_room

from voice_coach.settings import Settings
from voice_coach_server.engines import Engines


@pytest.fixture
async def room(settings: Settings, engines: Engines) -> AsyncIterator[ServedRoom]:
    """A real room over TLS."""
    async with served_room(settings, engines) as served:
        yield served
