"""Open streams: a device at a rate that it has, watched from the outside for signs of life."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_client.errors import SoundError
from voice_coach_client.headset.devices import Device, Side
from voice_coach_client.headset.portaudio import in_words, is_about_format, library
from voice_coach_client.headset.rate import RateChange
from voice_coach_client.headset.ring import Ring
from voice_coach_client.headset.track import RATE_HZ

__all__ = ["InputStream", "OutputStream", "Stream"]

_BLOCKS_PER_SECOND = 100
_RING_SECONDS = 3
_INPUT_LATENCY: float | str = 0.2 if sys.platform == "linux" else "high"
"""Room (s) for when Python is late. In Linux blocks come every 10 ms all the same; elsewhere the room and
the size of the blocks are tied together, and the device's own idea of it is the better one."""
_OUTPUT_LATENCY_SECONDS = 0.03
"""As short as it may be, for a reply must fall silent within 50 ms; yet three blocks."""
_COMMON_RATES_HZ = (48_000, 44_100, 16_000)
_MOST_CHANNELS = 2
_SILENT_SECONDS = 1.0
"""A stream that does not call for so long is dead, whatever it says of itself."""


class Stream:
    """A device that is open in one direction. It may be closed from any thread, once."""

    def __init__(self, device: Device, side: Side, first_rate_hz: int) -> None:
        """Open and start; the first rate and number of channels that the device takes.

        Raises:
            SoundError: It does not open; the sentence says why.
        """
        self.device = device
        self.called = False
        """Whether the device has given or taken any sound yet."""
        self._side = side
        self._closing = False
        self._finished = False
        self._called_at = time.monotonic()
        self._stream, self.rate_hz, self._channels = self._open(first_rate_hz)
        self._prepare()
        self._called_at = time.monotonic()
        try:
            self._stream.start()
        except library().PortAudioError as error:
            self._stream.close()
            raise SoundError(in_words(error, device)) from error

    def dead(self, now: float) -> bool:
        """Whether the device has left, or has gone silent for so long that it must have."""
        return self._finished or now - self._called_at > _SILENT_SECONDS

    def close(self) -> None:
        """Give the device back at once. A device that is gone may take its time."""
        self._closing = True
        self._stream.abort()
        self._stream.close()

    def _open(self, first_rate_hz: int) -> tuple[Any, int, int]:
        """Open with the first format that fits; gives the stream, its rate and its channels."""
        sounddevice = library()
        recording = self._side is Side.INPUT
        most = self.device.inputs if recording else self.device.outputs
        refused = SoundError(f"{self.device.name!r} is no {self._side}.")
        for rate_hz in dict.fromkeys((first_rate_hz, self.device.rate_hz, *_COMMON_RATES_HZ)):
            for channels in range(1, min(most, _MOST_CHANNELS) + 1):
                try:
                    stream = (sounddevice.RawInputStream if recording else sounddevice.RawOutputStream)(
                        samplerate=rate_hz,
                        blocksize=rate_hz // _BLOCKS_PER_SECOND,
                        device=self.device.number,
                        channels=channels,
                        dtype="int16",
                        latency=_INPUT_LATENCY if recording else _OUTPUT_LATENCY_SECONDS,
                        callback=self._call,
                        finished_callback=self._finish,
                    )
                except sounddevice.PortAudioError as error:
                    refused = SoundError(in_words(error, self.device))
                    if not is_about_format(error):
                        raise refused from error
                else:
                    return stream, rate_hz, channels
        raise refused

    def _prepare(self) -> None:
        """Get ready for the rate that was found."""

    def _sound(self, data: Any, count: int, times: Any, status: Any) -> None:  # noqa: ANN401 - C buffers
        """Take or give a block; called in the sound thread."""
        raise NotImplementedError

    def _call(self, data: Any, count: int, times: Any, status: Any) -> None:  # noqa: ANN401 - C buffers
        self._called_at = time.monotonic()
        self._sound(data, count, times, status)
        self.called = True

    def _finish(self) -> None:
        self._finished = not self._closing


class InputStream(Stream):
    """A microphone, whose sound goes into a ring."""

    def __init__(self, device: Device) -> None:
        """Open it, at 16 kHz if it has that. Raises like `Stream`."""
        self.ring = Ring(_RING_SECONDS * _BLOCKS_PER_SECOND)
        super().__init__(device, Side.INPUT, SAMPLE_RATE_HZ)

    def _sound(self, data: Any, count: int, times: Any, status: Any) -> None:  # noqa: ANN401, ARG002
        # Of several channels the first: a headset's microphone is the same on both.
        pcm = bytes(data) if self._channels == 1 else _first_channel(data, self._channels)
        self.ring.put(pcm, card_overflowed=bool(status.input_overflow))


class OutputStream(Stream):
    """A loudspeaker, which asks a player for its samples."""

    def __init__(self, device: Device, fill: Callable[[int, float], bytes]) -> None:
        """Open it, at 48 kHz if it has that. Raises like `Stream`.

        Args:
            device: The loudspeaker.
            fill: Gives so many samples at 48 kHz, the first of which is audible at that moment.
        """
        self.underflows = 0
        """Times that the device had nothing to play because we were late."""
        self._fill = fill
        self._change = RateChange(RATE_HZ, RATE_HZ)
        self._ready = bytearray()
        super().__init__(device, Side.OUTPUT, RATE_HZ)

    def _prepare(self) -> None:
        self._change = RateChange(RATE_HZ, self.rate_hz)

    def _sound(self, data: Any, count: int, times: Any, status: Any) -> None:  # noqa: ANN401
        self.underflows += bool(status.output_underflow)
        audible_at = self._called_at + self._delay(times) + len(self._ready) / 2 / self.rate_hz
        while len(self._ready) < 2 * count:
            missing = count - len(self._ready) // 2
            wanted = -(-missing * RATE_HZ // self.rate_hz)
            self._ready += self._change.feed(self._fill(wanted, audible_at))
            audible_at += wanted / RATE_HZ
        pcm = bytes(self._ready[: 2 * count])
        del self._ready[: 2 * count]
        data[:] = pcm if self._channels == 1 else _on_all_channels(pcm, self._channels)

    def _delay(self, times: Any) -> float:  # noqa: ANN401 - a C struct
        """Seconds until the block that is asked for is audible; not every system says it."""
        said: float = times.outputBufferDacTime - times.currentTime
        return said if 0 < said < 1 else float(self._stream.latency)


def _first_channel(data: Any, channels: int) -> bytes:  # noqa: ANN401 - a C buffer
    return np.frombuffer(data, "<i2")[::channels].tobytes()


def _on_all_channels(pcm: bytes, channels: int) -> bytes:
    return np.repeat(np.frombuffer(pcm, "<i2"), channels).tobytes()
