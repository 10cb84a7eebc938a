"""PortAudio, by way of sounddevice: the only module that imports it, and that knows its errors."""

from __future__ import annotations

import sys
from typing import Any

from voice_coach_client.errors import SoundError
from voice_coach_client.headset.devices import Device

__all__ = ["in_words", "is_about_format", "library", "look_again", "present_devices"]

_MENDS = {
    "linux": "on Debian or Ubuntu: sudo apt install libportaudio2; on Fedora: sudo dnf install portaudio",
    "darwin": "install sounddevice again (pip install --force-reinstall sounddevice): it brings its own",
    "win32": "install sounddevice again (pip install --force-reinstall sounddevice): it brings its own",
}
_INVALID_DEVICE, _INVALID_CHANNELS, _INVALID_RATE = -9996, -9998, -9997
_UNAVAILABLE = -9985
_FORMAT_CODES = frozenset({_INVALID_CHANNELS, _INVALID_RATE})


def library() -> Any:  # noqa: ANN401 - sounddevice has no types
    """Give the sounddevice module.

    Raises:
        SoundError: PortAudio cannot be loaded; the sentence says what to install.
    """
    try:
        import sounddevice  # noqa: PLC0415 - it looks for PortAudio when it is imported
    except OSError as error:
        mend = _MENDS.get(sys.platform, "install PortAudio with the system's packages")
        raise SoundError(f"The PortAudio library cannot be loaded ({error}); {mend}.") from error
    return sounddevice


def present_devices() -> tuple[Device, ...]:
    """List the devices, as they were when PortAudio last looked.

    Raises:
        SoundError: There is no PortAudio, or it cannot say what there is.
    """
    sounddevice = library()
    try:
        systems = sounddevice.query_hostapis()
        default_input, default_output = _defaults(sounddevice, systems)
        return tuple(
            Device(
                number=number,
                name=str(found["name"]),
                system=str(systems[found["hostapi"]]["name"]),
                inputs=int(found["max_input_channels"]),
                outputs=int(found["max_output_channels"]),
                rate_hz=round(found["default_samplerate"]),
                default_input=number == default_input,
                default_output=number == default_output,
            )
            for number, found in enumerate(sounddevice.query_devices())
        )
    except sounddevice.PortAudioError as error:
        raise SoundError(f"PortAudio cannot list the sound devices ({_said(error)}).") from error


def look_again() -> None:
    """Make PortAudio see what was plugged in or out. Every stream must be closed before.

    PortAudio lists the devices once, when it is initialized, and has no call to list them again; so
    sounddevice's private pair of start and end is the only way, and the one its author recommends.
    """
    sounddevice = library()
    sounddevice._terminate()  # noqa: SLF001 - see above
    sounddevice._initialize()  # noqa: SLF001 - see above


def is_about_format(error: Exception) -> bool:
    """Whether a device refused the rate or the number of channels, and may take another."""
    return _code(error) in _FORMAT_CODES


def in_words(error: Exception, device: Device) -> str:
    """Say in one sentence why a device does not open."""
    code = _code(error)
    if code == _UNAVAILABLE:
        why = "it is busy: another program holds it, or the system does not allow this one to use it"
    elif code in _FORMAT_CODES:
        why = f"it takes none of the sample rates of speech; its own is {device.rate_hz} Hz"
    elif code == _INVALID_DEVICE:
        why = "it is not there any more"
    else:
        why = _said(error)
    return f"{device.name!r} does not open: {why}."


def _defaults(sounddevice: Any, systems: Any) -> tuple[int, int]:  # noqa: ANN401 - as above
    """Give the numbers of the default devices, -1 where there is none."""
    if not len(systems):
        return -1, -1
    first = systems[sounddevice.default.hostapi]
    return first["default_input_device"], first["default_output_device"]


def _code(error: Exception) -> object:
    """Give PortAudio's number of an error: sounddevice puts it after the text."""
    return error.args[1] if len(error.args) > 1 else None


def _said(error: Exception) -> str:
    """Give what the library says, and the system beneath it."""
    text = str(error.args[0]) if error.args else str(error)
    host = error.args[2] if len(error.args) > 2 else None  # noqa: PLR2004 - text, code, the host's words
    beneath = host[2] if isinstance(host, tuple) and len(host) > 2 and host[2] else ""  # noqa: PLR2004
    return (f"{text}: {beneath}" if beneath else text).rstrip(". ")
