"""What one call has the recogniser do: its commands become jobs, their results become events."""

from __future__ import annotations

import time
from collections.abc import Callable

from voice_coach.coaching.turn import Turn
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.speech.transcriber import Transcript
from voice_coach_server.house import Call
from voice_coach_server.load import TARGET_SECONDS
from voice_coach_server.microphone import Microphone
from voice_coach_server.word_timing import WordTiming
from voice_coach_server.workers import Job, RecognitionQueue

__all__ = ["Transcriptions"]


class Transcriptions:
    """The transcription jobs of one call."""

    def __init__(
        self,
        *,
        call: Call,
        queue: RecognitionQueue,
        microphone: Microphone,
        now: Callable[[], float],
        feed: Callable[[e.Event], None],
    ) -> None:
        """Begin without jobs.

        Args:
            call: Whose jobs these are, and which words it expects.
            queue: Where they wait, beside those of other calls.
            microphone: Where the sound comes from.
            now: Gives the seconds since session start.
            feed: Takes the results, as events.
        """
        self._session = call.id
        self._queue = queue
        self._microphone = microphone
        self._now = now
        self._feed = feed
        self._words = call.cast.words
        self._word_timing = WordTiming(
            session=call.id,
            queue=queue,
            audio=microphone.audio,
            done=lambda utterance, words: feed(e.WordsTimed(at=now(), utterance=utterance, words=words)),
        )

    def start(self, command: c.Transcribe) -> None:
        """Queue a job."""
        asked_at = time.monotonic()
        said_until = asked_at - self._microphone.seconds_ago(command.to_sample)
        self._queue.submit(
            Job(
                session=self._session,
                number=command.job,
                utterance=command.utterance,
                audio=self._microphone.audio(command.from_sample, command.to_sample),
                final=command.final,
                prefix=command.prefix,
                asked_at=asked_at,
                deadline=said_until + TARGET_SECONDS if command.final else asked_at,
                words=self._words,
                done=lambda transcript: self._done(command, transcript),
                dropped=lambda reason: self._feed(
                    e.TranscriptDropped(at=self._now(), job=command.job, reason=reason)
                ),
            )
        )

    def drop(self, command: c.DropTranscription) -> None:
        """Nobody waits for this job of an utterance any more, or for any of them."""
        self._queue.drop(self._session, command.utterance, command.job)

    def settled(self, utterance: int, turn: Turn) -> None:
        """A turn of the trainee is over: its words can be timed."""
        self._word_timing.settled(utterance, turn)

    def close(self) -> None:
        """Drop all jobs."""
        self._queue.drop(self._session)

    def _done(self, command: c.Transcribe, transcript: Transcript) -> None:
        if not command.final:
            self._feed(
                e.TranscriptPartial(
                    at=self._now(),
                    job=command.job,
                    text=transcript.text,
                    end_sample=command.to_sample,
                    sureness=transcript.sureness,
                )
            )
            return
        self._word_timing.heard(command, transcript.text)
        self._feed(
            e.TranscriptFinal(
                at=self._now(),
                job=command.job,
                text=transcript.text,
                end_sample=command.to_sample,
                fallback=transcript.fallback,
                decode_seconds=round(transcript.decode_seconds, 4),
            )
        )
