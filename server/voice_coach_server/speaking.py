"""Speaks one reply: sentence by sentence into sound, in small frames, and knows what was heard of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np

from voice_coach.conversation.commands import Say
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.messages import AudioFrame, AudioKind, Reply, ReplyEnd
from voice_coach.speech.audio import pcm_to_float
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio
from voice_coach.speech.voice import USUAL_STYLE, Voice
from voice_coach_server.outbox import Outbox

__all__ = ["SpokenReply"]

_FRAME_SECONDS = 0.04


class SpokenReply:
    """One reply on its way to the trainee's ears."""

    def __init__(self, say: Say, voice: Voice, outbox: Outbox, style: VoiceStyle = USUAL_STYLE) -> None:
        """Prepare; `speak` does the work.

        Args:
            say: What to say, and in which mood.
            voice: What speaks.
            outbox: Where text and sound go.
            style: The voice of the person who says it.
        """
        self.say = say
        self.sample_rate_hz = 0
        """Known once the first sentence has sound."""
        self.pcm = bytearray()
        """All sound so far, 16-bit little-endian mono."""
        self.ready_at: float | None = None
        """When its first sound was handed over, seconds since session start."""
        self.started_at: float | None = None
        """When it became audible, seconds since session start."""
        self._held_at: float | None = None
        """When it was held, while it is; seconds since session start."""
        self._holds: list[tuple[int, float]] = []
        """At which sample it was held, and for how many seconds."""
        self._voice = voice
        self._style = style
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
                await self._speak_sentence(sentence, on_sound)
            except Exception:
                # Whatever went wrong, and the caller says what: the text must reach the trainee.
                if not self.pcm:
                    self._announce()
                self._finish()
                raise
            self._ends.append(len(self.pcm) // 2)
        self._finish()

    async def _speak_sentence(self, sentence: str, on_sound: Callable[[], None]) -> None:
        """Send each part's sound as soon as it is there: it covers the making of the next part's."""
        for part in self._voice.parts(sentence):
            spoken = await asyncio.to_thread(self._voice.speak, part, self.say.delivery, self._style)
            first = not self.pcm
            if first:
                self.sample_rate_hz = spoken.sample_rate_hz
                self._announce()
            self._send(spoken.pcm)
            if first:
                on_sound()

    def hold(self, at: float) -> None:
        """Playback is held from this moment (seconds since session start) on."""
        self._held_at = at

    def go_on(self, at: float) -> None:
        """Playback goes on where it was held."""
        if self._held_at is not None:
            held_at, self._held_at = self._held_at, None
            self._holds.append((self.position(held_at), at - held_at))

    def position(self, at: float) -> int:
        """Give the sample that is audible at this moment; 0 before the first."""
        if self.started_at is None:
            return 0
        until = at if self._held_at is None else min(at, self._held_at)
        playing = until - self.started_at - sum(seconds for _, seconds in self._holds)
        return min(max(round(playing * self.sample_rate_hz), 0), len(self.pcm) // 2)

    def sound(self, from_seconds: float, to_seconds: float) -> Audio:
        """Give what was audible between two moments since session start, at the microphone's rate.

        Good enough to know an echo by, not to listen to: samples in between are drawn straight.
        """
        times = np.arange(round((to_seconds - from_seconds) * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        if self.started_at is None or to_seconds <= self.started_at:
            return np.zeros(len(times), np.float32)
        held = sum(seconds for _, seconds in self._holds)
        places = (from_seconds + times - self.started_at - held) * self.sample_rate_hz
        first = max(0, int(places[0]))
        samples = pcm_to_float(self.pcm[2 * first : 2 * (int(places[-1]) + 2)])
        places -= first
        if not len(samples):
            return np.zeros(len(times), np.float32)
        sound: Audio = np.interp(places, np.arange(len(samples)), samples, left=0.0, right=0.0).astype(
            np.float32
        )
        return sound

    def as_heard(self, heard_samples: int | None = None) -> bytes:
        """Give the sound as the trainee heard it: with silence while it was held.

        Args:
            heard_samples: How many of its samples were heard; all when not known.
        """
        pcm = bytes(self.pcm if heard_samples is None else self.pcm[: 2 * heard_samples])
        parts, done = [], 0
        for sample, seconds in self._holds:
            parts += [pcm[done : 2 * sample], bytes(2 * round(seconds * self.sample_rate_hz))]
            done = 2 * sample
        return b"".join([*parts, pcm[done:]])

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
