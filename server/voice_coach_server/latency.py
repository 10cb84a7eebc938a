"""Where the time of one turn went, from the end of the trainee's speech to the first sound back."""

from __future__ import annotations

from collections.abc import Callable

from voice_coach.messages import Latency
from voice_coach_server.metrics import Metrics

__all__ = ["TurnLatency"]


class TurnLatency:
    """The stages of one turn after the other. All times are seconds since session start."""

    def __init__(self, metrics: Metrics, send: Callable[[Latency], None]) -> None:
        """Begin before the first turn.

        Args:
            metrics: Where the stages of all calls are counted.
            send: Takes the figures of each turn.
        """
        self._metrics = metrics
        self._send = send
        self._turn: _Turn | None = None

    def speech_ended(self, utterance: int, *, at: float) -> None:
        """Speech paused: the turn begins to be waited for, unless speech resumes."""
        self._turn = _Turn(utterance, at)

    def text_known(self, *, at: float) -> None:
        """The words of the last pause are there."""
        if self._turn is not None:
            self._turn.note("final_text", at)

    def answered(self, reply: int, *, at: float) -> None:
        """It was decided that the turn is over, and this is the reply to it."""
        if self._turn is not None and self._turn.reply is None:
            self._turn.reply = reply
            self._turn.note("turn_decided", at)

    def heard(self, reply: int, *, ready_at: float | None, at: float) -> None:
        """A reply became audible: the figures of the turn that it answers are complete.

        Args:
            reply: Its number.
            ready_at: When its first sound was handed over; None when it has none.
            at: When the client reported it.
        """
        turn = self._turn
        if turn is None or turn.reply != reply:
            return
        self._turn = None
        if ready_at is not None:
            turn.note("reply_ready", ready_at)
            turn.note("voice_to_voice", at)
            for stage, seconds in turn.stages.items():
                self._metrics.stage_seconds.labels(stage).observe(seconds)
            self._send(turn.figures())


class _Turn:
    def __init__(self, utterance: int, ended_at: float) -> None:
        self.utterance = utterance
        self.reply: int | None = None
        """The reply that answers this turn, once there is one."""
        self.stages: dict[str, float] = {}
        """Seconds from the end of speech to each stage."""
        self._ended_at = ended_at

    def note(self, stage: str, at: float) -> None:
        """Note when a stage was reached; only the first time counts."""
        self.stages.setdefault(stage, max(at - self._ended_at, 0.0))

    def figures(self) -> Latency:
        def ms(stage: str) -> float:
            return round(1000 * self.stages.get(stage, 0.0), 1)

        return Latency(
            utterance=self.utterance,
            final_text_ms=ms("final_text"),
            turn_decided_ms=ms("turn_decided"),
            reply_ready_ms=ms("reply_ready"),
            voice_to_voice_ms=ms("voice_to_voice"),
        )
