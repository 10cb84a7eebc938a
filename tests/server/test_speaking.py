"""One reply on its way: what of it was audible when, with the moments in which it was held."""

import numpy as np
import pytest

from voice_coach.conversation.commands import Say
from voice_coach.counterpart.reply import Because, Delivery
from voice_coach.speech.voice import ScriptedVoice
from voice_coach_server.outbox import Outbox
from voice_coach_server.speaking import SpokenReply

RATE_HZ = 16_000


@pytest.fixture
async def reply() -> SpokenReply:
    """Ten words: 0.6 s of sound, audible from 2.0 s on."""
    say = Say(
        reply=1,
        sentences=("one two three four five six seven eight nine ten.",),
        delivery=Delivery.CALM,
        because=Because(
            rule="opening",
            reasons=(),
            trust_before=0.5,
            trust_after=0.5,
            tension_before=0.5,
            tension_after=0.5,
        ),
    )
    spoken = SpokenReply(say, ScriptedVoice(RATE_HZ), Outbox())
    await spoken.speak(on_sound=lambda: None)
    spoken.started_at = 2.0
    return spoken


async def test_the_position_stands_still_while_the_reply_is_held(reply: SpokenReply) -> None:
    reply.hold(2.2)
    assert reply.position(3.0) == round(0.2 * RATE_HZ)
    reply.go_on(3.2)
    assert reply.position(3.4) == round(0.4 * RATE_HZ)
    assert reply.position(9.0) == round(0.6 * RATE_HZ)


async def test_what_was_heard_has_the_silence_in_which_it_was_held(reply: SpokenReply) -> None:
    reply.hold(2.2)
    reply.go_on(3.2)
    heard = np.frombuffer(reply.as_heard(), "<i2")
    at = round(0.2 * RATE_HZ)
    assert len(heard) == round(1.6 * RATE_HZ)
    assert not heard[at : at + RATE_HZ].any()
    whole = np.frombuffer(bytes(reply.pcm), "<i2")
    assert np.array_equal(np.concatenate([heard[:at], heard[at + RATE_HZ :]]), whole)


async def test_a_reply_stopped_while_it_was_held_ends_where_it_was_held(reply: SpokenReply) -> None:
    reply.hold(2.2)
    assert len(reply.as_heard(reply.position(2.9))) == 2 * round(0.2 * RATE_HZ)


async def test_the_sound_of_a_span_is_what_was_audible_in_it(reply: SpokenReply) -> None:
    whole = np.frombuffer(bytes(reply.pcm), "<i2") / 32768
    span = reply.sound(1.9, 2.1)
    assert not span[: round(0.1 * RATE_HZ)].any()
    assert np.allclose(span[round(0.1 * RATE_HZ) :], whole[: round(0.1 * RATE_HZ)], atol=1e-4)
    assert not reply.sound(5.0, 5.2).any()


async def test_before_it_is_audible_nothing_sounds(reply: SpokenReply) -> None:
    reply.started_at = None
    assert reply.position(5.0) == 0
    assert not reply.sound(0.0, 0.4).any()
