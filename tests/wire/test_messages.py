from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach import messages
from voice_coach.errors import ProtocolError
from voice_coach.messages import (
    AudioFrame,
    AudioKind,
    ClientMessage,
    ServerMessage,
    decode_audio,
    decode_client,
    decode_server,
    encode,
    encode_audio,
)


def some(kind: msgspec.inspect.Type) -> st.SearchStrategy[object]:
    """Any value of a message field's type."""
    match kind:
        case msgspec.inspect.UnionType(types=types):
            return st.one_of([some(part) for part in types])
        case msgspec.inspect.VarTupleType(item_type=item):
            return st.lists(some(item), max_size=3).map(tuple)
        case msgspec.inspect.TupleType(item_types=items):
            return st.tuples(*[some(item) for item in items])
        case msgspec.inspect.StructType(cls=cls):
            fields = {
                f.name: some(msgspec.inspect.type_info(f.type)) for f in msgspec.structs.fields(cls)
            }
            return st.builds(cls, **fields)
        case msgspec.inspect.EnumType(cls=cls):
            return st.sampled_from(list(cls))
    plain: dict[type, st.SearchStrategy[object]] = {
        msgspec.inspect.StrType: st.text(max_size=40),
        msgspec.inspect.IntType: st.integers(-(2**53), 2**53),
        msgspec.inspect.FloatType: st.floats(allow_nan=False, allow_infinity=False),
        msgspec.inspect.BoolType: st.booleans(),
        msgspec.inspect.NoneType: st.none(),
    }
    return plain[type(kind)]


CLIENT = some(msgspec.inspect.type_info(ClientMessage))
SERVER = some(msgspec.inspect.type_info(ServerMessage))


@given(CLIENT)
def test_a_client_message_comes_back_as_it_was(message: ClientMessage) -> None:
    assert decode_client(encode(message)) == message


@settings(max_examples=300)
@given(SERVER)
def test_a_server_message_comes_back_as_it_was(message: ServerMessage) -> None:
    assert decode_server(encode(message)) == message


@given(
    st.builds(
        AudioFrame,
        kind=st.sampled_from(AudioKind),
        stream=st.integers(0, 2**32 - 1),
        offset=st.integers(0, 2**64 - 1),
        pcm=st.binary(min_size=2, max_size=64).filter(lambda b: len(b) % 2 == 0),
    )
)
def test_an_audio_frame_comes_back_as_it_was(frame: AudioFrame) -> None:
    assert decode_audio(encode_audio(frame)) == frame


@given(st.binary(max_size=64))
def test_any_bytes_are_a_frame_or_a_protocol_error(data: bytes) -> None:
    with suppress(ProtocolError):
        assert decode_audio(data).pcm


@given(st.text(max_size=200))
def test_any_text_is_a_message_or_a_protocol_error(text: str) -> None:
    with pytest.raises(ProtocolError):
        decode_client(text)


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("{", "malformed-json", "A text frame must be one JSON object: Input data was truncated."),
        (
            '{"type":"sing"}',
            "unknown-message",
            "This message has no type that protocol version 1 knows: Invalid value 'sing' - at `$.type`.",
        ),
        (
            '{"type":"mute"}',
            "bad-field",
            "A message has a wrong field: Object missing required field `on`.",
        ),
        (
            '{"type":"mute","on":"yes"}',
            "bad-field",
            "A message has a wrong field: Expected `bool`, got `str` - at `$.on`.",
        ),
        (
            '{"type":"mute","on":true,"louder":1}',
            "bad-field",
            "A message has a wrong field: Object contains unknown field `louder`.",
        ),
    ],
)
def test_a_bad_text_frame_is_named(text: str, code: str, sentence: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode_client(text)
    assert (caught.value.stable_code, str(caught.value)) == (code, sentence)


@pytest.mark.parametrize(
    ("data", "code", "sentence"),
    [
        (
            b"\x01\x01\x00\x00",
            "bad-audio-frame",
            "An audio frame needs 16 bytes of header and at least one sample; this one has 4 bytes.",
        ),
        (
            messages.HEADER.pack(1, 1, 0, 0, 0) + b"abc",
            "bad-audio-frame",
            "An audio frame holds 16-bit samples, so its length must be even; this one has 19 bytes.",
        ),
        (
            messages.HEADER.pack(9, 1, 0, 0, 0) + b"ab",
            "bad-audio-frame",
            "Audio frames of kind 9 do not exist.",
        ),
        (
            messages.HEADER.pack(1, 7, 0, 0, 0) + b"ab",
            "wrong-version",
            "This audio frame says protocol version 7; this server speaks 1.",
        ),
    ],
)
def test_a_bad_audio_frame_is_named(data: bytes, code: str, sentence: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode_audio(data)
    assert (caught.value.stable_code, str(caught.value)) == (code, sentence)


def test_the_room_exports_what_it_says() -> None:
    public = {
        name
        for name, value in vars(messages).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == messages.__name__
    }
    constants = {"HEADER", "PROTOCOL_VERSION", "ClientMessage", "ServerMessage"}
    assert set(messages.__all__) == public | constants
