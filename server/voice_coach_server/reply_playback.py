"""The counterpart's replies on their way to the trainee's ears, and how much of them was heard.

The server sends sound ahead of time, so what is audible is only known from what the client reports, and
between its reports from the clock. At most one reply is on its way; reports about another are late.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import numpy as np

from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.errors import ProtocolError, VoiceError
from voice_coach.messages import Notice, PausePlayback, ResumePlayback, StopPlayback
from voice_coach.speech.transcriber import Audio
from voice_coach_server.house import House
from voice_coach_server.keeper import Keeper
from voice_coach_server.outbox import Outbox
from voice_coach_server.speaking import SpokenReply
from voice_coach_server.wordless_logs import place_of

__all__ = ["ReplyPlayback"]

_log = logging.getLogger(__name__)

_STOP_ANSWER_SECONDS = 1.0
"""How long a client may take to say how much of a stopped reply was heard."""


class ReplyPlayback:
    """What the counterpart says in one call: made, sent, held, stopped, and kept as it was heard."""

    def __init__(
        self,
        *,
        house: House,
        keeper: Keeper,
        outbox: Outbox,
        now: Callable[[], float],
        feed: Callable[[e.Event], None],
    ) -> None:
        """Begin in silence.

        Args:
            house: Whose voice speaks, and where its tasks run.
            keeper: Where what was heard is kept.
            outbox: Where text and sound go.
            now: Gives the seconds since session start.
            feed: Takes what becomes known about a reply, as an event.
        """
        self._house = house
        self._keeper = keeper
        self._outbox = outbox
        self._now = now
        self._feed = feed
        self._reply: SpokenReply | None = None
        """The one on its way; None once it is known how much of it was heard."""
        self._last_number = 0
        self._speaking: asyncio.Task[None] | None = None
        self._unanswered: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------ what the call wants

    def say(self, command: c.Say, style: VoiceStyle) -> None:
        """Speak a reply as this person; it takes the place of one that is on its way."""
        self._fall_silent()
        self._last_number = command.reply
        self._reply = SpokenReply(command, self._house.engines.voice, self._outbox, style)
        self._speaking = self._house.tasks.create_task(self._speak(self._reply))

    def stop(self, command: c.StopReply) -> None:
        """Silence the reply; a client that does not answer is taken to have heard it until now."""
        self._fall_silent()
        self._outbox.send(StopPlayback(reply=command.reply))
        stopped_at = self._now()

        def unanswered() -> None:
            reply = self._on_its_way(command.reply)
            if reply is not None:
                self.ended(command.reply, reply.position(stopped_at), complete=False)

        loop = asyncio.get_running_loop()
        self._unanswered = loop.call_later(_STOP_ANSWER_SECONDS, unanswered)

    def pause(self, command: c.PauseReply) -> None:
        """Hold the reply where it is."""
        reply = self._on_its_way(command.reply)
        if reply is not None:
            reply.hold(self._now())
            self._outbox.send(PausePlayback(reply=command.reply))

    def resume(self, command: c.ResumeReply) -> None:
        """Let the reply go on from where it was held."""
        reply = self._on_its_way(command.reply)
        if reply is not None:
            reply.go_on(self._now())
            self._outbox.send(ResumePlayback(reply=command.reply))

    def close(self) -> None:
        """The call is over: make and send no more sound, and wait for no answer.

        What the client still reports comes too late: the recording is being finished, in another thread.
        """
        self._fall_silent()
        self._reply = None
        if self._unanswered is not None:
            self._unanswered.cancel()

    # ------------------------------------------------------------ what is heard of it

    def started(self, number: int) -> SpokenReply | None:
        """The client says that a reply became audible.

        Returns:
            The reply; None when that was known, or comes too late to matter.

        Raises:
            ProtocolError: `unknown-reply`.
        """
        reply = self._known(number)
        if reply is None or reply.started_at is not None:
            return None
        reply.started_at = self._now()
        self._keep(reply)
        return reply

    def ended(self, number: int, heard_samples: int, *, complete: bool) -> None:
        """The client says how far a reply was heard.

        Raises:
            ProtocolError: `unknown-reply`.
        """
        reply = self._known(number)
        if reply is None:
            return
        self._reply = None
        heard = len(reply.pcm) // 2 if complete else max(0, heard_samples)
        self._keep(reply, heard_samples=heard)
        text = reply.say.sentences if complete else (reply.text_heard(heard),)
        self._feed(
            e.ReplyPlayed(at=self._now(), reply=number, text_heard=" ".join(text), complete=complete)
        )

    def sound(self, from_seconds: float, to_seconds: float) -> Audio:
        """Give what was audible between two moments since session start; empty when nothing was."""
        if self._reply is None:
            return np.zeros(0, np.float32)
        return self._reply.sound(from_seconds, to_seconds)

    # ------------------------------------------------------------ inside

    async def _speak(self, reply: SpokenReply) -> None:
        number = reply.say.reply

        def ready() -> None:
            reply.ready_at = self._now()

        try:
            await reply.speak(on_sound=ready)
        except Exception as error:  # noqa: BLE001 - whatever a voice raises, the text must do
            if not isinstance(error, VoiceError):
                _log.error("the voice raised an unexpected error: %s", place_of(error))
            self._house.metrics.voice_failures.inc()
            self._outbox.send(Notice(code="voice", text=f"The reply is shown as text only: {error}"))
            self._feed(e.VoiceFailed(at=self._now(), reply=number, reason="voice"))
            if not reply.pcm:
                return
        self._keep(reply)
        self._feed(e.ReplySpoken(at=self._now(), reply=number, seconds=round(reply.seconds, 3)))

    def _fall_silent(self) -> None:
        if self._speaking is not None:
            self._speaking.cancel()
            self._speaking = None

    def _keep(self, reply: SpokenReply, heard_samples: int | None = None) -> None:
        if reply.started_at is not None:
            self._keeper.counterpart_audio(
                reply.say.reply,
                start_seconds=reply.started_at,
                pcm=reply.as_heard(heard_samples),
                sample_rate_hz=reply.sample_rate_hz,
            )

    def _on_its_way(self, number: int) -> SpokenReply | None:
        reply = self._reply
        return reply if reply is not None and reply.say.reply == number else None

    def _known(self, number: int) -> SpokenReply | None:
        """The reply that is being played; None for one that is over, whose report is only late."""
        if number > self._last_number or number < 1:
            raise ProtocolError(f"There has been no reply {number} in this call.", code="unknown-reply")
        return self._on_its_way(number)
