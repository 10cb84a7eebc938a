"""What a person may say about their headset."""

from __future__ import annotations

import msgspec

__all__ = ["HeadsetOptions"]


class HeadsetOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Which devices, and whether the microphone can hear the loudspeaker."""

    input: str = ""
    """The microphone: a part of its name, or its number; the system's default when empty."""
    output: str = ""
    """The loudspeaker, likewise."""
    speakers: bool = False
    """Half-duplex, for loudspeakers in the room: the microphone sends silence while the counterpart is
    audible. A headset (full duplex) can talk over the counterpart; loudspeakers cannot."""
