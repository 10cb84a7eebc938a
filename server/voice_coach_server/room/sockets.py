"""The room's two sockets: `/room/table` of a table, `/room/watch` of a trainer's page.

Who may open them is decided before; see the room's door. What cannot be read, is too long or comes too
fast closes the socket with one sentence; what cannot be done is said, and the socket stays.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeVar

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from voice_coach.errors import InputError, ProtocolError
from voice_coach.room_messages import (
    AnswerListening,
    ConsentChanged,
    Leave,
    Listen,
    LockRoom,
    RemoveTable,
    RoomNotice,
    SendActivity,
    SendNote,
    StartCalls,
    StopCalls,
    TableMessage,
    TrainerMessage,
)
from voice_coach_server.access import RateLimit
from voice_coach_server.room.host import RoomHost
from voice_coach_server.room.mailboxes import OUT, Closing, TrainerMailbox

__all__ = ["serve_page", "serve_table"]

_log = logging.getLogger(__name__)

_LONGEST_FRAME: Final = 16_384
_PER_SECOND: Final = 10.0
_BURST: Final = 50.0

_BAD_MESSAGE: Final = 4400
_TOO_MUCH: Final = 4429
_CLOSE_CODES: Final = {"too-many-messages": _TOO_MUCH}
_LONGEST_REASON_BYTES: Final = 120
"""A close frame has room for 123."""

M = TypeVar("M")

_of_table: msgspec.json.Decoder[TableMessage] = msgspec.json.Decoder(TableMessage)
_of_trainer: msgspec.json.Decoder[TrainerMessage] = msgspec.json.Decoder(TrainerMessage)


async def serve_table(websocket: WebSocket, host: RoomHost, table: str) -> None:
    """Serve a table's lobby until it goes, is replaced, or is not of the room any more."""
    await websocket.accept()
    try:
        mailbox = host.open_lobby(table)
    except InputError as error:
        await _close(websocket, Closing(code=OUT.code, word=str(error)))
        return

    async def write() -> None:
        while isinstance(frame := await mailbox.next(), str):
            await websocket.send_text(frame)
        await _close(websocket, frame)

    def obey(message: TableMessage) -> None:
        match message:
            case AnswerListening(allow=allow):
                host.room.answer_listening(table, allow=allow)
            case ConsentChanged(consent=consent):
                host.room.change_consent(table, consent)
            case Leave():
                host.room.leave(table)

    async def read() -> None:
        await _read(websocket, _of_table, obey, on_refusal=lambda _: None)

    try:
        await _together(read, write)
    finally:
        host.close_lobby(table, mailbox)


async def serve_page(websocket: WebSocket, host: RoomHost) -> None:
    """Serve a trainer's page until it goes."""
    await websocket.accept()
    page = host.open_page()

    async def write() -> None:
        while True:
            frame = await page.next()
            if isinstance(frame, str):
                await websocket.send_text(frame)
            else:
                await websocket.send_bytes(frame)

    def obey(message: TrainerMessage) -> None:
        _obey_trainer(message, host, page)

    async def read() -> None:
        await _read(
            websocket,
            _of_trainer,
            obey,
            on_refusal=lambda error: page.notify(RoomNotice(code=error.stable_code, text=str(error))),
        )

    try:
        await _together(read, write)
    finally:
        host.close_page(page)


def _obey_trainer(message: TrainerMessage, host: RoomHost, page: TrainerMailbox) -> None:
    room = host.room
    match message:
        case SendActivity(activity=activity, tables=tables):
            room.send_activity(activity, tables)
        case StartCalls(tables=tables):
            room.start(tables)
        case StopCalls(tables=tables):
            room.stop(tables)
        case SendNote(table=table, text=text):
            room.send_note(table, text)
        case Listen(table=table, on=on):
            host.listen(page, table, on=on)
        case LockRoom(on=on):
            room.lock(on=on)
        case RemoveTable(table=table):
            room.remove(table)


async def _together(read: Callable[[], Awaitable[None]], write: Callable[[], Awaitable[None]]) -> None:
    """Read and write until either is over; who is gone is gone for both."""

    async def quietly(part: Callable[[], Awaitable[None]]) -> None:
        try:
            await part()
        except (WebSocketDisconnect, RuntimeError):
            # Gone while something was being sent or awaited: nobody is there to be told.
            _log.debug("a socket of the room went")

    tasks = [asyncio.create_task(quietly(part)) for part in (read, write)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(
    websocket: WebSocket,
    decoder: msgspec.json.Decoder[M],
    obey: Callable[[M], None],
    *,
    on_refusal: Callable[[InputError], None],
) -> None:
    limit = RateLimit(_PER_SECOND, _BURST)
    while True:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            return
        try:
            message = _decode(received, decoder, limit)
        except ProtocolError as error:
            code = _CLOSE_CODES.get(error.stable_code, _BAD_MESSAGE)
            await _close(websocket, Closing(code=code, word=str(error)))
            return
        try:
            obey(message)
        except InputError as error:
            on_refusal(error)


def _decode(received: MutableMapping[str, Any], decoder: msgspec.json.Decoder[M], limit: RateLimit) -> M:
    text = received.get("text")
    if not isinstance(text, str):
        raise ProtocolError("Only text is taken here.", code="bad-field")
    if len(text) > _LONGEST_FRAME:
        raise ProtocolError(f"A message has at most {_LONGEST_FRAME} characters.", code="too-long")
    if not limit.allows():
        raise ProtocolError(
            f"Too many messages: at most {_PER_SECOND:.0f} a second are taken.", code="too-many-messages"
        )
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise ProtocolError(f"A message of the room cannot be read: {error}.", code="bad-field") from None


async def _close(websocket: WebSocket, end: Closing) -> None:
    if websocket.application_state is WebSocketState.CONNECTED:
        reason = end.word.encode()[:_LONGEST_REASON_BYTES].decode(errors="ignore")
        await websocket.close(end.code, reason)
