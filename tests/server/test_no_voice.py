"""A machine without a voice: the call goes on in writing, and says so."""

from pathlib import Path

from trainee import trainee

from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.errors import VoiceError
from voice_coach.journal.journal import read_journal
from voice_coach.messages import Ended, Notice, PhaseChanged, Reply, ReplyEnd
from voice_coach.settings import Settings
from voice_coach.speech.voice import USUAL_STYLE, Spoken
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines


class Mute:
    """A voice that never speaks: because it knows it cannot, or because of a bug of its own."""

    name = "mute"

    def __init__(self, error: Exception) -> None:
        self._error = error

    def parts(self, sentence: str) -> tuple[str, ...]:
        return (sentence,)

    def speak(self, sentence: str, delivery: Delivery, style: VoiceStyle = USUAL_STYLE) -> Spoken:
        del sentence, delivery, style
        raise self._error

    def close(self) -> None:
        pass


async def call_without_voice(engines: Engines, settings: Settings, error: Exception) -> list[str]:
    quiet = Engines(
        transcriber=engines.transcriber,
        voice_activity=engines.voice_activity,
        voice=Mute(error),
        recognizer=engines.recognizer,
    )
    async with (
        running_server(settings, quiet, Path(__file__).parent) as address,
        trainee(address.websocket_url) as person,
    ):
        await person.silence(0.1)
        reply = await person.wait_for(Reply)
        assert reply.sentences
        assert reply.sample_rate_hz == 0
        assert (await person.wait_for(ReplyEnd)).samples == 0
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
        await person.send_end()
        await person.wait_for(Ended)
    (folder,) = (settings.store.path / "sessions").iterdir()
    assert read_journal(folder / "journal.jsonl").complete
    return [notice.text for notice in person.seen(Notice)]


async def test_without_a_voice_replies_are_text_and_the_reason_is_said(
    engines: Engines, settings: Settings
) -> None:
    sentence = "No voice can speak on this machine; install espeak-ng."
    notices = await call_without_voice(engines, settings, VoiceError(sentence))
    assert notices == [f"The reply is shown as text only: {sentence}"]


async def test_a_bug_in_a_voice_ends_neither_the_call_nor_the_server(
    engines: Engines, settings: Settings
) -> None:
    (notice,) = await call_without_voice(engines, settings, ZeroDivisionError("division by zero"))
    assert notice.startswith("The reply is shown as text only")
