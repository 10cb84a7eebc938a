"""Calls for tests: two voices on channels of their own, in every kind of file."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from spoken import silence, spoken

from voice_coach.recorded.call_file import Block
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio

__all__ = ["FORMATS", "SCRIPT", "two_channels", "write"]

SCRIPT = (
    ("left", "Thank you for calling. How can I help you?"),
    ("right", "Nobody called us back for two days, and forty doctors were waiting."),
    ("left", "It sounds like you were left alone with this."),
    ("right", "That's right. And then we got an invoice."),
)
"""Who says what, one after the other."""

FORMATS = {
    "wav": "pcm_s16le",
    "flac": "flac",
    "mp3": "libmp3lame",
    "m4a": "aac",
    "ogg": "libopus",
    "webm": "libopus",
}


def two_channels(script: tuple[tuple[str, str], ...] = SCRIPT, pause: float = 0.6) -> Block:
    """Speak a script, each side on its channel, with a pause after each line."""
    tracks: dict[str, list[Audio]] = {"left": [silence(0.5)], "right": [silence(0.5)]}
    for side, text in script:
        line = spoken(text)
        for name, parts in tracks.items():
            parts += [line if name == side else np.zeros_like(line), silence(pause)]
    return np.stack([np.concatenate(parts) for parts in tracks.values()])


def write(path: Path, sound: Block, codec: str = "", rate: int = 0) -> Path:
    """Encode channels into a file, by its ending."""
    codec = codec or FORMATS[path.suffix[1:]]
    rate = rate or (48_000 if codec == "libopus" else SAMPLE_RATE_HZ)
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(sound)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(format=stream.format.name, layout=layout, rate=rate)
        fifo = av.AudioFifo()
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout=layout)
        frame.sample_rate = SAMPLE_RATE_HZ
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            part.pts = None
            fifo.write(part)
        size = stream.frame_size or 1024
        while (part := fifo.read(size)) or (part := fifo.read(size, partial=True)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path
