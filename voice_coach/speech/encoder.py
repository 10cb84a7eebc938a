"""Sound to what the decoder listens to: encoded at the clip's own length, silence remembered.

Whisper was trained on 30 s windows that end in silence, and its decoder knows by that silence that
nobody speaks any more. Cut the window short and it goes on talking. Encoding the silence would cost
what we save; but encoded silence hardly depends on the clip before it. So it is encoded once, when the
model is loaded, and some seconds of it are laid behind each clip, at their own places in the window. The
decoder then stops where the speech does, for the price of a few more places to attend to.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.speech.log_mel import FRAMES_PER_SECOND, HOP_SAMPLES, log_mel
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["FRAMES_PER_POSITION", "LONGEST_SECONDS", "Encoder"]

LONGEST_SECONDS: Final = 30
"""What Whisper can hear at once."""

FRAMES_PER_POSITION: Final = 2
"""The encoder's second convolution halves the number of frames."""

_LONGEST_FRAMES: Final = LONGEST_SECONDS * FRAMES_PER_SECOND
_POSITIONS_PER_SECOND: Final = FRAMES_PER_SECOND // FRAMES_PER_POSITION
_SAMPLES_PER_POSITION: Final = FRAMES_PER_POSITION * HOP_SAMPLES
_BURST_RMS: Final = 0.05


class Encoder:
    """The encoder of one model. Safe from several threads."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - CTranslate2 ships no types
        """Begin to encode the silence that follows a second of sound; the first clip waits for it.

        Args:
            model: A `ctranslate2.models.Whisper`.
        """
        import ctranslate2  # noqa: PLC0415 - a heavy import stays inside its adapter

        self._model = model
        self._storage: Any = ctranslate2.StorageView.from_array
        # Any sound does: silence is only silence beside something that is louder.
        noise = np.random.default_rng(0).standard_normal(SAMPLE_RATE_HZ)
        burst = (_BURST_RMS * noise).astype(np.float32)
        # It costs as much as a padded decode, so it is done beside the rest of the start.
        worker = ThreadPoolExecutor(1, thread_name_prefix="encoded-silence")
        self._silence = worker.submit(self._encoded, burst, _LONGEST_FRAMES)
        worker.shutdown(wait=False)

    def encode(self, audio: Audio, *, tail_seconds: float, remembered_seconds: float) -> Any:  # noqa: ANN401
        """Encode a clip, a tail of silence, and lay remembered silence behind it.

        Args:
            audio: Shape (samples,), float32, 16 kHz, at most 30 s.
            tail_seconds: Silence that is really encoded; it keeps the clip's last sounds clear.
            remembered_seconds: Silence laid behind that. Neither goes past 30 s in all.

        Returns:
            A `ctranslate2.StorageView` of shape (1, positions, width), 50 positions a second.
        """
        return self.encode_together(
            [audio], tail_seconds=tail_seconds, remembered_seconds=remembered_seconds
        )

    def encode_together(
        self,
        clips: Sequence[Audio],
        *,
        tail_seconds: float,
        remembered_seconds: float,
    ) -> Any:  # noqa: ANN401
        """Encode several clips for one decoder run; shorter ones get more of the remembered silence.

        Returns:
            A `ctranslate2.StorageView` of shape (clips, positions, width). What is laid behind the
            longest clip has `remembered_seconds`, what is laid behind the others reaches as far.
        """
        encoded = [self._with_tail(audio, tail_seconds) for audio in clips]
        longest = max(part.shape[1] for part in encoded)
        end = longest + round(remembered_seconds * _POSITIONS_PER_SECOND)
        silence = self._silence.result()
        laid = [np.concatenate([part, silence[:, part.shape[1] : end]], axis=1) for part in encoded]
        return self._storage(np.concatenate(laid))

    def apart(self, together: Any, clips: Sequence[Audio]) -> list[Any]:  # noqa: ANN401
        """Give each clip of `encode_together` on its own, without the silence behind it.

        Returns:
            One `ctranslate2.StorageView` of shape (1, positions, width) a clip.
        """
        rows = np.array(together, dtype=np.float32)
        return [
            self._storage(
                np.ascontiguousarray(row[None, : max(1, -(-len(audio) // _SAMPLES_PER_POSITION))])
            )
            for row, audio in zip(rows, clips, strict=True)
        ]

    def _with_tail(self, audio: Audio, tail_seconds: float) -> NDArray[np.float32]:
        samples = len(audio) + round(tail_seconds * SAMPLE_RATE_HZ)
        positions = max(1, -(-samples // _SAMPLES_PER_POSITION))
        return self._encoded(audio, min(positions * FRAMES_PER_POSITION, _LONGEST_FRAMES))

    def _encoded(self, audio: Audio, frames: int) -> NDArray[np.float32]:
        features = log_mel(audio, frames=frames, mels=self._model.n_mels)
        return np.array(self._model.encode(self._storage(features), to_cpu=True), dtype=np.float32)
