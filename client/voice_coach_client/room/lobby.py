"""A table's socket to its room, which comes back by itself when the network drops it.

The first message on every connection says where the table stands, so nothing needs to be repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from voice_coach.errors import ProtocolError
from voice_coach.room_messages import Removed, TableMessage, ToTable
from voice_coach_client.connection import Patience
from voice_coach_client.errors import ConnectionLostError, ServerUnreachableError
from voice_coach_client.handshake import open_socket, raise_if_final
from voice_coach_client.server_address import Server

__all__ = ["Away", "FromRoom", "Lobby"]


class Away(msgspec.Struct, frozen=True, kw_only=True):
    """The connection to the room broke; the client is coming back by itself."""


FromRoom = ToTable | Away

_decoder: msgspec.json.Decoder[ToTable] = msgspec.json.Decoder(ToTable)


class Lobby:
    """The socket of one table. `received` must be iterated by exactly one task."""

    def __init__(self, server: Server, patience: Patience | None = None) -> None:
        """Prepare; the server's credentials hold the table's token."""
        self._server = server
        self._url = server.websocket("/room/table")
        self._patience = patience or Patience(pauses_seconds=(0.25, 0.5, 1.0, *(2.0,) * 300))
        self._socket: ClientConnection | None = None
        self._waiting: list[TableMessage] = []

    async def received(self) -> AsyncIterator[FromRoom]:
        """Give everything the room says, until it says that the table is out.

        Raises:
            RefusedError: The room does not know this table, or closed its socket for good.
            ConnectionLostError: The room did not come back.
            ProtocolError: It sent something that cannot be read.
        """
        pauses = iter(self._patience.pauses_seconds)
        self._socket = await open_socket(self._url, self._server.credentials)
        while True:
            try:
                await self._flush(self._socket)
                message = self._read(await self._socket.recv())
            except ConnectionClosed as closed:
                self._socket = None
                raise_if_final(self._url, closed)
                yield Away()
                self._socket = await self._come_back(pauses)
                continue
            pauses = iter(self._patience.pauses_seconds)
            yield message
            if isinstance(message, Removed):
                return

    async def send(self, message: TableMessage) -> None:
        """Send a message, or keep it for when the connection is back."""
        self._waiting.append(message)
        if self._socket is not None:
            try:
                await self._flush(self._socket)
            except ConnectionClosed:
                return  # `received` sees the same end, comes back, and sends it then.

    async def close(self) -> None:
        """Go; the table stays in the room for a while, in case somebody comes back."""
        if self._socket is not None:
            await self._socket.close()

    async def _flush(self, socket: ClientConnection) -> None:
        while self._waiting:
            await socket.send(msgspec.json.encode(self._waiting[0]).decode())
            self._waiting.pop(0)

    async def _come_back(self, pauses: Iterator[float]) -> ClientConnection:
        for pause_seconds in pauses:
            await asyncio.sleep(pause_seconds)
            try:
                async with asyncio.timeout(self._patience.open_seconds):
                    return await open_socket(self._url, self._server.credentials)
            except (ServerUnreachableError, TimeoutError):
                continue
        raise ConnectionLostError(
            f"The room at {self._server.url} went away and did not come back; what was called there is "
            "kept on the trainer's machine."
        )

    def _read(self, data: str | bytes) -> ToTable:
        try:
            return _decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ProtocolError(
                f"The room at {self._server.url} sent something this client cannot read; install the "
                f"same voice_coach on both sides ({error}).",
                code="bad-field",
            ) from error
