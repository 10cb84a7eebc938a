"""A call at the headset with nothing scripted: a sound stack, the real ears, the real voice."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sound_card import MICROPHONE, RATE_HZ, SPEAKER, SoundCard
from spoken import spoken

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import Outcome
from voice_coach.messages import (
    PROTOCOL_VERSION,
    Ended,
    Hello,
    Partial,
    PhaseChanged,
    Reply,
    TurnSettled,
    Welcome,
)
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach.speech.audio import pcm_to_float
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_client.connection import Dropped, Received
from voice_coach_client.headset import Headset, HeadsetOptions
from voice_coach_client.live_call import Gauge, LiveCall
from voice_coach_client.rehearsing import Rehearsed, rehearse
from voice_coach_client.resampling import resample
from voice_coach_client.server_address import Server
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

WEB = Path(__file__).parents[2] / "client" / "web"
LABEL = "It sounds like you were left alone with this."
ENOUGH = 0.6
"""Share of a reply's words that the ears must find in what came out of the speaker."""


class _Person:
    """In front of the call: remembers what was shown, and waits for things to happen."""

    def __init__(self) -> None:
        self.shown: list[Received] = []
        self.warned: list[str] = []
        self.call: LiveCall

    def begin(self, call: LiveCall, gauge: Gauge) -> None:
        del gauge
        self.call = call

    def show(self, message: Received) -> None:
        self.shown.append(message)

    def warn(self, trouble: str) -> None:
        self.warned.append(trouble)

    async def debrief(self, ended: Ended | None) -> None: ...

    async def until(self, happened: Callable[[list[Received]], object], seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while not happened(self.shown):  # noqa: ASYNC110 - the stage is told, not asked
                await asyncio.sleep(0.02)

    def turns(self) -> list[str]:
        return [
            message.turn.text
            for message in self.shown
            if isinstance(message, TurnSettled) and message.turn.speaker is Speaker.TRAINEE
        ]

    def replies(self) -> dict[int, str]:
        replies = [message for message in self.shown if isinstance(message, Reply)]
        return {reply.reply: " ".join(reply.sentences) for reply in replies}


def _listening(times: int) -> Callable[[list[Received]], bool]:
    """Whether the counterpart has finished so many replies."""
    finished = (Phase.COUNTERPART_SPEAKING, Phase.LISTENING)

    def happened(shown: list[Received]) -> bool:
        phases = [message.phase for message in shown if isinstance(message, PhaseChanged)]
        return list(pairwise(phases)).count(finished) >= times

    return happened


@asynccontextmanager
async def _calling(server: Server, person: _Person) -> AsyncIterator[asyncio.Task[Rehearsed]]:
    options = HeadsetOptions(input=MICROPHONE, output=SPEAKER)
    hello = Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt", seed=7)
    async with await Headset.open(options) as headset:
        call = asyncio.create_task(rehearse(person, server, hello, headset))
        try:
            yield call
        finally:
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z']+", text.lower()))


def _heard(engines: Engines, pcm: np.ndarray) -> str:
    """What the real ears understand of a recording of the speaker."""
    at_ears = resample(pcm.astype("<i2").tobytes(), RATE_HZ, SAMPLE_RATE_HZ)
    audio = pcm_to_float(at_ears)
    pieces = np.array_split(audio, max(1, len(audio) // (25 * SAMPLE_RATE_HZ) + 1))
    return " ".join(engines.transcriber.transcribe(piece, final=True).text for piece in pieces)


def _speak(card: SoundCard, text: str) -> None:
    """Begin to say something into the microphone."""
    card.speak((np.clip(spoken(text), -1, 1) * 32767).astype("<i2").tobytes(), SAMPLE_RATE_HZ)


@asynccontextmanager
async def _server(engines: Engines, folder: Path) -> AsyncIterator[Server]:
    settings = Settings(server=ServerSettings(port=0), store=StoreSettings(folder=str(folder)))
    async with running_server(settings, engines, WEB) as address:
        yield Server(host=address.host, port=address.port)


async def test_a_spoken_line_goes_in_and_the_answer_comes_out_of_the_speaker(
    real_engines: Engines, sound_card: SoundCard, tmp_path: Path
) -> None:
    person = _Person()
    ear = sound_card.record("ear")
    async with _server(real_engines, tmp_path) as server, _calling(server, person) as call:
        await person.until(_listening(1))
        opening = ear.stop()
        ear = sound_card.record("ear")
        _speak(sound_card, LABEL)
        await person.until(lambda _: person.turns())
        await person.until(_listening(2))
        answer = ear.stop()
        await person.call.end()
        over = await call
    assert over.ended is not None
    assert over.ended.outcome is Outcome.TRAINEE_LEFT
    assert "left alone" in person.turns()[0].lower()
    assert person.warned == []
    replies = person.replies()
    for sound, text in ((opening, replies[1]), (answer, replies[2])):
        heard = _heard(real_engines, sound)
        found = _words(text) & _words(heard)
        assert len(found) >= ENOUGH * len(_words(text)), (text, heard)


class _Cable:
    """Between client and server: it can be cut, and mended later."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lines: set[asyncio.StreamWriter] = set()
        self._cut = False

    async def carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self._cut:
            back.transport.abort()
            return
        far, forth = await asyncio.open_connection(self._server.host, self._server.port)
        self._lines |= {back, forth}
        await asyncio.gather(_pump(near, forth), _pump(far, back))

    async def cut(self, seconds: float) -> None:
        self._cut = True
        for line in self._lines:
            line.transport.abort()
        self._lines.clear()
        await asyncio.sleep(seconds)
        self._cut = False


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.transport.abort()


async def test_a_server_that_is_away_for_two_seconds_costs_no_word(
    real_engines: Engines, sound_card: SoundCard, tmp_path: Path
) -> None:
    line = "It sounds like you were left alone with this, and nobody told you why it took so long."
    person = _Person()
    async with _server(real_engines, tmp_path) as real:
        cable = _Cable(real)
        carried = await asyncio.start_server(cable.carry, "127.0.0.1", 0)
        port = carried.sockets[0].getsockname()[1]
        async with carried, _calling(Server(host="127.0.0.1", port=port), person) as call:
            await person.until(_listening(1))
            _speak(sound_card, line)
            await person.until(lambda shown: any(isinstance(m, Partial) for m in shown))
            await cable.cut(2.0)
            await person.until(lambda _: person.turns())
            await person.call.end()
            over = await call
    assert over.ended is not None
    kinds = [type(message) for message in person.shown]
    assert Dropped in kinds
    welcomes = [message for message in person.shown if isinstance(message, Welcome)]
    assert welcomes[-1].resumed
    assert len(_words(line) & _words(person.turns()[0])) >= len(_words(line)) - 1, person.turns()


async def test_a_microphone_that_is_pulled_out_is_said_and_the_call_goes_on(
    real_engines: Engines, sound_card: SoundCard, tmp_path: Path
) -> None:
    person = _Person()
    async with _server(real_engines, tmp_path) as server, _calling(server, person) as call:
        await person.until(_listening(1))
        await asyncio.to_thread(sound_card.pull_out, "mouth")
        await person.until(lambda _: person.warned)
        await asyncio.to_thread(sound_card.plug_in, "mouth")
        await person.until(lambda _: len(person.warned) > 1)
        _speak(sound_card, LABEL)
        await person.until(lambda _: person.turns())
        await person.call.end()
        over = await call
    assert over.ended is not None
    assert len(_words(LABEL) & _words(person.turns()[0])) >= len(_words(LABEL)) - 2, person.turns()
    assert "microphone" in person.warned[0].lower()


pytestmark = pytest.mark.timeout(120)
