"""A recording of any length, as pieces of speech that Whisper can hear at once.

It is read as it comes: what has been cut off is forgotten, so an hour takes no more memory than a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from voice_coach.conversation.turns import GateSignal, SpeechGate
from voice_coach.settings import TurnSettings
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.voice_activity import WINDOW_SAMPLES, VoiceActivity

__all__ = ["Piece", "pieces"]

_LONGEST_SAMPLES: Final = 24 * SAMPLE_RATE_HZ
"""Whisper hears at most 30 s; the tail of silence needs room too."""
_MARGIN_SAMPLES: Final = round(0.3 * SAMPLE_RATE_HZ)
"""Kept around speech, so that no first or last sound is lost."""
_LOOK_BACK_SAMPLES: Final = 6 * SAMPLE_RATE_HZ
"""Speech without a pause is cut at its quietest moment in as much as this."""
_MOMENT_SAMPLES: Final = round(0.1 * SAMPLE_RATE_HZ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the recording."""

    start_sample: int
    """Where it stands in the recording."""
    audio: Audio


class _Held:
    """The end of a recording, from some sample on."""

    def __init__(self) -> None:
        self.start = 0
        self._audio = np.zeros(0, np.float32)

    @property
    def stop(self) -> int:
        return self.start + len(self._audio)

    def append(self, audio: Audio) -> None:
        self._audio = np.concatenate([self._audio, audio])

    def piece(self, start: int, stop: int) -> Piece:
        audio = self._audio[start - self.start : max(0, stop - self.start)]
        return Piece(start_sample=start, audio=audio.copy())

    def forget(self, before: int) -> None:
        if before > self.start:
            self._audio = self._audio[before - self.start :].copy()
            self.start = before

    def quietest(self, start: int, stop: int) -> int:
        """The middle of the quietest moment between two samples."""
        audio = self._audio[start - self.start : stop - self.start]
        moments = audio[: len(audio) // _MOMENT_SAMPLES * _MOMENT_SAMPLES].reshape(-1, _MOMENT_SAMPLES)
        loudness = np.var(moments, axis=1)
        return start + int(loudness.argmin()) * _MOMENT_SAMPLES + _MOMENT_SAMPLES // 2


class _Cutter:
    """Where a piece begins and ends while the recording is looked at window by window."""

    def __init__(self, held: _Held) -> None:
        self.start: int | None = None
        """Where the piece that grows begins; None while there is none."""
        self._held = held
        self._stop = 0
        """The end of its speech up to the last pause, margin included."""
        self._again = 0
        """Where the speech after that pause begins."""
        self._speaking = False

    def notice(self, kind: GateSignal, sample: int) -> None:
        self._speaking = kind is GateSignal.STARTED
        if self._speaking:
            self._again = max(self._stop, sample - _MARGIN_SAMPLES)
            self.start = self._again if self.start is None else self.start
        else:
            self._stop = sample + _MARGIN_SAMPLES

    def cut(self, looked_at: int) -> Piece | None:
        """Give the piece that has grown too long to take in what follows."""
        start = self.start
        if start is None or looked_at - start <= _LONGEST_SAMPLES:
            return None
        if not self._speaking:
            self.start = None
        elif self._again > start:
            self.start = self._again
        else:
            cut = self._held.quietest(looked_at - _LOOK_BACK_SAMPLES, looked_at)
            self._stop = self._again = self.start = cut
        return self._held.piece(start, self._stop)

    def rest(self) -> Piece | None:
        if self.start is None:
            return None
        stop = self._held.stop if self._speaking else self._stop
        return self._held.piece(self.start, stop)


def pieces(blocks: Iterable[Audio], activity: VoiceActivity) -> Iterator[Piece]:
    """Cut a recording into pieces of speech, at pauses where there are any.

    Args:
        blocks: The recording, 16 kHz, in blocks of any length.
        activity: Voice activity.

    Yields:
        Pieces of at most 24 s and their margins. Nothing for a recording without speech.
    """
    gate, stream, held = SpeechGate(TurnSettings()), activity.stream(), _Held()
    cutter = _Cutter(held)
    looked_at = 0
    for block in blocks:
        held.append(block)
        while looked_at + WINDOW_SAMPLES <= held.stop:
            window = held.piece(looked_at, looked_at + WINDOW_SAMPLES).audio
            looked_at += WINDOW_SAMPLES
            signal = gate.process(stream.process(window))
            if signal is not None:
                cutter.notice(*signal)
            piece = cutter.cut(looked_at)
            if piece is not None:
                yield piece
        # Speech is noticed some windows after it began.
        held.forget(looked_at - 2 * _MARGIN_SAMPLES if cutter.start is None else cutter.start)
    last = cutter.rest()
    if last is not None:
        yield last
