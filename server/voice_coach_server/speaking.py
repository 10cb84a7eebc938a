"""Speaks one reply: sentence by sentence into sound, in small frames, and knows what was heard of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voice_coach.conversation.commands import Say
from voice_coach.messages import AudioFrame, AudioKind, Reply, ReplyEnd
from voice_coach.speech.voice import Voice
from voice_coach_server.outbox import Outbox

__all__ = ["SpokenReply"]

_FRAME_SECONDS = 0.04


class SpokenReply:
    """One reply on its way to the trainee's ears."""

    def __init__(self, say: Say, voice: Voice, outbox: Outbox) -> None:
        """Prepare; `speak` does the work."""
        self.say = say
        self.sample_rate_hz = 0
        """Known once the first sentence has sound."""
        self.pcm = bytearray()
        """All sound so far, 16-bit little-endian mono."""
        self.started_at: float | None = None
        """When it became audible, seconds since session start."""
        self._voice = voice
        self._outbox = outbox
        self._ends: list[int] = []

    @property
    def seconds(self) -> float:
        """Length of the sound so far."""
        return len(self.pcm) / 2 / self.sample_rate_hz if self.sample_rate_hz else 0.0

    async def speak(self, on_sound: Callable[[], None]) -> None:
        """Synthesise and send the whole reply.

        Args:
            on_sound: Called when the first frame of sound has been handed over.

        Raises:
            Exception: What the voice raised; the text has been sent all the same.
        """
        for sentence in self.say.sentences:
            try:
                spoken = await asyncio.to_thread(self._voice.speak, sentence, self.say.delivery)
            except Exception:
                # Whatever went wrong, and the caller says what: the text must reach the trainee.
                if not self.pcm:
                    self._announce()
                self._finish()
                raise
            first = not self.pcm
            if first:
                self.sample_rate_hz = spoken.sample_rate_hz
                self._announce()
            self._send(spoken.pcm)
            if first:
                on_sound()
        self._finish()

    def text_heard(self, heard_samples: int) -> str:
        """Give the words that fit into the samples heard: whole words, judged by their length."""
        words: list[str] = []
        start = 0
        for sentence, end in zip(self.say.sentences, self._ends, strict=False):
            share = min(max((heard_samples - start) / max(end - start, 1), 0.0), 1.0)
            letters = round(share * len(sentence))
            cut = sentence if letters >= len(sentence) else sentence[:letters].rpartition(" ")[0]
            if cut:
                words.append(cut)
            start = end
        return " ".join(words)

    def _announce(self) -> None:
        self._outbox.send(
            Reply(
                reply=self.say.reply,
                sentences=self.say.sentences,
                delivery=self.say.delivery,
                sample_rate_hz=self.sample_rate_hz,
                thats_right=self.say.thats_right,
            )
        )

    def _send(self, pcm: bytes) -> None:
        step = 2 * round(_FRAME_SECONDS * self.sample_rate_hz)
        offset = len(self.pcm) // 2
        self.pcm += pcm
        self._ends.append(len(self.pcm) // 2)
        for start in range(0, len(pcm), step):
            self._outbox.send_audio(
                AudioFrame(
                    kind=AudioKind.VOICE,
                    stream=self.say.reply,
                    offset=offset + start // 2,
                    pcm=pcm[start : start + step],
                )
            )

    def _finish(self) -> None:
        self._outbox.send(ReplyEnd(reply=self.say.reply, samples=len(self.pcm) // 2))
