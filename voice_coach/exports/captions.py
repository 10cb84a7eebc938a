"""A call as captions: WebVTT, which knows speakers and moves, and SRT, which every player reads.

A turn becomes cues of at most two short lines, cut between words and, where it can be, after a
sentence, each shown while its words are spoken.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from webvtt import Caption, WebVTT

from voice_coach.coaching.turn import Speaker
from voice_coach.review.review import Review, ReviewTurn

__all__ = ["as_srt", "as_webvtt"]

_LINE: Final = 42
"""Characters: what television captions keep to, because it can be read at a glance."""
_CUE: Final = 2 * _LINE
_SHORTEST_SECONDS: Final = 0.3
_WORD: Final = re.compile(r"\S+")
_ENDS: Final = (".", "?", "!", "\u2026")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cue:
    who: str
    text: str
    kinds: tuple[str, ...]
    """Kinds of the moves that begin in it."""
    start_seconds: float
    end_seconds: float


def as_webvtt(review: Review) -> str:
    """Give the call as WebVTT: the speaker as its voice, moves as classes of the text."""
    captions = WebVTT()
    for cue in _cues(review):
        text = html.escape(_folded(cue.text), quote=False)
        if cue.kinds:
            text = f"<c.{'.'.join(cue.kinds)}>{text}</c>"
        who = html.escape(cue.who.replace("\n", " "), quote=False)
        captions.captions.append(_caption(cue, f"<v {who}>{text}"))
    content: str = captions.content
    return f"{content}\n"


def as_srt(review: Review) -> str:
    """Give the call as SubRip text: each cue begins with who speaks."""
    blocks = [
        f"{number}\n{_srt_time(cue.start_seconds)} --> {_srt_time(cue.end_seconds)}\n"
        f"{_folded(f'{cue.who}: {cue.text}')}\n"
        for number, cue in enumerate(_cues(review), start=1)
    ]
    return "\n".join(blocks)


def _caption(cue: _Cue, text: str) -> Caption:
    return Caption(start=_vtt_time(cue.start_seconds), end=_vtt_time(cue.end_seconds), text=text)


def _cues(review: Review) -> Iterator[_Cue]:
    for turn in review.turns:
        who = _who(review, turn)
        for start, end in _pieces(turn.turn.text):
            times = _seconds(turn, start, end)
            yield _Cue(
                who=who,
                text=" ".join(turn.turn.text[start:end].split()),
                kinds=tuple(dict.fromkeys(m.kind for m in turn.turn.moves if start <= m.start < end)),
                start_seconds=times[0],
                end_seconds=max(times[1], times[0] + _SHORTEST_SECONDS),
            )


def _who(review: Review, turn: ReviewTurn) -> str:
    if not turn.speaker_known:
        return "Somebody"
    return "You" if turn.turn.speaker is Speaker.TRAINEE else review.person


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text into spans that fit a cue; a word longer than one stands alone."""
    start = end = 0
    for word in _WORD.finditer(text):
        too_long = word.end() - start > _CUE
        sentence_over = text[start:end].rstrip("\"'\u201d").endswith(_ENDS) and end - start > _LINE
        if end and (too_long or sentence_over):
            yield start, end
            start = word.start()
        elif not end:
            start = word.start()
        end = word.end()
    if end > start:
        yield start, end


def _seconds(turn: ReviewTurn, start: int, end: int) -> tuple[float, float]:
    """When a span of the turn was spoken: by its words, or by its share of the turn's text."""
    within = [word for word in turn.words if word.start < end and word.end > start]
    if within:
        return within[0].start_seconds, within[-1].end_seconds
    begin, length = turn.turn.start_seconds, turn.turn.end_seconds - turn.turn.start_seconds
    share = length / max(1, len(turn.turn.text))
    return begin + start * share, begin + end * share


def _folded(text: str) -> str:
    return "\n".join(textwrap.wrap(text, _LINE, break_long_words=False)) or text


def _vtt_time(seconds: float) -> str:
    milliseconds = max(0, round(seconds * 1000))
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def _srt_time(seconds: float) -> str:
    return _vtt_time(seconds).replace(".", ",")
