"""The wire: every message between server and client, as two tagged unions, and the audio frame.

Text frames are JSON with a `type`; binary frames are audio with a 16-byte header. The reference
page `docs/reference/wire.md` is generated from this module.

Order on a connection: the client sends `Hello` first and exactly once; the server answers `Welcome`
and then `Phase`, `Ring`, `Reply` ...; audio of the client flows from `Welcome` on. Every server
message has `seq`, growing by one within a session, so that a client that comes back can say what it
has seen.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import msgspec

from voice_coach.coaching.drill import DrillCard, DrillResult, DrillRound, Verdict
from voice_coach.coaching.turn import Cue, Debrief, Turn
from voice_coach.conversation.commands import Phase as CallPhase
from voice_coach.counterpart.reply import Delivery, Outcome, RingSegment
from voice_coach.counterpart.story import Guardedness
from voice_coach.errors import ProtocolError
from voice_coach.moves.move import Move

__all__ = [
    "HEADER",
    "PROTOCOL_VERSION",
    "AudioFrame",
    "AudioKind",
    "Branch",
    "ClientMessage",
    "CueShown",
    "CueSwitch",
    "EndCall",
    "Ended",
    "Failed",
    "Hello",
    "Latency",
    "Mute",
    "Notice",
    "Partial",
    "PausePlayback",
    "PhaseChanged",
    "PlaybackEnded",
    "PlaybackStarted",
    "Reply",
    "ReplyEnd",
    "ResumePlayback",
    "Ring",
    "RoundStarted",
    "ScenarioCard",
    "ServerMessage",
    "StopPlayback",
    "TurnSettled",
    "TurnTakenBack",
    "VerdictShown",
    "Welcome",
    "decode_audio",
    "decode_client",
    "decode_server",
    "encode",
    "encode_audio",
]

PROTOCOL_VERSION = 1

HEADER = struct.Struct("<BBHIQ")
"""kind, protocol version, zero, stream, sample offset: 16 bytes, little-endian."""


class AudioKind(IntEnum):
    """What a binary frame carries."""

    MICROPHONE = 1
    """Client to server; stream 0; 16 kHz."""
    VOICE = 2
    """Server to client; stream is the reply number; the rate stands in `Reply.sample_rate_hz`."""
    MURMUR = 3
    """Server to client; a whole sign of listening, to be played at once beside all else; stream is its
    rate in Hz. Nothing is reported of it."""


class AudioFrame(msgspec.Struct, frozen=True, kw_only=True):
    """One binary frame."""

    kind: AudioKind
    stream: int
    offset: int
    """Index of the frame's first sample in its stream."""
    pcm: bytes
    """Signed 16-bit little-endian mono samples, at least one."""


# ---------------------------------------------------------------- client to server


class _Client(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    pass


class Branch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the counterpart in a kept session, from which the call is tried again."""

    session: str
    turn: int
    """Index of the line among the turns of both sides."""


class Hello(_Client, frozen=True, tag="hello"):
    """Opens a session, or comes back to one. Must be first."""

    version: int
    scenario: str = ""
    """Scenario id; may be empty when resuming, or for a drill."""
    drill: str = ""
    """Drill id: a drill instead of a role-play. `scenario` and `guardedness` are not looked at then."""
    client: str = ""
    """Name and version of the client, for `doctor`; at most 100 characters."""
    record: bool = True
    """False keeps no audio of either side."""
    cues: bool = True
    """False shows no cue, until `CueSwitch` says otherwise."""
    guardedness: Guardedness | None = None
    """How freely the counterpart opens up in this call; as its scenario has it when absent."""
    seed: int | None = None
    """For a call that can be repeated; chosen by the server when absent."""
    branch: Branch | None = None
    """Opens a call that goes on from there; scenario, guardedness and seed are then that session's, and
    those given here are not looked at."""
    resume: str = ""
    """Session id to come back to."""
    seen: int = 0
    """When resuming: the last `seq` that was seen."""
    recorded_samples: int = 0
    """When resuming: length of the microphone's stream so far, sent or not."""


class Mute(_Client, frozen=True, tag="mute"):
    """The trainee muted or unmuted the microphone. While muted the client goes on sending: silence."""

    on: bool


class CueSwitch(_Client, frozen=True, tag="cue_switch"):
    """The trainee wants cues from now on, or none."""

    on: bool


class PlaybackStarted(_Client, frozen=True, tag="playback_started"):
    """The first sample of a reply is audible now."""

    reply: int


class PlaybackEnded(_Client, frozen=True, tag="playback_ended"):
    """Playback of a reply ended."""

    reply: int
    heard_samples: int
    """How many samples of the reply were heard."""
    complete: bool


class EndCall(_Client, frozen=True, tag="end_call"):
    """The trainee ends the call."""


ClientMessage = Hello | Mute | CueSwitch | PlaybackStarted | PlaybackEnded | EndCall


# ---------------------------------------------------------------- server to client


class _Server(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    seq: int = 0


class ScenarioCard(msgspec.Struct, frozen=True, kw_only=True):
    """What the start page shows of a scenario; also served at `/api/scenarios`."""

    id: str
    title: str
    person: str
    """Who you meet: name and role."""
    stake: str
    """What is at stake, one sentence."""
    guardedness: str
    """`open`, `guarded` or `closed`."""
    brief: str = ""
    """What the trainee may know before the call."""


class Welcome(_Server, frozen=True, tag="welcome"):
    """The session is open; audio may flow."""

    version: int
    session: str
    scenario: ScenarioCard
    """In a drill: who speaks its lines, and as `brief` what to do."""
    microphone_rate_hz: int
    next_sample: int = 0
    """Offset that the next microphone frame must have (not 0 after a resume)."""
    resumed: bool = False
    record: bool = True
    model: str = ""
    voice: str = ""
    drill: DrillCard | None = None
    """Set when this is a drill."""
    branch: Branch | None = None
    """The call is tried again from this line. The turns before it, which were spoken in that session,
    follow; the line itself is said anew. `next_sample` is not 0 then either."""


class PhaseChanged(_Server, frozen=True, tag="phase"):
    """The call entered another state."""

    phase: CallPhase


class Partial(_Server, frozen=True, tag="partial"):
    """The trainee's words so far."""

    utterance: int
    settled: str
    tentative: str
    moves: tuple[Move, ...] = ()
    """Spans are character offsets into `settled + tentative`."""


class TurnSettled(_Server, frozen=True, tag="turn"):
    """A turn of either side is settled. Replaces the partial, or the reply, of the same number."""

    utterance: int
    turn: Turn


class TurnTakenBack(_Server, frozen=True, tag="turn_taken_back"):
    """The trainee's settled turn of this number was not over: forget it, its partials follow again."""

    utterance: int


class Reply(_Server, frozen=True, tag="reply"):
    """The counterpart starts to speak; its audio follows in binary frames with `stream == reply`."""

    reply: int
    sentences: tuple[str, ...]
    delivery: Delivery
    sample_rate_hz: int
    thats_right: bool = False


class ReplyEnd(_Server, frozen=True, tag="reply_end"):
    """All audio of this reply has been sent."""

    reply: int
    samples: int
    """Length of the reply; 0 when no sound could be made and the text must do."""


class StopPlayback(_Server, frozen=True, tag="stop_playback"):
    """Silence this reply within 50 ms and answer `playback_ended`."""

    reply: int


class PausePlayback(_Server, frozen=True, tag="pause_playback"):
    """Hold this reply within 50 ms where it is, and keep the rest: it is stopped or resumed soon."""

    reply: int


class ResumePlayback(_Server, frozen=True, tag="resume_playback"):
    """Go on with a held reply from the sample where it was held."""

    reply: int


class Ring(_Server, frozen=True, tag="ring"):
    """How far the counterpart is understood."""

    segments: tuple[RingSegment, ...]
    opened: tuple[str, ...] = ()


class RoundStarted(_Server, frozen=True, tag="round"):
    """Drills only: a round begins, or the one that is going on asks for something else now.

    It comes just before the `Reply` that speaks its line, and again after a turn that was taken back.
    """

    round: DrillRound


class VerdictShown(_Server, frozen=True, tag="verdict"):
    """Drills only: what an answer was worth. `TurnTakenBack` of its utterance takes it back too."""

    verdict: Verdict


class CueShown(_Server, frozen=True, tag="cue"):
    """The one cue; null takes it away."""

    cue: Cue | None


class Latency(_Server, frozen=True, tag="latency"):
    """Where the time of one turn went, in milliseconds after the end of the trainee's speech."""

    utterance: int
    final_text_ms: float
    """Final text known."""
    turn_decided_ms: float
    reply_ready_ms: float
    """First sound of the reply left the server."""
    voice_to_voice_ms: float | None = None
    """First audible sample, when the client said so."""


class Notice(_Server, frozen=True, tag="notice"):
    """Something that a person should know but that does not stop the call."""

    code: str
    text: str


class Ended(_Server, frozen=True, tag="ended"):
    """The call is over."""

    session: str
    outcome: Outcome
    debrief: Debrief
    drill: DrillResult | None = None
    """Set when this was a drill; the page shows it instead of the debrief."""


class Failed(_Server, frozen=True, tag="error"):
    """What was sent cannot be used. `fatal` means that the connection closes; the session is kept."""

    code: str
    text: str
    fatal: bool = False


ServerMessage = (
    Welcome
    | PhaseChanged
    | Partial
    | TurnSettled
    | TurnTakenBack
    | Reply
    | ReplyEnd
    | StopPlayback
    | PausePlayback
    | ResumePlayback
    | Ring
    | CueShown
    | RoundStarted
    | VerdictShown
    | Latency
    | Notice
    | Ended
    | Failed
)

_client_decoder: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_server_decoder: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)
_encoder = msgspec.json.Encoder()


def encode(message: ClientMessage | ServerMessage) -> str:
    """Give the JSON text frame of a message."""
    return _encoder.encode(message).decode()


def decode_client(text: str | bytes) -> ClientMessage:
    """Read a text frame from a client.

    Raises:
        ProtocolError: `malformed-json`, `unknown-message` or `bad-field`, with a sentence.
    """
    with _as_protocol_error():
        return _client_decoder.decode(text)


def decode_server(text: str | bytes) -> ServerMessage:
    """Read a text frame from a server. Raises like `decode_client`."""
    with _as_protocol_error():
        return _server_decoder.decode(text)


@contextmanager
def _as_protocol_error() -> Iterator[None]:
    try:
        yield
    except msgspec.ValidationError as error:
        where = str(error)
        if where.endswith("`$.type`") or "missing required field `type`" in where:
            raise ProtocolError(
                f"This message has no type that protocol version {PROTOCOL_VERSION} knows: {where}.",
                code="unknown-message",
            ) from None
        raise ProtocolError(f"A message has a wrong field: {where}.", code="bad-field") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(
            f"A text frame must be one JSON object: {error}.", code="malformed-json"
        ) from None


def encode_audio(frame: AudioFrame) -> bytes:
    """Give the binary frame: 16 bytes of header, then the samples."""
    return HEADER.pack(frame.kind, PROTOCOL_VERSION, 0, frame.stream, frame.offset) + frame.pcm


def decode_audio(data: bytes) -> AudioFrame:
    """Read a binary frame.

    Raises:
        ProtocolError: `bad-audio-frame` (too short, unknown kind, odd length) or `wrong-version`.
    """
    if len(data) < HEADER.size + 2:
        raise ProtocolError(
            f"An audio frame needs {HEADER.size} bytes of header and at least one sample; "
            f"this one has {len(data)} bytes.",
            code="bad-audio-frame",
        )
    kind, version, _, stream, offset = HEADER.unpack_from(data)
    if version != PROTOCOL_VERSION:
        raise ProtocolError(
            f"This audio frame says protocol version {version}; this server speaks {PROTOCOL_VERSION}.",
            code="wrong-version",
        )
    if kind not in tuple(AudioKind):
        raise ProtocolError(f"Audio frames of kind {kind} do not exist.", code="bad-audio-frame")
    if len(data) % 2:
        raise ProtocolError(
            "An audio frame holds 16-bit samples, so its length must be even; "
            f"this one has {len(data)} bytes.",
            code="bad-audio-frame",
        )
    return AudioFrame(kind=AudioKind(kind), stream=stream, offset=offset, pcm=bytes(data[HEADER.size :]))
