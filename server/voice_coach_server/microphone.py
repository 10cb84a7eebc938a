"""One trainee's microphone stream: ordered samples, voice activity, and waits on the audio clock.

Whatever the sizes of the frames that bring it, the same audio leads to the same signals in the same
order: everything is decided on whole 512-sample windows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from voice_coach.conversation.turns import GateSignal, SpeechGate
from voice_coach.errors import ProtocolError
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.voice_activity import WINDOW_SAMPLES, VoiceActivityStream

__all__ = ["Microphone"]

_KEPT_SAMPLES = 30 * SAMPLE_RATE_HZ
"""Audio kept for transcription; a piece of an utterance is at most 24 s and its preroll."""
_SLACK_SAMPLES = 6 * SAMPLE_RATE_HZ
"""Room behind it: what is kept is moved to the front this seldom, a megabyte at a time."""


class Microphone:
    """Takes frames in order; calls back for speech, pauses and samples that somebody waits for."""

    def __init__(
        self,
        *,
        activity: VoiceActivityStream,
        gate: SpeechGate,
        on_speech: Callable[[GateSignal, int], None],
        on_sample: Callable[[str, int], None],
        first_sample: int = 0,
    ) -> None:
        """Begin with silence.

        Args:
            activity: This stream's voice activity.
            gate: This stream's hysteresis.
            on_speech: Called with the signal and the sample it dates from.
            on_sample: Called with the timer's name and the sample reached.
            first_sample: Offset of the first frame; what was before it is not known.
        """
        self._activity = activity
        self._gate = gate
        self._on_speech = on_speech
        self._on_sample = on_sample
        self._awaited: dict[str, int] = {}
        self._kept: NDArray[np.int16] = np.zeros(_KEPT_SAMPLES + _SLACK_SAMPLES, np.int16)
        self._kept_from = first_sample
        self.next_sample = first_sample
        """Offset that the next frame must have."""
        self.processed_samples = first_sample
        """How far windows have been judged."""

    def push(self, offset: int, pcm: bytes) -> None:
        """Take the next frame.

        Args:
            offset: Sample offset of its first sample; must be `next_sample`.
            pcm: Signed 16-bit little-endian mono samples at 16 kHz.

        Raises:
            ProtocolError: `out-of-order-audio`.
        """
        if offset != self.next_sample:
            raise ProtocolError(
                f"Audio must arrive in order: expected sample {self.next_sample}, "
                f"but this frame starts at {offset}.",
                code="out-of-order-audio",
            )
        samples = np.frombuffer(pcm, "<i2")
        for start in range(0, len(samples), _SLACK_SAMPLES):
            self._keep(samples[start : start + _SLACK_SAMPLES])
            self._judge()

    def await_sample(self, timer: str, sample: int) -> None:
        """Call `on_sample` once windows up to this sample have been judged: at once if they have."""
        self._awaited.pop(timer, None)
        if sample <= self.processed_samples:
            self._on_sample(timer, self.processed_samples)
        else:
            self._awaited[timer] = sample

    def listen_afresh(self) -> None:
        """Report the next speech even if the last has not ended."""
        self._gate.restart()

    def cancel(self, timer: str) -> None:
        """Forget a wait, if there is one of this name."""
        self._awaited.pop(timer, None)

    def audio(self, from_sample: int, to_sample: int) -> Audio:
        """Give a range of samples as float32, cut to what is still kept."""
        start = max(from_sample - self._kept_from, 0)
        stop = max(to_sample - self._kept_from, start)
        return self._kept[start:stop].astype(np.float32) / 32768.0

    def seconds_ago(self, sample: int) -> float:
        """Say how long ago this sample was, by the newest one."""
        return (self.next_sample - sample) / SAMPLE_RATE_HZ

    def _keep(self, samples: NDArray[np.int16]) -> None:
        used = self.next_sample - self._kept_from
        if used + len(samples) > len(self._kept):
            shift = used - _KEPT_SAMPLES
            self._kept[:_KEPT_SAMPLES] = self._kept[shift:used]
            self._kept_from += shift
            used = _KEPT_SAMPLES
        self._kept[used : used + len(samples)] = samples
        self.next_sample += len(samples)

    def _judge(self) -> None:
        while self.next_sample - self.processed_samples >= WINDOW_SAMPLES:
            window_start = self.processed_samples
            window = self.audio(window_start, window_start + WINDOW_SAMPLES)
            self.processed_samples += WINDOW_SAMPLES
            signal = self._gate.process(self._activity.process(window))
            if signal is not None:
                self._on_speech(*signal)
            due = [name for name, at in self._awaited.items() if at <= self.processed_samples]
            for name in due:
                if self._awaited.pop(name, None) is not None:
                    self._on_sample(name, self.processed_samples)
