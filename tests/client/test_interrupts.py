import asyncio
import os
import signal

import pytest

from voice_coach_client.interrupts import interrupts

pytestmark = pytest.mark.timeout(10)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_being_asked_to_stop_is_a_wish_and_afterwards_all_is_as_before(number: int) -> None:
    wished = asyncio.Event()
    before = signal.getsignal(number)
    with interrupts(wished.set):
        os.kill(os.getpid(), number)
        await wished.wait()
    assert signal.getsignal(number) is before
