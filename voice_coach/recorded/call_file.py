"""The file of a recorded call: what it says of itself, and its channels at 16 kHz, a second at a time.

Whatever PyAV decodes is taken, by what is in the file and not by its name: WAV, FLAC, MP3, M4A, Ogg,
WebM, and the sound of a video. Damage inside the sound is passed over packet by packet, as players do.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.errors import AudioError
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ

__all__ = ["Block", "CallFile", "open_call"]

Block = NDArray[np.float32]
"""Shape (channels, samples), values in [-1, 1], 16 kHz: about a second."""

_MOST_CHANNELS: Final = 2
_ENCRYPTED: Final = frozenset({"enca", "drms"})
"""How an MP4 file marks sound that only a licence opens."""
_WITHOUT_LENGTH: Final = frozenset({"aac", "mp3"})
"""Bare streams, whose length is estimated."""
_SHORT_SECONDS: Final = 0.12
"""Encoders pad their ends by less than this."""
_DAMAGED_AT_FIRST: Final = 200
"""Packets that may be damaged before the first sound; past it there is none."""


@dataclass(slots=True, kw_only=True)
class CallFile:
    """A file that can be heard. `damaged` counts while it is read."""

    path: Path
    channels: int
    """1 or 2."""
    rate_hz: int
    """The file's own."""
    seconds: float | None
    """How long it says it is; None when it does not say."""
    exact: bool
    """Whether that is known, and not estimated from its size."""
    damaged: int = 0
    """Packets that could not be decoded and were left out, of the last reading."""

    def falls_short(self, seconds: float) -> bool:
        """Whether so much decoded sound is less than the file says it holds."""
        said = self.seconds if self.exact else None
        return self.damaged > 0 or (said is not None and seconds < said - _SHORT_SECONDS)

    def blocks(self) -> Iterator[Block]:
        """Read the file from its beginning.

        Raises:
            AudioError: Nothing in it can be decoded, or it holds no sound, or numbers that are no sound.
        """
        import av  # noqa: PLC0415 - a heavy import stays inside its adapter
        import av.error  # noqa: PLC0415

        self.damaged = 0
        samples = 0
        try:
            with av.open(str(self.path), metadata_errors="replace") as container:
                for block in _joined(self._resampled(container)):
                    samples += block.shape[1]
                    # Float files may exceed full scale; what was clipped in the recording stays as it is.
                    yield np.clip(block, -1.0, 1.0, out=block)
        except av.error.FFmpegError as error:
            if not samples:
                raise AudioError(f"{self.path} cannot be read as sound: {error.strerror}.") from error
            # It breaks off: what was read so far is good.
            self.damaged += 1
        except OSError as error:
            raise AudioError(f"{self.path} cannot be read: {error.strerror}.") from error
        if not samples:
            damaged = "nothing in it can be decoded" if self.damaged else "it holds no samples"
            raise AudioError(f"{self.path} cannot be heard: {damaged}.")

    def _resampled(self, container: Any) -> Iterator[Block]:  # noqa: ANN401 - a PyAV container
        import av  # noqa: PLC0415

        # Without a layout the source's own channels are kept.
        resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE_HZ)
        # The closing None gives what the resampler still holds.
        for frame in itertools.chain(self._frames(container), [None]):
            for part in resampler.resample(frame):
                block = part.to_ndarray().astype(np.float32, copy=False)
                if not np.isfinite(block.sum(dtype=np.float64)):
                    raise AudioError(f"{self.path} holds samples that are not finite numbers.")
                yield block

    def _frames(self, container: Any) -> Iterator[Any]:  # noqa: ANN401 - PyAV frames
        import av.error  # noqa: PLC0415

        stream = container.streams.audio[0]
        sounding = False
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                self.damaged += 1
                if not sounding and self.damaged > _DAMAGED_AT_FIRST:
                    return
                continue
            for frame in frames:
                sounding = True
                # Timestamps with gaps would make the resampler insert or drop samples.
                frame.pts = None
                yield frame


def open_call(path: Path) -> CallFile:
    """Look into a file without decoding it.

    Raises:
        AudioError: It is missing, a folder, empty, not readable, no sound at all, encrypted, or has more
            than two channels.
    """
    import av  # noqa: PLC0415 - a heavy import stays inside its adapter
    import av.error  # noqa: PLC0415

    try:
        _demand_file(path)
        with av.open(str(path), metadata_errors="replace") as container:
            if not container.streams.audio:
                raise AudioError(f"{path} holds no sound.")
            context = container.streams.audio[0].codec_context
            _demand_decodable(path, context)
            seconds = None if container.duration is None else container.duration / av.time_base
            return CallFile(
                path=path,
                channels=context.channels,
                rate_hz=context.sample_rate,
                seconds=seconds,
                exact=container.format.name not in _WITHOUT_LENGTH,
            )
    except av.error.FFmpegError as error:
        raise AudioError(f"{path} cannot be read as sound: {error.strerror}.") from error
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}.") from error


def _demand_file(path: Path) -> None:
    if path.is_dir():
        raise AudioError(f"{path} is a folder; give one sound file.")
    if not path.exists():
        raise AudioError(f"There is no file at {path}.")
    if not path.is_file():
        raise AudioError(f"{path} is not a file.")
    # Opened by us first: the library's own words for a file that may not be read are none for a person.
    with path.open("rb") as stream:
        if not stream.read(1):
            raise AudioError(f"{path} is empty.")


def _demand_decodable(path: Path, context: Any) -> None:  # noqa: ANN401 - PyAV's codec context
    if context is None:
        raise AudioError(f"{path} holds sound of a kind that cannot be decoded here.")
    if context.codec_tag in _ENCRYPTED:
        raise AudioError(
            f"{path} is encrypted (DRM) and cannot be heard; save the call without protection."
        )
    if context.channels > _MOST_CHANNELS:
        raise AudioError(
            f"{path} has {context.channels} channels, and a call has one or two; save it with one"
            " channel for each of two speakers."
        )


def _joined(parts: Iterator[Block]) -> Iterator[Block]:
    """Put short parts together to blocks of a second or so."""
    waiting: list[Block] = []
    samples = 0
    for part in parts:
        waiting.append(part)
        samples += part.shape[1]
        if samples >= SAMPLE_RATE_HZ:
            yield np.concatenate(waiting, axis=1)
            waiting, samples = [], 0
    if samples:
        yield np.concatenate(waiting, axis=1)
