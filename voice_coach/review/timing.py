"""When each word of a turn was spoken: measured where the ears found out, estimated elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

from voice_coach.coaching.turn import Evidence, Turn
from voice_coach.conversation.events import Word, WordsTimed
from voice_coach.review.review import TimedWord
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ

__all__ = ["estimated_words", "heard_words", "latest_words", "span_seconds", "timed_evidence"]

_WORD: Final = re.compile(r"\S+")
_MARKS: Final = re.compile(r"[^\w']+")


def latest_words(events: Iterable[WordsTimed]) -> dict[int, tuple[Word, ...]]:
    """Give each utterance's words in order; a later timing of a stretch replaces an earlier one."""
    found: dict[int, list[Word]] = {}
    for event in events:
        if not event.words:
            continue
        start, end = event.words[0].start_sample, event.words[-1].end_sample
        kept = [
            word
            for word in found.get(event.utterance, ())
            if word.end_sample <= start or word.start_sample >= end
        ]
        found[event.utterance] = sorted([*kept, *event.words], key=lambda word: word.start_sample)
    return {utterance: tuple(words) for utterance, words in found.items()}


def heard_words(turn: Turn, heard: Sequence[Word]) -> tuple[TimedWord, ...]:
    """Put measured times to the words of a turn's text.

    A word that the ears timed under another spelling, or not at all, lies between its neighbours.

    Args:
        turn: One turn of the trainee.
        heard: Its words in the trainee's stream, whose sample 0 is second 0.
    """
    places = list(_WORD.finditer(turn.text))
    matcher = SequenceMatcher(
        None, [_plain(p.group()) for p in places], [_plain(w.text) for w in heard], autojunk=False
    )
    times: dict[int, tuple[float, float]] = {}
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            word = heard[block.b + step]
            times[block.a + step] = (
                word.start_sample / SAMPLE_RATE_HZ,
                word.end_sample / SAMPLE_RATE_HZ,
            )
    return _filled(turn, places, times)


def estimated_words(turn: Turn) -> tuple[TimedWord, ...]:
    """Spread a turn's words over its time by their length."""
    return _filled(turn, list(_WORD.finditer(turn.text)), {})


def _filled(
    turn: Turn, places: Sequence[re.Match[str]], times: dict[int, tuple[float, float]]
) -> tuple[TimedWord, ...]:
    """Give all words: those with a time, and runs without one spread between their neighbours."""
    words: list[TimedWord] = []
    index = 0
    while index < len(places):
        if index in times:
            start, end = times[index]
            words.append(_timed(places[index], start, end, measured=True))
            index += 1
            continue
        stop = index
        while stop < len(places) and stop not in times:
            stop += 1
        begin = words[-1].end_seconds if words else turn.start_seconds
        finish = times[stop][0] if stop in times else turn.end_seconds
        words += _spread(places[index:stop], begin, max(begin, finish))
        index = stop
    return tuple(words)


def _spread(places: Sequence[re.Match[str]], start: float, end: float) -> list[TimedWord]:
    total = sum(len(place.group()) + 1 for place in places)
    spread, at = [], start
    for place in places:
        until = at + (end - start) * (len(place.group()) + 1) / total
        spread.append(_timed(place, at, until, measured=False))
        at = until
    return spread


def _timed(place: re.Match[str], start: float, end: float, *, measured: bool) -> TimedWord:
    return TimedWord(
        start=place.start(),
        end=place.end(),
        start_seconds=round(start, 3),
        end_seconds=round(end, 3),
        measured=measured,
    )


def _plain(word: str) -> str:
    return _MARKS.sub("", word.lower())


def span_seconds(words: Sequence[TimedWord], start: int, end: int) -> tuple[float, float] | None:
    """When a stretch of a turn's text was spoken; None when no word lies in it."""
    within = [word for word in words if word.start < end and word.end > start]
    return (within[0].start_seconds, within[-1].end_seconds) if within else None


def timed_evidence(evidence: Evidence, turn: Turn, words: Sequence[TimedWord]) -> Evidence:
    """Give a proof the times of its words, so that what is clicked is what is heard."""
    start = turn.text.find(evidence.quote)
    times = span_seconds(words, start, start + len(evidence.quote)) if start >= 0 else None
    if times is None:
        return evidence
    return Evidence(
        turn=evidence.turn, quote=evidence.quote, start_seconds=times[0], end_seconds=times[1]
    )
