"""A room of simulated trainees, in a process of its own: what `load` lets a server live through.

usage: python -m voice_coach_benchmarks.load_room URL --clips FOLDER [--sessions N] [--seconds S]

Every trainee is one call over a real websocket. It speaks clips of a folder in frames of 20 ms, so that
over the call 40 % of its time is speech, listens while it is answered, and opens another call when one
ends. Times count from when a sample was due at the microphone, so a trainee that falls behind makes the
figures worse, not better. The last line printed is one JSON object, a `RoomHeard`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from voice_coach.coaching.turn import Speaker
from voice_coach.messages import (
    PROTOCOL_VERSION,
    AudioFrame,
    AudioKind,
    ClientMessage,
    Ended,
    Failed,
    Hello,
    Notice,
    Partial,
    Reply,
    ServerMessage,
    TurnSettled,
    Welcome,
    decode_audio,
    decode_server,
    encode,
    encode_audio,
)
from voice_coach.speech.audio import load_mono
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_client.playback import SimulatedPlayback

__all__ = ["SPEAKING_SHARE", "RoomHeard", "SimulatedRoom", "Talker", "clips_of"]

SPEAKING_SHARE: Final = 0.4
"""How much of a call the trainee speaks."""
SHORTEST_SECONDS, LONGEST_SECONDS = 2.0, 8.0
"""Clips of other lengths are left out."""

_FRAME_SAMPLES: Final = 320
_FRAME_SECONDS: Final = _FRAME_SAMPLES / SAMPLE_RATE_HZ
_SLOTS: Final = 4
"""The trainees' frames are spread over the 20 ms: people do not speak in step."""
_SPREAD_SECONDS: Final = 4.0
"""The calls begin within this time."""
_BREATH_SECONDS: Final = (0.4, 1.2)
_ANSWER_SECONDS: Final = 6.0
"""How long an answer is waited for before the trainee speaks again."""
_AUDIBLE: Final = 328 / 32768
_SCENARIO: Final = "renewal_in_doubt"


class RoomHeard(msgspec.Struct, frozen=True, kw_only=True):
    """What all trainees of a room noticed, in seconds."""

    settled: tuple[tuple[float, float], ...]
    """For each turn: when it ended (since the room opened), and how long its text took to be known."""
    first_words: tuple[float, ...]
    """For each utterance: from its beginning to the first words shown."""
    answers: tuple[float, ...]
    """For each turn that was answered: from its end to the first sound of the reply."""
    partials: int
    unanswered: int
    """Utterances that were followed by no turn before the next."""
    spoken_seconds: float
    call_seconds: float
    refused: dict[str, int]
    """Calls that the server did not open, by code."""
    notices: dict[str, int]
    cpu_seconds: float
    delays: tuple[tuple[float, ...], ...] = ()
    """For each trainee: how long the text of its turns took to be known."""


class Talker:
    """One trainee: when to speak, and what. It counts frames, and has no clock and no socket."""

    def __init__(self, clips: Sequence[bytes], seed: int) -> None:
        """Take what can be said: 16-bit mono at 16 kHz."""
        self._clips = clips
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._playback = SimulatedPlayback()
        self._saying = b""
        self._frames = self._spoken_frames = self._quiet_frames = 0
        self._wait_frames = round(_BREATH_SECONDS[0] / _FRAME_SECONDS)
        self._answered = False

    @property
    def spoken_seconds(self) -> float:
        """How much has been spoken so far."""
        return self._spoken_frames * _FRAME_SECONDS

    @property
    def seconds(self) -> float:
        """How long the call has gone on."""
        return self._frames * _FRAME_SECONDS

    def receive(self, message: ServerMessage | AudioFrame) -> tuple[ClientMessage, ...]:
        """Hear one thing from the server; gives what the client answers at once."""
        self._answered |= isinstance(message, Reply)
        return self._playback.hear(message)

    def tick(self) -> tuple[bytes, tuple[ClientMessage, ...]]:
        """Live through 20 ms: what the microphone heard in them (empty for silence), what to report."""
        self._frames += 1
        listening = self._playback.busy
        messages = self._playback.tick(_FRAME_SECONDS)
        if not self._saying:
            self._quiet_frames = 0 if listening else self._quiet_frames + 1
            if listening or not self._is_my_turn():
                return b"", messages
            self._saying = self._random.choice(self._clips)
            self._answered, self._quiet_frames = False, 0
            self._wait_frames = round(self._random.uniform(*_BREATH_SECONDS) / _FRAME_SECONDS)
        frame, self._saying = self._saying[: 2 * _FRAME_SAMPLES], self._saying[2 * _FRAME_SAMPLES :]
        self._spoken_frames += 1
        return frame, messages

    @property
    def is_speaking(self) -> bool:
        """There is more to say of what was begun."""
        return bool(self._saying)

    def _is_my_turn(self) -> bool:
        owed = self._spoken_frames < SPEAKING_SHARE * self._frames
        enough = self._wait_frames if self._answered else round(_ANSWER_SECONDS / _FRAME_SECONDS)
        return owed and self._quiet_frames >= enough


@dataclass(slots=True)
class _Notes:
    """What the room notes while it lasts."""

    began: float
    settled: list[tuple[float, float]] = field(default_factory=list)
    first_words: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    partials: int = 0
    unanswered: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    notices: dict[str, int] = field(default_factory=dict)
    delays: dict[int, list[float]] = field(default_factory=dict)
    """By trainee."""


class _Trainee:
    """One talker on one websocket."""

    def __init__(
        self,
        socket: ClientConnection,
        talker: Talker,
        notes: _Notes,
        *,
        number: int,
        on_words: Callable[[int, str, float], None],
    ) -> None:
        self._socket = socket
        self._talker = talker
        self._notes = notes
        self._number = number
        self._on_words = on_words
        self._next_sample = 0
        self._began_at: float | None = None
        """When the utterance began whose first words are still awaited."""
        self._ended_at: float | None = None
        """When the utterance ended whose turn is still awaited."""
        self._answer_from: float | None = None
        self._shown: dict[str, float] = {}
        """Texts shown since then, and when."""

    async def tick(self, due: float) -> None:
        """Send the frame that was complete at this moment."""
        spoke = self._talker.is_speaking
        pcm, messages = self._talker.tick()
        for message in messages:
            await self._socket.send(encode(message))
        if pcm and not spoke:
            self._begin(due - _FRAME_SECONDS)
        if pcm and not self._talker.is_speaking:
            self._ended_at = due - _FRAME_SECONDS + len(pcm) / 2 / SAMPLE_RATE_HZ
            self._shown = {}
        frame = AudioFrame(
            kind=AudioKind.MICROPHONE,
            stream=0,
            offset=self._next_sample,
            pcm=pcm.ljust(2 * _FRAME_SAMPLES, b"\0"),
        )
        self._next_sample += _FRAME_SAMPLES
        await self._socket.send(encode_audio(frame))

    def _begin(self, at: float) -> None:
        self._notes.unanswered += self._ended_at is not None
        self._began_at, self._ended_at, self._answer_from = at, None, None

    async def listen(self) -> None:
        """Take what the server says until the call is over."""
        async for data in self._socket:
            now = time.monotonic()
            message = decode_server(data) if isinstance(data, str) else decode_audio(data)
            for answer in self._talker.receive(message):
                await self._socket.send(encode(answer))
            self._note(message, now)
            if isinstance(message, Ended):
                return

    def _note(self, message: ServerMessage | AudioFrame, now: float) -> None:
        notes = self._notes
        if isinstance(message, Partial):
            notes.partials += 1
            self._on_words(self._number, message.settled + message.tentative, now)
            if self._began_at is not None:
                notes.first_words.append(now - self._began_at)
                self._began_at = None
            self._shown.setdefault(message.settled + message.tentative, now)
        elif isinstance(message, TurnSettled) and message.turn.speaker is Speaker.TRAINEE:
            self._on_words(self._number, message.turn.text, now)
            if self._ended_at is not None:
                known = self._shown.get(message.turn.text, now)
                notes.settled.append((self._ended_at - notes.began, known - self._ended_at))
                notes.delays.setdefault(self._number, []).append(known - self._ended_at)
                self._answer_from, self._ended_at = self._ended_at, None
        elif isinstance(message, AudioFrame) and self._answer_from is not None:
            notes.answers.append(now - self._answer_from)
            self._answer_from = None
        elif isinstance(message, Notice):
            notes.notices[message.code] = notes.notices.get(message.code, 0) + 1


class SimulatedRoom:
    """All trainees, their clock, and the calls that they open one after the other."""

    def __init__(self, url: str, clips: Sequence[bytes]) -> None:
        """Prepare trainees for a server at `url`, who say what is in `clips`."""
        self._url = url
        self._clips = clips
        self._notes = _Notes(began=time.monotonic())
        self.on_words: Callable[[int, str, float], None] = lambda *_: None
        """Is told which trainee is shown which words of its own, and when (monotonic seconds)."""
        self._present: dict[int, _Trainee] = {}
        self._talkers: list[Talker] = []

    def connect_to(self, number: int) -> connect:
        """Give the websocket of a trainee's next call, not yet open."""
        del number
        return connect(self._url, compression=None, max_size=None)

    async def live(self, sessions: int, seconds: float) -> RoomHeard:
        """Let so many trainees live for so long."""
        began = time.monotonic()
        self._notes.began = began
        calls = [asyncio.create_task(self._call_on(number)) for number in range(sessions)]
        await self._keep_time(began, began + seconds)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        notes = self._notes
        return RoomHeard(
            settled=tuple(notes.settled),
            first_words=tuple(notes.first_words),
            answers=tuple(notes.answers),
            partials=notes.partials,
            unanswered=notes.unanswered,
            spoken_seconds=sum(talker.spoken_seconds for talker in self._talkers),
            call_seconds=sum(talker.seconds for talker in self._talkers),
            refused=notes.refused,
            notices=notes.notices,
            cpu_seconds=time.process_time(),
            delays=tuple(tuple(notes.delays.get(number, ())) for number in range(sessions)),
        )

    async def _keep_time(self, due: float, until: float) -> None:
        """Let every trainee live through each 20 ms; the trainees take turns within them."""
        slot = 0
        while due < until:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            for number, trainee in tuple(self._present.items()):
                if number % _SLOTS == slot:
                    try:
                        await trainee.tick(due)
                    except ConnectionClosed:
                        self._present.pop(number, None)
            slot = (slot + 1) % _SLOTS
            due += _FRAME_SECONDS / _SLOTS

    async def _call_on(self, number: int) -> None:
        """Open one call after the other, until one is refused."""
        seeds = random.Random(number)  # noqa: S311 - repeatable, not secret
        await asyncio.sleep(seeds.uniform(0.0, _SPREAD_SECONDS))
        opened = True
        while opened:
            async with self.connect_to(number) as socket:
                opened = await self._call(number, socket, seeds.randrange(1 << 30))

    async def _call(self, number: int, socket: ClientConnection, seed: int) -> bool:
        """Live through one call; False when it was refused."""
        await socket.send(encode(self.hello(seed)))
        answer = decode_server(await socket.recv(decode=True))
        if isinstance(answer, Failed):
            self._notes.refused[answer.code] = self._notes.refused.get(answer.code, 0) + 1
            return False
        assert isinstance(answer, Welcome), answer  # noqa: S101 - the server's own promise
        talker = Talker(self._clips, seed)
        self._talkers.append(talker)
        self._present[number] = trainee = _Trainee(
            socket, talker, self._notes, number=number, on_words=self.on_words
        )
        try:
            await self.stay(trainee.listen, socket)
        finally:
            self._present.pop(number, None)
        return True

    def hello(self, seed: int) -> Hello:
        """Give what a trainee asks for."""
        return Hello(version=PROTOCOL_VERSION, scenario=_SCENARIO, client="load", seed=seed)

    async def stay(self, listen: Callable[[], Awaitable[None]], socket: ClientConnection) -> None:
        """Stay in a call, to its end unless somebody hangs up before; `listen` takes what is said."""
        del socket
        await listen()


def clips_of(folder: Path) -> list[bytes]:
    """Read a folder's clips of 2 to 8 s, each cut at its first and last audible sample.

    Returns:
        16-bit mono at 16 kHz; the end of a clip is the end of its speech.
    """
    clips = []
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".wav", ".flac"):
            continue
        audio = load_mono(path)
        audible = np.flatnonzero(np.abs(audio) >= _AUDIBLE)
        if not len(audible):
            continue
        spoken = audio[audible[0] : audible[-1] + 1]
        if SHORTEST_SECONDS <= len(spoken) / SAMPLE_RATE_HZ <= LONGEST_SECONDS:
            clips.append((np.clip(spoken, -1, 1) * 32767).astype("<i2").tobytes())
    return clips


def main() -> None:
    """Live through the room; print what was heard."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--sessions", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    clips = clips_of(options.clips)
    if not clips:
        raise SystemExit(f"There is no clip of 2 to 8 s in {options.clips}.")
    room = SimulatedRoom(options.url, clips)
    heard = asyncio.run(room.live(options.sessions, options.seconds))
    sys.stdout.write(msgspec.json.encode(heard).decode() + "\n")


if __name__ == "__main__":
    main()
