import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.errors import AudioError
from voice_coach_client.kept_audio import KeptAudio


def _samples(first: int, count: int) -> bytes:
    return b"".join((first + index).to_bytes(2, "little") for index in range(count))


def test_reads_back_what_was_appended() -> None:
    kept = KeptAudio(limit_samples=10)
    kept.append(_samples(0, 4))
    kept.append(_samples(4, 3))
    assert kept.end_sample == 7
    assert kept.read(2, 3) == _samples(2, 3)
    assert kept.read(5, 100) == _samples(5, 2)
    assert kept.read(7, 100) == b""


def test_forgets_the_oldest_and_gives_silence_for_it() -> None:
    kept = KeptAudio(limit_samples=4)
    kept.append(_samples(1, 6))
    assert (kept.start_sample, kept.end_sample) == (2, 6)
    assert kept.read(0, 3) == b"\0\0\0\0" + _samples(3, 1)
    assert kept.read(0, 2) == b"\0\0\0\0"


def test_starts_where_the_stream_starts() -> None:
    kept = KeptAudio(limit_samples=100, start_sample=320)
    kept.append(_samples(7, 2))
    assert kept.end_sample == 322
    assert kept.read(321, 10) == _samples(8, 1)


def test_half_a_sample_is_an_error() -> None:
    with pytest.raises(AudioError, match="must be even; 3 bytes were given"):
        KeptAudio(limit_samples=4).append(b"abc")


@given(
    chunks=st.lists(st.integers(0, 9), max_size=12),
    limit=st.integers(1, 30),
    start=st.integers(0, 120),
    most=st.integers(0, 50),
)
def test_any_chunking_reads_like_the_whole_stream(
    chunks: list[int], limit: int, start: int, most: int
) -> None:
    total = sum(chunks)
    kept = KeptAudio(limit_samples=limit)
    position = 0
    for chunk in chunks:
        kept.append(_samples(position + 1, chunk))
        position += chunk
    forgotten = max(0, total - limit)
    whole = b"\0\0" * forgotten + _samples(forgotten + 1, total - forgotten)
    assert kept.read(start, most) == whole[2 * start : 2 * (start + most)]
