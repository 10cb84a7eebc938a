"""One call with nothing scripted: synthesised speech in real time, the real model, the real voice."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
from spoken import spoken
from trainee import Trainee, trainee

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.conversation.events import WordsTimed
from voice_coach.conversation.session import Session
from voice_coach.journal.format import JournalHeader
from voice_coach.journal.journal import read_journal
from voice_coach.journal.played import played_partner
from voice_coach.journal.replay import replay
from voice_coach.messages import Ended, Latency, Partial, PhaseChanged, ReplyEnd, TurnSettled, Welcome
from voice_coach.review.tell import tell_review
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

WEB = Path(__file__).parents[2] / "client" / "web"
LABEL = "It sounds like you were left alone with this."


def pcm_of(text: str) -> bytes:
    return (np.clip(spoken(text), -1, 1) * 32767).astype("<i2").tobytes()


async def say_and_wait(person: Trainee, text: str, number: int) -> TurnSettled:
    """Speak a line in real time and stay silent until the counterpart has answered it."""
    await person.speak(pcm_of(text), realtime=True)
    while len([m for m in person.seen(TurnSettled) if m.turn.speaker is Speaker.TRAINEE]) < number:
        await person.silence(0.1, realtime=True)
    return [m for m in person.seen(TurnSettled) if m.turn.speaker is Speaker.TRAINEE][number - 1]


async def test_a_spoken_label_is_heard_named_answered_and_kept(
    real_engines: Engines, tmp_path: Path
) -> None:
    settings = Settings(server=ServerSettings(port=0), store=StoreSettings(folder=str(tmp_path)))
    async with (
        running_server(settings, real_engines, WEB) as address,
        trainee(address.websocket_url) as person,
    ):
        await person.silence(0.2, realtime=True)
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
        turn = await say_and_wait(person, LABEL, 1)
        reply = await person.wait_for(ReplyEnd, lambda m: m.reply == 2)
        await person.wait_for(Latency)
        await person.silence(1.0, realtime=True)  # in which the words are timed
        await person.send_end()
        await person.wait_for(Ended)

    assert "left alone" in turn.turn.text.lower()
    labels = [move for move in turn.turn.moves if move.kind == "label"]
    assert labels
    assert turn.turn.text[labels[0].start : labels[0].end].lower().startswith("it sounds like")
    partials = person.seen(Partial)
    assert partials
    settled = [partial.settled for partial in partials]
    assert all(after.startswith(before) for before, after in pairwise(settled))
    assert turn.turn.text.startswith(settled[-1])

    voice = np.frombuffer(bytes(person.voice[2]), "<i2")
    assert len(voice) == reply.samples
    assert abs(voice.astype(int)).max() > 3000

    folder = tmp_path / "sessions" / person.seen(Welcome)[0].session
    heard, _ = soundfile.read(folder / "trainee.flac", dtype="float32")
    answered, _ = soundfile.read(folder / "counterpart.flac", dtype="float32")
    assert np.abs(heard).max() > 0.05
    assert np.abs(answered).max() > 0.05

    journal = read_journal(folder / "journal.jsonl")

    def again(header: JournalHeader) -> Session:
        return Session(
            partner=played_partner(header),
            recognizer=real_engines.recognizer,
            settings=header.settings,
            cues=header.cues,
        )

    assert len(journal.entries) > 20
    timed = [entry.value for entry in journal.entries if isinstance(entry.value, WordsTimed)]
    words = timed[-1].words
    assert " ".join(word.text for word in words) == turn.turn.text
    began, ended = turn.turn.start_seconds, turn.turn.end_seconds
    assert began - 0.2 <= words[0].start_sample / 16_000 < began + 0.4
    assert ended - 0.7 < words[-1].end_sample / 16_000 <= ended + 0.1
    result = replay(journal, again)
    assert result.identical, result.divergence

    review = tell_review(tmp_path, folder.name)
    row = next(row for row in review.turns if row.turn.speaker is Speaker.TRAINEE)
    clicked = [word for word in row.words if word.start < labels[0].end and word.end > labels[0].start]
    start, end = clicked[0].start_seconds, clicked[-1].end_seconds
    played = heard[round((start - 0.1) * 16_000) : round((end + 0.1) * 16_000)]
    assert "left alone" in real_engines.transcriber.transcribe(played, final=True).text.lower()
