"""The machine's loudspeaker, on which both voices of a call can be heard."""

from __future__ import annotations

import threading
from typing import Any, Self

import numpy as np

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_client.errors import SpeakerError
from voice_coach_client.resampling import Resampler

__all__ = ["Speaker", "Track"]

_RATE_HZ = 48_000
"""What practically every sound device takes."""
_LONGEST_SECONDS = 120.0
"""Sound that waits on one track; what would be more is dropped from its end."""


class Track:
    """Sound of one voice that waits to be played. One thread adds, the sound device's takes."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._pcm = bytearray()
        self._from_hz = _RATE_HZ
        self._resampler: Resampler | None = None

    def add(self, pcm: bytes, rate_hz: int) -> None:
        """Play 16-bit mono samples after what waits already."""
        if rate_hz != self._from_hz:
            self._from_hz = rate_hz
            self._resampler = Resampler(rate_hz, _RATE_HZ) if rate_hz != _RATE_HZ else None
        ready = self._resampler.feed(pcm) if self._resampler else pcm
        room = max(0, 2 * round(_LONGEST_SECONDS * _RATE_HZ) - len(self._pcm))
        with self._lock:
            self._pcm += ready[:room]

    def clear(self) -> None:
        """Drop what waits."""
        with self._lock:
            self._pcm.clear()

    def take(self, samples: int) -> bytes:
        """Give the next samples, and silence when there are too few."""
        with self._lock:
            pcm = bytes(self._pcm[: 2 * samples])
            del self._pcm[: 2 * samples]
        return pcm.ljust(2 * samples, b"\0")


class Speaker:
    """Plays the trainee and the counterpart on the default output, mixed."""

    def __init__(self) -> None:
        """Open the default output and begin to play silence.

        Raises:
            SpeakerError: There is no PortAudio or no output device.
        """
        try:
            import sounddevice  # noqa: PLC0415 - it looks for PortAudio when it is imported
        except OSError as error:
            raise SpeakerError(
                "No sound is played: the PortAudio library is missing "
                "(Debian: apt install libportaudio2)."
            ) from error
        self._trainee = Track()
        self._counterpart = Track()
        try:
            self._stream = sounddevice.RawOutputStream(
                samplerate=_RATE_HZ, channels=1, dtype="int16", callback=self._fill
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise SpeakerError(
                f"No sound is played: there is no usable output device ({error})."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the device back. Idempotent."""
        self._stream.close()

    def trainee(self, pcm: bytes) -> None:
        """Play a frame of the trainee's microphone (16 kHz)."""
        self._trainee.add(pcm, SAMPLE_RATE_HZ)

    def counterpart(self, pcm: bytes, rate_hz: int) -> None:
        """Play sound of a reply after what waits already."""
        self._counterpart.add(pcm, rate_hz)

    def hush(self) -> None:
        """Drop what the counterpart still has to say."""
        self._counterpart.clear()

    def _fill(self, out: Any, samples: int, time: object, status: object) -> None:  # noqa: ANN401 - a C buffer
        """Give the device its next samples; called in the device's own thread."""
        del time, status
        voices = [track.take(samples) for track in (self._trainee, self._counterpart)]
        mixed = sum(np.frombuffer(voice, "<i2").astype(np.int32) for voice in voices)
        out[:] = np.clip(mixed, -32_768, 32_767).astype("<i2").tobytes()
