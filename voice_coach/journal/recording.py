"""The sound of a session: both sides on one time line, so that a review can play them together.

Second 0 of both tracks is second 0 of the events' `at`. The trainee's track is written as it arrives
and is silent where nothing arrived (muted, disconnected); a reply of the counterpart stands where it
began to be heard, cut to what was heard, with silence around it. At the end both are of one length.

While the call runs there are `trainee.wav` and `counterpart.wav`; afterwards `trainee.flac` and
`counterpart.flac` (why: see `track.py`). Ending a recording and mending one that a crash cut off is
the same thing: `recover`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import AudioError, StoreError, VoiceCoachError
from voice_coach.journal.store import store_trouble
from voice_coach.journal.track import Track

__all__ = ["MICROPHONE_RATE_HZ", "Recorder", "find_tracks", "recover"]

MICROPHONE_RATE_HZ = 16_000

_BLOCK_SAMPLES = 65_536


class Recorder:
    """Keeps the sound of a running call. Used by one thread; each call is a write to the page cache.

    A second recorder in the same folder goes on where the first was cut off, as long as `recover` has
    not finished its tracks.
    """

    def __init__(self, folder: Path) -> None:
        """Record into the session's folder, which exists. Files appear with the first sound."""
        self._folder = folder
        self._tracks: dict[Speaker, Track] = {}
        self._reply: int | None = None
        self._reply_start_sample = 0

    def hear(self, pcm: bytes, *, at_seconds: float | None = None) -> None:
        """Add what the trainee's microphone sent.

        Args:
            pcm: Signed 16-bit little-endian mono samples at 16 kHz.
            at_seconds: Where on the time line `pcm` begins, for the first piece and the first one
                after a gap; what lies between is silence. None, and any time that is already
                recorded, means right after the piece before.

        Raises:
            AudioError: `pcm` ends inside a sample.
            StoreError: The recording is finished, or the disk refused: the recording has silence there
                then, and later pieces stand in their place.
        """
        track = self._track(Speaker.TRAINEE, MICROPHONE_RATE_HZ)
        start = track.samples
        if at_seconds is not None:
            start = max(start, round(at_seconds * MICROPHONE_RATE_HZ))
        track.write(start, pcm)

    def hear_again(self, start_sample: int, pcm: bytes) -> None:
        """Add what the trainee's microphone sent from this sample (at 16 kHz) of the time line on.

        What the track has from there on gives way: after a crash the end of it is sent again. What it
        lacks before is silence. Raises as `hear` does.
        """
        self._track(Speaker.TRAINEE, MICROPHONE_RATE_HZ).write(start_sample, pcm)

    def place_reply(self, reply: int, *, start_seconds: float, pcm: bytes, sample_rate_hz: int) -> None:
        """Put a reply where it began to be heard.

        Call it when the reply becomes audible, so that a crash keeps it, and again with the same
        number whenever more of it was synthesised and when it was cut: `pcm` replaces what the track
        has of this reply, whose start stays where it was first put. A reply never begins before the
        end of the one before.

        Args:
            reply: The reply's number.
            start_seconds: On the time line.
            pcm: Signed 16-bit little-endian mono samples: all of the reply so far, or what was heard.
            sample_rate_hz: The voice's rate, the same for the whole call.

        Raises:
            AudioError: Half a sample, or another rate than before.
            StoreError: The disk refused. The recording has silence there.
        """
        track = self._track(Speaker.COUNTERPART, sample_rate_hz)
        if track.sample_rate_hz != sample_rate_hz:
            raise AudioError(
                f"A reply at {sample_rate_hz} Hz does not fit a recording at {track.sample_rate_hz} Hz."
            )
        if reply != self._reply:
            self._reply = reply
            self._reply_start_sample = max(track.samples, round(start_seconds * sample_rate_hz))
        track.write(self._reply_start_sample, pcm)

    def copy(self, source: Path, *, until_seconds: Mapping[Speaker, float]) -> int | None:
        """Begin with the sound of another session. A side that it lacks has none here.

        Takes about 0.02 s per minute and track: keep it out of an event loop.

        Args:
            source: That session's folder.
            until_seconds: How much of each side's track.

        Returns:
            The rate of the counterpart's sound in Hz, at which replies must be placed; None if it has
            none.

        Raises:
            AudioError: A recording cannot be read; what could be is there.
            StoreError: The disk refused.
        """
        import soundfile  # noqa: PLC0415 - a slow import that listing sessions does not need

        for side, path in find_tracks(source).items():
            try:
                with soundfile.SoundFile(path) as sound:
                    track = self._track(side, sound.samplerate)
                    left = min(sound.frames, round(until_seconds[side] * sound.samplerate))
                    while left and len(block := sound.read(min(left, _BLOCK_SAMPLES), dtype="int16")):
                        track.write(track.samples, block.astype("<i2").tobytes())
                        left -= len(block)
            except soundfile.SoundFileError as error:
                raise AudioError(f"The recording {path} cannot be read: {error}.") from error
        voice = self._tracks.get(Speaker.COUNTERPART)
        return None if voice is None else voice.sample_rate_hz

    def take_up(self) -> int:
        """Go on with a recording that a crash cut off, even if it has been finished since.

        Takes about 0.02 s per minute and track if it has: keep it out of an event loop.

        Returns:
            How long the trainee's track is already, in samples at 16 kHz.

        Raises:
            AudioError: A file is none that a recorder made.
            StoreError: The disk refused.
        """
        for side in Speaker:
            if _final(self._folder, side).exists():
                self._unfinish(side)
        if not Track.begun(_live(self._folder, Speaker.TRAINEE)):
            return 0
        return self._track(Speaker.TRAINEE, MICROPHONE_RATE_HZ).samples

    def _unfinish(self, side: Speaker) -> None:
        """Make a finished track grow again. A crash in between leaves the finished one as it was.

        The silence at its end may only fill it up to the other track: it is taken away.
        """
        import soundfile  # noqa: PLC0415 - as in `copy`

        final, live = _final(self._folder, side), _live(self._folder, side)
        with store_trouble(f"The recording {final} cannot be taken up"):
            live.unlink(missing_ok=True)
        try:
            with soundfile.SoundFile(final) as sound:
                track, heard = Track.create(live, sound.samplerate), 0
                while len(block := sound.read(_BLOCK_SAMPLES, dtype="int16")):
                    sounding = np.flatnonzero(block)
                    heard = track.samples + int(sounding[-1]) + 1 if len(sounding) else heard
                    track.write(track.samples, block.astype("<i2").tobytes())
                track.write(heard, b"")
        except soundfile.SoundFileError as error:
            raise AudioError(f"The recording {final} cannot be read: {error}.") from error
        track.close()
        with store_trouble(f"The recording {final} cannot be taken up"):
            final.unlink()

    def close(self) -> Mapping[Speaker, Path]:
        """End the recording and give the finished files. Idempotent.

        Takes about 0.02 s per minute and track: keep it out of an event loop.

        Raises:
            StoreError: The disk refused; what was recorded stays, and `recover` can try again.
        """
        for track in self._tracks.values():
            track.close()
        self._tracks.clear()
        return recover(self._folder)

    def _track(self, side: Speaker, sample_rate_hz: int) -> Track:
        if side not in self._tracks:
            if _final(self._folder, side).exists():
                raise StoreError(f"The recording in {self._folder} is finished; nothing can be added.")
            path = _live(self._folder, side)
            self._tracks[side] = (
                Track.reopen(path) if Track.begun(path) else Track.create(path, sample_rate_hz)
            )
        return self._tracks[side]


def recover(folder: Path) -> Mapping[Speaker, Path]:
    """Finish a recording that was not: nothing to do is fine. Give the session's tracks.

    The reply that was being heard when a crash came is kept as far as it was synthesised.

    Raises:
        StoreError: The call is still running, or the disk refused; nothing is lost.
        AudioError: A file stands in a track's place that is no recording.
    """
    unfinished = _open_unfinished(folder)
    try:
        longest = max((_seconds_of_finished(folder), *(t.seconds for t in unfinished.values())))
        for side, track in unfinished.items():
            fill = round(longest * track.sample_rate_hz)
            track.finish(_final(folder, side), samples=max(track.samples, fill))
    finally:
        for track in unfinished.values():
            track.close()
    return find_tracks(folder)


def find_tracks(folder: Path) -> dict[Speaker, Path]:
    """Give each side's sound file: FLAC, or WAV while it is unfinished. A side may have none."""
    return {
        side: next(path for path in (_final(folder, side), _live(folder, side)) if path.is_file())
        for side in Speaker
        if _final(folder, side).is_file() or _live(folder, side).is_file()
    }


def _open_unfinished(folder: Path) -> dict[Speaker, Track]:
    tracks: dict[Speaker, Track] = {}
    for side in Speaker:
        live = _live(folder, side)
        try:
            if not Track.begun(live):
                continue
            track = Track.reopen(live)
        except VoiceCoachError:
            for opened in tracks.values():
                opened.close()
            raise
        if track.samples and not _final(folder, side).exists():
            tracks[side] = track
        else:
            # Nothing was ever heard; or a crash came between writing the FLAC and removing the WAV.
            track.discard()
    return tracks


def _seconds_of_finished(folder: Path) -> float:
    """How long the finished tracks are; 0 when there are none."""
    import soundfile  # noqa: PLC0415 - a slow import that listing sessions does not need

    finished = [str(_final(folder, side)) for side in Speaker if _final(folder, side).exists()]
    try:
        return max((float(soundfile.info(path).duration) for path in finished), default=0.0)
    except soundfile.SoundFileError as error:
        raise AudioError(f"A recording in {folder} cannot be read: {error}.") from error


def _live(folder: Path, side: Speaker) -> Path:
    return folder / f"{side.value}.wav"


def _final(folder: Path, side: Speaker) -> Path:
    return folder / f"{side.value}.flac"
