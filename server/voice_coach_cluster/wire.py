"""What a front asks of a recogniser or a voice elsewhere, and what it is answered.

A question is two byte strings: a stamp, which every version can read, and a request, which is only read
when the stamp fits. So two programs of different age find out before one misreads the other.
"""

from __future__ import annotations

from typing import Final

import msgspec

from voice_coach import __version__
from voice_coach.conversation.events import Word
from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.speech.transcriber import Transcript

__all__ = [
    "WIRE",
    "Answer",
    "Failed",
    "Hear",
    "Heard",
    "NameYourself",
    "Named",
    "Refused",
    "Request",
    "Say",
    "Sound",
    "Stamp",
    "TimeWords",
    "Timed",
    "read_answer",
    "read_request",
    "read_stamp",
    "written",
]

WIRE: Final = 1
"""Goes up whenever a request or an answer changes its meaning."""


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, or who refuses. Fields may be added, and never change."""

    model: str
    """The speech model, or the engine of the voice, that is meant."""
    wire: int = WIRE
    version: str = __version__

    def fits(self, other: Stamp) -> bool:
        """Whether both mean the same by the same bytes, and by the same model. Versions may differ."""
        return (self.wire, self.model) == (other.wire, other.model)

    def __str__(self) -> str:
        """For a person."""
        return f"voice_coach {self.version} (wire {self.wire}, {self.model})"


class Hear(msgspec.Struct, frozen=True, kw_only=True, tag="hear"):
    """Recognise clips, as `Transcriber.transcribe` and `BatchTranscriber.transcribe_batch` do."""

    clips: tuple[bytes, ...]
    """Each float32 little-endian, 16 kHz mono."""
    final: bool
    prefix: str = ""
    words: tuple[str, ...] = ()
    word_times: bool = False


class TimeWords(msgspec.Struct, frozen=True, kw_only=True, tag="time"):
    """Say when the words of a known text were spoken."""

    clip: bytes
    text: str


class Say(msgspec.Struct, frozen=True, kw_only=True, tag="say"):
    """Speak one sentence, or a part of one."""

    sentence: str
    delivery: Delivery
    style: VoiceStyle


class NameYourself(msgspec.Struct, frozen=True, kw_only=True, tag="name"):
    """Say the engine's name."""


Request = Hear | TimeWords | Say | NameYourself


class Heard(msgspec.Struct, frozen=True, kw_only=True, tag="heard"):
    """To `Hear`."""

    transcripts: tuple[Transcript, ...]


class Timed(msgspec.Struct, frozen=True, kw_only=True, tag="timed"):
    """To `TimeWords`."""

    words: tuple[Word, ...]


class Sound(msgspec.Struct, frozen=True, kw_only=True, tag="sound"):
    """To `Say`."""

    pcm: bytes
    sample_rate_hz: int


class Named(msgspec.Struct, frozen=True, kw_only=True, tag="named"):
    """To `NameYourself`."""

    name: str


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """The stamp does not fit, and nothing was done."""

    stamp: Stamp
    """Of the one that refuses."""


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """The engine raised."""

    sentence: str
    of_audio: bool
    """The sound could not be used: asking another one is of no use."""


Answer = Heard | Timed | Sound | Named | Refused | Failed


def written(value: Stamp | Request | Answer) -> bytes:
    """Give the bytes of a stamp, a request or an answer."""
    return msgspec.msgpack.encode(value)


def read_stamp(data: bytes) -> Stamp:
    """Raises msgspec.DecodeError: It is none."""
    return msgspec.msgpack.decode(data, type=Stamp)


def read_request(data: bytes) -> Request:
    """Raises msgspec.DecodeError: It is none."""
    request: Request = msgspec.msgpack.decode(data, type=Request)
    return request


def read_answer(data: bytes) -> Answer:
    """Raises msgspec.DecodeError: It is none."""
    answer: Answer = msgspec.msgpack.decode(data, type=Answer)
    return answer
