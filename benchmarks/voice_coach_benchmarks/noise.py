"""Never words from nothing: an hour of rooms without speech, and "thank you" really said.

Rooms are made by arithmetic (`noise_material`), the same time for each kind. Four listeners hear
them in one run: the live path (voice activity, gate, partials while sound goes on, a final when it
pauses: only what passes the gate is decoded), our recogniser alone on every ten seconds, final and
partial, and `WhisperModel.transcribe` with beam 5, without and with its voice activity filter. Given a
folder of clips (see `ears`), its clips of kind `nonspeech` are heard as well. Then "thank you" is spoken
by the project's voice, loud to faint and in noise, and must come through.

usage: python -m voice_coach_benchmarks.noise [--minutes 60] [--clips CLIPS] [--model M] [--seed 1]
    [--json]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from faster_whisper import WhisperModel

from voice_coach.conversation.turns import GateSignal, SpeechGate
from voice_coach.counterpart.reply import Delivery
from voice_coach.settings import TurnSettings, VoiceSettings
from voice_coach.speech.audio import load_mono, pcm_to_float
from voice_coach.speech.models import find_model
from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice
from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio, Transcriber
from voice_coach.speech.voice_activity import WINDOW_SAMPLES, VoiceActivity
from voice_coach.speech.whisper import WhisperTranscriber
from voice_coach_benchmarks.ears import rows
from voice_coach_benchmarks.noise_material import KINDS, PIECE_SECONDS, rooms
from voice_coach_client.resampling import resample

Listener = Callable[[Iterable[Audio]], list[str]]
"""Hears pieces of ten seconds in order; gives what it takes for words."""

_LONGEST_SECONDS: Final = 24.0
_THANKS: Final = ("Thank you.", "Thank you very much.", "Okay, thank you.")
_LEVELS_DB: Final = (0.0, -20.0, -40.0)
_NOISES_DB: Final = (None, 20.0, 10.0)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What one listener made of one kind of room."""

    listener: str
    kind: str
    minutes: float
    transcripts: int
    examples: tuple[str, ...]
    cpu_seconds: float


def live(transcriber: Transcriber, activity: VoiceActivity) -> Listener:
    """Listen as a call does: what the gate lets through is decoded while it lasts and when it pauses."""
    turns = TurnSettings()
    every = round(turns.partial_every_seconds * SAMPLE_RATE_HZ)
    preroll = round(turns.preroll_seconds * SAMPLE_RATE_HZ)

    def listen(pieces: Iterable[Audio]) -> list[str]:
        audio = np.concatenate(list(pieces))
        gate, stream = SpeechGate(turns), activity.stream()
        begun: int | None = None
        partial_at = 0
        texts = []
        for first in range(0, len(audio) - WINDOW_SAMPLES + 1, WINDOW_SAMPLES):
            now = first + WINDOW_SAMPLES
            kind, sample = gate.process(stream.process(audio[first:now])) or (None, 0)
            if kind is GateSignal.STARTED:
                begun, partial_at = max(0, sample - preroll), sample + every
            elif kind is GateSignal.PAUSED and begun is not None:
                texts.append(transcriber.transcribe(audio[begun:sample], final=True).text)
                begun = None
            elif begun is not None and now >= partial_at:
                texts.append(transcriber.transcribe(audio[begun:now], final=False).text)
                partial_at = now + every
                if now - begun > _LONGEST_SECONDS * SAMPLE_RATE_HZ:
                    begun = now
        return [text for text in texts if text]

    return listen


def alone(transcriber: Transcriber, *, final: bool) -> Listener:
    """Let the recogniser hear everything: the harder test, with nobody to choose what it hears."""

    def listen(pieces: Iterable[Audio]) -> list[str]:
        texts = [transcriber.transcribe(piece, final=final).text for piece in pieces]
        return [text for text in texts if text]

    return listen


def plain(model: WhisperModel, *, vad_filter: bool) -> Listener:
    """Listen as `WhisperModel.transcribe` does."""

    def listen(pieces: Iterable[Audio]) -> list[str]:
        texts = []
        for piece in pieces:
            segments, _ = model.transcribe(piece, language="en", beam_size=5, vad_filter=vad_filter)
            texts.append(" ".join(segment.text.strip() for segment in segments))
        return [text for text in texts if text]

    return listen


def listeners(model: str) -> dict[str, Listener]:
    """All listeners over one model."""
    ours = WhisperTranscriber(model, threads=1, workers=1)
    reference = WhisperModel(str(find_model(model)), device="cpu", compute_type="int8", cpu_threads=1)
    return {
        "live": live(ours, SileroActivity()),
        "final alone": alone(ours, final=True),
        "partial alone": alone(ours, final=False),
        "plain": plain(reference, vad_filter=False),
        "plain, vad": plain(reference, vad_filter=True),
    }


def hear(all_listeners: dict[str, Listener], kind: str, pieces: list[Audio]) -> Iterator[Found]:
    """Let every listener hear the same pieces."""
    for name, listen in all_listeners.items():
        began = time.process_time()
        texts = listen(pieces)
        yield Found(
            listener=name,
            kind=kind,
            minutes=sum(map(len, pieces)) / SAMPLE_RATE_HZ / 60,
            transcripts=len(texts),
            examples=tuple(dict.fromkeys(texts))[:3],
            cpu_seconds=time.process_time() - began,
        )


def nonspeech(folder: Path) -> list[Audio]:
    """Give the clips without speech, ten seconds at a time."""
    clips = [load_mono(folder / row["path"]) for row in rows(folder) if row.get("kind") == "nonspeech"]
    step = PIECE_SECONDS * SAMPLE_RATE_HZ
    return [clip[at : at + step] for clip in clips for at in range(0, len(clip), step)]


def thanks() -> list[Audio]:
    """Say thank you, loud to faint, in silence and in noise, with a pause around it."""
    random = np.random.default_rng(2)
    said = []
    voice = Pyttsx3Voice(VoiceSettings())
    try:
        for text in _THANKS:
            sound = voice.speak(text, Delivery.CALM)
            audio = pcm_to_float(resample(sound.pcm, sound.sample_rate_hz, SAMPLE_RATE_HZ))
            audio = np.pad(audio, SAMPLE_RATE_HZ)
            rms = float(np.sqrt(np.mean(np.square(audio[SAMPLE_RATE_HZ:-SAMPLE_RATE_HZ]))))
            for noise_db in _NOISES_DB:
                level = 0.0 if noise_db is None else rms * 10 ** (-noise_db / 20)
                noisy = audio + level * random.standard_normal(len(audio))
                said += [(noisy * 10 ** (db / 20)).astype(np.float32) for db in _LEVELS_DB]
    finally:
        voice.close()
    return said


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0, help="of rooms, all kinds together")
    parser.add_argument("--clips", type=Path, help="folder with manifest.jsonl")
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    all_listeners = listeners(options.model)
    sounds = {kind: list(rooms(kind, options.minutes / len(KINDS), options.seed)) for kind in KINDS}
    if options.clips:
        sounds["nonspeech clips"] = nonspeech(options.clips)
    found = [one for kind, pieces in sounds.items() for one in hear(all_listeners, kind, pieces)]
    said = thanks()
    heard = {
        name: sum("thank you" in " ".join(listen([audio])).lower() for audio in said)
        for name, listen in all_listeners.items()
    }
    if options.json:
        print(msgspec.json.encode({"found": found, "thanks": len(said), "heard": heard}).decode())
        return
    print(f"{options.model}: transcripts from {options.minutes:.0f} minutes without speech")
    print(f"{'':16}" + "".join(f"{name:>15}" for name in all_listeners))
    for kind, pieces in sounds.items():
        counts = [one.transcripts for one in found if one.kind == kind]
        print(f"{kind:16}" + "".join(f"{count:15}" for count in counts) + f"   of {len(pieces)} pieces")
    print(f"{'thank you, said':16}" + "".join(f"{n:15}" for n in heard.values()) + f"   of {len(said)}")
    for one in found:
        if one.examples and not one.listener.startswith("plain"):
            print(f"{one.listener} on {one.kind}: {'; '.join(one.examples)}")


if __name__ == "__main__":
    main()
