"""A drill with nothing scripted: spoken answers in real time, the real model, the real voice."""

from pathlib import Path

import numpy as np
from drills.files import LINES, drill_text
from spoken import spoken
from trainee import Trainee, trainee

from voice_coach.coaching.drill import Verdict
from voice_coach.coaching.drill_shape import Task
from voice_coach.conversation.commands import Phase
from voice_coach.journal.journal import read_journal
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.messages import (
    PROTOCOL_VERSION,
    Ended,
    Hello,
    PhaseChanged,
    RoundStarted,
    VerdictShown,
)
from voice_coach.settings import DrillSettings, ServerSettings, Settings, StoreSettings
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

WEB = Path(__file__).parents[2] / "client" / "web"
ANSWERS = {id_: answer for id_, _, _, answer in LINES}
HELLO = Hello(version=PROTOCOL_VERSION, drill="small", seed=7)


async def answer(person: Trainee, text: str, number: int) -> Verdict:
    """Wait for the line to be over, speak in real time, and stay silent until the verdict is there."""
    while person.seen(PhaseChanged)[-1].phase is not Phase.LISTENING:
        await person.silence(0.1, realtime=True)
    pcm = (np.clip(spoken(text), -1, 1) * 32767).astype("<i2").tobytes()
    await person.speak(pcm, realtime=True)
    while len(person.seen(VerdictShown)) < number:
        await person.silence(0.1, realtime=True)
    return person.seen(VerdictShown)[number - 1].verdict


async def test_spoken_answers_are_judged_and_the_drill_is_kept(
    real_engines: Engines, tmp_path: Path
) -> None:
    drills = tmp_path / "drills"
    drills.mkdir()
    (drills / "small.yaml").write_text(drill_text(Task.LABEL, rounds=2))
    settings = Settings(
        server=ServerSettings(port=0),
        store=StoreSettings(folder=str(tmp_path / "store")),
        drills=DrillSettings(folder=str(drills)),
    )
    async with (
        running_server(settings, real_engines, WEB) as address,
        trainee(address.websocket_url, HELLO) as person,
    ):
        await person.silence(0.2, realtime=True)
        first = (await person.wait_for(RoundStarted)).round
        good = await answer(person, ANSWERS[first.prompt], 1)
        wrong = await answer(person, "Why didn't you ask anyone for help?", 2)
        ended = await person.wait_for(Ended)

    assert (good.prompt, good.passed, good.streak) == (first.prompt, True, 1)
    assert not wrong.passed
    assert wrong.reason.lower().startswith("question: why didn't you ask")
    assert ended.drill is not None
    assert (ended.drill.score.passed, ended.drill.score.rounds) == (1, 2)
    journal = read_journal(settings.store.path / "sessions" / ended.session / "journal.jsonl")
    result = replay(journal, lambda header: played_session(header, real_engines.recognizer))
    assert result.identical, result.divergence
