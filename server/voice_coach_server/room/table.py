"""One table of the room: who it is, what it allows, what it is to do, and its call."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from voice_coach.room_messages import Activity, Consent, Listening, TableState
from voice_coach_server.room.watched_call import WatchedCall

__all__ = ["Table"]


@dataclass(slots=True, kw_only=True)
class Table:
    """A table's state; `Room` alone changes it."""

    id: str
    name: str
    client: str
    consent: Consent
    activity: Activity | None = None
    note: str = ""
    """The trainer's line that it is shown."""
    listening: Listening = Listening.NO
    in_lobby: bool = False
    """Its lobby socket is there."""
    on_call: bool = False
    """Its call's socket is there."""
    away_since: float
    """When the last of both went; of no meaning while one is there."""
    call: WatchedCall | None = None
    """The call that is going on, or the last one."""
    past: list[str] = field(default_factory=list)
    """Its calls that have ended, oldest first."""

    @property
    def connected(self) -> bool:
        """Whether one of its sockets is there."""
        return self.in_lobby or self.on_call

    @property
    def session(self) -> str:
        """The call that is going on; empty between calls."""
        return self.call.session if self.call is not None and not self.call.over else ""

    def state(self, at: float) -> TableState:
        """Give what the trainer may see of it now.

        Args:
            at: The moment, in the seconds of the room.
        """
        state = TableState(
            id=self.id,
            name=self.name,
            client=self.client,
            connected=self.connected,
            away_seconds=0.0 if self.connected else round(at - self.away_since, 1),
            consent=self.consent,
            activity=self.activity,
            session=self.session,
            calls=len(self.past),
            listening=self.listening,
        )
        call = self.call
        if call is None:
            return state
        share = self.consent.share
        return msgspec.structs.replace(
            state,
            phase=None if call.over else call.phase,
            call_seconds=round(call.seconds(at), 1),
            last_words=call.last_words if share else "",
            last_moves=call.last_moves if share else (),
            last_reply=call.last_reply if share else "",
            moves=call.moves,
            ring=call.ring
            if share
            else tuple(msgspec.structs.replace(segment, title="") for segment in call.ring),
            rounds=call.rounds,
            streak=call.streak,
            thats_right=call.thats_right,
        )
