import itertools
import tracemalloc
from collections.abc import Iterator

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from spoken import silence, spoken

from voice_coach.speech.pieces import pieces
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.voice_activity import EnergyActivity, VoiceActivity

LONGEST_SECONDS = 24.1


def tone(seconds: float) -> Audio:
    return (0.3 * np.sin(np.arange(round(seconds * SAMPLE_RATE_HZ)) * 0.2)).astype(np.float32)


def cut(audio: Audio, block: int = 16_000) -> list[tuple[float, float]]:
    blocks = (audio[at : at + block] for at in range(0, len(audio), block))
    return [
        (piece.start_sample / SAMPLE_RATE_HZ, (piece.start_sample + len(piece.audio)) / SAMPLE_RATE_HZ)
        for piece in pieces(blocks, EnergyActivity())
    ]


def test_silence_has_no_pieces(silero: VoiceActivity) -> None:
    assert not list(pieces([silence(3.0)], silero))
    assert not list(pieces([np.array([0.5], np.float32)], silero))
    assert not list(pieces([], silero))


def test_a_piece_is_speech_with_a_little_around_it(silero: VoiceActivity) -> None:
    audio = np.concatenate([silence(2.0), spoken("Nobody from our side called you."), silence(2.0)])
    (piece,) = pieces([audio], silero)
    assert 1.4 < piece.start_sample / SAMPLE_RATE_HZ < 2.1
    np.testing.assert_array_equal(
        piece.audio, audio[piece.start_sample : piece.start_sample + len(piece.audio)]
    )


def test_what_is_long_is_cut_in_a_pause() -> None:
    audio = np.concatenate([tone(20.0), silence(1.0), tone(20.0), silence(1.0)])
    (first, middle), (second, last) = cut(audio)
    assert (first, last) == (0.0, 41.0) or last <= 41.5
    assert 20.0 <= middle <= second <= 21.1


def test_what_has_no_pause_is_cut_at_its_quietest_moment() -> None:
    audio = tone(60.0)
    audio[20 * SAMPLE_RATE_HZ : round(20.1 * SAMPLE_RATE_HZ)] *= 0.5
    (_, end), (start, _), *_ = cut(audio)
    assert 20.0 <= end == start <= 20.1


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.floats(0.2, 30), st.floats(0.1, 26)), max_size=3), st.integers(2_000, 40_000)
)
def test_all_speech_is_in_a_piece_once_and_none_is_too_long(
    talk: list[tuple[float, float]], block: int
) -> None:
    parts, speech, at = [silence(0.5)], [], 0.5
    for spoken_seconds, quiet_seconds in talk:
        parts += [tone(spoken_seconds), silence(quiet_seconds)]
        speech.append((at, at + spoken_seconds))
        at = sum(map(len, parts)) / SAMPLE_RATE_HZ
    found = cut(np.concatenate(parts), block)
    assert all(0 < stop - start <= LONGEST_SECONDS + 1.0 for start, stop in found)
    assert all(stop <= start for (_, stop), (start, _) in itertools.pairwise(found))
    for start, stop in speech:
        covered = sum(max(0.0, min(stop, b) - max(start, a)) for a, b in found)
        assert covered > stop - start - 0.1
    assert found == cut(np.concatenate(parts), 16_000)


def test_forty_minutes_without_a_pause_take_no_more_memory_than_one() -> None:
    def monologue(minutes: int) -> Iterator[Audio]:
        for _ in range(60 * minutes):
            yield tone(1.0)

    class AlwaysSpeech(EnergyActivity):
        def process(self, window: Audio) -> float:
            del window
            return 1.0

    peaks = []
    for minutes in (1, 40):
        tracemalloc.start()
        seconds = sum(len(piece.audio) for piece in pieces(monologue(minutes), AlwaysSpeech()))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert seconds == 60 * minutes * SAMPLE_RATE_HZ
    assert peaks[1] < peaks[0] * 1.2 < 20e6
