import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voice_coach_client.errors import SpeakerError
from voice_coach_client.speaker import Speaker, Track


class _PortAudioError(Exception):
    pass


class _Stream:
    """Stands for the sound device: asks for samples when the test says so."""

    def __init__(self, samplerate: int, callback: Any, **_: Any) -> None:
        self.samplerate = samplerate
        self.closed = False
        self.started = False
        self._callback = callback

    def start(self) -> None:
        self.started = True

    def close(self) -> None:
        self.closed = True

    def play(self, samples: int) -> list[int]:
        out = bytearray(2 * samples)
        self._callback(memoryview(out), samples, None, None)
        return np.frombuffer(out, "<i2").tolist()


def _pcm(*samples: int) -> bytes:
    return np.array(samples, "<i2").tobytes()


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> list[_Stream]:
    streams: list[_Stream] = []

    def open_stream(**settings: Any) -> _Stream:
        streams.append(_Stream(**settings))
        return streams[-1]

    fake = SimpleNamespace(RawOutputStream=open_stream, PortAudioError=_PortAudioError)
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return streams


def test_both_voices_are_mixed_and_clipped(device: list[_Stream]) -> None:
    with Speaker() as speaker:
        [stream] = device
        assert (stream.samplerate, stream.started) == (48_000, True)
        speaker.counterpart(_pcm(10, 20, 30_000, 30_000), 48_000)
        speaker._trainee.add(_pcm(1, 2, 3, 30_000), 48_000)
        assert stream.play(5) == [11, 22, 30_003, 32_767, 0]
    assert stream.closed


def test_hush_silences_only_the_counterpart(device: list[_Stream]) -> None:
    with Speaker() as speaker:
        speaker.counterpart(_pcm(*[1000] * 100), 48_000)
        speaker.trainee(_pcm(*[500] * 320))
        speaker.hush()
        played = device[0].play(480)
    assert 450 <= max(played) <= 550


def test_microphone_frames_are_brought_to_the_devices_rate(device: list[_Stream]) -> None:
    tone = (8000 * np.sin(2 * np.pi * 500 * np.arange(16_000) / 16_000)).astype("<i2")
    with Speaker() as speaker:
        for start in range(0, 16_000, 320):
            speaker.trainee(tone[start : start + 320].tobytes())
        played = np.array(device[0].play(48_000), dtype=np.float64)
    assert int(np.argmax(np.abs(np.fft.rfft(played)))) == 500


def test_a_track_holds_two_minutes_at_most() -> None:
    track = Track()
    for _ in range(3):
        track.add(bytes(2 * 48_000 * 50), 48_000)
    assert len(track._pcm) == 2 * 48_000 * 120


def test_no_output_device_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_stream(**_: Any) -> None:
        raise _PortAudioError("Error querying device -1")

    fake = SimpleNamespace(RawOutputStream=open_stream, PortAudioError=_PortAudioError)
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    with pytest.raises(SpeakerError, match="no usable output device"):
        Speaker()


def test_no_portaudio_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text('raise OSError("PortAudio library not found")\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    with pytest.raises(SpeakerError, match="the PortAudio library is missing"):
        Speaker()
