"""Piper in its worker process: the one module that imports it.

Piper stands under the GPL and voice_coach under the MIT licence. So only `voice_worker` loads this
module, only when somebody asked for this voice, and only in a process of its own.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from voice_coach.errors import ModelError, VoiceError
from voice_coach.speech.piper_model import find_piper_model
from voice_coach.speech.voice_pipe import Manner, PiperManner, Sound

__all__ = ["PiperSpeaker"]

_THREADS: Final = 2
"""Of a processor's cores for one sentence. Three quarters of the time of one thread for the same work;
more would starve the recogniser for little."""
_FULL_SCALE: Final = 32_767


class PiperSpeaker:
    """Piper in this process: one model, used from one thread for its whole life."""

    def __init__(self, folder: Path, voice: str) -> None:
        """Find the model, make sure that it is whole, and load it.

        Args:
            folder: Not needed: Piper writes no files.
            voice: The path of a Piper model, or empty for the installed one.

        Raises:
            VoiceError: Piper is not installed, or the model is missing, damaged or not English.
        """
        del folder
        try:
            model = find_piper_model(voice)
        except ModelError as error:
            raise VoiceError(str(error)) from error
        self.voice = model.stem
        self._piper, self._config = _loaded(model)

    def say(self, text: str, manner: Manner) -> Sound:
        """Speak one sentence, or a part of one.

        Raises:
            VoiceError: The model failed.
        """
        if not isinstance(manner, PiperManner):
            raise VoiceError(f"Piper was asked to speak in the manner of another: {manner}.")
        config = self._config(
            length_scale=manner.length_scale,
            volume=manner.volume,
            # Piper's normalising makes each sentence's loudest sample equally loud: a short one shouts.
            normalize_audio=False,
        )
        # Piper takes "Dr. Smith" for two sentences; they are said in one breath all the same.
        chunks = list(self._piper.synthesize(text, config))
        if not chunks:
            raise VoiceError("Piper found nothing to say in a sentence.")
        samples = np.concatenate([chunk.audio_float_array for chunk in chunks])
        pcm = np.clip(samples * _FULL_SCALE, -_FULL_SCALE, _FULL_SCALE).astype("<i2").tobytes()
        return Sound(pcm=pcm, sample_rate_hz=int(chunks[0].sample_rate))


def _loaded(model: Path) -> tuple[Any, Any]:
    """Give the loaded voice, and the class of its settings for one sentence."""
    try:
        piper: Any = importlib.import_module("piper")
        runtime: Any = importlib.import_module("onnxruntime")
    except ImportError as error:
        raise VoiceError(f"Piper cannot be loaded ({error}); install piper-tts again.") from error
    options = runtime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.inter_op_num_threads = 1
    # Threads that wait by spinning would take a core from the recogniser and give nothing for it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        described = json.loads(Path(f"{model}.json").read_text("utf-8"))
        config = piper.PiperConfig.from_dict(described)
        session = runtime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # ONNX Runtime raises families of its own, a wrong description KeyError, TypeError or ValueError.
        raise VoiceError(
            f"{model} cannot be loaded as a Piper voice ({type(error).__name__}: {error})."
        ) from error
    if not str(config.espeak_voice).startswith("en"):
        raise VoiceError(
            f"{model} speaks {config.espeak_voice!r}, and the counterpart speaks English; choose a voice "
            "whose name begins with en_."
        )
    return piper.PiperVoice(session=session, config=config), piper.SynthesisConfig
