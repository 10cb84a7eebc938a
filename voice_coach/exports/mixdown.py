"""Both sides of a call as one small stereo file that every browser plays: MP3, you left, they right."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import av
import numpy as np
import soundfile
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import AudioError

__all__ = ["MIX_RATE_HZ", "mixdown"]

MIX_RATE_HZ: Final = 24_000
_BITS_PER_SECOND: Final = 48_000
"""About 0.35 MB a minute."""
_BLOCK_SECONDS: Final = 10


def mixdown(tracks: Mapping[Speaker, Path]) -> bytes:
    """Give the MP3 of a call's tracks, which begin together; the shorter one ends in silence.

    Ten seconds of each are in memory at a time, and the MP3.

    Raises:
        AudioError: There is no track, or one cannot be read.
    """
    if not tracks:
        raise AudioError("This call's sound was not kept, so there is none to export.")
    page = io.BytesIO()
    with ExitStack() as stack:
        container = stack.enter_context(av.open(page, "w", format="mp3"))
        stream = container.add_stream("mp3", rate=MIX_RATE_HZ, layout="stereo")
        stream.bit_rate = _BITS_PER_SECOND
        sides = [_blocks(tracks.get(side)) for side in (Speaker.TRAINEE, Speaker.COUNTERPART)]
        samples = 0
        while True:
            left, right = (next(side, None) for side in sides)
            if left is None and right is None:
                break
            block = _side_by_side(left, right)
            frame = av.AudioFrame.from_ndarray(block, format="s16p", layout="stereo")
            frame.sample_rate = MIX_RATE_HZ
            frame.pts = samples
            samples += block.shape[1]
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return page.getvalue()


def _side_by_side(left: NDArray[np.int16] | None, right: NDArray[np.int16] | None) -> NDArray[np.int16]:
    given = [side if side is not None else np.zeros(0, np.int16) for side in (left, right)]
    length = max(len(side) for side in given)
    return np.stack([np.pad(side, (0, length - len(side))) for side in given])


def _blocks(path: Path | None) -> Iterator[NDArray[np.int16]]:
    """One side at the mix's rate, ten seconds at a time."""
    if path is None:
        return
    try:
        with soundfile.SoundFile(path) as file:
            resampler = AudioResampler(format="s16", layout="mono", rate=MIX_RATE_HZ)
            rest = np.zeros(0, np.int16)
            length = _BLOCK_SECONDS * MIX_RATE_HZ
            for block in file.blocks(_BLOCK_SECONDS * file.samplerate, dtype="int16", always_2d=True):
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(block[:, :1].T), format="s16", layout="mono"
                )
                frame.sample_rate = file.samplerate
                rest = np.concatenate([rest, *_arrays(resampler.resample(frame))])
                while len(rest) >= length:
                    yield rest[:length]
                    rest = rest[length:]
            yield np.concatenate([rest, *_arrays(resampler.resample(None))])
    except (soundfile.SoundFileError, OSError) as error:
        raise AudioError(f"{path} cannot be read as sound: {error}.") from error


def _arrays(frames: list[av.AudioFrame]) -> list[NDArray[np.int16]]:
    return [frame.to_ndarray()[0].astype(np.int16) for frame in frames]
