"""Word times for settled turns, found when nobody waits any more.

A final has no time for them. So what was heard of each piece of sound is remembered, and when the turn is
settled its words are looked for there, behind all other work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from voice_coach.coaching.turn import Turn
from voice_coach.conversation.commands import Transcribe
from voice_coach.conversation.events import Word
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio, Transcript
from voice_coach_server.workers import Job, RecognitionQueue

__all__ = ["WordTiming"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    command: Transcribe
    text: str


class WordTiming:
    """The words of one session's turns, to be timed."""

    def __init__(
        self,
        *,
        session: str,
        queue: RecognitionQueue,
        audio: Callable[[int, int], Audio],
        done: Callable[[int, tuple[Word, ...]], None],
    ) -> None:
        """Wait for finals.

        Args:
            session: Whose jobs these are.
            queue: Where they wait.
            audio: Gives a range of the microphone's samples, cut to what is still kept.
            done: Called with the utterance and words in the trainee's stream.
        """
        self._session = session
        self._queue = queue
        self._audio = audio
        self._done = done
        self._pieces: dict[int, _Piece] = {}
        """By where they begin: of a piece that was decoded again the last text counts."""

    def heard(self, command: Transcribe, text: str) -> None:
        """A final came: perhaps the last of its piece."""
        self._pieces[command.from_sample] = _Piece(command=command, text=text)

    def settled(self, utterance: int, turn: Turn) -> None:
        """The turn is over: have its words timed."""
        start, end = (
            round(seconds * SAMPLE_RATE_HZ) for seconds in (turn.start_seconds, turn.end_seconds)
        )
        # Should the turn be taken back and go on, its pieces are needed again; earlier ones never are.
        self._pieces = {
            at: piece for at, piece in self._pieces.items() if piece.command.to_sample > start
        }
        pieces = [piece for at, piece in sorted(self._pieces.items()) if piece.text and at < end]
        for piece in pieces:
            # What is shown and kept are the turn's words; only of several pieces nobody knows whose.
            self._submit(utterance, piece.command, turn.text if len(pieces) == 1 else piece.text)

    def _submit(self, utterance: int, command: Transcribe, text: str) -> None:
        audio = self._audio(command.from_sample, command.to_sample)
        if len(audio) < command.to_sample - command.from_sample:
            return  # so long ago that the microphone keeps only a part of it

        def done(transcript: Transcript) -> None:
            self._done(
                utterance,
                tuple(
                    Word(
                        text=word.text,
                        start_sample=command.from_sample + word.start_sample,
                        end_sample=command.from_sample + word.end_sample,
                        probability=round(word.probability, 3),
                    )
                    for word in transcript.words
                ),
            )

        now = time.monotonic()
        self._queue.submit(
            Job(
                session=self._session,
                number=command.job,
                utterance=utterance,
                audio=audio,
                final=False,
                prefix="",
                asked_at=now,
                deadline=now,
                said=text,
                done=done,
                dropped=lambda _: None,
            )
        )
