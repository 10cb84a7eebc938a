"""Opening a device, with a PortAudio that refuses what a test says."""

import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voice_coach_client.errors import SoundError
from voice_coach_client.headset import Device, portaudio
from voice_coach_client.headset.streams import InputStream, OutputStream

INVALID_RATE, INVALID_CHANNELS, BUSY, GONE, HOST = -9997, -9998, -9985, -9996, -9999
CARD = Device(number=3, name="Card", system="ALSA", inputs=2, outputs=2, rate_hz=44_100)
NOT_LATE = SimpleNamespace(input_overflow=False, output_underflow=False)
TIMES = SimpleNamespace(outputBufferDacTime=1.5, currentTime=1.0)


class _PortAudioError(Exception):
    pass


class Card:
    """A card that refuses some formats, and is driven by hand."""

    def __init__(self, refuses: Callable[[int, int], tuple[object, ...] | None]) -> None:
        self.refuses = refuses
        self.asked: list[tuple[int, int]] = []
        self.closed = 0
        self.stream: dict[str, Any] = {}

    def open(self, **wanted: Any) -> SimpleNamespace:
        self.asked.append((wanted["samplerate"], wanted["channels"]))
        if error := self.refuses(*self.asked[-1]):
            raise _PortAudioError(*error)
        self.stream = wanted
        return SimpleNamespace(start=lambda: None, abort=lambda: None, close=self.close, latency=0.25)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    card = Card(lambda _rate, _channels: None)
    fake = SimpleNamespace(
        RawInputStream=card.open, RawOutputStream=card.open, PortAudioError=_PortAudioError
    )
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return card


def record(card: Card, data: bytes, *, overflow: bool = False) -> None:
    status = SimpleNamespace(input_overflow=overflow, output_underflow=False)
    card.stream["callback"](data, len(data) // 2, TIMES, status)


def test_the_ears_own_rate_in_mono_is_taken_when_the_card_has_it(card: Card) -> None:
    microphone = InputStream(CARD)
    assert card.asked == [(16_000, 1)]
    assert not microphone.called
    record(card, b"\1\0\2\0")
    assert microphone.called
    block = microphone.ring.take()
    assert block is not None
    assert block.pcm == b"\1\0\2\0"


def test_a_card_without_that_rate_runs_at_its_own(card: Card) -> None:
    card.refuses = lambda rate, _: ("Invalid sample rate", INVALID_RATE) if rate == 16_000 else None
    assert InputStream(CARD).rate_hz == 44_100
    assert card.asked == [(16_000, 1), (16_000, 2), (44_100, 1)]


def test_of_a_stereo_microphone_the_first_channel_is_taken(card: Card) -> None:
    card.refuses = lambda _, channels: ("Invalid channels", INVALID_CHANNELS) if channels < 2 else None
    microphone = InputStream(CARD)
    record(card, np.array([1, 9, 2, 9, 3, 9], "<i2").tobytes(), overflow=True)
    block = microphone.ring.take()
    assert block is not None
    assert np.frombuffer(block.pcm, "<i2").tolist() == [1, 2, 3]
    assert microphone.ring.card_overflows == 1


def test_a_stereo_speaker_gets_the_same_on_both_sides(card: Card) -> None:
    card.refuses = lambda _, channels: ("Invalid channels", INVALID_CHANNELS) if channels < 2 else None
    asked = []

    def fill(count: int, audible_at: float) -> bytes:
        asked.append((count, audible_at))
        return np.arange(count).astype("<i2").tobytes()

    OutputStream(CARD, fill)
    out = bytearray(4 * 3)
    before = time.monotonic()
    card.stream["callback"](memoryview(out), 3, TIMES, NOT_LATE)
    assert np.frombuffer(out, "<i2").tolist() == [0, 0, 1, 1, 2, 2]
    [(count, audible_at)] = asked
    assert count == 3
    # The card says that the block is audible half a second after it was asked for.
    assert 0.5 <= audible_at - before < 0.6


def test_where_the_card_does_not_say_when_its_latency_counts(card: Card) -> None:
    moments = []
    OutputStream(CARD, lambda count, at: moments.append(at) or bytes(2 * count))
    silent = SimpleNamespace(outputBufferDacTime=0.0, currentTime=0.0)
    before = time.monotonic()
    card.stream["callback"](memoryview(bytearray(4)), 2, silent, NOT_LATE)
    assert 0.25 <= moments[0] - before < 0.35


def test_a_speaker_at_another_rate_plays_as_long(card: Card) -> None:
    card.refuses = lambda rate, _: ("Invalid sample rate", INVALID_RATE) if rate == 48_000 else None
    tone = (8_000 * np.sin(2 * np.pi * 440 * np.arange(96_000) / 48_000)).astype("<i2")
    given = 0

    def fill(count: int, _at: float) -> bytes:
        nonlocal given
        given += count
        return tone[given - count : given].tobytes()

    speaker = OutputStream(CARD, fill)
    assert speaker.rate_hz == 44_100
    out = bytearray(2 * 441)
    heard = b""
    for _ in range(100):
        card.stream["callback"](memoryview(out), 441, TIMES, NOT_LATE)
        heard += bytes(out)
    spectrum = np.abs(np.fft.rfft(np.frombuffer(heard, "<i2").astype(float)))
    assert int(np.argmax(spectrum)) == 440
    assert 48_000 <= given < 48_000 * 1.06


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            ("Device unavailable", BUSY),
            (
                "'Card' does not open: it is busy: another program holds it, or the system does not "
                "allow this one to use it."
            ),
        ),
        (
            ("Invalid sample rate", INVALID_RATE),
            "'Card' does not open: it takes none of the sample rates of speech; its own is 44100 Hz.",
        ),
        (("Invalid device", GONE), "'Card' does not open: it is not there any more."),
        (
            ("Unanticipated host error", HOST, (0, -5, "Input/output error")),
            "'Card' does not open: Unanticipated host error: Input/output error.",
        ),
    ],
)
def test_why_a_device_does_not_open_is_one_sentence(
    card: Card, error: tuple[object, ...], sentence: str
) -> None:
    card.refuses = lambda _rate, _channels: error
    with pytest.raises(SoundError) as refused:
        InputStream(CARD)
    assert str(refused.value) == sentence


def test_a_stream_is_dead_when_it_ends_by_itself_or_says_nothing_for_a_second(card: Card) -> None:
    microphone = InputStream(CARD)
    record(card, b"\0\0")
    now = time.monotonic()
    assert not microphone.dead(now + 0.9)
    assert microphone.dead(now + 1.1)
    card.stream["finished_callback"]()
    assert microphone.dead(now)


def test_a_stream_that_we_close_ourselves_did_not_die(card: Card) -> None:
    microphone = InputStream(CARD)
    microphone.close()
    card.stream["finished_callback"]()
    assert not microphone.dead(time.monotonic())
    assert card.closed == 1


@pytest.mark.parametrize(
    ("platform", "mend"),
    [
        ("linux", "sudo apt install libportaudio2"),
        ("darwin", "pip install --force-reinstall sounddevice"),
        ("plan9", "install PortAudio with the system's packages"),
    ],
)
def test_a_missing_library_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, platform: str, mend: str
) -> None:
    (tmp_path / "sounddevice.py").write_text('raise OSError("PortAudio library not found")\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(portaudio.sys, "platform", platform)
    with pytest.raises(SoundError) as missing:
        portaudio.library()
    assert mend in str(missing.value)
    assert "PortAudio library not found" in str(missing.value)
