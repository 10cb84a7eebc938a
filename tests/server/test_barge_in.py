"""Sound over the counterpart's voice, through the real server with scripted ears."""

from pathlib import Path

import numpy as np
import pytest
from trainee import Trainee, trainee

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.messages import (
    PausePlayback,
    PhaseChanged,
    PlaybackStarted,
    ReplyEnd,
    ResumePlayback,
    StopPlayback,
    TurnSettled,
)
from voice_coach.settings import Settings
from voice_coach.speech.transcriber import ScriptedTranscriber
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines


def buzz(seconds: float) -> bytes:
    """A pulse train at 150 Hz: a voice with open lips, as far as a spectrum tells."""
    samples = np.zeros(round(seconds * 16_000))
    samples[:: 16_000 // 150] = 1.0
    shape = np.exp(-np.arange(60) / 12.0)
    return (12_000 * np.convolve(samples, shape)[: len(samples)]).astype("<i2").tobytes()


def hum(seconds: float) -> bytes:
    """150 and 300 Hz: a voice behind closed lips."""
    phase = 2 * np.pi * 150 * np.arange(round(seconds * 16_000)) / 16_000
    return (6000 * (np.sin(phase) + 0.3 * np.sin(2 * phase))).astype("<i2").tobytes()


def hearing(engines: Engines, text: str) -> Engines:
    return Engines(
        transcriber=ScriptedTranscriber([text]),
        voice_activity=engines.voice_activity,
        voice=engines.voice,
        recognizer=engines.recognizer,
    )


async def over_the_counterpart(person: Trainee, pcm: bytes) -> None:
    """Make a sound while the first reply is audible."""
    await person.silence(0.2)
    await person.wait_for(ReplyEnd)
    await person.send(PlaybackStarted(reply=1))
    await person.speak(pcm)


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return tmp_path


async def test_a_sign_of_listening_pauses_at_most_and_the_reply_goes_on(
    engines: Engines, settings: Settings, web: Path
) -> None:
    ears = hearing(engines, "Uh-huh.")
    async with (
        running_server(settings, ears, web) as address,
        trainee(address.websocket_url, play_replies=False) as person,
    ):
        await over_the_counterpart(person, buzz(0.4))
        assert (await person.wait_for(PausePlayback)).reply == 1
        await person.silence(0.5)
        assert (await person.wait_for(ResumePlayback)).reply == 1
        assert not person.seen(StopPlayback)


async def test_words_that_were_paused_for_stop_the_reply(
    engines: Engines, settings: Settings, web: Path
) -> None:
    ears = hearing(engines, "Wait, who told you that?")
    async with (
        running_server(settings, ears, web) as address,
        trainee(address.websocket_url, play_replies=False) as person,
    ):
        await over_the_counterpart(person, buzz(1.5))
        await person.wait_for(StopPlayback)
        kinds = [type(m) for m in person.messages if isinstance(m, PausePlayback | StopPlayback)]
        assert kinds == [PausePlayback, StopPlayback]
        await person.silence(3.0)
        turn = await person.wait_for(TurnSettled, lambda m: m.turn.speaker is Speaker.TRAINEE)
        assert turn.turn.interrupted


async def test_a_hum_does_not_even_pause(engines: Engines, settings: Settings, web: Path) -> None:
    ears = hearing(engines, "Mm-hm.")
    async with (
        running_server(settings, ears, web) as address,
        trainee(address.websocket_url, play_replies=False) as person,
    ):
        await over_the_counterpart(person, hum(0.4))
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.TALKED_OVER)
        await person.silence(0.5)
        phases = [Phase.COUNTERPART_SPEAKING, Phase.TALKED_OVER, Phase.COUNTERPART_SPEAKING]
        await person.wait_for(
            PhaseChanged, lambda _: [m.phase for m in person.seen(PhaseChanged)] == phases
        )
        assert not person.seen(PausePlayback)
