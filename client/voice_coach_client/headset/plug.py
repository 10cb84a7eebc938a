"""One direction's device through the life of a call: opened, watched, and looked for when it is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from voice_coach_client.errors import SoundError
from voice_coach_client.headset.devices import Device, Side, choose
from voice_coach_client.headset.streams import Stream

__all__ = ["Plug"]

_FIRST_SOUND_SECONDS = 1.0
"""A device that opens but moves no sound for so long is not there."""

S = TypeVar("S", bound=Stream)


class Plug(Generic[S]):
    """Holds the device of one direction. All of it belongs to one thread."""

    def __init__(self, side: Side, wanted: str, opener: Callable[[Device], S]) -> None:
        """Remember what is wanted; nothing is opened yet.

        Args:
            side: The direction.
            wanted: As `choose` takes it.
            opener: Opens a stream on a device.
        """
        self.side = side
        self.stream: S | None = None
        self.device: Device | None = None
        """The one that is held, or was held last."""
        self.lost = False
        """It was held, and is gone."""
        self.looks = 0
        """Times that it was looked for since it was lost."""
        self.look_at = 0.0
        """When it is looked for next (monotonic clock)."""
        self.seen: Sequence[Device] | None = None
        """What there was when a fresh list was last made."""
        self._wanted = wanted
        self._opener = opener

    def want_default(self) -> None:
        """Whatever was wanted: from now on the system's default."""
        self._wanted = ""
        self.device = None
        self.seen = None

    def lose(self, known: Sequence[Device]) -> None:
        """The device is gone: look for it from now on.

        Args:
            known: What PortAudio knows of; it may not have noticed.
        """
        self.close()
        self.lost, self.looks, self.look_at, self.seen = True, 0, 0.0, known

    def is_among(self, devices: Sequence[Device]) -> bool:
        """Whether the device that was lost, or when it does not matter which, any one is there."""
        return self._same(devices) is not None

    def open(self, devices: Sequence[Device]) -> None:
        """Open the device that is wanted, or the one that was lost, and wait for its first sound.

        Raises:
            SoundError: There is none, it does not open, or no sound moves.
            DeviceChoiceError: The name fits none, or several.
        """
        device = self._same(devices) if self.device else choose(devices, self._wanted, self.side)
        if device is None:
            raise SoundError(f"{self._name!r} is not there.")
        stream = self._opener(device)
        until = time.monotonic() + _FIRST_SOUND_SECONDS
        while not stream.called:
            if time.monotonic() > until or stream.dead(time.monotonic()):
                stream.close()
                raise SoundError(f"{device.name!r} opens, but no sound moves.")
            time.sleep(0.005)
        self.device, self.stream = device, stream

    def close(self) -> None:
        """Give the device back. Idempotent."""
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.close()

    @property
    def _name(self) -> str:
        return self.device.name if self.device else self._wanted

    def _same(self, devices: Sequence[Device]) -> Device | None:
        able = [device for device in devices if device.serves(self.side)]
        if self.device is None:
            return able[0] if able else None
        was = (self.device.name, self.device.system)
        return next((device for device in able if (device.name, device.system) == was), None)
