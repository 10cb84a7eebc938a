"""Try again from here with nothing scripted: a real call, taken up again and spoken on, in real time."""

from pathlib import Path

import numpy as np
import soundfile
from spoken import spoken
from trainee import Trainee, trainee

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.conversation.events import WordsTimed
from voice_coach.journal.journal import read_journal
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.messages import (
    PROTOCOL_VERSION,
    Branch,
    Ended,
    Hello,
    PhaseChanged,
    Reply,
    ReplyEnd,
    TurnSettled,
    Welcome,
)
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

WEB = Path(__file__).parents[2] / "client" / "web"
FIRST = "It sounds like this isn't only about the increase."
ANEW = "It sounds like you were left alone with this."


async def answer(person: Trainee, text: str, turn: int) -> TurnSettled:
    """Speak in real time, and stay silent until the answer has been heard."""
    pcm = (np.clip(spoken(text), -1, 1) * 32767).astype("<i2").tobytes()
    await person.speak(pcm, realtime=True)
    while not [m for m in person.seen(TurnSettled) if m.turn.index == turn + 1]:
        await person.silence(0.1, realtime=True)
    await person.silence(1.0, realtime=True)  # in which the words are timed
    return next(m for m in person.seen(TurnSettled) if m.turn.index == turn)


async def test_a_real_call_is_taken_up_again_and_goes_another_way(
    real_engines: Engines, tmp_path: Path
) -> None:
    settings = Settings(server=ServerSettings(port=0), store=StoreSettings(folder=str(tmp_path)))
    async with running_server(settings, real_engines, WEB) as address:
        async with trainee(address.websocket_url) as person:
            await person.silence(0.2, realtime=True)
            await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
            await answer(person, FIRST, 1)
            await person.send_end()
            first = (await person.wait_for(Ended)).session
            line = bytes(person.voice[2])
        again = Hello(version=PROTOCOL_VERSION, branch=Branch(session=first, turn=2))
        async with trainee(address.websocket_url, again) as person:
            (welcome,) = person.seen(Welcome)
            await person.silence(0.2, realtime=True)
            reply = await person.wait_for(Reply)
            assert reply.reply == 2
            await person.wait_for(ReplyEnd, lambda m: m.reply == 2)
            await person.wait_for(TurnSettled, lambda m: m.turn.index == 2)
            # Silence until it is over, then the trainee's new answer.
            await person.silence(1.0, realtime=True)
            own = await answer(person, ANEW, 3)
            await person.send_end()
            await person.wait_for(Ended)

    assert "left alone" in own.turn.text.lower()
    assert "label" in [move.kind for move in own.turn.moves]
    heard = np.frombuffer(bytes(person.voice[2]), "<i2").astype(int)
    assert abs(len(heard) - len(line) // 2) < 0.1 * len(heard), "the same line in the same voice"
    assert abs(heard).max() > 3000

    folders = {name: tmp_path / "sessions" / name for name in (first, welcome.session)}
    old, _ = soundfile.read(folders[first] / "trainee.flac", dtype="int16")
    new, _ = soundfile.read(folders[welcome.session] / "trainee.flac", dtype="int16")
    journal = read_journal(folders[welcome.session] / "journal.jsonl")
    turns = {e.value.turn.index: e.value.turn for e in journal.entries if hasattr(e.value, "turn")}
    said = slice(*(round(16_000 * s) for s in (turns[1].start_seconds, turns[1].end_seconds)))
    assert np.abs(new[said]).max() > 1000
    assert np.array_equal(new[said], old[said])
    assert turns[3].speaker is Speaker.TRAINEE
    assert turns[3].start_seconds > welcome.next_sample / 16_000
    timed = [e.value for e in journal.entries if isinstance(e.value, WordsTimed)]
    assert {words.utterance for words in timed} == {1, 2}, "the words of both tries have their times"
    result = replay(journal, lambda header: played_session(header, real_engines.recognizer))
    assert result.identical, result.divergence
