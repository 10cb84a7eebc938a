"""What the server counts, in Prometheus form. Numbers only: no names, no words.

A label is one of a few codes of this program, never anything that a client sent: the number of time
series has a bound. Beside these, `process_*` tells of the process as the library counts it (Linux only).
"""

from __future__ import annotations

import asyncio
import shutil
import threading
from contextlib import suppress
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

__all__ = ["Metrics"]

_LATENCY_BUCKETS_SECONDS = (0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 1.2, 1.6, 2.5, 5.0)


class Metrics:
    """All metrics of one server, in a registry of their own."""

    def __init__(self) -> None:
        """Register everything at zero."""
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
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
        self.recognisers_opened = Counter(
            "voice_coach_recognisers_opened",
            "Recognisers opened in place of one that was given up.",
            registry=registry,
        )
        self.connections_open = Gauge(
            "voice_coach_connections_open", "Clients that are connected to a call.", registry=registry
        )
        self.sessions_resumed = Counter(
            "voice_coach_sessions_resumed",
            "Calls given back to a client: its connection was lost, or the server had stopped.",
            ["after"],
            registry=registry,
        )
        self.store_troubles = Counter(
            "voice_coach_store_troubles",
            "Calls of which something could not be kept on disk.",
            registry=registry,
        )
        self.store_free_bytes = Gauge(
            "voice_coach_store_free_bytes",
            "Free on the disk where calls are kept; 0 when it cannot be asked.",
            registry=registry,
        )
        self.outbox_frames = Gauge(
            "voice_coach_outbox_frames", "Frames that wait to be sent, all clients.", registry=registry
        )
        self.loop_tasks = Gauge(
            "voice_coach_event_loop_tasks", "Tasks of the event loop.", registry=registry
        )
        self.threads = Gauge("voice_coach_threads", "Threads of Python.", registry=registry)
        for after in ("connection", "restart"):
            self.sessions_resumed.labels(after)

    def watch_store(self, folder: Path) -> None:
        """Tell from now on what is free where calls are kept."""

        def free() -> float:
            with suppress(OSError):
                return float(shutil.disk_usage(folder).free)
            return 0.0

        self.store_free_bytes.set_function(free)

    def page(self) -> bytes:
        """The text that `/metrics` answers; to be asked for on the event loop."""
        self.loop_tasks.set(len(asyncio.all_tasks()))
        self.threads.set(threading.active_count())
        return generate_latest(self.registry)
