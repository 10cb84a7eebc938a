"""Everything that reads what a stranger may have written, each as one function of bytes.

A target takes the bytes or refuses them with an error of ours, which is a sentence for a person. Anything
else it does (another exception, a crash, no end) is a finding. Seeds are small and valid: mutations
of what is right reach further than noise.
"""

from __future__ import annotations

import io
import tempfile
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np

from voice_coach.coaching.drill_file import parse_drill
from voice_coach.coaching.drill_shelf import read_drill_shelf
from voice_coach.conversation import events as e
from voice_coach.conversation.counterpart_partner import CounterpartPartner
from voice_coach.conversation.session import Session
from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.scenario import load_scenario, parse_scenario
from voice_coach.exports.archive import read_archive, write_archive
from voice_coach.journal.format import JournalHeader, encode_entry, encode_header, parse
from voice_coach.journal.journal import JOURNAL_NAME
from voice_coach.journal.store import named_folder, open_store
from voice_coach.messages import (
    PROTOCOL_VERSION,
    AudioFrame,
    AudioKind,
    CueSwitch,
    EndCall,
    Hello,
    Mute,
    Notice,
    Partial,
    PlaybackEnded,
    PlaybackStarted,
    Reply,
    decode_audio,
    decode_client,
    decode_server,
    encode,
    encode_audio,
)
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.moves.rulebook import load_rulebook
from voice_coach.settings import TurnSettings, load_settings
from voice_coach.speech.audio import stream_mono

__all__ = ["Target", "targets"]

_SESSION = "20260101-000000-abcd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One reader."""

    name: str
    read: Callable[[bytes], object]
    """Takes the bytes, or raises a `VoiceCoachError`."""
    seeds: tuple[bytes, ...]
    heavy: bool = False
    """Takes milliseconds an input: tried less often."""


def targets(folder: Path) -> tuple[Target, ...]:
    """Give all readers; files are written into `folder`, which the caller owns."""
    file = folder / "input"

    def from_file(read: Callable[[Path], object], name: str) -> Callable[[bytes], object]:
        path = file.with_name(name)

        def write_and_read(data: bytes) -> object:
            path.write_bytes(data)
            return read(path)

        return write_and_read

    return (
        Target(name="client messages", read=decode_client, seeds=_client_seeds()),
        Target(name="server messages", read=decode_server, seeds=_server_seeds()),
        Target(name="audio frames", read=decode_audio, seeds=_frame_seeds()),
        Target(
            name="journals",
            read=lambda data: parse(data, Path("journal.jsonl")),
            seeds=(_journal(),),
        ),
        Target(
            name="scenarios",
            read=lambda data: parse_scenario(data.decode("utf-8", "replace"), "scenario.yaml"),
            seeds=(load_scenario("renewal_in_doubt").source_text.encode(),),
            heavy=True,
        ),
        Target(
            name="drills",
            read=lambda data: parse_drill(data.decode("utf-8", "replace"), "drill.yaml"),
            seeds=tuple(drill.source_text.encode() for drill in read_drill_shelf(folder).drills[:2]),
            heavy=True,
        ),
        Target(
            name="rule files",
            read=from_file(lambda path: load_rulebook([path]), "rule.yaml"),
            seeds=_rule_seeds(),
            heavy=True,
        ),
        Target(
            name="settings",
            read=from_file(lambda path: load_settings(path, {"": ""}), "settings.toml"),
            seeds=(b'[ears]\nmodel = "base"\n\n[turns]\npatience_seconds = 0.6\nmelody = "pitch"\n',),
        ),
        Target(
            name="archives",
            read=from_file(_import, "sessions.zip"),
            seeds=(_archive(),),
            heavy=True,
        ),
        Target(
            name="sound files",
            read=from_file(lambda path: sum(map(len, stream_mono(path))), "sound"),
            seeds=tuple(_sounds()),
            heavy=True,
        ),
    )


def _client_seeds() -> tuple[bytes, ...]:
    messages = (
        Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt", client="fuzz 1", seed=7),
        Hello(version=PROTOCOL_VERSION, resume=_SESSION, seen=12),
        Mute(on=True),
        CueSwitch(on=False),
        PlaybackStarted(reply=1),
        PlaybackEnded(reply=1, heard_samples=1200, complete=False),
        EndCall(),
    )
    return tuple(encode(message).encode() for message in messages)


def _server_seeds() -> tuple[bytes, ...]:
    messages = (
        Notice(seq=1, code="load", text="Words appear later."),
        Partial(seq=2, utterance=1, settled="It sounds", tentative=" like"),
        Reply(seq=3, reply=1, sentences=("Well.",), delivery=Delivery.CALM, sample_rate_hz=22_050),
    )
    return tuple(encode(message).encode() for message in messages)


def _frame_seeds() -> tuple[bytes, ...]:
    return tuple(
        encode_audio(AudioFrame(kind=kind, stream=stream, offset=640, pcm=bytes(range(64))))
        for kind, stream in ((AudioKind.MICROPHONE, 0), (AudioKind.VOICE, 3), (AudioKind.MURMUR, 22_050))
    )


def _journal() -> bytes:
    scenario = load_scenario("renewal_in_doubt")
    header = JournalHeader(
        session=_SESSION,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        scenario_id=scenario.id,
        scenario_source=scenario.source_text[:200],
        seed=1,
        model="tiny.en",
        voice="plain",
        record=False,
        settings=TurnSettings(),
    )
    session = Session(
        partner=CounterpartPartner.of(scenario, 1), recognizer=load_recognizer(), settings=header.settings
    )
    lines, seq = [encode_header(header)], 0
    for event in (
        e.CallStarted(at=0.0),
        e.ReplyPlayed(at=2.0, reply=1, text_heard="Hello.", complete=True),
        e.SpeechStarted(at=3.0, sample=48_000),
        e.CallEnded(at=4.0, reason=e.EndReason.TRAINEE),
    ):
        for value in (event, *session.handle(event)):
            seq += 1
            lines.append(encode_entry(seq, value))
    return b"".join(lines)


def _rule_seeds() -> tuple[bytes, ...]:
    rules = Path(load_rulebook().moves[0].path).parent
    return tuple((rules / f"{kind}.yaml").read_bytes() for kind in ("summary", "mirror", "label"))


def _archive() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        store = open_store(Path(name) / "store")
        session = named_folder(store, _SESSION)
        session.mkdir()
        (session / JOURNAL_NAME).write_bytes(_journal())
        path = Path(name) / "sessions.zip"
        write_archive(store, [_SESSION], path)
        return path.read_bytes()


def _import(path: Path) -> object:
    with tempfile.TemporaryDirectory() as store:
        return read_archive(path, Path(store))


def _sounds() -> Iterator[bytes]:
    times = np.arange(4_000) / 16_000
    samples = (8_000 * np.sin(2 * np.pi * 220 * times)).astype("<i2")
    wav = io.BytesIO()
    with wave.open(wav, "wb") as writer:
        writer.setparams((1, 2, 16_000, 0, "NONE", ""))
        writer.writeframes(samples.tobytes())
    yield wav.getvalue()
    for form, codec in (("flac", "flac"), ("ogg", "libopus"), ("mp3", "libmp3lame")):
        coded = io.BytesIO()
        with av.open(coded, "w", format=form) as container:
            stream = container.add_stream(codec, rate=16_000)
            assert isinstance(stream, av.AudioStream)  # noqa: S101 - by its codec; said to the type checker
            frame = av.AudioFrame.from_ndarray(samples[None], "s16", "mono")
            frame.sample_rate = 16_000
            resampled = av.AudioResampler(stream.format.name, "mono", 16_000).resample(frame)
            for part in (*resampled, None):
                container.mux(stream.encode(part))
        yield coded.getvalue()
