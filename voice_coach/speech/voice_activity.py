"""What the rest of the program asks of a voice-activity detector, and the energy-based stand-in."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from voice_coach.speech.transcriber import Audio

__all__ = ["WINDOW_SAMPLES", "EnergyActivity", "VoiceActivity", "VoiceActivityStream"]

WINDOW_SAMPLES = 512
"""One decision per 32 ms at 16 kHz: the window Silero was trained on."""


class VoiceActivityStream(Protocol):
    """Voice activity of one microphone, window by window. Holds that stream's state."""

    def process(self, window: Audio) -> float:
        """Give the probability (0 to 1) that this window is speech.

        Args:
            window: Shape (512,), float32 in [-1, 1], the next window without gap or overlap.
        """
        ...

    def process_many(self, audio: Audio) -> list[float]:
        """Give the probability of each window in a stretch: the same as one by one.

        Args:
            audio: Shape (512 n,), the next n windows without gap or overlap.
        """
        ...


class VoiceActivity(Protocol):
    """A shared voice-activity model that opens streams."""

    def stream(self) -> VoiceActivityStream:
        """Open a stream with fresh state."""
        ...


class EnergyActivity:
    """Calls a window speech when it is loud: deterministic, for logic tests only."""

    def __init__(self, threshold_rms: float = 0.01) -> None:
        """Set the root-mean-square above which a window is speech."""
        self._threshold_rms = threshold_rms

    def stream(self) -> EnergyActivity:
        """The detector has no state, so it is its own stream."""
        return self

    def process(self, window: Audio) -> float:
        """1.0 for a loud window, 0.0 for a quiet one."""
        return 1.0 if float(np.sqrt(np.mean(window**2))) > self._threshold_rms else 0.0

    def process_many(self, audio: Audio) -> list[float]:
        """The same for each window of a stretch."""
        return [self.process(window) for window in audio.reshape(-1, WINDOW_SAMPLES)]
