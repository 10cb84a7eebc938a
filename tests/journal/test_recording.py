from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import AudioError, StoreError
from voice_coach.journal.recording import MICROPHONE_RATE_HZ, Recorder, find_tracks, recover
from voice_coach.journal.track import Track

VOICE_RATE_HZ = 22_050


def tone(seconds: float, rate_hz: int = MICROPHONE_RATE_HZ, *, hertz: float = 220) -> bytes:
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    return bytes((8000 * np.sin(2 * np.pi * hertz * times) + 100).astype("<i2").tobytes())


def heard(path: Path) -> tuple[NDArray[np.int16], int]:
    samples, rate_hz = soundfile.read(path, dtype="int16")
    return samples, rate_hz


def sounding(path: Path) -> list[tuple[float, float]]:
    """The stretches of a track that are not silent, in seconds."""
    samples, rate_hz = heard(path)
    loud = np.flatnonzero(samples)
    if not len(loud):
        return []
    breaks = np.flatnonzero(np.diff(loud) > rate_hz // 100)
    starts = loud[np.concatenate(([0], breaks + 1))]
    ends = loud[np.concatenate((breaks, [len(loud) - 1]))]
    return [(int(a) / rate_hz, (int(b) + 1) / rate_hz) for a, b in zip(starts, ends, strict=True)]


def close_to(*stretches: tuple[float, float]) -> list[Any]:
    return [pytest.approx(stretch, abs=0.002) for stretch in stretches]


def test_both_sides_stand_on_one_time_line(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    for _ in range(25):
        recorder.hear(bytes(640))
    recorder.place_reply(1, start_seconds=0.2, pcm=tone(0.2, VOICE_RATE_HZ), sample_rate_hz=VOICE_RATE_HZ)
    recorder.hear(tone(0.5))
    recorder.place_reply(2, start_seconds=1.2, pcm=tone(0.3, VOICE_RATE_HZ), sample_rate_hz=VOICE_RATE_HZ)

    tracks = recorder.close()

    assert tracks == {
        Speaker.TRAINEE: tmp_path / "trainee.flac",
        Speaker.COUNTERPART: tmp_path / "counterpart.flac",
    }
    assert sounding(tracks[Speaker.TRAINEE]) == close_to((0.5, 1.0))
    assert sounding(tracks[Speaker.COUNTERPART]) == close_to((0.2, 0.4), (1.2, 1.5))
    for path, rate_hz in zip(tracks.values(), (MICROPHONE_RATE_HZ, VOICE_RATE_HZ), strict=True):
        samples, found_hz = heard(path)
        assert found_hz == rate_hz
        assert len(samples) / rate_hz == pytest.approx(1.5, abs=0.001)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counterpart.flac", "trainee.flac"]


def test_a_reply_is_cut_to_what_was_heard(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    whole = tone(1.0, VOICE_RATE_HZ)
    place = {"start_seconds": 0.5, "sample_rate_hz": VOICE_RATE_HZ}

    recorder.place_reply(1, pcm=whole[: len(whole) // 2], **place)  # type: ignore[arg-type]
    recorder.place_reply(1, pcm=whole, **place)  # type: ignore[arg-type]
    recorder.place_reply(1, pcm=whole[: VOICE_RATE_HZ // 4 * 2], **place)  # type: ignore[arg-type]

    tracks = recorder.close()
    assert sounding(tracks[Speaker.COUNTERPART]) == close_to((0.5, 0.75))


def test_a_reply_never_covers_the_one_before(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    for reply, start_seconds in ((1, 0.0), (2, 0.1), (2, 0.0)):
        pcm = tone(0.3, hertz=100 * reply)
        recorder.place_reply(reply, start_seconds=start_seconds, pcm=pcm, sample_rate_hz=16_000)

    samples, _ = heard(recorder.close()[Speaker.COUNTERPART])

    assert samples.tobytes() == tone(0.3, hertz=100) + tone(0.3, hertz=200)


def test_what_was_not_sent_is_silence(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.hear(tone(0.2), at_seconds=0.1)
    recorder.hear(tone(0.2), at_seconds=0.15)
    recorder.hear(tone(0.2), at_seconds=1.0)

    assert sounding(recorder.close()[Speaker.TRAINEE]) == close_to((0.1, 0.5), (1.0, 1.2))


def test_a_side_that_said_nothing_has_no_track(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    assert recorder.close() == {}
    recorder.hear(b"")

    assert recorder.close() == {}
    assert list(tmp_path.iterdir()) == []


def test_a_recording_can_be_closed_twice(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.hear(tone(0.1))

    assert recorder.close() == recorder.close() == {Speaker.TRAINEE: tmp_path / "trainee.flac"}
    with pytest.raises(StoreError, match="is finished; nothing can be added"):
        recorder.hear(tone(0.1))
    assert len(heard(recorder.close()[Speaker.TRAINEE])[0]) == 1600


@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(1, 900), min_size=1, max_size=12))
def test_any_chunking_keeps_the_same_sound(
    sizes: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("call")
    sound = tone(0.3)
    recorder = Recorder(folder)
    at = 0
    for size in sizes:
        recorder.hear(sound[at : at + 2 * size])
        at += 2 * size

    samples, _ = heard(recorder.close()[Speaker.TRAINEE])

    assert samples.tobytes() == sound[:at]


def test_a_running_recording_can_be_read_and_is_not_finished_by_others(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.hear(tone(0.4))

    assert find_tracks(tmp_path) == {Speaker.TRAINEE: tmp_path / "trainee.wav"}
    assert heard(tmp_path / "trainee.wav")[0].tobytes() == tone(0.4)
    with pytest.raises(StoreError, match="is being written by a running call"):
        recover(tmp_path)

    recorder.hear(tone(0.1))
    assert len(heard(recorder.close()[Speaker.TRAINEE])[0]) == 8000


def test_a_recording_goes_on_where_it_was_cut(tmp_path: Path) -> None:
    first = Recorder(tmp_path)
    first.hear(tone(0.2))
    first.place_reply(1, start_seconds=0.1, pcm=tone(0.2), sample_rate_hz=16_000)
    for track in first._tracks.values():
        track.close()

    second = Recorder(tmp_path)
    second.hear(tone(0.2), at_seconds=0.5)
    second.place_reply(2, start_seconds=0.1, pcm=tone(0.1), sample_rate_hz=16_000)
    tracks = second.close()

    assert sounding(tracks[Speaker.TRAINEE]) == close_to((0.0, 0.2), (0.5, 0.7))
    assert sounding(tracks[Speaker.COUNTERPART]) == close_to((0.1, 0.4))


def test_a_recording_that_was_finished_after_a_crash_can_be_taken_up(tmp_path: Path) -> None:
    first = Recorder(tmp_path)
    first.hear(tone(0.4))
    first.place_reply(1, start_seconds=0.2, pcm=tone(0.6), sample_rate_hz=16_000)
    first.close()  # somebody looked at the call before its trainee came back
    second = Recorder(tmp_path)
    assert second.take_up() == round(0.4 * 16_000)
    second.hear(tone(0.2), at_seconds=0.5)
    second.place_reply(2, start_seconds=1.0, pcm=tone(0.2), sample_rate_hz=16_000)
    tracks = second.close()
    trainee, _ = soundfile.read(tracks[Speaker.TRAINEE], dtype="int16")
    counterpart, _ = soundfile.read(tracks[Speaker.COUNTERPART], dtype="int16")
    expected = np.frombuffer(tone(0.4), "<i2")
    assert np.array_equal(trainee[: len(expected)], expected)
    assert not trainee[len(expected) : 8_000].any()
    assert trainee[8_000:11_200].any()
    assert counterpart[16_000:19_200].any()
    assert len(trainee) == len(counterpart)


def test_recovery_mends_half_a_sample_and_half_an_encoding(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.hear(tone(0.2))
    recorder._tracks[Speaker.TRAINEE].close()
    with (tmp_path / "trainee.wav").open("ab") as file:
        file.write(b"\x01")
    (tmp_path / "trainee.part").write_bytes(b"fLaC, but no further")

    tracks = recover(tmp_path)

    assert heard(tracks[Speaker.TRAINEE])[0].tobytes() == tone(0.2)
    assert [path.name for path in tmp_path.iterdir()] == ["trainee.flac"]


def test_recovery_between_the_two_tracks_keeps_them_of_one_length(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.hear(tone(1.0))
    recorder.close()
    late = Track.create(tmp_path / "counterpart.wav", VOICE_RATE_HZ)
    late.write(0, tone(0.3, VOICE_RATE_HZ))
    late.close()
    unremoved = Track.create(tmp_path / "trainee.wav", MICROPHONE_RATE_HZ)
    unremoved.write(0, tone(0.1))
    unremoved.close()

    tracks = recover(tmp_path)

    assert len(heard(tracks[Speaker.COUNTERPART])[0]) == VOICE_RATE_HZ
    assert len(heard(tracks[Speaker.TRAINEE])[0]) == MICROPHONE_RATE_HZ
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".flac", ".flac"]


@pytest.mark.parametrize("content", [bytes(44), b"RIFF" + b"\xff" * 60], ids=["zeros", "ones"])
def test_a_file_that_is_no_recording_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "trainee.wav").write_bytes(content)

    with pytest.raises(AudioError, match="is not a recording that voice_coach began"):
        recover(tmp_path)

    assert (tmp_path / "trainee.wav").read_bytes() == content


@pytest.mark.parametrize("length", [0, 43])
def test_a_track_that_had_no_time_to_begin_is_begun_again(tmp_path: Path, length: int) -> None:
    for name in ("trainee.wav", "counterpart.wav"):
        (tmp_path / name).write_bytes(b"R" * length)
    recorder = Recorder(tmp_path)
    recorder.hear(tone(0.1))

    assert recorder.close() == {Speaker.TRAINEE: tmp_path / "trainee.flac"}
    assert [path.name for path in tmp_path.iterdir()] == ["trainee.flac"]


def test_a_damaged_finished_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "trainee.flac").write_bytes(b"fLaC and nothing more")

    with pytest.raises(AudioError, match=r"A recording in .* cannot be read"):
        recover(tmp_path)


def test_sound_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.place_reply(1, start_seconds=0, pcm=tone(0.1), sample_rate_hz=16_000)

    with pytest.raises(AudioError, match="3 bytes ends inside a 16-bit sample"):
        recorder.hear(b"abc")
    with pytest.raises(AudioError, match="22050 Hz does not fit a recording at 16000 Hz"):
        recorder.place_reply(2, start_seconds=1, pcm=b"", sample_rate_hz=22_050)
    with pytest.raises(AudioError, match="too long for one recording"):
        recorder.hear(b"ab", at_seconds=200_000.0)
    recorder.close()


class _FullDisk:
    """A stream on a disk without room."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, data: memoryview) -> int:
        del data
        raise OSError(28, "No space left on device")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def test_after_a_full_disk_the_sound_is_in_its_place_again(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.hear(tone(0.2))
    file = recorder._tracks[Speaker.TRAINEE]._file
    stream = file._stream
    file._stream = _FullDisk(stream)  # type: ignore[assignment]
    with pytest.raises(StoreError, match="no space left on device"):
        recorder.hear(tone(0.3))
    file._stream = stream
    recorder.hear(tone(0.2))

    assert sounding(recorder.close()[Speaker.TRAINEE]) == close_to((0.0, 0.2), (0.5, 0.7))


def _encode_half(self: Track, path: Path, samples: int) -> None:
    soundfile.write(path, np.zeros(samples // 2, "int16"), self.sample_rate_hz, format="FLAC")


def _encode_wrong(self: Track, path: Path, samples: int) -> None:
    soundfile.write(path, np.zeros(samples, "int16"), self.sample_rate_hz, format="FLAC")


def _encode_rubbish(self: Track, path: Path, samples: int) -> None:
    del self, samples
    path.write_bytes(b"not sound at all")


@pytest.mark.parametrize("encode", [_encode_half, _encode_wrong, _encode_rubbish])
def test_sound_that_does_not_read_back_is_not_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encode: Any
) -> None:
    recorder = Recorder(tmp_path)
    recorder.hear(tone(0.2))

    with monkeypatch.context() as patch:
        patch.setattr(Track, "_encode", encode)
        with pytest.raises(StoreError, match=r"cannot be finished: .*read back"):
            recorder.close()
    assert [path.name for path in tmp_path.iterdir()] == ["trainee.wav"]

    assert heard(recover(tmp_path)[Speaker.TRAINEE])[0].tobytes() == tone(0.2)
