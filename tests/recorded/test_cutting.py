"""Where utterances begin and end, on sound whose speech is known: tones, heard by an energy detector."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.journal.heard import Side
from voice_coach.recorded.cutting import Cut, Cutter
from voice_coach.recorded.echo import is_echo
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.voice_activity import EnergyActivity

STEREO = (Side.LEFT, Side.RIGHT)


def noise(seconds: float, seed: int = 1, level: float = 0.1) -> Audio:
    samples = round(seconds * SAMPLE_RATE_HZ)
    return (level * np.random.default_rng(seed).standard_normal(samples)).astype(np.float32)


def track(seconds: float, *bursts: tuple[float, Audio]) -> Audio:
    whole = np.zeros(round(seconds * SAMPLE_RATE_HZ), np.float32)
    for start, sound in bursts:
        first = round(start * SAMPLE_RATE_HZ)
        whole[first : first + len(sound)] += sound
    return whole


def cuts(channels: list[Audio], block: int = SAMPLE_RATE_HZ) -> list[Cut]:
    sides = STEREO if len(channels) > 1 else (Side.BOTH,)
    cutter = Cutter(sides, EnergyActivity())
    sound = np.stack(channels)
    found = [
        cut for at in range(0, sound.shape[1], block) for cut in cutter.feed(sound[:, at : at + block])
    ]
    return [*found, *cutter.rest()]


def spans(found: list[Cut]) -> list[tuple[Side, float, float]]:
    return [
        (
            cut.side,
            round(cut.start_sample / SAMPLE_RATE_HZ, 1),
            round(cut.stop_sample / SAMPLE_RATE_HZ, 1),
        )
        for cut in found
    ]


def test_a_pause_ends_an_utterance_and_a_breath_does_not() -> None:
    left = track(12, (1, noise(2)), (3.5, noise(2)), (7, noise(1)))
    right = track(12, (9, noise(2, seed=2)))
    assert spans(cuts([left, right])) == [
        (Side.LEFT, 1.0, 5.5),
        (Side.LEFT, 7.0, 8.0),
        (Side.RIGHT, 9.0, 11.0),
    ]


def test_where_both_share_a_channel_a_shorter_pause_ends_it() -> None:
    assert spans(cuts([track(8, (1, noise(1)), (2.6, noise(1)))])) == [
        (Side.BOTH, 1.0, 2.0),
        (Side.BOTH, 2.6, 3.6),
    ]


def test_the_end_of_the_call_ends_what_is_being_said() -> None:
    (cut,) = cuts([track(3, (1, noise(2)))])
    assert (round(cut.start_sample / 16_000, 1), round(cut.stop_sample / 16_000, 1)) == (1.0, 3.0)


def test_sound_around_speech_is_heard_too_but_never_twice() -> None:
    found = cuts([track(20, (1, noise(2)), (3.9, noise(2)))])
    assert [cut.audio_sample for cut in found] == pytest.approx([0.7 * 16_000, 3.6 * 16_000], abs=600)
    for cut, after in pairwise(found):
        assert cut.audio_sample + len(cut.audio) <= after.audio_sample


def test_a_monologue_is_cut_at_its_longest_pause() -> None:
    left = track(40, (0.5, noise(9)), (9.7, noise(5)), (15.2, noise(6)), (21.4, noise(10)))
    found = cuts([left, track(40)])
    assert spans(found)[0] == (Side.LEFT, 0.5, 14.7)
    assert spans(found)[1] == (Side.LEFT, 15.2, 31.4)


def test_a_monologue_without_any_pause_is_cut_where_it_is_quietest() -> None:
    sound = noise(60)
    sound[17 * 16_000 : 17 * 16_000 + 3_200] *= 0.3
    found = cuts([sound])
    assert all(len(cut.audio) <= 25 * 16_000 for cut in found)
    assert found[0].stop_sample == pytest.approx(17.1 * 16_000, abs=1_600)
    assert sum(len(cut.audio) for cut in found) == pytest.approx(len(sound), abs=1_000)


def test_an_echo_right_before_ones_own_words_is_not_part_of_them() -> None:
    theirs, own = noise(3, seed=3), noise(2, seed=4)
    right = track(9, (1, theirs))
    left = track(9, (1.1, 0.2 * theirs), (4.4, own))
    assert spans(cuts([left, right])) == [(Side.RIGHT, 1.0, 4.0), (Side.LEFT, 4.4, 6.4)]


def test_both_may_speak_at_once() -> None:
    right = track(9, (1, noise(5, seed=3)))
    left = track(9, (2, noise(2, seed=4, level=0.03)))
    assert [side for side, _, _ in spans(cuts([left, right]))] == [Side.LEFT, Side.RIGHT]


@given(st.lists(st.integers(1, 9_000), min_size=1, max_size=20))
def test_any_blocks_give_the_same_utterances(sizes: list[int]) -> None:
    sound = np.stack([track(6, (1, noise(2)), (4.2, noise(1))), track(6, (2.5, noise(1, seed=2)))])
    whole = cuts(list(sound))
    cutter = Cutter(STEREO, EnergyActivity())
    at, found = 0, []
    for size in sizes:
        found += cutter.feed(sound[:, at : at + size])
        at += size
    found += cutter.feed(sound[:, at:])
    found += cutter.rest()
    assert spans(found) == spans(whole)
    for cut, other in zip(found, whole, strict=True):
        assert np.array_equal(cut.audio, other.audio)


@pytest.mark.parametrize(
    ("level", "delay", "echo"), [(0.3, 0.0, True), (0.05, 0.35, True), (0.8, 0.1, False)]
)
def test_an_echo_is_quieter_and_late(level: float, delay: float, echo: bool) -> None:  # noqa: FBT001
    source = noise(2, seed=5)
    late = round(delay * SAMPLE_RATE_HZ)
    beside = np.concatenate([np.zeros(6_400, np.float32), source])
    heard = level * np.concatenate([np.zeros(late, np.float32), source])[: len(source)]
    assert is_echo(heard.astype(np.float32), beside) is echo
    assert not is_echo(0.05 * noise(2, seed=6), beside)
    assert not is_echo(heard, np.zeros_like(beside))
