"""What the server counts, in Prometheus form. Numbers only: no names, no words."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["Metrics"]

_LATENCY_BUCKETS_SECONDS = (0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 1.2, 1.6, 2.5, 5.0)


class Metrics:
    """All metrics of one server, in a registry of their own."""

    def __init__(self) -> None:
        """Register everything at zero."""
        self.registry = registry = CollectorRegistry()
        self.sessions_active = Gauge(
            "voice_coach_sessions_active", "Calls that have not ended.", registry=registry
        )
        self.sessions_opened = Counter("voice_coach_sessions_opened", "Calls opened.", registry=registry)
        self.connections_refused = Counter(
            "voice_coach_connections_refused", "Connections refused.", ["code"], registry=registry
        )
        self.transcriptions = Counter(
            "voice_coach_transcriptions", "Transcripts made.", ["kind"], registry=registry
        )
        self.transcriptions_dropped = Counter(
            "voice_coach_transcriptions_dropped",
            "Transcripts not made: replaced by a newer one, refused, or failed.",
            ["reason"],
            registry=registry,
        )
        self.fallbacks = Counter(
            "voice_coach_decode_fallbacks",
            "Finals decoded again with full padding because a guard tripped.",
            registry=registry,
        )
        self.queue_depth = Gauge(
            "voice_coach_recognition_queue_depth", "Transcriptions waiting.", registry=registry
        )
        self.decode_seconds = Histogram(
            "voice_coach_decode_seconds",
            "Wall time of one decode.",
            ["kind"],
            buckets=_LATENCY_BUCKETS_SECONDS,
            registry=registry,
        )
        self.decode_busy_seconds = Counter(
            "voice_coach_decode_busy_seconds",
            "Time that the recogniser's workers spent decoding, all workers together.",
            registry=registry,
        )
        self.lateness_seconds = Histogram(
            "voice_coach_transcript_lateness_seconds",
            "Time between a transcript's deadline and the transcript.",
            ["kind"],
            buckets=_LATENCY_BUCKETS_SECONDS,
            registry=registry,
        )
        self.load_level = Gauge(
            "voice_coach_load_level",
            "What has given way: 0 nothing, 1 and 2 some partials, 3 all partials, 4 new calls.",
            registry=registry,
        )
        self.loop_lag_seconds = Gauge(
            "voice_coach_event_loop_lag_seconds",
            "How late the event loop woke, the longest of the last second.",
            registry=registry,
        )
        self.stage_seconds = Histogram(
            "voice_coach_turn_stage_seconds",
            "Time after the end of the trainee's speech, by stage.",
            ["stage"],
            buckets=_LATENCY_BUCKETS_SECONDS,
            registry=registry,
        )
        self.recogniser_hangs = Counter(
            "voice_coach_recogniser_hangs", "Recognisers that were given up.", registry=registry
        )
        self.voice_failures = Counter(
            "voice_coach_voice_failures", "Sentences without sound.", registry=registry
        )

    def page(self) -> bytes:
        """The text that `/metrics` answers."""
        return generate_latest(self.registry)
