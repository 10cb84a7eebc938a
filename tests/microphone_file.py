"""What a browser's made-up microphone plays: a WAV of spoken lines and silences."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from spoken import silence, spoken

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ

__all__ = ["write_microphone"]


def write_microphone(path: Path, script: Iterable[str | float]) -> Path:
    """Write lines and silences (in seconds) in their order; gives the file."""
    parts = [spoken(part) if isinstance(part, str) else silence(part) for part in script]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes((np.clip(np.concatenate(parts), -1, 1) * 32767).astype("<i2").tobytes())
    return path
