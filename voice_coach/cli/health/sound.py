"""Whether a headset in the terminal would work; the page does without, the browser brings its own."""

from __future__ import annotations

import time
from collections.abc import Callable

from voice_coach.cli.health.finding import Finding, ok, warn
from voice_coach.errors import VoiceCoachError
from voice_coach.settings import Settings
from voice_coach_client.headset import Device, Side, choose
from voice_coach_client.headset.portaudio import libraries_silenced, present_devices
from voice_coach_client.headset.streams import InputStream, OutputStream, Stream

__all__ = ["microphone", "speaker"]

_PATIENCE_SECONDS = 1.0
_MEND = "See voice-coach devices. Only rehearse and drill in the terminal need it, not the page."


def microphone(_: Settings) -> Finding:
    """Whether the default microphone opens and gives sound."""
    return _tried(Side.INPUT, InputStream)


def speaker(_: Settings) -> Finding:
    """Whether the default speaker opens and takes sound; it is given silence."""
    return _tried(Side.OUTPUT, lambda device: OutputStream(device, lambda count, _: bytes(2 * count)))


def _tried(side: Side, opener: Callable[[Device], Stream]) -> Finding:
    try:
        with libraries_silenced():
            device = choose(present_devices(), "", side)
            stream = opener(device)
            moves = _moves(stream)
            stream.close()
    except VoiceCoachError as error:
        return warn(str(side), str(error), _MEND)
    if not moves:
        return warn(str(side), f"{device.name!r} opens, but no sound moves", _MEND)
    return ok(str(side), f"{device.name!r} runs at {stream.rate_hz} Hz")


def _moves(stream: Stream) -> bool:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not stream.called and time.monotonic() < until:
        time.sleep(0.01)
    return stream.called
