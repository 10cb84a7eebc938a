"""A sign of listening reaches the trainee as sound of its own, and takes no turn."""

import asyncio
import threading
from pathlib import Path

from trainee import trainee

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.messages import PhaseChanged, Reply, TurnSettled
from voice_coach.moves.recognizer import Recognizer
from voice_coach.settings import Settings
from voice_coach.speech.transcriber import ScriptedTranscriber
from voice_coach.speech.voice import USUAL_STYLE, ScriptedVoice, Spoken
from voice_coach.speech.voice_activity import EnergyActivity
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

WEB = Path(__file__).parents[2] / "client" / "web"


class SpeechlessVoice(ScriptedVoice):
    """Raises what no voice should, on everything short enough to be a sign of listening."""

    asked = threading.Event()

    def speak(self, sentence: str, delivery: Delivery, style: VoiceStyle = USUAL_STYLE) -> Spoken:
        if len(sentence.split()) <= 2:
            self.asked.set()
            raise RuntimeError("a bug in a voice")
        return super().speak(sentence, delivery, style)


async def test_a_voice_that_breaks_on_a_sign_ends_nobodys_call(
    settings: Settings, recognizer: Recognizer, tone: bytes
) -> None:
    engines = Engines(
        transcriber=ScriptedTranscriber(["I looked at what happened in March and"]),
        voice_activity=EnergyActivity(),
        voice=SpeechlessVoice(),
        recognizer=recognizer,
    )
    async with (
        running_server(settings, engines, WEB) as address,
        trainee(address.websocket_url) as person,
    ):
        await person.silence(0.2)
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
        await person.speak(tone * 8)
        await person.silence(0.5)
        assert await asyncio.to_thread(SpeechlessVoice.asked.wait, 10), "a sign was wanted"
        await person.silence(4.0)
        await person.wait_for(TurnSettled, lambda m: m.turn.speaker is Speaker.TRAINEE)
        assert not person.murmurs
        async with trainee(address.websocket_url) as another:
            await another.silence(0.2)
            await another.wait_for(Reply)


async def test_a_long_turn_is_listened_to_aloud(
    settings: Settings, recognizer: Recognizer, tone: bytes
) -> None:
    voice = ScriptedVoice(sample_rate_hz=16_000)
    engines = Engines(
        transcriber=ScriptedTranscriber(["I looked at what happened in March and"]),
        voice_activity=EnergyActivity(),
        voice=voice,
        recognizer=recognizer,
    )
    async with (
        running_server(settings, engines, WEB) as address,
        trainee(address.websocket_url) as person,
    ):
        await person.silence(0.2)
        await person.wait_for(PhaseChanged, lambda m: m.phase is Phase.LISTENING)
        await person.speak(tone * 8)
        await person.silence(0.5)
        murmur = await person.wait_for_murmur()
        assert (murmur.stream, murmur.offset) == (16_000, 0)
        assert not [m for m in person.seen(TurnSettled) if m.turn.speaker is Speaker.TRAINEE]
        assert [m.reply for m in person.seen(Reply)] == [1]
