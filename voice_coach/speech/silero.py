"""Voice activity by Silero, one window at a time.

The network looks at 512 new samples and the 64 before them, and carries an LSTM state from window to
window. The weights are shared by every stream; the state belongs to one microphone.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.errors import AudioError, ModelError
from voice_coach.speech.rumble import RumbleFilter
from voice_coach.speech.transcriber import Audio
from voice_coach.speech.voice_activity import WINDOW_SAMPLES

__all__ = ["SileroActivity", "SileroStream"]

_CONTEXT_SAMPLES: Final = 64
_STATE_SHAPE: Final = (1, 1, 128)
_ASSET: Final = "assets/silero_vad_v6.onnx"


class SileroActivity:
    """Silero's network, loaded once and shared by all streams. Safe to use from several threads."""

    def __init__(self) -> None:
        """Load the network that ships inside faster-whisper.

        Raises:
            ModelError: The network is missing or cannot be loaded.
        """
        import onnxruntime  # noqa: PLC0415 - a heavy import stays inside its adapter

        options = onnxruntime.SessionOptions()
        # One window is far too little work to share between threads, and spinning threads cost a core.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        path = _network_file()
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), providers=["CPUExecutionProvider"], sess_options=options
            )
        except Exception as error:
            raise ModelError(f"The voice-activity network {path} cannot be loaded.") from error

    def probabilities(self, audio: Audio) -> NDArray[np.float32]:
        """Give what a fresh stream would say of each window, in one run and less than half the time.

        Args:
            audio: Shape (samples,), float32, 16 kHz; what does not fill a window is left out.

        Returns:
            Shape (windows,).
        """
        count = len(audio) // WINDOW_SAMPLES
        if not count:
            return np.zeros(0, dtype=np.float32)
        padded = np.zeros(_CONTEXT_SAMPLES + count * WINDOW_SAMPLES, dtype=np.float32)
        padded[_CONTEXT_SAMPLES:] = RumbleFilter().process(audio[: count * WINDOW_SAMPLES])
        seen = np.lib.stride_tricks.sliding_window_view(padded, _CONTEXT_SAMPLES + WINDOW_SAMPLES)
        state = np.zeros(_STATE_SHAPE, dtype=np.float32)
        windows = np.ascontiguousarray(seen[::WINDOW_SAMPLES])
        found, _, _ = self._session.run(None, {"input": windows, "h": state, "c": state})
        return np.asarray(found, dtype=np.float32).ravel()

    def stream(self) -> SileroStream:
        """Open a stream with fresh state."""
        return SileroStream(self._session)


class SileroStream:
    """Voice activity of one microphone."""

    __slots__ = ("_cell", "_hidden", "_input", "_rumble", "_session")

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - onnxruntime ships no types
        """Start from silence."""
        self._session = session
        self._rumble = RumbleFilter()
        self._hidden = np.zeros(_STATE_SHAPE, dtype=np.float32)
        self._cell = np.zeros(_STATE_SHAPE, dtype=np.float32)
        self._input = np.zeros((1, _CONTEXT_SAMPLES + WINDOW_SAMPLES), dtype=np.float32)

    def process_many(self, audio: Audio) -> list[float]:
        """Give the probability of each window in a stretch: the same, for two thirds of the work.

        Args:
            audio: Shape (512 n,), the next n windows.

        Raises:
            AudioError: The audio does not end with a window.
        """
        if audio.ndim != 1 or len(audio) % WINDOW_SAMPLES:
            raise AudioError(
                f"Voice activity needs windows of {WINDOW_SAMPLES} samples, not audio of {audio.shape}."
            )
        if not len(audio):
            return []
        whole = np.concatenate([self._input[0, -_CONTEXT_SAMPLES:], self._rumble.process(audio)])
        windows = np.lib.stride_tricks.sliding_window_view(whole, _CONTEXT_SAMPLES + WINDOW_SAMPLES)
        # The network takes them as a sequence, one after the other through its state.
        probabilities, self._hidden, self._cell = self._session.run(
            None,
            {
                "input": np.ascontiguousarray(windows[::WINDOW_SAMPLES]),
                "h": self._hidden,
                "c": self._cell,
            },
        )
        self._input[0] = windows[-1]
        return [float(probability) for probability in probabilities.ravel()]

    def process(self, window: Audio) -> float:
        """Give the probability (0 to 1) that this window is speech.

        Args:
            window: Shape (512,), float32 in [-1, 1], the next window without gap or overlap.

        Raises:
            AudioError: The window has another length.
        """
        if window.shape != (WINDOW_SAMPLES,):
            raise AudioError(
                f"Voice activity needs windows of {WINDOW_SAMPLES} samples, not of shape {window.shape}."
            )
        self._input[0, :_CONTEXT_SAMPLES] = self._input[0, -_CONTEXT_SAMPLES:]
        self._input[0, _CONTEXT_SAMPLES:] = self._rumble.process(window)
        probability, self._hidden, self._cell = self._session.run(
            None, {"input": self._input, "h": self._hidden, "c": self._cell}
        )
        return float(probability[0])


def _network_file() -> Path:
    found = importlib.util.find_spec("faster_whisper")
    path = Path(found.origin).parent / _ASSET if found is not None and found.origin else None
    if path is None or not path.is_file():
        raise ModelError("The voice-activity network is missing; install faster-whisper again.")
    return path
