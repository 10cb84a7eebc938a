"""The smart-turn network (v3.2, by Daily, BSD): hears the last 8 s and says whether the turn is over.

The optional extra `turns` brings it. Its weights lie in the package of pipecat, of which nothing is
imported: the file is found, compared with its digest, and run here.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.errors import ModelError
from voice_coach.speech import pinned_files
from voice_coach.speech.log_mel import FRAMES_PER_SECOND, log_mel
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.turn_end import NOTHING_HEARD

__all__ = ["SmartTurn", "features", "is_installed"]

_SECONDS: Final = 8
_SAMPLES: Final = _SECONDS * SAMPLE_RATE_HZ
_HALF_WINDOW: Final = 200
_MELS: Final = 80
_LEAST_VARIANCE: Final = 1e-7
_PACKAGE: Final = "pipecat"
_FOLDER: Final = "audio/turn/smart_turn/data"
_FILE: Final = "smart-turn-v3.2-cpu.onnx"
_SHA256: Final = "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f"
_USUAL: Final = 0.73
"""What it answers where it is as likely right as wrong: read aloud or spoken freely, it is too sure."""


class SmartTurn:
    """The network, loaded once and shared by all calls. Safe to use from several threads."""

    name = "smart-turn v3.2"

    def __init__(self) -> None:
        """Load the network.

        Raises:
            ModelError: It is not installed, is not the file this version was made for, or does not load.
        """
        import onnxruntime  # noqa: PLC0415 - a heavy import stays inside its adapter

        path = _network_file()
        options = onnxruntime.SessionOptions()
        # One thread: the second core belongs to the transcript that is made at the same time.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), providers=["CPUExecutionProvider"], sess_options=options
            )
        except Exception as error:
            raise ModelError(f"The smart-turn network {path} cannot be loaded.") from error

    def probability(self, audio: Audio) -> float:
        """See `TurnMelody.probability`."""
        if not len(audio):
            return NOTHING_HEARD
        (answers,) = self._session.run(None, {"input_features": features(audio)})
        over = float(answers[0, 0])
        return over * (1 - _USUAL) / (over * (1 - _USUAL) + (1 - over) * _USUAL)


def features(audio: Audio) -> NDArray[np.float32]:
    """Give what the network was trained on: the last 8 s, made equally loud, as Whisper's picture.

    Args:
        audio: Shape (samples,), float32, 16 kHz. Less than 8 s is preceded by digital silence.

    Returns:
        Shape (1, 80, 800), float32.
    """
    heard = np.zeros(_SAMPLES, np.float32)
    kept = audio[-_SAMPLES:]
    heard[_SAMPLES - len(kept) :] = kept
    heard = (heard - heard.mean()) / np.sqrt(heard.var() + _LEAST_VARIANCE)
    # The picture of its training mirrors the end, where ours would be followed by silence.
    mirrored = heard[-_HALF_WINDOW - 1 : -1][::-1]
    return log_mel(np.append(heard, mirrored), frames=_SECONDS * FRAMES_PER_SECOND, mels=_MELS)


def is_installed() -> bool:
    """Say whether the package that carries the network is there."""
    return importlib.util.find_spec(_PACKAGE) is not None


def _network_file() -> Path:
    # The parent package is found without being run: importing it would load a framework.
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ModelError(
            "The smart-turn network is not installed: `pip install 'voice-coach[turns]'` brings it, "
            'and melody = "pitch" under [turns] does without.'
        )
    folder = Path(found.origin).parent / _FOLDER
    pinned_files.verify("The smart-turn network", folder, {_FILE: _SHA256})
    return folder / _FILE
