"""The calls of the fault suite, and what each came to."""

from __future__ import annotations

import asyncio
import difflib
import re
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

import msgspec
import numpy as np
import soundfile

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import VoiceCoachError
from voice_coach.journal.account import give_account
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.messages import (
    PROTOCOL_VERSION,
    Ended,
    Hello,
    Notice,
    TurnSettled,
    TurnTakenBack,
    Welcome,
)
from voice_coach.moves.recognizer import Recognizer
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_benchmarks.fault_figures import CallOutcome
from voice_coach_benchmarks.tone_words import VOCABULARY, say
from voice_coach_client.connection import Connection, Dropped, Received
from voice_coach_client.demo import rehearse
from voice_coach_client.scripted_trainee import Manners, MicrophoneFrame, ScriptedTrainee
from voice_coach_client.spoken_line import SpokenLine

__all__ = ["Person", "Wanted", "live_through", "outcome"]

_LINES: Final = 3
_WORDS: Final = 6
_LONGEST_CALL_SECONDS: Final = 180.0


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What must be seen in a call that lived through a fault."""

    fault: str
    drops: bool
    """The connection must have been lost."""
    notice: str
    """Code of the notice that must be shown; empty for none."""
    keeps_all: bool
    """Whether all that was said can be kept; else the journal may lack what the disk refused."""


class Person(ScriptedTrainee):
    """Says words and remembers every sample."""

    def __init__(self, random: Random) -> None:
        """Choose what to say."""
        lines = [_line(random.sample(VOCABULARY, _WORDS)) for _ in range(_LINES)]
        super().__init__(lines, Manners(breath_seconds=0.4, closing_seconds=0.5))
        self.words = [word for line in lines for word in line.text.split()]
        self.sent = bytearray()
        self.session = ""
        self.in_call = asyncio.Event()
        self.seen: list[Received] = []
        self.back_at = 0.0
        self.sent_at_fault = 0

    def tick(self) -> MicrophoneFrame:
        """Live through 20 ms, and remember what was sent."""
        frame = super().tick()
        self.sent += frame.pcm
        return frame

    def see(self, message: Received) -> None:
        """Remember what came."""
        self.seen.append(message)
        if isinstance(message, Welcome):
            self.session = message.session
            self.in_call.set()
            self.back_at = time.monotonic() if message.resumed else 0.0


def _line(words: Sequence[str]) -> SpokenLine:
    return SpokenLine(text=" ".join(words), silence_before_seconds=0.5, pcm=say(words))


async def live_through(port: int, person: Person) -> str:
    """Live through one call. Gives why it did not end as it must; empty when it did."""
    hello = Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt", client="faults", seed=1)
    try:
        async with (
            asyncio.timeout(_LONGEST_CALL_SECONDS),
            await Connection.open(f"ws://127.0.0.1:{port}/ws", hello) as connection,
        ):
            await rehearse(connection, person, person.see)
    except TimeoutError:
        return "the call did not end"
    except VoiceCoachError as error:
        return str(error)
    return ""


def outcome(  # noqa: PLR0913 - all that is known of one call
    folder: Path,
    wanted: Wanted,
    person: Person,
    recognizer: Recognizer,
    *,
    ending: str,
    free_at: float,
) -> CallOutcome:
    """Compare what is kept of a call with what was said in it.

    Args:
        folder: The session's.
        wanted: What must have been seen.
        person: Who called.
        recognizer: Finds the moves when the journal is replayed.
        ending: Why it did not end as it must.
        free_at: When the way to the server was free again.
    """
    journal = read_journal(folder / JOURNAL_NAME)
    turns = give_account(journal).turns
    theirs = " ".join(turn.text for turn in turns if turn.speaker is Speaker.TRAINEE)
    lost, twice = _differences(person.words, re.findall(r"[a-z]+", theirs.lower()))
    kept = {turn.index: turn.text for turn in turns}
    told = any(isinstance(m, Notice) and m.code == wanted.notice for m in person.seen)
    dropped = any(isinstance(message, Dropped) for message in person.seen)
    wrong = ending or _wrong(wanted, person, told=told, dropped=dropped)
    if not wrong and wanted.keeps_all:
        identical = replay(journal, lambda header: played_session(header, recognizer)).identical
        wrong = "" if journal.complete else "the journal is not complete"
        wrong = wrong if identical else "the journal does not replay"
    return CallOutcome(
        fault=wanted.fault,
        words_lost=lost,
        words_twice=twice,
        events_lost=sum(kept.get(index) != text for index, text in _shown(person).items()),
        audio_lost_seconds=_audio_lost(folder, bytes(person.sent)),
        back_seconds=max(0.0, person.back_at - free_at) if person.back_at else None,
        told=told or dropped,
        wrong=wrong,
    )


def _shown(person: Person) -> dict[int, str]:
    """What the client shows of each turn at the end, by its place in the call."""
    shown: dict[int, TurnSettled] = {}
    for message in person.seen:
        if isinstance(message, TurnSettled):
            shown[message.turn.index] = message
        elif isinstance(message, TurnTakenBack):
            over = [
                index
                for index, one in shown.items()
                if one.turn.speaker is Speaker.TRAINEE and one.utterance == message.utterance
            ]
            shown = {index: one for index, one in shown.items() if not over or index < over[0]}
    return {index: one.turn.text for index, one in shown.items()}


def _wrong(wanted: Wanted, person: Person, *, told: bool, dropped: bool) -> str:
    if not any(isinstance(message, Ended) for message in person.seen):
        return "the call did not come to its end"
    if wanted.notice and not told:
        return "nobody was told"
    if wanted.drops and not dropped:
        return "the fault did not reach this call"
    return ""


def _differences(said: Sequence[str], heard: Sequence[str]) -> tuple[int, int]:
    """Give how many words are missing, and how many are there that were not said there."""
    lost = twice = 0
    for kind, i, j, k, m in difflib.SequenceMatcher(None, said, heard, autojunk=False).get_opcodes():
        if kind != "equal":
            lost, twice = lost + j - i, twice + m - k
    return lost, twice


def _audio_lost(folder: Path, sent: bytes) -> float:
    """Seconds of the trainee's track that are not what was sent."""
    finished = folder / "trainee.flac"
    if not finished.exists():
        return len(sent) / 2 / SAMPLE_RATE_HZ
    track, _ = soundfile.read(finished, dtype="int16")
    expected = np.frombuffer(sent, "<i2")[: len(track)]
    spoken = int(np.flatnonzero(np.frombuffer(sent, "<i2"))[-1]) + 1
    missing = max(0, spoken - len(track))
    return (int(np.count_nonzero(track[: len(expected)] != expected)) + missing) / SAMPLE_RATE_HZ
