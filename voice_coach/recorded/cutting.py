"""Where the utterances of a recorded call begin and end, channel by channel, while it is read.

A live call must guess whether a turn is over; a recording tells. So an utterance ends at a pause of a set
length, and a monologue without one is cut at the longest pause it has, or at its quietest moment. Each
burst of speech is laid beside the other channel first: one that is only its echo was not spoken here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from voice_coach.conversation.turns import GateSignal, SpeechGate
from voice_coach.journal.heard import Side
from voice_coach.recorded.call_file import Block
from voice_coach.recorded.echo import LATEST_SAMPLES, is_echo
from voice_coach.settings import TurnSettings
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.voice_activity import WINDOW_SAMPLES, VoiceActivity, VoiceActivityStream

__all__ = ["Cut", "Cutter"]

_PAUSE_SAMPLES: Final = round(0.8 * SAMPLE_RATE_HZ)
"""A pause that ends an utterance: the gap between two sentences of one breath is shorter."""
_MONO_PAUSE_SAMPLES: Final = round(0.5 * SAMPLE_RATE_HZ)
"""The same where both sides share a channel: better one turn in two than two in one."""
_LONGEST_SAMPLES: Final = 24 * SAMPLE_RATE_HZ
"""Whisper hears at most 30 s; the tail of silence needs room too."""
_SHORTEST_SAMPLES: Final = 8 * SAMPLE_RATE_HZ
"""A monologue is not cut into shorter pieces than this."""
_MARGIN_SAMPLES: Final = round(0.3 * SAMPLE_RATE_HZ)
"""Heard around speech, so that no first or last sound is lost."""
_MOMENT_SAMPLES: Final = round(0.1 * SAMPLE_RATE_HZ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One utterance, not yet understood."""

    side: Side
    start_sample: int
    """In the call, where its speech begins."""
    stop_sample: int
    """Where its speech ends."""
    audio: Audio
    """The speech and a little around it."""
    audio_sample: int
    """Where that begins."""


@dataclass(slots=True)
class _Channel:
    """Where the utterance that grows on one channel begins, and where it has paused."""

    side: Side
    gate: SpeechGate
    stream: VoiceActivityStream
    start: int | None = None
    """First sample of the speech; None while there is none."""
    stop: int = 0
    """The end of the speech up to the last pause."""
    free: int = 0
    """Before this the sound belongs to the utterance before."""
    speaking: bool = False
    pauses: list[tuple[int, int]] = field(default_factory=list)
    """Inside the utterance: where each begins and ends."""

    def notice(self, kind: GateSignal, sample: int) -> None:
        self.speaking = kind is GateSignal.STARTED
        if not self.speaking:
            self.stop = sample
        elif self.start is None:
            self.start = sample
        else:
            self.pauses.append((self.stop, sample))

    @property
    def burst(self) -> int:
        """Where the newest burst of speech begins."""
        return max([self.start or 0, *(again for _, again in self.pauses[-1:])])

    def take_back_burst(self) -> None:
        """The newest burst was not spoken on this channel."""
        if self.pauses and self.pauses[-1][1] == self.burst:
            self.stop, _ = self.pauses.pop()
        else:
            self.start = None


class Cutter:
    """Takes a call block by block and gives the utterances as they end. Holds half a minute at most."""

    def __init__(self, sides: Sequence[Side], activity: VoiceActivity) -> None:
        """Begin at the call's first sample.

        Args:
            sides: One for each channel of the blocks.
            activity: Voice activity; each channel has its own stream.
        """
        settings = TurnSettings()
        self._channels = [_Channel(side, SpeechGate(settings), activity.stream()) for side in sides]
        self._pause_samples = _MONO_PAUSE_SAMPLES if Side.BOTH in sides else _PAUSE_SAMPLES
        self._held: Block = np.zeros((len(sides), 0), np.float32)
        self._held_from = 0
        self._looked_at = 0
        self.echoes = 0
        """Bursts left out because they were only the other channel, heard through."""

    @property
    def settled_sample(self) -> int:
        """Up to here every utterance has been given."""
        starts = [channel.start for channel in self._channels if channel.start is not None]
        return min(starts, default=self._looked_at)

    def feed(self, block: Block) -> Iterator[Cut]:
        """Take the next block of the call; give the utterances that ended in it."""
        self._held = np.concatenate([self._held, block], axis=1)
        new = self._held[:, self._looked_at - self._held_from :]
        new = new[:, : new.shape[1] // WINDOW_SAMPLES * WINDOW_SAMPLES]
        voiced = [
            channel.stream.process_many(sound) for channel, sound in zip(self._channels, new, strict=True)
        ]
        for probabilities in zip(*voiced, strict=True):
            self._looked_at += WINDOW_SAMPLES
            for channel, probability in zip(self._channels, probabilities, strict=True):
                cut = self._look(channel, probability)
                if cut is not None:
                    yield cut
        self._forget()

    def _look(self, channel: _Channel, probability: float) -> Cut | None:
        signal = channel.gate.process(probability)
        if signal is not None:
            channel.notice(*signal)
            if signal[0] is GateSignal.PAUSED:
                self._judge(channel, channel.stop)
        return self._end_of(channel)

    def rest(self) -> Iterator[Cut]:
        """The call is over: give the utterances that its end cut off."""
        end = self._held_from + self._held.shape[1]
        for channel in self._channels:
            if channel.speaking:
                channel.stop = end
                self._judge(channel, end)
            if channel.start is not None:
                yield self._cut(channel, channel.start, channel.stop, before=end)

    def _judge(self, channel: _Channel, stop: int) -> None:
        """Take a burst of speech back that is an echo."""
        others = [other for other in self._channels if other is not channel]
        start = channel.burst
        if channel.start is None or stop <= start or not others:
            return
        beside = self._sound(others[0], start - LATEST_SAMPLES, stop)
        if is_echo(self._sound(channel, start, stop), beside):
            self.echoes += 1
            channel.take_back_burst()

    def _end_of(self, channel: _Channel) -> Cut | None:
        start = channel.start
        if start is None:
            return None
        if not channel.speaking:
            if self._looked_at - channel.stop < self._pause_samples:
                return None
            return self._cut(channel, start, channel.stop, before=self._looked_at)
        if self._looked_at - start <= _LONGEST_SAMPLES:
            return None
        stop, again = self._best_place(channel, start)
        cut = self._cut(channel, start, stop, before=again)
        channel.start = again
        return cut

    def _best_place(self, channel: _Channel, start: int) -> tuple[int, int]:
        """Where a monologue is cut: the longest of its pauses, or its quietest moment."""
        late = [pause for pause in channel.pauses if pause[0] - start >= _SHORTEST_SAMPLES]
        if late:
            return max(late, key=lambda pause: pause[1] - pause[0])
        low = self._looked_at - _LONGEST_SAMPLES + _SHORTEST_SAMPLES
        moments = self._sound(channel, low, self._looked_at)
        moments = moments[: len(moments) // _MOMENT_SAMPLES * _MOMENT_SAMPLES].reshape(
            -1, _MOMENT_SAMPLES
        )
        quietest = int(np.var(moments, axis=1).argmin())
        middle = low + quietest * _MOMENT_SAMPLES + _MOMENT_SAMPLES // 2
        return middle, middle

    def _cut(self, channel: _Channel, start: int, stop: int, *, before: int) -> Cut:
        first = max(start - _MARGIN_SAMPLES, channel.free, 0)
        last = min(stop + _MARGIN_SAMPLES, before)
        cut = Cut(
            side=channel.side,
            start_sample=start,
            stop_sample=stop,
            audio=self._sound(channel, first, last).copy(),
            audio_sample=first,
        )
        channel.start = None
        channel.free = last
        channel.pauses = [pause for pause in channel.pauses if pause[0] > stop]
        return cut

    def _sound(self, channel: _Channel, start: int, stop: int) -> Audio:
        """What a channel holds between two samples; before the call there is silence."""
        held = self._held[self._channels.index(channel)]
        low = start - self._held_from
        sound = held[max(0, low) : max(0, stop - self._held_from)]
        return np.concatenate([np.zeros(-low, np.float32), sound]) if low < 0 else sound

    def _forget(self) -> None:
        starts = [self._looked_at, *(c.start for c in self._channels if c.start is not None)]
        # Speech is noticed some windows after it began.
        before = max(self._held_from, min(starts) - 2 * _MARGIN_SAMPLES - LATEST_SAMPLES)
        self._held = self._held[:, before - self._held_from :].copy()
        self._held_from = before
