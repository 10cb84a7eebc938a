"""What the loudspeaker gives out, sample by sample, without one."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.counterpart.reply import Delivery
from voice_coach.messages import (
    AudioFrame,
    AudioKind,
    ClientMessage,
    Notice,
    PausePlayback,
    PlaybackEnded,
    PlaybackStarted,
    Reply,
    ReplyEnd,
    ResumePlayback,
    StopPlayback,
)
from voice_coach_client.headset.player import Player
from voice_coach_client.headset.track import RATE_HZ

Sound = npt.NDArray[np.int16]
FADE = 240


class Ear:
    """Listens to a player in blocks of 10 ms and keeps all it hears."""

    def __init__(self) -> None:
        self.player = Player()
        self.heard = np.zeros(0, np.int16)
        self.now = 0.0

    def listen(self, samples: int, block: int = 480) -> Sound:
        got = []
        for start in range(0, samples, block):
            count = min(block, samples - start)
            got.append(np.frombuffer(self.player.fill(count, self.now), "<i2"))
            self.now += count / RATE_HZ
        new = np.concatenate(got)
        self.heard = np.concatenate([self.heard, new])
        return new

    def told(self) -> list[ClientMessage]:
        return self.player.reports(self.now)

    def reply(self, number: int, rate_hz: int = RATE_HZ) -> None:
        self.player.hear(
            Reply(reply=number, sentences=("No.",), delivery=Delivery.CALM, sample_rate_hz=rate_hz)
        )

    def voice(self, number: int, offset: int, sound: Sound) -> None:
        pcm = sound.astype("<i2").tobytes()
        self.player.hear(AudioFrame(kind=AudioKind.VOICE, stream=number, offset=offset, pcm=pcm))

    def whole(self, number: int, sound: Sound, rate_hz: int = RATE_HZ) -> None:
        self.reply(number, rate_hz)
        self.voice(number, 0, sound)
        self.player.hear(ReplyEnd(reply=number, samples=len(sound)))


@pytest.fixture
def ear() -> Ear:
    return Ear()


def ramp(count: int, first: int = 1) -> Sound:
    return np.arange(first, first + count).astype(np.int16)


@given(blocks=st.lists(st.integers(1, 700), min_size=1, max_size=60))
def test_any_blocks_play_the_same_samples_once(blocks: list[int]) -> None:
    ear = Ear()
    ear.whole(1, ramp(5_000))
    for block in blocks:
        ear.listen(block, block)
    expected = np.zeros(sum(blocks), np.int16)
    known = ramp(5_000)[: len(expected)]
    expected[: len(known)] = known
    assert np.array_equal(ear.heard, expected)


def test_it_is_told_when_the_first_sample_and_the_last_one_are_audible(ear: Ear) -> None:
    ear.whole(1, ramp(4_800))
    ear.player.fill(9_600, audible_at=5.0)
    assert ear.player.reports(4.999) == []
    assert ear.player.reports(5.0) == [PlaybackStarted(reply=1)]
    assert ear.player.reports(5.099) == []
    assert ear.player.reports(5.1001) == [PlaybackEnded(reply=1, heard_samples=4_800, complete=True)]
    assert ear.player.audible_until == pytest.approx(5.1)


def test_a_reply_begins_when_enough_of_it_is_there(ear: Ear) -> None:
    ear.reply(1)
    ear.voice(1, 0, ramp(1_000))
    assert not ear.listen(480).any()
    ear.voice(1, 1_000, ramp(1_000, 1_001))
    assert np.array_equal(ear.listen(480), ramp(480))


def test_sound_that_is_late_is_waited_for_and_nothing_of_it_is_lost(ear: Ear) -> None:
    ear.reply(1)
    ear.voice(1, 0, ramp(2_000))
    ear.listen(4_800)
    ear.voice(1, 2_000, ramp(500, 2_001))
    ear.player.hear(ReplyEnd(reply=1, samples=2_500))
    ear.listen(960)
    assert np.array_equal(ear.heard[ear.heard != 0], ramp(2_500))
    assert ear.told()[-1] == PlaybackEnded(reply=1, heard_samples=2_500, complete=True)


def test_a_follow_up_begins_at_the_very_sample_after_the_reply_before_it(ear: Ear) -> None:
    ear.whole(1, ramp(700))
    ear.whole(2, ramp(300, 5_001))
    heard = ear.listen(1_440)
    assert np.array_equal(heard[:1_000], np.concatenate([ramp(700), ramp(300, 5_001)]))
    assert ear.told() == [
        PlaybackStarted(reply=1),
        PlaybackEnded(reply=1, heard_samples=700, complete=True),
        PlaybackStarted(reply=2),
        PlaybackEnded(reply=2, heard_samples=300, complete=True),
    ]


def test_stop_fades_within_5_ms_and_counts_what_was_heard(ear: Ear) -> None:
    ear.whole(1, np.full(48_000, 10_000, np.int16))
    ear.listen(4_800)
    ear.player.hear(StopPlayback(reply=1))
    after = ear.listen(960)
    assert np.count_nonzero(after) == FADE - 1
    assert np.all(np.diff(after[:FADE].astype(int)) <= 0)
    assert ear.told()[-1] == PlaybackEnded(reply=1, heard_samples=4_800 + FADE, complete=False)
    ear.voice(1, 48_000, ramp(100))
    assert not ear.listen(480).any()


def test_a_reply_that_was_not_heard_yet_stops_without_a_sound(ear: Ear) -> None:
    ear.whole(1, ramp(4_800))
    ear.player.hear(StopPlayback(reply=1))
    assert not ear.listen(480).any()
    assert ear.told() == [PlaybackEnded(reply=1, heard_samples=0, complete=False)]


def test_a_held_reply_goes_on_at_the_very_sample(ear: Ear) -> None:
    ear.whole(1, ramp(20_000))
    ear.listen(4_800)
    ear.player.hear(PausePlayback(reply=1))
    held = ear.listen(48_000)
    assert np.count_nonzero(held) <= FADE
    ear.player.hear(ResumePlayback(reply=1))
    after = ear.listen(14_400)
    # Where it was held both sides are faded; beyond that every sample is the next one.
    position = 4_800 + FADE
    assert np.array_equal(after[FADE:1_000], ramp(1_000 - FADE, position + FADE + 1))
    ear.listen(2_400)
    assert ear.told()[-1] == PlaybackEnded(reply=1, heard_samples=20_000, complete=True)


def test_a_held_reply_is_not_given_up_and_can_be_stopped(ear: Ear) -> None:
    ear.whole(1, ramp(20_000))
    ear.listen(480)
    ear.player.hear(PausePlayback(reply=1))
    ear.listen(30 * RATE_HZ, RATE_HZ)
    ear.player.hear(StopPlayback(reply=1))
    ear.listen(480)
    assert ear.told()[-1] == PlaybackEnded(reply=1, heard_samples=480 + FADE, complete=False)


def test_a_reply_that_is_held_before_it_began_stays_silent(ear: Ear) -> None:
    ear.whole(1, ramp(4_800))
    ear.player.hear(PausePlayback(reply=1))
    assert not ear.listen(4_800).any()
    ear.player.hear(ResumePlayback(reply=1))
    ear.listen(4_800)
    assert ear.told() == [
        PlaybackStarted(reply=1),
        PlaybackEnded(reply=1, heard_samples=4_800, complete=True),
    ]


def test_lost_frames_are_silence_and_frames_that_come_twice_are_known(ear: Ear) -> None:
    ear.reply(1)
    ear.voice(1, 0, ramp(100))
    ear.voice(1, 50, ramp(100, 51))
    ear.voice(1, 250, ramp(100, 251))
    ear.player.hear(ReplyEnd(reply=1, samples=400))
    expected = np.concatenate([ramp(150), np.zeros(100), ramp(100, 251), np.zeros(50)])
    assert np.array_equal(ear.listen(480)[:400], expected)
    assert ear.told()[-1] == PlaybackEnded(reply=1, heard_samples=400, complete=True)


def test_a_reply_without_sound_is_over_and_nothing_is_told(ear: Ear) -> None:
    ear.reply(1)
    ear.player.hear(ReplyEnd(reply=1, samples=0))
    ear.whole(2, ramp(480))
    ear.listen(960)
    assert [message.reply for message in ear.told()] == [2, 2]


def test_a_reply_whose_sound_never_ends_is_given_up(ear: Ear) -> None:
    ear.reply(1)
    ear.voice(1, 0, ramp(4_800))
    ear.listen(9 * RATE_HZ, RATE_HZ)
    assert ear.told() == [PlaybackStarted(reply=1)]
    ear.listen(2 * RATE_HZ, RATE_HZ)
    assert ear.told() == [PlaybackEnded(reply=1, heard_samples=4_800, complete=False)]


def test_a_reply_that_the_server_abandons_for_another_is_forgotten(ear: Ear) -> None:
    ear.reply(1)
    ear.voice(1, 0, ramp(4_800))
    ear.listen(480)
    ear.whole(2, ramp(480, 9_001))
    assert np.array_equal(ear.listen(480), ramp(480, 9_001))


def test_a_murmur_sounds_beside_the_reply_and_nothing_is_told_of_it(ear: Ear) -> None:
    ear.whole(1, np.full(4_800, 1_000, np.int16))
    pcm = np.full(2_400, 200, "<i2").tobytes()
    ear.player.hear(AudioFrame(kind=AudioKind.MURMUR, stream=RATE_HZ, offset=0, pcm=pcm))
    heard = ear.listen(4_800)
    assert set(heard[:2_400]) == {1_200}
    assert set(heard[2_400:]) == {1_000}
    assert len(ear.told()) == 2


def test_what_is_too_loud_together_is_clipped_not_wrapped(ear: Ear) -> None:
    ear.whole(1, np.full(480, 30_000, np.int16))
    pcm = np.full(480, 30_000, "<i2").tobytes()
    ear.player.hear(AudioFrame(kind=AudioKind.MURMUR, stream=RATE_HZ, offset=0, pcm=pcm))
    assert set(ear.listen(480)) == {32_767}


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000, 44_100])
def test_a_reply_of_any_rate_is_counted_in_its_own_samples(ear: Ear, rate_hz: int) -> None:
    tone = (8_000 * np.sin(2 * np.pi * 300 * np.arange(rate_hz) / rate_hz)).astype(np.int16)
    ear.whole(1, tone, rate_hz)
    heard = ear.listen(2 * RATE_HZ)
    assert ear.told()[-1] == PlaybackEnded(reply=1, heard_samples=rate_hz, complete=True)
    loud = np.flatnonzero(np.abs(heard) > 100)
    assert abs(len(loud) - RATE_HZ) < RATE_HZ * 0.02


def test_what_is_not_about_sound_changes_nothing(ear: Ear) -> None:
    ear.player.hear(Notice(code="voice", text="Said to a person."))
    ear.player.hear(StopPlayback(reply=7))
    ear.player.hear(ReplyEnd(reply=7, samples=10))
    ear.voice(7, 0, ramp(100))
    assert not ear.listen(480).any()
    assert ear.told() == []


def test_five_minutes_of_one_reply_is_the_most_that_is_kept(ear: Ear) -> None:
    ear.reply(1, 100)
    ear.voice(1, 0, ramp(30_000))
    ear.voice(1, 30_000, ramp(100))
    ear.player.hear(ReplyEnd(reply=1, samples=30_100))
    ear.listen(301 * RATE_HZ, RATE_HZ)
    assert ear.told()[-1] == PlaybackEnded(reply=1, heard_samples=30_000, complete=True)
