"""When each word of a turn was spoken: measured where it was, estimated where it was not.

The trainee's words were timed by the recogniser; they are laid onto the turn's text, which may have
been heard once more since and differ by a word. The counterpart's words were made by a voice that
tells only how long they took: they are spread over the moments at which something sounded, and the
ends of their clauses are moved to the voice's pauses.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

import msgspec
import numpy as np

from voice_coach.coaching.turn import Check, Debrief, Evidence, Turn
from voice_coach.conversation.events import Word
from voice_coach.conversation.utterance import SAMPLE_RATE_HZ
from voice_coach.review.pauses import Sounding, clause_ends
from voice_coach.review.review import TimedWord

__all__ = ["measured_words", "spread_words", "timed_debrief", "timed_evidence"]

_WORD = re.compile(r"\S+")
_LETTER_SECONDS = 0.02
"""Nobody says a letter faster."""
_TOUCHING_SECONDS = 0.04
_BARE = re.compile(r"[^\w']+")


def measured_words(
    text: str, pieces: Sequence[Sequence[Word]], within: tuple[float, float]
) -> tuple[TimedWord, ...]:
    """Give a turn's words the times that were measured; those between are estimated.

    Args:
        text: The turn's words.
        pieces: What was timed, in samples of the microphone, which are the recorded track's samples.
        within: When the turn began and ended, in seconds.
    """
    places = [match.span() for match in _WORD.finditer(text)]
    timed = [word for piece in sorted(pieces, key=lambda piece: piece[0].start_sample) for word in piece]
    shown = [_bare(text[start:end]) for start, end in places]
    matcher = SequenceMatcher(None, shown, [_bare(word.text) for word in timed], autojunk=False)
    known: dict[int, TimedWord] = {}
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            start, end = places[block.a + step]
            word = timed[block.b + step]
            known[block.a + step] = TimedWord(
                start=start,
                end=end,
                start_seconds=word.start_sample / SAMPLE_RATE_HZ,
                end_seconds=max(word.end_sample, word.start_sample) / SAMPLE_RATE_HZ,
            )
    return _roomy(text, _filled(text, places, known, within))


def spread_words(
    text: str, within: tuple[float, float], sounding: Sounding | None = None
) -> tuple[TimedWord, ...]:
    """Estimate when each word of a turn was spoken.

    Args:
        text: The turn's words.
        within: When the turn began and ended, in seconds.
        sounding: When its track sounded between the two; None when that is not known.
    """
    places = [match.span() for match in _WORD.finditer(text)]
    if not places:
        return ()
    # A word takes as long as its letters, and a little to begin with.
    weights = np.array([sum(map(str.isalnum, text[a:b])) + 1.0 for a, b in places])
    edges = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
    if sounding is None or not sounding.seconds:
        begin, end = within
        starts = begin + edges[:-1] * (end - begin)
        ends = begin + edges[1:] * (end - begin)
    else:
        voiced = edges * sounding.seconds
        anchors = clause_ends(text, places, voiced, sounding)
        voiced = np.interp(voiced, [voiced[k] for k, _ in anchors], [at for _, at in anchors])
        starts, ends = sounding.begins_at(voiced[:-1]), sounding.ends_at(voiced[1:])
    return tuple(
        TimedWord(
            start=a,
            end=b,
            start_seconds=round(float(begin), 3),
            end_seconds=round(float(max(begin, end)), 3),
            measured=False,
        )
        for (a, b), begin, end in zip(places, starts, ends, strict=True)
    )


def timed_debrief(
    debrief: Debrief, turns: Sequence[Turn], words: Mapping[int, Sequence[TimedWord]]
) -> Debrief:
    """Give a debrief whose proofs stand where their words were spoken.

    Args:
        debrief: With seconds estimated from where the characters stand.
        turns: The call.
        words: By the turn's index.
    """
    texts = {turn.index: turn.text for turn in turns}

    def timed(check: Check) -> Check:
        proof = check.evidence
        if proof is None or proof.turn not in texts:
            return check
        heard = timed_evidence(proof, texts[proof.turn], words[proof.turn])
        return msgspec.structs.replace(check, evidence=heard)

    return msgspec.structs.replace(debrief, checks=tuple(map(timed, debrief.checks)))


def timed_evidence(evidence: Evidence, text: str, words: Sequence[TimedWord]) -> Evidence:
    """Give a proof the seconds of its words, so that what is clicked is what is heard.

    Args:
        evidence: With seconds estimated from where its characters stand in the turn.
        text: The turn's text.
        words: The turn's words in time.
    """
    places = [match.start() for match in re.finditer(re.escape(evidence.quote), text)]
    if not places or not words or not evidence.quote:
        return evidence
    begins = [word.start_seconds for word in words]
    starts = [word.start for word in words]

    def first_word(place: int) -> int:
        return max(bisect_left(starts, place + 1) - 1, 0)

    # Said twice: the one that is nearer to where it was estimated to be.
    place = min(places, key=lambda at: abs(begins[first_word(at)] - evidence.start_seconds))
    first, last = first_word(place), first_word(place + len(evidence.quote) - 1)
    return msgspec.structs.replace(
        evidence, start_seconds=begins[first], end_seconds=words[last].end_seconds
    )


def _filled(
    text: str,
    places: Sequence[tuple[int, int]],
    known: dict[int, TimedWord],
    within: tuple[float, float],
) -> tuple[TimedWord, ...]:
    """Put the words that have no time between those that have."""
    words: list[TimedWord] = []
    marks = [-1, *sorted(known), len(places)]
    for before, after in pairwise(marks):
        begin = known[before].end_seconds if before in known else within[0]
        end = known[after].start_seconds if after in known else within[1]
        gap = range(before + 1, after)
        if gap:
            offset = places[gap[0]][0]
            between = text[offset : places[gap[-1]][1]]
            words += [
                msgspec.structs.replace(word, start=word.start + offset, end=word.end + offset)
                for word in spread_words(between, (begin, max(begin, end)))
            ]
        if after in known:
            words.append(known[after])
    return tuple(words)


def _roomy(text: str, words: Sequence[TimedWord]) -> tuple[TimedWord, ...]:
    """Give a word that was measured shorter than anybody can say it room from its longer neighbour.

    The recogniser sometimes notes a word when the next one begins: both then share their time by letters.
    """
    roomy = list(words)
    for place, word in enumerate(words):
        if word.end_seconds - word.start_seconds >= _LETTER_SECONDS * _letters(text, word):
            continue
        beside = [
            pair
            for pair in ((place - 1, place), (place, place + 1))
            if pair[0] >= 0
            and pair[1] < len(roomy)
            and roomy[pair[1]].start_seconds - roomy[pair[0]].end_seconds < _TOUCHING_SECONDS
        ]
        if beside:
            first, second = max(
                beside, key=lambda pair: roomy[pair[1]].end_seconds - roomy[pair[0]].start_seconds
            )
            offset = roomy[first].start
            roomy[first : second + 1] = [
                msgspec.structs.replace(shared, start=shared.start + offset, end=shared.end + offset)
                for shared in spread_words(
                    text[offset : roomy[second].end],
                    (roomy[first].start_seconds, roomy[second].end_seconds),
                )
            ]
    return tuple(roomy)


def _letters(text: str, word: TimedWord) -> int:
    return sum(map(str.isalnum, text[word.start : word.end]))


def _bare(word: str) -> str:
    return _BARE.sub("", word.lower())
