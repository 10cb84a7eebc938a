"""The devices as they are now, from a process of their own.

PortAudio sees what was plugged in only when it is started anew, and that closes every stream. While one
direction is looked for and the other one runs, another process looks instead: `python -m` this module.
"""

from __future__ import annotations

import subprocess
import sys

import msgspec

from voice_coach_client.headset.devices import Device
from voice_coach_client.headset.portaudio import present_devices

__all__ = ["devices_now"]

_PATIENCE_SECONDS = 5.0


def devices_now() -> tuple[Device, ...] | None:
    """List the devices of this moment; `None` when that could not be found out."""
    try:
        listed = subprocess.run(  # noqa: S603 - our own module, no argument from outside
            [sys.executable, "-m", __name__],
            capture_output=True,
            check=True,
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE_SECONDS,
        )
        return msgspec.json.decode(listed.stdout, type=tuple[Device, ...])
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError):
        return None


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(present_devices()))
