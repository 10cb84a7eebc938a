"""The thread that opens and closes devices, and looks after them while a call goes on.

PortAudio may be called by one thread at a time, and opening a device can take a second: so all of that
happens here, and neither the call nor the sound ever waits for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from voice_coach_client.errors import DeviceChoiceError, SoundError
from voice_coach_client.headset.devices import Device, Side
from voice_coach_client.headset.listing import devices_now
from voice_coach_client.headset.options import HeadsetOptions
from voice_coach_client.headset.player import Player
from voice_coach_client.headset.plug import Plug
from voice_coach_client.headset.portaudio import look_again, present_devices
from voice_coach_client.headset.pump import Pump
from voice_coach_client.headset.streams import InputStream, OutputStream
from voice_coach_client.headset.track import RATE_HZ
from voice_coach_client.headset.trouble import Counted

__all__ = ["Watch"]

_EVERY_SECONDS = 0.1
_LOOK_EVERY_SECONDS = 1.0
_LOOKS_TO_INSIST = 10
"""After so many looks PortAudio is started anew though nothing seems to have changed."""
_STUTTERS = 3
"""A single click, such as the one of a device that begins, is nothing to speak of."""
_GONE = {
    Side.INPUT: "The microphone {name!r} is gone, so you are not heard. "
    "Plug it in again, or take the default.",
    Side.OUTPUT: "The speaker {name!r} is gone: what they say is shown, not heard. "
    "Plug it in again, or take the default.",
}
_LOST = (
    "The microphone gave sound faster than this machine took it, so pieces of you are missing ({count}): "
    "close what else is running."
)
_LATE = "This machine was late with their voice, so it stutters ({count}): close what else is running."


class Watch:
    """Looks after the microphone and the loudspeaker of one call."""

    def __init__(
        self, options: HeadsetOptions, pump: Pump, player: Player, say: Callable[[str], None]
    ) -> None:
        """Prepare; `open` opens.

        Args:
            options: Which devices.
            pump: Gets the microphone.
            player: Fills the loudspeaker; while there is none, time fills it.
            say: Called with each trouble, in words, in the watching thread.
        """
        self._pump = pump
        self._player = player
        self._say = say
        self._microphone = Plug(Side.INPUT, options.input, InputStream)
        self._speaker = Plug(Side.OUTPUT, options.output, self._open_speaker)
        self._plugs: tuple[Plug[InputStream] | Plug[OutputStream], ...] = (
            self._microphone,
            self._speaker,
        )
        self._lost = Counted(_LOST)
        self._late = Counted(_LATE, worth=_STUTTERS)
        self._played_until = time.monotonic()
        self._defaults_wanted = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="headset", daemon=True)

    @property
    def input(self) -> Device | None:
        """The microphone; `None` while it is away."""
        return self._microphone.device if self._microphone.stream else None

    @property
    def output(self) -> Device | None:
        """The loudspeaker; `None` while it is away."""
        return self._speaker.device if self._speaker.stream else None

    def open(self) -> None:
        """Open both devices and begin to watch.

        Raises:
            SoundError: One cannot be used.
            DeviceChoiceError: A name fits none, or several.
        """
        devices = present_devices()
        try:
            for plug in self._plugs:
                plug.open(devices)
                self._connect(plug)
        except (SoundError, DeviceChoiceError):
            self._close_all()
            raise
        self._thread.start()

    def close(self) -> None:
        """Give both devices back. Idempotent."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def take_defaults(self) -> None:
        """Stop looking for what is gone: take the system's default instead. For any thread."""
        self._defaults_wanted.set()

    def _run(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            now = time.monotonic()
            if self._defaults_wanted.is_set():
                self._defaults_wanted.clear()
                for plug in self._plugs:
                    if plug.stream is None:
                        plug.want_default()
                        plug.look_at = now
            for plug in self._plugs:
                self._tend(plug, now)
            self._play_into_nothing()
            self._count()
        self._close_all()

    def _tend(self, plug: Plug[InputStream] | Plug[OutputStream], now: float) -> None:
        if plug.stream is not None:
            if plug.stream.dead(now):
                self._lose(plug)
        elif now >= plug.look_at:
            self._look_for(plug)
            plug.look_at = time.monotonic() + _LOOK_EVERY_SECONDS

    def _lose(self, plug: Plug[InputStream] | Plug[OutputStream]) -> None:
        if plug is self._microphone:
            self._pump.disconnect()
        plug.lose(present_devices())
        self._played_until = time.monotonic()
        self._say(_GONE[plug.side].format(name=_name(plug)))

    def _look_for(self, plug: Plug[InputStream] | Plug[OutputStream]) -> None:
        """Try what PortAudio knows; then see whether it should look again."""
        plug.looks += 1
        if self._try_to_open(plug):
            return
        there = devices_now()
        if there is None or not plug.is_among(there):
            plug.seen = there
            return
        news = there != plug.seen or plug.looks % _LOOKS_TO_INSIST == 0
        plug.seen = there
        if news:
            self._start_anew()

    def _start_anew(self) -> None:
        """Have PortAudio list the devices again. What runs is interrupted for a moment."""
        for plug in self._plugs:
            plug.close()
        look_again()
        self._played_until = time.monotonic()
        for plug in self._plugs:
            self._try_to_open(plug)

    def _try_to_open(self, plug: Plug[InputStream] | Plug[OutputStream]) -> bool:
        try:
            plug.open(present_devices())
        except (SoundError, DeviceChoiceError):
            if not plug.lost:
                self._lose(plug)
            return False
        self._connect(plug)
        if plug.lost:
            plug.lost = False
            self._say(f"The {plug.side} {_name(plug)!r} is in use.")
        return True

    def _connect(self, plug: Plug[InputStream] | Plug[OutputStream]) -> None:
        if isinstance(plug.stream, InputStream):
            self._pump.connect(plug.stream.ring, plug.stream.rate_hz)

    def _open_speaker(self, device: Device) -> OutputStream:
        return OutputStream(device, self._player.fill)

    def _play_into_nothing(self) -> None:
        """While there is no loudspeaker, replies last as long as they would, so that the call goes on."""
        if self._speaker.stream is not None:
            return
        now = time.monotonic()
        samples = int((now - self._played_until) * RATE_HZ)
        self._player.fill(samples, self._played_until)
        self._played_until += samples / RATE_HZ

    def _count(self) -> None:
        now = time.monotonic()
        if self._microphone.stream is not None:
            ring = self._microphone.stream.ring
            self._tell(self._lost.sentence(ring.overflows + ring.card_overflows, now))
        if self._speaker.stream is not None:
            self._tell(self._late.sentence(self._speaker.stream.underflows, now))

    def _tell(self, sentence: str | None) -> None:
        if sentence is not None:
            self._say(sentence)

    def _close_all(self) -> None:
        self._pump.disconnect()
        for plug in self._plugs:
            plug.close()


def _name(plug: Plug[InputStream] | Plug[OutputStream]) -> str:
    return plug.device.name if plug.device else "default"
