"""Where the time of one turn went, from the end of the trainee's speech to the first sound back."""

from __future__ import annotations

from voice_coach.messages import Latency
from voice_coach_server.metrics import Metrics

__all__ = ["TurnClock"]


class TurnClock:
    """The stages of one turn. All times are seconds since session start."""

    def __init__(self, *, utterance: int, speech_ended_at: float) -> None:
        """Begin when the last speech of the turn ended."""
        self.utterance = utterance
        self.reply: int | None = None
        """The reply that answers this turn, once there is one."""
        self._ended_at = speech_ended_at
        self._stages: dict[str, float] = {}

    def note(self, stage: str, at: float) -> None:
        """Note when a stage was reached; only the first time counts."""
        self._stages.setdefault(stage, max(at - self._ended_at, 0.0))

    def report(self, metrics: Metrics) -> Latency | None:
        """Give the stages in milliseconds and count them; None while the reply has no sound."""
        if "reply_ready" not in self._stages:
            return None
        for stage, seconds in self._stages.items():
            metrics.stage_seconds.labels(stage).observe(seconds)

        def ms(stage: str) -> float:
            return round(1000 * self._stages.get(stage, 0.0), 1)

        heard = "voice_to_voice" in self._stages
        return Latency(
            utterance=self.utterance,
            final_text_ms=ms("final_text"),
            turn_decided_ms=ms("turn_decided"),
            reply_ready_ms=ms("reply_ready"),
            voice_to_voice_ms=ms("voice_to_voice") if heard else None,
        )
