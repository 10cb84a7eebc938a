"""Who looks on at a live call: sees what its client is sent, and never holds the call up."""

from __future__ import annotations

from typing import Protocol

from voice_coach.messages import AudioFrame, ServerMessage

__all__ = ["Observer"]


class Observer(Protocol):
    """Is told, on the event loop, of everything that goes to and comes from a call's client.

    Every method must return at once and raise nothing: it runs in the middle of the call.
    """

    def attached(self, *, on: bool) -> None:
        """A client began to read, or there is none any more."""

    def said(self, message: ServerMessage) -> None:
        """The client was sent this, or will be once it is back."""

    def voiced(self, frame: AudioFrame) -> None:
        """The client was sent sound: it becomes audible when what was sent before it has been."""

    def heard(self, pcm: bytes) -> None:
        """The microphone heard this: signed 16-bit little-endian mono samples at 16 kHz."""

    def ended(self) -> None:
        """The call is over."""
