"""What a review needs of a journal besides its turns' text, gathered in one pass."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_coach.coaching.turn import Speaker, Turn
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.events import Word
from voice_coach.conversation.utterance import SAMPLE_RATE_HZ
from voice_coach.counterpart.reply import RingSegment
from voice_coach.journal.account import take_back
from voice_coach.journal.format import Journal

__all__ = ["Happened", "SpokenReply", "gather"]

Span = tuple[float, float]
"""From and to, in seconds on the session's time line."""


@dataclass(slots=True, kw_only=True)
class SpokenReply:
    """How the sound of one reply went."""

    started_seconds: float | None = None
    """When it became audible; None if it never did."""
    seconds: float | None = None
    """Length of the whole sound; None when it was cut before it was known."""
    held_seconds: float = 0.0
    """How long it was held, all holds together."""
    held_since: float | None = None


@dataclass(slots=True, kw_only=True)
class Happened:
    """What happened in a call."""

    shown: dict[int, c.ShowTurn] = field(default_factory=dict)
    """By the turn's index: all that were settled and not taken back."""
    rings: dict[int, tuple[RingSegment, ...]] = field(default_factory=dict)
    """By the turn's index: the ring when the turn was settled."""
    timed: dict[int, list[tuple[Word, ...]]] = field(default_factory=dict)
    """By utterance: the words of its pieces, in samples of the microphone."""
    speech: list[Span] = field(default_factory=list)
    """When the microphone heard a voice, or something like it."""
    replies: dict[int, SpokenReply] = field(default_factory=dict)
    """By the reply's number."""
    answered_too_soon: list[tuple[int, float]] = field(default_factory=list)
    """The utterance that was not over, and when the counterpart became audible."""
    seconds: float = 0.0
    """When the last event happened."""

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Both sides' turns in order."""
        return tuple(self.shown[index].turn for index in sorted(self.shown))

    def index_of(self, side: Speaker, number: int) -> int | None:
        """Give the index of the turn that came of an utterance or a reply."""
        found = (
            index
            for index, shown in self.shown.items()
            if shown.utterance == number and shown.turn.speaker is side
        )
        return next(found, None)


def gather(journal: Journal, *, until: int | None = None) -> Happened:
    """Go through a journal once.

    Args:
        journal: The call.
        until: Number of the last event to be looked at, with all that it led to; None looks at all.
    """
    gathering = _Gathering()
    for entry in journal.entries:
        if until is not None and entry.seq > until and isinstance(entry.value, e.Event):
            break
        gathering.take(entry.value)
    return gathering.finished()


class _Gathering:
    def __init__(self) -> None:
        self._happened = Happened()
        self._ring: tuple[RingSegment, ...] = ()
        self._reply = 0
        self._at = 0.0
        self._speech_from: float | None = None

    def take(self, value: e.Event | c.Command) -> None:
        if isinstance(value, e.Event):
            self._at = value.at
            self._take_event(value)
        else:
            self._take_command(value)

    def finished(self) -> Happened:
        self._end_speech(self._at)
        self._happened.seconds = self._at
        return self._happened

    def _take_event(self, event: e.Event) -> None:
        match event:
            case e.SpeechStarted():
                self._end_speech(event.sample / SAMPLE_RATE_HZ)
                self._speech_from = event.sample / SAMPLE_RATE_HZ
            case e.SpeechPaused():
                self._end_speech(event.sample / SAMPLE_RATE_HZ)
            case e.WordsTimed() if event.words:
                pieces = self._happened.timed.setdefault(event.utterance, [])
                # A later one of the same time replaces an earlier one.
                pieces[:] = [*(p for p in pieces if not _overlap(p, event.words)), event.words]
            case e.ReplyStarted():
                self._sound(event.reply).started_seconds = event.at
            case e.ReplySpoken():
                self._sound(event.reply).seconds = event.seconds
            case _:
                pass

    def _take_command(self, command: c.Command) -> None:
        match command:
            case c.ShowTurn():
                index = command.turn.index
                self._happened.shown[index] = command
                self._happened.rings[index] = self._ring
            case c.ShowRing():
                self._ring = command.segments
            case c.Say():
                self._reply = command.reply
            case c.PauseReply():
                self._sound(command.reply).held_since = self._at
            case c.ResumeReply():
                self._end_hold(command.reply)
            case c.StopReply():
                self._end_hold(command.reply)
            case c.TakeBackTurn():
                self._take_back(command)
            case _:
                pass

    def _take_back(self, command: c.TakeBackTurn) -> None:
        """The turn goes on, and what was heard of its answer is nobody's turn."""
        take_back(self._happened.shown, command)
        started = self._sound(self._reply).started_seconds
        if started is not None:
            self._happened.answered_too_soon.append((command.utterance, started))

    def _sound(self, reply: int) -> SpokenReply:
        return self._happened.replies.setdefault(reply, SpokenReply())

    def _end_hold(self, reply: int) -> None:
        sound = self._sound(reply)
        if sound.held_since is not None:
            sound.held_seconds += self._at - sound.held_since
            sound.held_since = None

    def _end_speech(self, at: float) -> None:
        if self._speech_from is not None and at > self._speech_from:
            self._happened.speech.append((self._speech_from, at))
        self._speech_from = None


def _overlap(left: tuple[Word, ...], right: tuple[Word, ...]) -> bool:
    return left[0].start_sample < right[-1].end_sample and right[0].start_sample < left[-1].end_sample
