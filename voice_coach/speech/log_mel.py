"""Whisper's picture of sound: a log-mel spectrogram, at the clip's own length.

The numbers are those of Whisper's own front end (25 ms Hann windows every 10 ms, Slaney mel filters,
log10, the quietest 8 decades cut, shifted to about [-1, 1]), so that its weights can be used.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["FRAMES_PER_SECOND", "HOP_SAMPLES", "log_mel"]

HOP_SAMPLES: Final = 160
"""Samples from one frame to the next."""

FRAMES_PER_SECOND: Final = SAMPLE_RATE_HZ // HOP_SAMPLES

_WINDOW_SAMPLES: Final = 400
_QUIETEST: Final = 1e-10
_DECADES: Final = 8.0
_FRAMES_PER_PRODUCT: Final = 8


def log_mel(audio: Audio, *, frames: int, mels: int) -> NDArray[np.float32]:
    """Compute the spectrogram of the audio followed by digital silence.

    Args:
        audio: Shape (samples,), float32, 16 kHz.
        frames: Length of the result; audio past `frames * HOP_SAMPLES` samples is left out.
        mels: Mel bands the model was trained on (80 or 128).

    Returns:
        Shape (1, mels, frames), float32, C-contiguous.
    """
    # Two frames of silence close the last window; the frames after them are silence all through.
    sounding = min(frames, len(audio) // HOP_SAMPLES + 2)
    half = _WINDOW_SAMPLES // 2
    padded = np.zeros(sounding * HOP_SAMPLES + _WINDOW_SAMPLES, dtype=np.float32)
    kept = audio[: len(padded) - half]
    padded[half : half + len(kept)] = kept
    mirrored = kept[1 : half + 1][::-1]
    padded[half - len(mirrored) : half] = mirrored
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW_SAMPLES)[::HOP_SAMPLES][:sounding]
    spectrum = np.fft.rfft(windows * _hann())
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    logged = np.log10(np.maximum(_filtered(power, mels), _QUIETEST))
    floor = float(logged.max()) - _DECADES
    features = np.full((1, mels, frames), floor, dtype=np.float32)
    np.maximum(logged, floor, out=features[0, :, :sounding])
    features += 4.0
    features /= 4.0
    return features


def _filtered(power: NDArray[np.float32], mels: int) -> NDArray[np.float32]:
    """Apply the mel filters; (frames, 201) becomes (mels, frames).

    In pieces of a few frames, because a large product wakes the threads of numpy's BLAS, and these go
    on spinning for tens of milliseconds on cores that other people's decodes need.
    """
    frames = len(power)
    stacked = np.zeros(
        (-(-frames // _FRAMES_PER_PRODUCT), _FRAMES_PER_PRODUCT, power.shape[1]), np.float32
    )
    stacked.reshape(-1, power.shape[1])[:frames] = power
    filtered: NDArray[np.float32] = (stacked @ _mel_filters(mels).T).reshape(-1, mels)[:frames].T
    return filtered


@cache
def _hann() -> NDArray[np.float32]:
    return np.hanning(_WINDOW_SAMPLES + 1)[:-1].astype(np.float32)


@cache
def _mel_filters(mels: int) -> NDArray[np.float32]:
    """Triangles on Slaney's mel scale, each of equal area; shape (mels, 201)."""
    corners_hz = _mel_to_hz(np.linspace(0.0, _hz_to_mel(SAMPLE_RATE_HZ / 2), mels + 2))
    bins_hz = np.fft.rfftfreq(_WINDOW_SAMPLES, 1 / SAMPLE_RATE_HZ)
    widths_hz = np.diff(corners_hz)
    rising = (bins_hz - corners_hz[:-2, None]) / widths_hz[:-1, None]
    falling = (corners_hz[2:, None] - bins_hz) / widths_hz[1:, None]
    areas = 2.0 / (corners_hz[2:] - corners_hz[:-2])
    filters = np.maximum(0.0, np.minimum(rising, falling)) * areas[:, None]
    return filters.astype(np.float32)


# Slaney's scale: linear up to 1 kHz (3 mels per 200 Hz), then 27 mels for each factor of 6.4.
_LINEAR_HZ_PER_MEL: Final = 200.0 / 3
_BREAK_HZ: Final = 1000.0
_BREAK_MEL: Final = _BREAK_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP: Final = np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    return float(_BREAK_MEL + np.log(hz / _BREAK_HZ) / _LOG_STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    above = _BREAK_HZ * np.exp(_LOG_STEP * (mel - _BREAK_MEL))
    return np.where(mel >= _BREAK_MEL, above, mel * _LINEAR_HZ_PER_MEL)
