"""eSpeak NG for pyttsx3 on Linux: found without a system package, and driven without its races.

pyttsx3 loads `libespeak-ng.so.1` by its soname. A library of that soname that is already in the process
wins, so loading the packaged one first is all it takes, with `ESPEAK_DATA_PATH` naming its data.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from voice_coach.errors import VoiceError

__all__ = ["EspeakLibrary", "make_available", "system_has_espeak"]

_LIBRARY_PLACES = ("usr/lib", "usr/lib64", "usr/lib/*-linux-*", "usr/local/lib", "usr/local/lib64")
_DATA_PLACES = (*_LIBRARY_PLACES, "usr/share", "usr/local/share")
_RANGE_PARAMETER = 4
_POLL_SECONDS = 0.0005
_LONGEST_DATA_PATH = 140
"""eSpeak NG keeps this path in a buffer of 160 characters, appends to it, and ends the process when
what it cut off does not exist."""


def system_has_espeak(root: Path = Path("/")) -> bool:
    """Whether the system has both the library and its data (a broken package has only one)."""
    library = any(any(root.glob(f"{place}/libespeak-ng.so.1")) for place in _LIBRARY_PLACES)
    data = any(any(root.glob(f"{place}/espeak-ng-data/phontab")) for place in _DATA_PLACES)
    return library and data


def make_available(folder: Path, root: Path = Path("/")) -> None:
    """Make sure that pyttsx3 will find eSpeak NG: the system's if complete, else the packaged one.

    Changes this process's environment and loads a library into it: call it in the worker only, before
    pyttsx3 loads its driver.

    Args:
        folder: A private folder that may get a short link to the data.
        root: Where the system begins; another folder in tests.

    Raises:
        VoiceError: The system has none and the packaged one cannot be loaded.
    """
    if system_has_espeak(root):
        return
    try:
        loader = importlib.import_module("espeakng_loader")
        data = Path(loader.get_data_path())
        ctypes.CDLL(loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    except (ImportError, OSError, RuntimeError) as error:
        raise VoiceError(
            f"There is no eSpeak NG on this machine and the packaged one cannot be loaded ({error}); "
            "install the system's, such as `apt install espeak-ng`."
        ) from error
    os.environ["ESPEAK_DATA_PATH"] = str(_short(data, folder))


def _short(data: Path, folder: Path) -> Path:
    if len(str(data)) <= _LONGEST_DATA_PATH:
        return data
    link = folder / "espeak-ng-data"
    link.symlink_to(data, target_is_directory=True)
    return link


class EspeakLibrary:
    """What pyttsx3's eSpeak driver leaves out, on the library that the driver has loaded."""

    def __init__(self) -> None:
        """Take the library from the driver, which must be loaded."""
        driver: Any = importlib.import_module("pyttsx3.drivers._espeak")
        self._is_busy: Callable[[], int] = driver.IsPlaying
        self._set_parameter: Callable[[int, int, int], int] = driver.SetParameter
        # eSpeak before NG has no such function, and always speaks at the rate the driver assumes.
        self._sample_rate: Callable[[], int] | None = getattr(driver.dll, "espeak_ng_GetSampleRate", None)

    def settle(self) -> None:
        """Wait until the library's own thread has done all it was given.

        pyttsx3 cancels what is still in progress when its loop ends, and the cancelling may then hit the
        next sentence.
        """
        # Not `espeak_Synchronize`, which looks only every 20 ms. Should it hang, the server ends it.
        while self._is_busy():
            time.sleep(_POLL_SECONDS)

    def set_inflection(self, inflection: int) -> None:
        """Set the range of pitch, 0 (monotone) to 100; pyttsx3 has no property for it."""
        self._set_parameter(_RANGE_PARAMETER, inflection, 0)

    def sample_rate_hz(self, assumed_hz: int) -> int:
        """The true rate of the voice in use; the driver writes 22,050 into every file it saves."""
        return self._sample_rate() if self._sample_rate else assumed_hz
