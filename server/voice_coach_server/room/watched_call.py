"""One table's call as the trainer sees it: folded from the messages that its client is sent."""

from __future__ import annotations

from collections import Counter

from voice_coach.coaching.drill import Verdict
from voice_coach.coaching.turn import Speaker
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import RingSegment
from voice_coach.messages import (
    Partial,
    PhaseChanged,
    Reply,
    Ring,
    RoundStarted,
    ServerMessage,
    TurnSettled,
    TurnTakenBack,
    VerdictShown,
)
from voice_coach.moves.move import Move

__all__ = ["WatchedCall"]


class WatchedCall:
    """A call and where it stands. It has no clock: moments are given to it, in seconds."""

    def __init__(self, session: str, *, began_at: float) -> None:
        """Begin with a call in which nothing has happened.

        Args:
            session: Its id.
            began_at: When it was opened.
        """
        self.session = session
        self.over = False
        self.phase = Phase.READY
        self.last_words = ""
        """What the trainee said last, or is saying."""
        self.last_moves: tuple[Move, ...] = ()
        """In `last_words`."""
        self.last_reply = ""
        self.ring: tuple[RingSegment, ...] = ()
        self.thats_right = False
        self._began_at = began_at
        self._ended_at: float | None = None
        self._moves: dict[int, tuple[str, ...]] = {}
        """Kinds of moves, by utterance: a turn that is taken back takes its own with it."""
        self._is_drill = False
        self._verdicts: list[Verdict] = []

    def seconds(self, at: float) -> float:
        """How long it has gone on, or went on until it ended."""
        return (at if self._ended_at is None else self._ended_at) - self._began_at

    def end(self, at: float) -> None:
        """The call is over."""
        if not self.over:
            self.over, self._ended_at, self.phase = True, at, Phase.ENDED

    @property
    def moves(self) -> tuple[tuple[str, int], ...]:
        """How often each kind of move was made, the commonest first."""
        return tuple(Counter(kind for kinds in self._moves.values() for kind in kinds).most_common())

    @property
    def rounds(self) -> tuple[int, int] | None:
        """Rounds of a drill: passed, answered; None when it is none."""
        decided = {verdict.round: verdict.passed for verdict in self._verdicts}
        return (sum(decided.values()), len(decided)) if self._is_drill else None

    @property
    def streak(self) -> int:
        """Rounds of a drill that were passed in a row."""
        return self._verdicts[-1].streak if self._verdicts else 0

    def take(self, message: ServerMessage) -> bool:
        """Fold a message in; False when the trainer sees nothing of it."""
        match message:
            case PhaseChanged(phase=phase):
                self.phase = phase
            case Partial(settled=settled, tentative=tentative, moves=moves):
                self.last_words, self.last_moves = settled + tentative, moves
            case TurnSettled(turn=turn, utterance=utterance) if turn.speaker is Speaker.TRAINEE:
                self.last_words, self.last_moves = turn.text, turn.moves
                self._moves[utterance] = tuple(move.kind for move in turn.moves)
            case TurnSettled(turn=turn):
                self.last_reply = turn.text
                self.thats_right |= turn.thats_right
            case TurnTakenBack(utterance=utterance):
                self._moves.pop(utterance, None)
                self._verdicts = [v for v in self._verdicts if v.utterance != utterance]
            case Reply(sentences=sentences, thats_right=thats_right):
                self.last_reply = " ".join(sentences)
                self.thats_right |= thats_right
            case Ring(segments=segments):
                self.ring = segments
            case RoundStarted():
                self._is_drill = True
            case VerdictShown(verdict=verdict):
                self._verdicts.append(verdict)
            case _:
                return False
        return True
