"""What travels between the server and its voice worker: length-prefixed msgpack frames on two pipes.

The worker gets `Prepare` once, then `Say` for each sentence, and answers each with exactly one frame.
Both ends are this package, so there is no version and no tolerance: a frame that does not decode is a
bug or a dying process, and the worker is replaced.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

import msgspec

__all__ = [
    "Answer",
    "Failed",
    "Manner",
    "PiperManner",
    "Prepare",
    "Pyttsx3Manner",
    "Ready",
    "Request",
    "Say",
    "Sound",
    "read_frame",
    "write_frame",
]

_LENGTH = struct.Struct("<I")
_LONGEST_BYTES = 64 * 1024 * 1024
"""Of a frame: 12 minutes of sound at 48 kHz, far more than a sentence. What claims more is no frame."""


class _Frame(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    pass


class Prepare(_Frame, frozen=True):
    """Load the engine."""

    voice: str
    """An id of the engine's; empty for its English default."""


class Pyttsx3Manner(_Frame, frozen=True):
    """How pyttsx3 is to speak."""

    words_per_minute: int
    pitch: int
    """0 to 100; eSpeak only."""
    inflection: int
    """Range of pitch, 0 to 100; eSpeak only."""
    volume: float
    """0 to 1."""


class PiperManner(_Frame, frozen=True):
    """How Piper is to speak."""

    length_scale: float
    """Factor on the length of every sound: above 1 is slower."""
    volume: float
    """Factor on the model's own loudness."""


Manner = Pyttsx3Manner | PiperManner


class Say(_Frame, frozen=True):
    """Speak one sentence, already plain words."""

    text: str
    manner: Manner
    """Of the engine that the worker was started for."""


class Ready(_Frame, frozen=True):
    """The engine is loaded."""

    voice: str
    """The id of the voice that speaks."""


class Sound(_Frame, frozen=True):
    """One spoken sentence."""

    pcm: bytes
    """Signed 16-bit little-endian mono samples."""
    sample_rate_hz: int


class Failed(_Frame, frozen=True):
    """It could not be done."""

    sentence: str
    """Why, for a person, ending in a full stop."""


Request = Prepare | Say
Answer = Ready | Sound | Failed


def write_frame(stream: BinaryIO, frame: Request | Answer) -> None:
    """Send one frame.

    Raises:
        OSError: The other side is gone.
    """
    body = msgspec.msgpack.encode(frame)
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """Wait for one frame and give its body.

    Returns:
        None when the other side is gone, mid-frame included, or says what cannot be a frame.
    """
    header = stream.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(header)
    if length > _LONGEST_BYTES:
        return None
    body = stream.read(length)
    return body if len(body) == length else None
