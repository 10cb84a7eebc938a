"""Sound in and out of the ears' own form: float32 in [-1, 1] at 16 kHz."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_coach.errors import AudioError
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = [
    "checked",
    "float_to_pcm",
    "load_channels",
    "load_mono",
    "pcm_to_float",
    "sound_seconds",
    "stream_mono",
]

_PCM_FULL_SCALE = 32_768.0


def pcm_to_float(pcm: bytes | bytearray | memoryview) -> Audio:
    """Turn signed 16-bit little-endian mono samples into float32.

    Raises:
        AudioError: An odd number of bytes.
    """
    if len(pcm) % 2:
        raise AudioError(f"16-bit audio needs an even number of bytes, not {len(pcm)}.")
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(_PCM_FULL_SCALE)


def float_to_pcm(audio: Audio) -> bytes:
    """Turn float32 into signed 16-bit little-endian samples; louder than full scale is clipped.

    Raises:
        AudioError: The audio is not one-dimensional float32, or not finite.
    """
    scaled = np.rint(checked(audio) * _PCM_FULL_SCALE)
    pcm: bytes = np.clip(scaled, -_PCM_FULL_SCALE, _PCM_FULL_SCALE - 1).astype("<i2").tobytes()
    return pcm


def checked(audio: Audio) -> Audio:
    """Give the audio back, or say why it is not audio.

    Raises:
        AudioError: Not of shape (samples,), not float32, or not finite.
    """
    if not isinstance(audio, np.ndarray) or audio.dtype != np.float32:
        kind = getattr(audio, "dtype", type(audio).__name__)
        raise AudioError(f"Audio must be float32 samples in [-1, 1], not {kind}.")
    if audio.ndim != 1:
        raise AudioError(f"Audio must be mono, of shape (samples,), not of shape {audio.shape}.")
    # A sum is finite only if each sample is, and costs a third of looking at each of them.
    if not np.isfinite(audio.sum(dtype=np.float64)):
        raise AudioError("Audio holds samples that are not finite numbers.")
    return audio


def load_mono(path: Path) -> Audio:
    """Read a sound file as 16 kHz mono; several channels are averaged.

    Raises:
        AudioError: The file is missing, empty, not sound, damaged, or holds values that are not finite.
    """
    return np.concatenate(list(stream_mono(path)))


def stream_mono(path: Path) -> Iterator[Audio]:
    """Read a sound file as 16 kHz mono, a second or so at a time; several channels are averaged.

    Yields:
        Shape (samples,), the parts of the file in order.

    Raises:
        AudioError: As for `load_mono`, some of it only where reading comes upon it.
    """
    for block in _blocks(path):
        mono: Audio = block[0] if len(block) == 1 else block.mean(axis=0, dtype=np.float32)
        yield mono


def load_channels(path: Path) -> tuple[Audio, ...]:
    """Read a sound file as 16 kHz, one array a channel.

    Raises:
        AudioError: As for `load_mono`.
    """
    return tuple(np.concatenate(list(_blocks(path)), axis=1))


def sound_seconds(path: Path) -> float | None:
    """Give how long a sound file says it is, or None when it does not or cannot be read."""
    import av  # noqa: PLC0415 - a heavy import stays inside its adapter
    import av.error  # noqa: PLC0415

    try:
        with av.open(str(path), metadata_errors="replace") as container:
            return None if container.duration is None else container.duration / av.time_base
    except (av.error.FFmpegError, OSError):
        return None


def _blocks(path: Path) -> Iterator[NDArray[np.float32]]:
    """Decode and resample; shape (channels, samples), about a second each."""
    import av  # noqa: PLC0415 - a heavy import stays inside its adapter
    import av.error  # noqa: PLC0415

    if not path.exists():
        raise AudioError(f"There is no file at {path}.")
    if not path.is_file():
        raise AudioError(f"{path} is not a file.")
    if not path.stat().st_size:
        raise AudioError(f"{path} is empty.")
    samples = 0
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            if not container.streams.audio:
                raise AudioError(f"{path} holds no sound.")
            for block in _joined(_resampled(container)):
                if not np.isfinite(block.sum(dtype=np.float64)):
                    raise AudioError(f"{path} holds samples that are not finite numbers.")
                samples += block.shape[1]
                # Float files may exceed full scale; what was clipped in the recording stays as it is.
                yield np.clip(block, -1.0, 1.0, out=block)
    except av.error.FFmpegError as error:
        raise AudioError(f"{path} cannot be read as sound: {error.strerror}.") from error
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}.") from error
    if not samples:
        raise AudioError(f"{path} holds no samples.")


def _joined(parts: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """Put short parts together to blocks of a second or so."""
    waiting: list[NDArray[np.float32]] = []
    samples = 0
    for part in parts:
        waiting.append(part)
        samples += part.shape[1]
        if samples >= SAMPLE_RATE_HZ:
            yield np.concatenate(waiting, axis=1)
            waiting, samples = [], 0
    if samples:
        yield np.concatenate(waiting, axis=1)


def _resampled(container: Any) -> Iterator[NDArray[np.float32]]:  # noqa: ANN401 - a PyAV container
    import av  # noqa: PLC0415

    # Without a layout the source's own channels are kept.
    resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE_HZ)
    # The closing None gives what the resampler still holds.
    for frame in itertools.chain(_frames(container), [None]):
        for part in resampler.resample(frame):
            yield part.to_ndarray().astype(np.float32, copy=False)


def _frames(container: Any) -> Iterator[Any]:  # noqa: ANN401 - PyAV frames
    for frame in container.decode(audio=0):
        # Timestamps with gaps would make the resampler insert or drop samples.
        frame.pts = None
        yield frame
