"""Sound devices, and the one that a person means."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from voice_coach_client.errors import DeviceChoiceError, SoundError

__all__ = ["Device", "Side", "choose"]


class Side(StrEnum):
    """A direction of sound, by the word that a person has for its device."""

    INPUT = "microphone"
    OUTPUT = "speaker"


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One device, as one of the machine's sound systems offers it."""

    number: int
    """Of this moment: numbers move when something is plugged in."""
    name: str
    system: str
    """The sound system that offers it: ALSA, Core Audio, Windows WASAPI ..."""
    inputs: int
    """Channels that can be recorded; 0 when it is no microphone."""
    outputs: int
    """Channels that can be played; 0 when it is no speaker."""
    rate_hz: int
    """The rate it prefers."""
    default_input: bool = False
    default_output: bool = False

    def serves(self, side: Side) -> bool:
        """Whether it has this direction."""
        return (self.inputs if side is Side.INPUT else self.outputs) > 0

    def is_default(self, side: Side) -> bool:
        """Whether the system would take it when nobody says which."""
        return self.default_input if side is Side.INPUT else self.default_output


def choose(devices: Sequence[Device], wanted: str, side: Side) -> Device:
    """Find the device that a person means.

    Args:
        devices: All that there are.
        wanted: Its number, or a part of its name in any case; empty takes the default.
        side: The direction that it must have.

    Raises:
        SoundError: There is no device for this direction at all.
        DeviceChoiceError: None is meant, or several; the sentence lists what there is.
    """
    able = [device for device in devices if device.serves(side)]
    if not able:
        raise SoundError(f"There is no {side}: plug one in, and see `voice-coach devices`.")
    default = next((device for device in able if device.is_default(side)), able[0])
    if not wanted:
        return default
    if wanted.isdecimal():
        meant = [device for device in able if device.number == int(wanted)]
    else:
        part = wanted.casefold()
        meant = [device for device in able if part in device.name.casefold()]
        exactly = [device for device in meant if device.name.casefold() == part]
        meant = exactly or meant
    if not meant:
        raise DeviceChoiceError(f"There is no {side} {wanted!r}. There are: {_listed(able)}.")
    # Windows offers one device through several of its sound systems: the default's own is as good as any.
    of_default = [device for device in meant if device.system == default.system]
    if len(of_default) == 1:
        return of_default[0]
    if len(meant) > 1:
        raise DeviceChoiceError(
            f"Several devices are a {side} {wanted!r}: {_listed(meant)}. "
            "Say more of the name, or the number."
        )
    return meant[0]


def _listed(devices: Sequence[Device]) -> str:
    return ", ".join(f"{device.name} ({device.number})" for device in devices)
