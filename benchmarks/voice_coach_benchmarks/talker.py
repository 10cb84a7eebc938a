"""A person at a headset: the client's real `Connection`, and a microphone that never stops."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.messages import (
    PROTOCOL_VERSION,
    EndCall,
    Ended,
    Hello,
    PhaseChanged,
    TurnSettled,
    TurnTakenBack,
)
from voice_coach_client.connection import Connection, Dropped, Patience, Received
from voice_coach_client.credentials import ANYBODY, Credentials
from voice_coach_client.playback import SimulatedPlayback

__all__ = ["Told", "talk"]

_FRAME_BYTES = 640
_FRAME_SECONDS = 0.02
_QUIET_SECONDS = 4.0
"""After the last word: the turn ends, and the counterpart answers."""


@dataclass(slots=True)
class Told:
    """What came of a call."""

    session: str = ""
    turns: dict[int, str] = field(default_factory=dict)
    """The trainee's, by utterance."""
    spoken_to: bool = False
    """The counterpart has said its first line."""
    dropped: int = 0
    """How often the connection broke."""
    sent: bytearray = field(default_factory=bytearray)
    """All that the microphone gave."""
    ended: bool = False

    @property
    def words(self) -> str:
        """All that the trainee was heard to say."""
        return " ".join(self.turns[number] for number in sorted(self.turns))


class _Talk:
    """One call: its ear and its mouth."""

    def __init__(self, call: Connection, pcm: bytes) -> None:
        self.told = Told(session=call.welcome.session)
        self._call = call
        self._pcm = pcm
        self._playback = SimulatedPlayback()

    async def listen(self) -> None:
        async for message in self._call.received():
            self._note(message)
            for answer in self._playback.hear(message):
                await self._call.send(answer)

    def _note(self, message: Received) -> None:
        told = self.told
        match message:
            case TurnSettled(turn=turn, utterance=utterance) if turn.speaker is Speaker.TRAINEE:
                told.turns[utterance] = turn.text
            case TurnTakenBack(utterance=utterance):
                told.turns.pop(utterance, None)
            case PhaseChanged(phase=Phase.LISTENING):
                told.spoken_to = True
            case Dropped():
                told.dropped += 1
            case Ended():
                told.ended = True
            case _:
                pass

    async def speak(self) -> None:
        loop = asyncio.get_running_loop()
        due, rest, quiet_frames = loop.time(), self._pcm, 0
        while rest or quiet_frames * _FRAME_SECONDS < _QUIET_SECONDS:
            frame = b""
            if self.told.spoken_to:
                frame, rest = rest[:_FRAME_BYTES], rest[_FRAME_BYTES:]
            quiet_frames += not rest
            frame = frame.ljust(_FRAME_BYTES, b"\0")
            self.told.sent += frame
            await self._call.send_microphone(frame)
            for answer in self._playback.tick(_FRAME_SECONDS):
                await self._call.send(answer)
            due += _FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))
        await self._call.send(EndCall())


async def talk(
    url: str,
    pcm: bytes,
    *,
    scenario: str = "renewal_in_doubt",
    patience: Patience | None = None,
    credentials: Credentials = ANYBODY,
) -> Told:
    """Open a call, wait to be spoken to, speak in real time whatever the network does, and end it."""
    hello = Hello(version=PROTOCOL_VERSION, scenario=scenario, client="talker", seed=7)
    async with await Connection.open(url, hello, patience, credentials) as call:
        person = _Talk(call, pcm)
        async with asyncio.TaskGroup() as group:
            group.create_task(person.listen())
            group.create_task(person.speak())
    return person.told
