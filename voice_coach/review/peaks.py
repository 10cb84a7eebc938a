"""A track's waveform in little: one byte for every 20 ms, kept beside the track until that changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import AudioError, InputError
from voice_coach.journal.recording import find_tracks
from voice_coach.review.cache import Kept
from voice_coach.review.pauses import PEAKS_PER_SECOND

__all__ = ["PEAKS_PER_SECOND", "read_peaks"]

_BLOCK_SECONDS = 60
_FULL_SCALE = 32_768


def read_peaks(folder: Path, side: Speaker) -> bytes:
    """Give one side's peaks: made when they are first asked for, and again when the track changed.

    An hour takes about half a second, and a few megabytes whatever the length: keep it out of an event
    loop.

    Args:
        folder: The session's folder.
        side: Whose track.

    Returns:
        One unsigned byte for each 20 ms of the track, the last perhaps shorter: its loudest sample,
        255 for full scale. Any sample that is not zero gives at least 1.

    Raises:
        InputError: That side has no track (code `no-recording`).
        AudioError: The track cannot be read.
        StoreError: The track cannot be looked at.
    """
    track = find_tracks(folder).get(side)
    if track is None:
        raise InputError(
            f"Session {folder.name} has no recording of the {side.value}.", code="no-recording"
        )
    kept = Kept(folder / f"{side.value}.peaks", track)
    peaks = kept.read()
    if peaks is None:
        peaks = _measure(track)
        if track.suffix == ".flac":
            kept.write(peaks)
    return peaks


def _measure(track: Path) -> bytes:
    import soundfile  # noqa: PLC0415 - a slow import that most of the program does not need

    parts: list[bytes] = []
    try:
        with soundfile.SoundFile(track) as sound:
            rate = sound.samplerate
            # Rates that 50 does not divide: the bounds of moments are whole samples all the same.
            bounds = np.arange(_BLOCK_SECONDS * PEAKS_PER_SECOND) * rate // PEAKS_PER_SECOND
            while len(block := sound.read(_BLOCK_SECONDS * rate, dtype="int16", always_2d=True)):
                loud = np.abs(block.astype(np.int32)).max(axis=1)
                peaks = np.maximum.reduceat(loud, bounds[bounds < len(loud)])
                parts.append((-(-peaks * 255 // _FULL_SCALE)).astype(np.uint8).tobytes())
    except (soundfile.SoundFileError, OSError, ValueError) as error:
        raise AudioError(f"The recording {track} cannot be read: {error}.") from error
    return b"".join(parts)
