"""Conversation tests as scripts: `Playbook(session) >> event << command << ... >> event ...`.

`<< command` expects exactly that command next (use `ANY` for fields that do not matter); `<< ...`
(Ellipsis) lets any commands pass until the one that follows it. The script runs as it is written, so
a failing line is the line of the assertion.
"""

from __future__ import annotations

from types import EllipsisType

from voice_coach.conversation.commands import Command
from voice_coach.conversation.events import Event
from voice_coach.conversation.session import Session

__all__ = ["Playbook"]


class Playbook:
    """Feeds events to a session and checks the commands that come back."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.last: Command | None = None
        self._waiting: list[Command] = []
        self._skipping = True

    def __rshift__(self, event: Event) -> Playbook:
        self.finish()
        self._waiting = self.session.handle(event)
        self._skipping = False
        return self

    def __lshift__(self, expected: Command | EllipsisType) -> Playbook:
        if isinstance(expected, EllipsisType):
            self._skipping = True
            return self
        seen: list[Command] = []
        while self._waiting:
            got = self._waiting.pop(0)
            if got == expected:
                self._skipping = False
                self.last = got
                return self
            seen.append(got)
            if not self._skipping:
                break
        lines = "\n  ".join(map(repr, seen)) or "nothing"
        raise AssertionError(f"expected\n  {expected!r}\nbut got\n  {lines}")

    def finish(self) -> None:
        """Check that no unexpected command is left."""
        if self._waiting and not self._skipping:
            left = "\n  ".join(map(repr, self._waiting))
            raise AssertionError(f"unexpected commands:\n  {left}")
        self._waiting = []
