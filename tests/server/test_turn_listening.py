import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from trainee import trainee

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.messages import PhaseChanged, TurnSettled
from voice_coach.settings import Settings
from voice_coach.speech.transcriber import Audio
from voice_coach.speech.turn_end import ScriptedMelody
from voice_coach_server import turn_listening
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines
from voice_coach_server.turn_listening import TurnListening

WEB = Path(__file__).parents[2] / "client" / "web"
SOUND = np.zeros(16_000, np.float32)


class Slow:
    """Answers when it is let."""

    name = "slow"

    def __init__(self) -> None:
        self.asked = 0
        self.let = threading.Event()

    def probability(self, audio: Audio) -> float:
        del audio
        self.asked += 1
        assert self.let.wait(10)
        return 0.9


class Broken:
    name = "broken"

    def probability(self, audio: Audio) -> float:
        raise RuntimeError(f"{len(audio)} samples are too many")


async def test_the_answer_comes_from_another_thread() -> None:
    listening = TurnListening(ScriptedMelody([0.8]))
    assert await listening.judge(SOUND) == 0.8
    listening.close()


async def test_what_would_come_too_late_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_listening, "_TOO_LATE_SECONDS", 0.05)
    melody = Slow()
    listening = TurnListening(melody)
    asked = [asyncio.create_task(listening.judge(SOUND)) for _ in range(3)]
    await asyncio.sleep(0.2)
    melody.let.set()
    assert await asyncio.gather(*asked) == [0.9, None, None]
    assert melody.asked == 1
    listening.close()


async def test_a_broken_judge_leaves_the_words_to_decide(caplog: pytest.LogCaptureFixture) -> None:
    listening = TurnListening(Broken())
    assert await listening.judge(SOUND) is None
    assert "could not be judged" in caplog.text
    listening.close()


class Listener:
    """Notes how much it was given to hear, and on which thread."""

    name = "listener"

    def __init__(self) -> None:
        self.heard: list[tuple[int, str]] = []

    def probability(self, audio: Audio) -> float:
        self.heard.append((len(audio), threading.current_thread().name))
        return 0.75


async def test_each_pause_of_a_call_is_judged_once_and_kept(
    settings: Settings, engines: Engines, tone: bytes
) -> None:
    listener = Listener()
    async with (
        running_server(settings, replace(engines, melody=listener), WEB) as address,
        trainee(address.websocket_url) as person,
    ):
        await person.silence(0.2)
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
        await person.speak(tone * 10)
        await person.silence(3.0)
        await person.wait_for(TurnSettled, lambda m: m.turn.speaker is Speaker.TRAINEE)
        await person.send_end()
        await person.closed()
    ((samples, thread),) = listener.heard
    assert samples == 8 * 16_000
    assert thread.startswith("turn-end")
    (journal,) = settings.store.path.rglob("*.jsonl")
    lines = journal.read_text("utf-8").splitlines()
    (judged,) = [line for line in lines if '"turn_end_judged"' in line]
    assert '"probability":0.75' in judged
