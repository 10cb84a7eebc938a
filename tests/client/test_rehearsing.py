"""One rehearsal from the connection to the debrief, in front of a person that the test makes."""

import pytest
from client.made_sound import MadeSound
from client.scripted_server import Caller, scripted_server, welcome
from overlay.made_calls import ENDED

from voice_coach.errors import ProtocolError
from voice_coach.messages import PROTOCOL_VERSION, Ended, Hello
from voice_coach_client.connection import Dropped, Patience, Received
from voice_coach_client.live_call import Gauge, LiveCall
from voice_coach_client.rehearsing import Rehearsed, rehearse
from voice_coach_client.server_address import Server, read_address

pytestmark = pytest.mark.timeout(20)

HELLO = Hello(version=PROTOCOL_VERSION, scenario="renewal")


class _Stage:
    """Remembers in order what it was told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def begin(self, call: LiveCall, gauge: Gauge) -> None:
        self.told.append(("begin", call.session, gauge.level))

    def show(self, message: Received) -> None:
        self.told.append(message)

    def warn(self, trouble: str) -> None:
        self.told.append(trouble)

    async def debrief(self, ended: Ended | None) -> None:
        self.told.append(("debrief", ended))


def _server(url: str) -> Server:
    return read_address(url.removesuffix("/call").replace("ws://", "http://"))


async def test_a_call_begins_is_shown_and_ends_with_the_debrief() -> None:
    async def script(caller: Caller) -> None:
        assert await caller.hello() == HELLO
        await caller.send(welcome())
        await caller.receive()
        await caller.send(ENDED)

    stage, sound = _Stage(), MadeSound()
    sound.trouble.put_nowait("No microphone.")
    sound.blocks.put_nowait(bytes(640))
    async with scripted_server(script) as url:
        over = await rehearse(stage, _server(url), HELLO, sound)
    assert over == Rehearsed(session="s-1", ended=ENDED)
    stage.told.remove("No microphone.")
    assert stage.told == [("begin", "s-1", 0.5), welcome(), ENDED, ("debrief", ENDED)]


async def test_a_server_that_goes_away_for_a_while_is_waited_for() -> None:
    async def first(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome())
        await caller.receive()
        await caller.break_off()

    async def second(caller: Caller) -> None:
        assert (await caller.hello()).resume == "s-1"
        await caller.send(welcome(resumed=True, next_sample=320), ENDED)

    stage, sound = _Stage(), MadeSound()
    sound.blocks.put_nowait(bytes(640))
    async with scripted_server(first, second) as url:
        at_once = Patience(pauses_seconds=(0.0, 0.0))
        over = await rehearse(stage, _server(url), HELLO, sound, at_once)
    assert over.ended == ENDED
    assert any(isinstance(message, Dropped) for message in stage.told)


async def test_a_server_that_wants_another_rate_is_refused() -> None:
    async def script(caller: Caller) -> None:
        await caller.hello()
        await caller.send(welcome(microphone_rate_hz=48_000))

    async with scripted_server(script) as url:
        with pytest.raises(ProtocolError, match="wants a microphone at 48000 Hz"):
            await rehearse(_Stage(), _server(url), HELLO, MadeSound())
