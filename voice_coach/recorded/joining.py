"""Short utterances of one voice are understood together, and what was understood is shared out again.

Whisper understands a word or two on their own badly, doubts itself and has to look twice. With what the
same voice said before and after it knows better, and one long piece costs less than many short ones. The
places of the words then tell which utterance each belongs to: there was a pause between any two.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np

from voice_coach.journal.heard import Utterance, WordPlace
from voice_coach.recorded.cutting import Cut
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio, Transcript

__all__ = ["Piece", "join"]

_LONGEST_SAMPLES: Final = 20 * SAMPLE_RATE_HZ
_QUIET_SAMPLES: Final = round(0.5 * SAMPLE_RATE_HZ)
"""Laid between two utterances: by it the ears notice that one has ended, and words find their side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Utterances of one side, one after the other with half a second of quiet between them."""

    cuts: tuple[Cut, ...]
    audio: Audio

    def share_out(self, transcript: Transcript) -> Iterator[Utterance]:
        """Give each utterance the words that were spoken in it; one without words is left out.

        Args:
            transcript: Of this piece; with words, when it has several utterances.
        """
        ends = list(accumulate(len(cut.audio) + _QUIET_SAMPLES for cut in self.cuts))
        shares: list[list[WordPlace]] = [[] for _ in self.cuts]
        at, number = 0, 0
        for word in transcript.words:
            start = transcript.text.find(word.text, at)
            if start < 0:
                continue
            at = start + len(word.text)
            middle = (word.start_sample + word.end_sample) // 2
            # Words are in order, so the places of their utterances are.
            number = min(max(number, bisect_right(ends, middle)), len(self.cuts) - 1)
            cut = self.cuts[number]
            offset = cut.audio_sample - (ends[number] - _QUIET_SAMPLES - len(cut.audio))
            # A word that ends an utterance may seem to last until the next begins.
            last = cut.audio_sample + len(cut.audio)
            begins, stops = (
                min(max(offset + sample, cut.audio_sample), last) / SAMPLE_RATE_HZ
                for sample in (word.start_sample, word.end_sample)
            )
            shares[number].append(
                WordPlace(
                    start=start, end=at, start_seconds=round(begins, 2), end_seconds=round(stops, 2)
                )
            )
        if not transcript.words and transcript.text:
            yield _utterance(self.cuts[0], transcript.text, ())
        for cut, words in zip(self.cuts, shares, strict=True):
            if words:
                first, last = words[0].start, words[-1].end
                moved = (
                    WordPlace(
                        start=word.start - first,
                        end=word.end - first,
                        start_seconds=word.start_seconds,
                        end_seconds=word.end_seconds,
                    )
                    for word in words
                )
                yield _utterance(cut, transcript.text[first:last], tuple(moved))


def join(cuts: Sequence[Cut]) -> list[Piece]:
    """Put together what one side said one after the other, up to 20 s; the longest pieces last."""
    pieces: list[Piece] = []
    for side in {cut.side: None for cut in cuts}:
        waiting: list[Cut] = []
        samples = 0
        for cut in (cut for cut in cuts if cut.side is side):
            if waiting and samples + len(cut.audio) > _LONGEST_SAMPLES:
                pieces.append(_piece(waiting))
                waiting, samples = [], 0
            waiting.append(cut)
            samples += len(cut.audio) + _QUIET_SAMPLES
        pieces.append(_piece(waiting))
    return sorted(pieces, key=lambda piece: len(piece.audio))


def _piece(cuts: Sequence[Cut]) -> Piece:
    quiet = np.zeros(_QUIET_SAMPLES, np.float32)
    parts = [part for cut in cuts for part in (cut.audio, quiet)]
    return Piece(cuts=tuple(cuts), audio=np.concatenate(parts[:-1]))


def _utterance(cut: Cut, text: str, words: tuple[WordPlace, ...]) -> Utterance:
    return Utterance(
        side=cut.side,
        start_seconds=round(cut.start_sample / SAMPLE_RATE_HZ, 3),
        end_seconds=round(cut.stop_sample / SAMPLE_RATE_HZ, 3),
        text=text,
        words=words,
    )
