"""Listening in, by samples: the trainer hears what is audible at the table, when it is."""

import numpy as np
import pytest

from voice_coach.counterpart.reply import Delivery
from voice_coach.messages import (
    AudioFrame,
    AudioKind,
    PausePlayback,
    Reply,
    ResumePlayback,
    StopPlayback,
)
from voice_coach_server.access import RateLimit
from voice_coach_server.room.listening import Tap

RATE_HZ = 22_050
FRAME = bytes(640)
"""20 ms of a microphone."""
REPLY = Reply(reply=1, sentences=("Yes.",), delivery=Delivery.CALM, sample_rate_hz=RATE_HZ)


def sound(samples: int, start: int = 0) -> bytes:
    return np.arange(start, start + samples).astype("<i2").tobytes()


class Heard:
    """A tap, and what came out of it."""

    def __init__(self) -> None:
        self.at = 0.0
        self.frames: list[AudioFrame] = []
        self.tap = Tap(RateLimit(1.1, 1.0, clock=lambda: self.at))
        self.tap.open(self.frames.append)

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.02)):
            self.at += 0.02
            self.tap.heard(FRAME)

    @property
    def voice(self) -> bytes:
        return b"".join(f.pcm for f in self.frames if f.kind is AudioKind.VOICE)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_a_reply_sent_ahead_is_heard_at_the_tables_pace_and_whole(heard: Heard) -> None:
    heard.tap.said(REPLY)
    heard.tap.voiced(AudioFrame(kind=AudioKind.VOICE, stream=1, offset=0, pcm=sound(RATE_HZ)))
    heard.pass_time(0.5)
    assert len(heard.voice) // 2 == pytest.approx(RATE_HZ / 2, abs=2)
    heard.pass_time(1.0)
    assert heard.voice == sound(RATE_HZ)
    offsets = [f.offset for f in heard.frames if f.kind is AudioKind.VOICE]
    lengths = [len(f.pcm) // 2 for f in heard.frames if f.kind is AudioKind.VOICE]
    assert offsets == [sum(lengths[:number]) for number in range(len(lengths))]
    assert {f.stream for f in heard.frames if f.kind is AudioKind.VOICE} == {RATE_HZ}


def test_a_held_reply_is_silent_and_goes_on_and_a_stopped_one_is_over(heard: Heard) -> None:
    heard.tap.said(REPLY)
    heard.tap.voiced(AudioFrame(kind=AudioKind.VOICE, stream=1, offset=0, pcm=sound(RATE_HZ)))
    heard.pass_time(0.2)
    heard.tap.said(PausePlayback(reply=1))
    before = heard.voice
    heard.pass_time(0.4)
    assert heard.voice == before
    heard.tap.said(ResumePlayback(reply=1))
    heard.pass_time(0.2)
    assert len(heard.voice) // 2 == pytest.approx(0.4 * RATE_HZ, abs=2)
    heard.tap.said(StopPlayback(reply=1))
    before = heard.voice
    heard.pass_time(0.4)
    assert heard.voice == before


def test_a_voice_that_is_late_is_not_made_up_for(heard: Heard) -> None:
    heard.tap.said(REPLY)
    heard.tap.voiced(AudioFrame(kind=AudioKind.VOICE, stream=1, offset=0, pcm=sound(100)))
    heard.pass_time(1.0)
    heard.tap.voiced(AudioFrame(kind=AudioKind.VOICE, stream=1, offset=100, pcm=sound(RATE_HZ, 100)))
    heard.pass_time(0.1)
    assert len(heard.voice) // 2 == pytest.approx(100 + 0.1 * RATE_HZ, abs=2)


def test_what_a_returning_client_sends_at_once_is_not_played_late(heard: Heard) -> None:
    heard.pass_time(1.0)
    for _ in range(1500):
        heard.tap.heard(FRAME)
    many = len(heard.frames)
    assert many < 50 + 60, "half a minute came at once, of which a second is let through"
    heard.pass_time(1.0)
    last = heard.frames[-1]
    assert last.offset == 320 * (50 + 1500 + 49), "offsets tell that something is missing"


def test_signs_of_listening_are_heard_at_once(heard: Heard) -> None:
    heard.tap.voiced(AudioFrame(kind=AudioKind.MURMUR, stream=RATE_HZ, offset=0, pcm=sound(500)))
    assert heard.voice == sound(500)


def test_a_closed_tap_lets_nothing_through_and_one_that_opens_joins_in_the_middle() -> None:
    heard = Heard()
    heard.tap.close()
    heard.tap.said(REPLY)
    heard.tap.voiced(AudioFrame(kind=AudioKind.VOICE, stream=1, offset=0, pcm=sound(RATE_HZ)))
    heard.pass_time(0.5)
    assert not heard.frames
    heard.tap.open(heard.frames.append)
    heard.pass_time(0.1)
    voice = [f for f in heard.frames if f.kind is AudioKind.VOICE]
    assert voice[0].offset == pytest.approx(RATE_HZ / 2, abs=500)
