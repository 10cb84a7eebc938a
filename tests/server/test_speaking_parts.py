"""A reply whose voice wants its sentences in parts: sent part by part, known sentence by sentence."""

from typing import Any

import pytest

from voice_coach.conversation.commands import Say
from voice_coach.counterpart.reply import Because, Delivery
from voice_coach.counterpart.voice_style import Pace, Register, VoiceStyle
from voice_coach.errors import VoiceError
from voice_coach.messages import AudioFrame, Reply, ReplyEnd
from voice_coach.speech.breaths import breaths
from voice_coach.speech.voice import ScriptedVoice, Spoken
from voice_coach_server.outbox import Outbox
from voice_coach_server.speaking import SpokenReply

RATE_HZ = 16_000
LONG = "So, for two days in March the records were down, and nobody on our side picked up."
STYLE = VoiceStyle(register=Register.LOW, pace=Pace.SLOW)


class BreathingVoice(ScriptedVoice):
    """Draws breath like the natural voice; fails where it is told to."""

    def __init__(self, fails_at: int = 0) -> None:
        super().__init__(RATE_HZ)
        self._fails_at = fails_at

    def parts(self, sentence: str) -> tuple[str, ...]:
        return breaths(sentence)

    def speak(self, sentence: str, *how: Any) -> Spoken:
        if len(self.spoken) + 1 == self._fails_at:
            raise VoiceError("The voice failed twice.")
        return super().speak(sentence, *how)


class Sent(Outbox):
    """Keeps what was sent, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[type] = []

    def send(self, message: Any) -> None:
        self.kinds.append(type(message))

    def send_audio(self, _: AudioFrame) -> None:
        if self.kinds[-1] is not AudioFrame:
            self.kinds.append(AudioFrame)


def saying(*sentences: str) -> Say:
    calm = {"trust_before": 0.5, "trust_after": 0.5, "tension_before": 0.5, "tension_after": 0.5}
    because = Because(rule="opening", reasons=(), **calm)
    return Say(reply=1, sentences=sentences, delivery=Delivery.WARM, because=because)


async def test_the_first_part_sounds_before_the_second_is_made() -> None:
    voice = BreathingVoice()
    reply = SpokenReply(saying(LONG, "Nobody."), voice, Outbox(), STYLE)
    made_when_first_sounded: list[int] = []
    await reply.speak(on_sound=lambda: made_when_first_sounded.append(len(voice.spoken)))
    assert made_when_first_sounded == [1]
    assert [text for text, _ in voice.spoken] == [*breaths(LONG), "Nobody."]


async def test_every_part_is_said_by_the_same_person_in_the_same_mood() -> None:
    voice = BreathingVoice()
    await SpokenReply(saying(LONG, "Nobody."), voice, Outbox(), STYLE).speak(on_sound=lambda: None)
    assert voice.styles == [STYLE] * 3
    assert {delivery for _, delivery in voice.spoken} == {Delivery.WARM}


async def test_what_was_heard_is_counted_in_sentences_not_in_parts() -> None:
    reply = SpokenReply(saying(LONG, "Nobody at all."), BreathingVoice(), Outbox(), STYLE)
    await reply.speak(on_sound=lambda: None)
    words = len(LONG.split())
    assert reply.text_heard(round(0.06 * words * RATE_HZ)) == LONG
    assert reply.text_heard(10**9) == f"{LONG} Nobody at all."
    half = reply.text_heard(round(0.06 * words / 2 * RATE_HZ))
    assert LONG.startswith(half)
    assert 0.3 < len(half) / len(LONG) < 0.6


async def test_a_voice_that_fails_in_the_middle_of_a_sentence_has_sent_its_beginning() -> None:
    outbox = Sent()
    reply = SpokenReply(saying(LONG), BreathingVoice(fails_at=2), outbox, STYLE)
    with pytest.raises(VoiceError):
        await reply.speak(on_sound=lambda: None)
    assert outbox.kinds == [Reply, AudioFrame, ReplyEnd]
    assert reply.seconds == pytest.approx(0.06 * len(breaths(LONG)[0].split()))
    assert LONG.startswith(reply.text_heard(len(reply.pcm) // 2))
