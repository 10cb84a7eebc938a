import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach_client.headset.pump import BLOCK_SAMPLES, Pump
from voice_coach_client.headset.ring import Ring

RATE = 16_000


def pcm(first: int, count: int) -> bytes:
    return np.arange(first, first + count).astype("<i2").tobytes()


def samples(blocks: list[bytes]) -> list[int]:
    return np.frombuffer(b"".join(blocks), "<i2").tolist()


@given(sizes=st.lists(st.integers(1, 900), max_size=30))
def test_any_chunking_gives_the_same_blocks(sizes: list[int]) -> None:
    ring, pump = Ring(100), Pump()
    pump.connect(ring, RATE)
    position, out = 0, []
    for size in sizes:
        ring.put(pcm(position, size))
        position += size
        out += pump.take(0.0)
    assert all(len(block) == 2 * BLOCK_SAMPLES for block in out)
    assert samples(out) == list(range(position // BLOCK_SAMPLES * BLOCK_SAMPLES))


def test_what_the_ring_lost_is_silence_of_the_same_length() -> None:
    ring, pump = Ring(2), Pump()
    pump.connect(ring, RATE)
    ring.put(pcm(1, 320))
    first = pump.take(0.0)
    for part in range(1, 5):
        ring.put(pcm(1 + 320 * part, 320))
    after = samples(pump.take(0.1))
    assert samples(first) == list(range(1, 321))
    assert after == [0] * 640 + list(range(1 + 320 * 3, 1 + 320 * 5))
    assert ring.overflows == 2


def test_without_a_microphone_silence_goes_on_in_real_time() -> None:
    pump = Pump()
    assert pump.take(10.0) == []
    assert len(pump.take(10.5)) == 25
    assert len(pump.take(10.505)) == 0
    assert len(pump.take(11.0)) == 25
    assert not any(samples(pump.take(12.0)))


def test_a_microphone_that_leaves_and_comes_back_leaves_no_gap() -> None:
    ring, pump = Ring(100), Pump()
    pump.connect(ring, RATE)
    ring.put(pcm(1, 1_600))
    count = len(pump.take(0.1))
    pump.disconnect()
    count += len(pump.take(1.1))
    again = Ring(100)
    pump.connect(again, RATE)
    count += len(pump.take(2.1))
    again.put(pcm(1, 1_600))
    last = pump.take(2.2)
    count += len(last)
    assert count * BLOCK_SAMPLES == 1_600 + 2 * RATE + 1_600
    assert samples(last)[:1_600] == list(range(1, 1_601))


def test_another_rate_is_brought_to_16_khz() -> None:
    ring, pump = Ring(1000), Pump()
    pump.connect(ring, 48_000)
    tone = 8_000 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)
    for start in range(0, 48_000, 480):
        ring.put(tone[start : start + 480].astype("<i2").tobytes())
    heard = np.array(samples(pump.take(1.0)), dtype=float)
    assert len(heard) / RATE > 0.93
    spectrum = np.abs(np.fft.rfft(heard[: RATE * 9 // 10]))
    assert int(np.argmax(spectrum)) == 396


@pytest.mark.parametrize(("amplitude", "level"), [(0, 0.0), (32_767, 1.0), (328, 1 / 3), (10, 0.0)])
def test_the_level_is_loudness_over_sixty_decibels(amplitude: int, level: float) -> None:
    ring, pump = Ring(10), Pump()
    pump.connect(ring, RATE)
    ring.put((np.full(320, amplitude, "<i2")).tobytes())
    pump.take(0.0)
    assert pump.level == pytest.approx(level, abs=0.01)


def test_the_ring_counts_what_the_card_lost() -> None:
    ring = Ring(4)
    ring.put(pcm(0, 10), card_overflowed=True)
    ring.put(pcm(10, 10))
    assert (ring.card_overflows, ring.overflows) == (1, 0)
    first, second = ring.take(), ring.take()
    assert first is not None
    assert second is not None
    assert (first.end, second.start, second.end) == (10, 10, 20)
    assert ring.take() is None
