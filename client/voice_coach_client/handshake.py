"""Getting from an address to a welcome, with one clear sentence for every way that can fail."""

from __future__ import annotations

import asyncio
import logging
import ssl

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
    InvalidURI,
)

from voice_coach.errors import InputError, ProtocolError
from voice_coach.messages import (
    PROTOCOL_VERSION,
    AudioFrame,
    AudioKind,
    Failed,
    Hello,
    ServerMessage,
    Welcome,
    decode_audio,
    decode_server,
    encode,
)
from voice_coach_client.credentials import ANYBODY, Credentials, untrusted
from voice_coach_client.errors import RefusedError, ServerUnreachableError, WrongVersionError

__all__ = ["open_socket", "raise_if_final", "read_frame", "shake_hands"]

_QUIET = logging.getLogger("voice_coach_client.websocket")
_QUIET.setLevel(logging.WARNING)
"""The library prints every frame and header at DEBUG: the words of a call, and a table's token."""
_FINAL_CLOSE_CODES = frozenset({1000, 1002, 1003, 1007, 1008, 1009})
"""Close codes after which coming back would end the same way."""
_FIRST_APPLICATION_CODE = 4000
"""Codes from here on are the server's own decisions, and final too."""


async def shake_hands(
    url: str, hello: Hello, within_seconds: float, credentials: Credentials = ANYBODY
) -> tuple[ClientConnection, Welcome]:
    """Open a websocket and exchange hello and welcome.

    Raises:
        InputError: `url` is no websocket address.
        ServerUnreachableError: No voice_coach server answers there in time.
        WrongVersionError: The server speaks another version of the protocol.
        RefusedError: The server said no; its own sentence is in the error.
        ProtocolError: Its answer cannot be read or is no welcome.
    """
    try:
        async with asyncio.timeout(within_seconds):
            socket = await open_socket(url, credentials)
            try:
                await socket.send(encode(hello))
                return socket, _read_welcome(url, await socket.recv())
            except BaseException:
                await socket.close()
                raise
    except TimeoutError:
        raise ServerUnreachableError(
            f"The server at {url} did not answer within {within_seconds:g} s; "
            "it may still be loading, so try again in a moment."
        ) from None
    except ConnectionClosed as closed:
        raise_if_final(url, closed)
        raise ServerUnreachableError(
            f"The server at {url} closed the connection before it said welcome; try again."
        ) from closed


def read_frame(url: str, data: str | bytes) -> ServerMessage | AudioFrame:
    """Decode one frame from the server.

    Raises:
        ProtocolError: It cannot be read, or only a client may send it.
        RefusedError, WrongVersionError: It is a fatal `Failed`.
    """
    try:
        message = decode_server(data) if isinstance(data, str) else decode_audio(data)
    except ProtocolError as error:
        raise ProtocolError(
            f"The server at {url} sent something this client cannot read: {error}",
            code=error.stable_code,
        ) from error
    if isinstance(message, AudioFrame) and message.kind is AudioKind.MICROPHONE:
        raise ProtocolError(
            f"The server at {url} sent microphone audio, which only clients send.",
            code="bad-audio-frame",
        )
    if isinstance(message, Failed) and message.fatal:
        raise _refusal(message)
    return message


def raise_if_final(url: str, closed: ConnectionClosed) -> None:
    """Raise `RefusedError` when the connection was closed for a reason that will not go away."""
    for close in (closed.rcvd, closed.sent):
        if close is not None and (
            close.code in _FINAL_CLOSE_CODES or close.code >= _FIRST_APPLICATION_CODE
        ):
            raise RefusedError(
                f"The server at {url} closed the connection before the call was over: "
                f"{close.reason or f'close code {close.code}'}."
            ) from closed


async def open_socket(url: str, credentials: Credentials = ANYBODY) -> ClientConnection:
    """Open a websocket to a server on this machine or in this room. Raises like `shake_hands`."""
    try:
        # A call stays on this machine or in this room: no proxy. Speech barely compresses: no deflate.
        return await connect(
            url,
            ssl=credentials.tls,
            additional_headers=credentials.headers,
            open_timeout=None,
            compression=None,
            proxy=None,
            ping_interval=5,
            ping_timeout=15,
            close_timeout=2,
            logger=_QUIET,
        )
    except InvalidURI as error:
        raise InputError(
            f"{url} is no websocket address; one looks like ws://127.0.0.1:8765/call."
        ) from error
    except InvalidStatus as error:
        raise RefusedError(
            f"The server at {url} refused the connection (HTTP {error.response.status_code}); "
            "check the address."
        ) from error
    except (InvalidMessage, InvalidHandshake) as error:
        raise ServerUnreachableError(
            f"Something answers at {url}, but it is no voice_coach server; check host and port."
        ) from error
    except ssl.SSLError as error:
        raise untrusted(url, error) from error
    except OSError as error:
        raise ServerUnreachableError(
            f"No server answers at {url}; start one with `voice-coach serve`, or check the address."
        ) from error


def _read_welcome(url: str, data: str | bytes) -> Welcome:
    answer = read_frame(url, data)
    if isinstance(answer, Failed):
        raise _refusal(answer)
    if not isinstance(answer, Welcome):
        raise ProtocolError(
            f"The server at {url} must answer hello with welcome; it sent {type(answer).__name__} first.",
            code="out-of-order",
        )
    if answer.version != PROTOCOL_VERSION:
        raise WrongVersionError(
            f"The server at {url} speaks protocol version {answer.version} and this client "
            f"version {PROTOCOL_VERSION}; install the same voice_coach on both sides."
        )
    return answer


def _refusal(failed: Failed) -> RefusedError | WrongVersionError:
    if failed.code == WrongVersionError.code:
        return WrongVersionError(failed.text)
    return RefusedError(failed.text, code=failed.code)
