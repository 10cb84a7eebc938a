"""Who held the floor when: the silences of a call, and where one side talked into the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voice_coach.coaching.turn import Speaker, Turn
from voice_coach.review.happened import Happened, Span
from voice_coach.review.label_pitch import LABELS
from voice_coach.review.review import Interruption, Silence

__all__ = ["find_interruptions", "find_silences", "sounded_span"]

_SILENCE_SECONDS = 2.0
_HELD_AFTER_LABEL = "label-into-silence"
"""The counterpart's rule for a short answer to a label, after which it waits to be left alone."""


def find_silences(happened: Happened, seconds: float) -> tuple[Silence, ...]:
    """Give the stretches of two seconds or more in which nobody spoke, after the first turn.

    Args:
        happened: The call.
        seconds: When it ended.
    """
    silences: list[Silence] = []
    quiet_from, last = 0.0, None
    for turn, (start, end) in sorted(_talk(happened), key=lambda talk: talk[1]):
        if last is not None:
            silences += _silence(last, quiet_from, start)
        if last is None or end > quiet_from:
            quiet_from, last = end, turn
    if last is not None:
        silences += _silence(last, quiet_from, seconds)
    return tuple(silences)


def find_interruptions(happened: Happened) -> tuple[Interruption, ...]:
    """Give the moments at which one side began to talk while the other did, in order."""
    turns = happened.turns
    found: list[Interruption] = []
    theirs: Turn | None = None
    for turn in turns:
        if turn.speaker is Speaker.COUNTERPART:
            theirs = turn
        elif turn.interrupted and theirs is not None:
            found.append(
                Interruption(at_seconds=turn.start_seconds, by=Speaker.TRAINEE, turn=theirs.index)
            )
    for utterance, at in happened.answered_too_soon:
        index = happened.index_of(Speaker.TRAINEE, utterance)
        if index is not None:
            found.append(Interruption(at_seconds=at, by=Speaker.COUNTERPART, turn=index))
    return tuple(sorted(found, key=lambda interruption: interruption.at_seconds))


def sounded_span(happened: Happened, turn: Turn) -> Span:
    """Give when a turn was to be heard; the report that a reply was over may come a little late."""
    start, end = turn.start_seconds, max(turn.end_seconds, turn.start_seconds)
    reply = happened.replies.get(happened.shown[turn.index].utterance)
    if turn.speaker is Speaker.TRAINEE or reply is None or reply.seconds is None:
        return start, end
    return start, min(end, start + reply.seconds + reply.held_seconds)


def _talk(happened: Happened) -> Iterator[tuple[Turn, Span]]:
    """When each turn sounded; a turn of the trainee without the pauses in it, where they are known."""
    for turn in happened.turns:
        start, end = sounded_span(happened, turn)
        if turn.speaker is Speaker.COUNTERPART:
            yield turn, (start, end)
            continue
        heard = [(max(a, start), min(b, end)) for a, b in happened.speech if a < end and b > start] or [
            (start, end)
        ]
        yield from ((turn, span) for span in heard)


def _silence(after: Turn, start: float, end: float) -> Sequence[Silence]:
    if end - start < _SILENCE_SECONDS:
        return ()
    return (
        Silence(
            start_seconds=round(start, 3),
            end_seconds=round(end, 3),
            after_turn=after.index,
            after_label=_is_label(after),
        ),
    )


def _is_label(turn: Turn) -> bool:
    """A feeling was named last, or the answer to that was short and then waited."""
    if turn.speaker is Speaker.COUNTERPART:
        return turn.because is not None and turn.because.rule == _HELD_AFTER_LABEL
    last = max(turn.moves, key=lambda move: move.end, default=None)
    return last is not None and last.kind in LABELS
