"""The server is killed with signal 9 in the middle of a call and started again: nothing said is lost.

The real program, the real ears and the real voice. The same call is lived through without and with the
fault, and what the trainee said is compared word by word.
"""

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile
from killable import Program, program
from live.test_real_call import pcm_of

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.events import Woken
from voice_coach.journal.account import give_account
from voice_coach.journal.journal import read_journal
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.messages import PROTOCOL_VERSION, Hello, Partial, Reply, Welcome
from voice_coach.moves.recognizer import load_recognizer
from voice_coach_client.connection import Connection, Dropped, Received
from voice_coach_client.demo import rehearse
from voice_coach_client.scripted_trainee import Manners, ScriptedTrainee
from voice_coach_client.spoken_line import SpokenLine

LINES = (
    "It sounds like this is not only about the price.",
    "It seems like you were left alone with that, and you had forty doctors in front of you.",
)


async def live_through(
    server: Program, fault: Callable[[Received], bool] | None
) -> tuple[str, list[Received], float]:
    """Give the session, all that was received, and how long it took to be back once the server was."""
    await asyncio.to_thread(server.wait)
    hello = Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt", seed=3)
    lines = tuple(SpokenLine(text=t, silence_before_seconds=0.8, pcm=pcm_of(t)) for t in LINES)
    person = ScriptedTrainee(lines, Manners(closing_seconds=1.0))
    seen: list[Received] = []
    due = fault is not None
    restarting: list[asyncio.Task[float]] = []
    back_at = 0.0

    async def restart() -> float:
        server.kill()
        await asyncio.sleep(1.0)
        server.start()
        await asyncio.to_thread(server.wait)
        return time.monotonic()

    def show(message: Received) -> None:
        nonlocal due, back_at
        seen.append(message)
        if due and fault is not None and fault(message):
            due = False
            restarting.append(asyncio.create_task(restart()))
        if isinstance(message, Welcome) and message.resumed:
            back_at = time.monotonic()

    url = f"ws://127.0.0.1:{server.port}/ws"
    async with await Connection.open(url, hello) as connection:
        async with asyncio.timeout(120):
            await rehearse(connection, person, show)
        session = connection.welcome.session
    up_at = [await task for task in restarting]
    return session, seen, back_at - up_at[0] if up_at else 0.0


def words_of(folder: Path) -> list[str]:
    """What the trainee said, by the journal alone."""
    turns = give_account(read_journal(folder / "journal.jsonl")).turns
    text = " ".join(turn.text for turn in turns if turn.speaker is Speaker.TRAINEE)
    return re.findall(r"[a-z']+", text.lower())


def in_the_middle_of_the_second_line(message: Received) -> bool:
    return (
        isinstance(message, Partial)
        and message.utterance == 2
        and "alone" in message.tentative + (message.settled)
    )


def while_the_counterpart_speaks(message: Received) -> bool:
    return isinstance(message, Reply) and message.reply == 2


@pytest.fixture(scope="module")
def without_fault(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    store = tmp_path_factory.mktemp("store")
    with program(store) as server:
        session, _, _ = asyncio.run(live_through(server, None))
        return words_of(store / "sessions" / session)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", [in_the_middle_of_the_second_line, while_the_counterpart_speaks])
def test_a_killed_server_takes_the_call_up_and_no_word_is_lost(
    fault: Callable[[Received], bool], without_fault: list[str], tmp_path: Path
) -> None:
    with program(tmp_path) as server:
        session, seen, back_seconds = asyncio.run(live_through(server, fault))

    assert any(isinstance(message, Dropped) for message in seen), "the connection never broke"
    assert 0 < back_seconds < 10
    folder = tmp_path / "sessions" / session
    # Nothing is missing and nothing there twice; the ears may mishear a word that they began elsewhere.
    heard = words_of(folder)
    assert len(heard) == len(without_fault)
    assert sum(a != b for a, b in zip(heard, without_fault, strict=True)) <= 1

    journal = read_journal(folder / "journal.jsonl")
    assert journal.complete
    assert [type(entry.value) for entry in journal.entries].count(Woken) == 1
    assert replay(journal, lambda header: played_session(header, load_recognizer())).identical

    spoken, rate_hz = soundfile.read(folder / "trainee.flac", dtype="int16")
    sent = pcm_of(LINES[0])
    assert len(spoken) / rate_hz >= len(sent) / 2 / 16_000
