"""What a scripted rehearsal measures: how soon words and answers come after the true end of speech."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from voice_coach.coaching.turn import Speaker
from voice_coach.messages import AudioFrame, Ended, Reply, TurnSettled, Welcome
from voice_coach_client.connection import Received
from voice_coach_client.spoken_line import first_audible

__all__ = ["Measures", "Rehearsal", "Spread"]


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Two points of a distribution, in milliseconds; null when nothing was measured."""

    p50: float | None
    p95: float | None


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of one rehearsal; as JSON it is the last line of `voice-coach demo --json`."""

    session: str
    turns: int
    """Settled turns of both sides."""
    labels: int
    summaries: int
    thats_right: bool
    voice_to_voice_ms: Spread
    """From the last audible sample of the trainee to the first audible one of the answer."""
    final_text_ms: Spread
    """From the last audible sample of the trainee to their settled text."""


class Measures:
    """Collects. All times are seconds of one clock, chosen by the caller."""

    def __init__(self) -> None:
        """Begin with nothing measured."""
        self.ended: Ended | None = None
        self._session = ""
        self._turns: set[tuple[Speaker, int]] = set()
        self._speech_ended = 0.0
        self._text_due = False
        self._voice_due = False
        self._reply: Reply | None = None
        self._reply_audible_from = 0.0
        self.final_text_ms: list[float] = []
        """Of every spoken line, from its true end."""
        self.voice_to_voice_ms: list[float] = []
        """Of every spoken line that was answered, from its true end."""

    def line_started(self) -> None:
        """The trainee speaks: what arrives now belongs to no end of speech."""
        self._text_due = self._voice_due = False

    def line_ended(self, at: float) -> None:
        """The trainee's last audible sample sounded at this time."""
        self._speech_ended = at
        self._text_due = self._voice_due = True
        self._reply = None

    def receive(self, message: Received, at: float) -> None:
        """Something arrived from the server at this time."""
        match message:
            case Welcome():
                self._session = message.session
            case TurnSettled():
                self._turns.add((message.turn.speaker, message.utterance))
                if self._text_due and message.turn.speaker is Speaker.TRAINEE:
                    self._text_due = False
                    self.final_text_ms.append(self._since_speech_ms(at))
            case Reply() if self._voice_due and self._reply is None:
                self._reply = message
            case AudioFrame() if self._reply is not None and message.stream == self._reply.reply:
                self._hear(message, self._reply.sample_rate_hz, at)
            case Ended():
                self.ended = message
            case _:
                pass

    def rehearsal(self) -> Rehearsal:
        """Sum up, with the debrief's own counts; a call that broke off has no debrief and counts none."""
        debrief = self.ended.debrief if self.ended else None
        return Rehearsal(
            session=self._session,
            turns=len(self._turns),
            labels=debrief.labels if debrief else 0,
            summaries=debrief.summaries if debrief else 0,
            thats_right=bool(debrief and debrief.thats_right),
            voice_to_voice_ms=_spread(self.voice_to_voice_ms),
            final_text_ms=_spread(self.final_text_ms),
        )

    def _hear(self, frame: AudioFrame, rate_hz: int, at: float) -> None:
        """Find the first audible sample; playback begins when the first frame arrives."""
        if frame.offset == 0:
            self._reply_audible_from = at
        index = first_audible(frame.pcm)
        if not self._voice_due or index is None:
            return
        self._voice_due = False
        sounds_at = self._reply_audible_from + (frame.offset + index) / rate_hz
        self.voice_to_voice_ms.append(self._since_speech_ms(max(at, sounds_at)))

    def _since_speech_ms(self, at: float) -> float:
        return 1000 * (at - self._speech_ended)


def _spread(values_ms: Sequence[float]) -> Spread:
    if not values_ms:
        return Spread(p50=None, p95=None)
    p50, p95 = np.percentile(values_ms, [50, 95])
    return Spread(p50=round(float(p50), 1), p95=round(float(p95), 1))
