"""The shape of a track for drawing: its loudest sample in every 20 ms, as one byte each.

Kept beside the track, so that an hour of sound is looked through once; made anew when the track is not
the one it was made from. The file may be deleted at any time.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from voice_coach.errors import AudioError

__all__ = ["PEAKS_PER_SECOND", "peaks"]

PEAKS_PER_SECOND: Final = 50
_HEAD: Final = struct.Struct("<QQ")
"""Size and modification time (ns) of the track."""
_BLOCK_PEAKS: Final = 3_000


def peaks(track: Path) -> bytes:
    """Give the peaks of a track: `PEAKS_PER_SECOND` bytes a second, 255 is full scale.

    A minute of sound is in memory at a time. The first time takes about 0.01 s for each minute.

    Raises:
        AudioError: The track cannot be read.
    """
    cache = track.with_suffix(".peaks")
    try:
        state = track.stat()
        head = _HEAD.pack(state.st_size, state.st_mtime_ns)
        if cache.is_file() and (kept := cache.read_bytes()).startswith(head):
            return kept[_HEAD.size :]
        made = _look_through(track)
    except (soundfile.SoundFileError, OSError) as error:
        raise AudioError(f"{track} cannot be read as sound: {error}.") from error
    _keep(cache, head + made)
    return made


def _look_through(track: Path) -> bytes:
    found = []
    with soundfile.SoundFile(track) as file:
        width = file.samplerate / PEAKS_PER_SECOND
        done = 0
        while done < file.frames:
            # Edges are rounded one by one, so that an uneven rate does not drift over an hour.
            first = round(done / width)
            edges = np.round(np.arange(first, first + _BLOCK_PEAKS + 1) * width).astype(int) - done
            block = file.read(int(edges[-1]), dtype="float32", always_2d=True)[:, 0]
            starts = edges[:-1][edges[:-1] < len(block)]
            found.append(np.maximum.reduceat(np.abs(block), starts))
            done += len(block)
    joined = np.concatenate(found) if found else np.zeros(0, np.float32)
    made: bytes = np.minimum(np.ceil(joined * 255), 255).astype(np.uint8).tobytes()
    return made


def _keep(cache: Path, data: bytes) -> None:
    part = cache.with_name(f"{cache.name}.part")
    try:
        part.write_bytes(data)
        part.chmod(0o600)
        part.replace(cache)
    except OSError:
        part.unlink(missing_ok=True)  # a full or read-only disk costs the next reader the same time
