"""The parts of a call as styled text: a turn, the ring, the level, a verdict. No widget, no clock."""

from __future__ import annotations

from rich.text import Text

from voice_coach.coaching.drill import DrillRound, DrillScore, Verdict
from voice_coach.coaching.turn import Speaker
from voice_coach.counterpart.reply import RingSegment, SegmentState
from voice_coach_client.call_view import Line
from voice_coach_client.overlay.palette import Palette
from voice_coach_client.strokes import UNDERSTOOD, other_moves, strokes

__all__ = ["line_words", "marks_words", "meter_words", "ring_words", "score_words", "silence_words"]

_SEGMENT = {
    SegmentState.UNSPOKEN: ("○", "not spoken of yet"),
    SegmentState.HINTED: ("◔", "hinted at"),
    SegmentState.DISCLOSED: ("◑", "told you"),
    SegmentState.LABELLED: ("◕", "named by you"),
    SegmentState.SUMMARISED: ("●", "summed up by you"),
}
"""Shapes that fill up, so that they differ without colour, and what they mean."""

_PASSED, _MISSED, _NOW, _TO_COME = "✓", "✗", "●", "·"


def line_words(line: Line, palette: Palette) -> Text:
    """Draw the words of one turn: strokes under labels and summaries, each with its name beside it."""
    text = Text()
    position = 0
    for stroke in strokes(line.moves):
        accent = palette.accents[stroke.family]
        text.append_text(_words(line, position, stroke.start, palette))
        words = _words(line, stroke.start, stroke.end, palette)
        words.stylize(f"on {accent.wash} underline")
        text.append_text(words).append(f" ({stroke.names})", style=f"{accent.ink} bold")
        position = stroke.end
    text.append_text(_words(line, position, len(line.text), palette))
    if line.interrupted and line.speaker is Speaker.COUNTERPART:
        text.append(" — talked over", style=palette.soft)
    for word, family in other_moves(line).items():
        text.append(f"  ({_together(word)})", style=palette.accents[family].ink)
    if line.thats_right:
        text.append("  ").append(_together(" that's right "), style=f"bold reverse {palette.good}")
    return text


def ring_words(
    segments: tuple[RingSegment, ...], opened: tuple[str, ...], palette: Palette, *, wide: bool
) -> Text:
    """Draw the ring: a row of segments, or a list with what each state means.

    What is unspoken keeps its title to itself; a segment that has just risen is reversed.
    """
    understood = sum(segment.state in UNDERSTOOD for segment in segments)
    text = Text.assemble(("understood ", palette.soft), f"{understood} of {len(segments)}")
    if wide:
        text.append("\n")
    for segment in segments:
        mark, meaning = _SEGMENT[segment.state]
        known = segment.state is not SegmentState.UNSPOKEN and segment.title
        title = segment.title if known else "?" if wide else ""
        style = palette.soft
        if known:
            style = f"bold {palette.good}" if segment.state in UNDERSTOOD else palette.good
        if segment.topic in opened:
            style += " reverse"
        text.append("\n" if wide else "  ").append(_together(f"{mark} {title}".rstrip()), style=style)
        if wide:
            text.append(f"\n  {meaning}", style=palette.soft)
    return text


def meter_words(level: float, palette: Palette, *, muted: bool, cells: int = 10) -> Text:
    """Draw the microphone's level, 0 to 1."""
    if muted:
        return Text(" microphone muted ", style=f"bold reverse {palette.bad}")
    full = round(min(1.0, max(0.0, level)) * cells)
    return Text.assemble(
        ("mic ", palette.soft), ("▮" * full, palette.good), ("▯" * (cells - full), palette.rule)
    )


def marks_words(current: DrillRound | None, verdicts: tuple[Verdict, ...], palette: Palette) -> Text:
    """Draw a mark for each round of a drill: passed, not passed, now, to come."""
    told = {verdict.round: verdict.passed for verdict in verdicts}
    text = Text()
    for number in range(1, (current.rounds if current else max(told, default=0)) + 1):
        if number in told:
            mark, style = (_PASSED, f"bold {palette.good}") if told[number] else (_MISSED, palette.bad)
        elif current is not None and number == current.number:
            mark, style = _NOW, "bold"
        else:
            mark, style = _TO_COME, palette.soft
        text.append(f"{mark} ", style=style)
    text.rstrip()
    return text


def silence_words(held_seconds: float, asked_seconds: float, palette: Palette, cells: int = 32) -> Text:
    """Draw how much of a silence has been held."""
    full = round(min(1.0, held_seconds / asked_seconds) * cells)
    return Text.assemble(("━" * full, f"bold {palette.good}"), ("─" * (cells - full), palette.rule))


def score_words(score: DrillScore | None) -> str:
    """Say how the run before went."""
    return "" if score is None else f"last time {score.passed} of {score.rounds}"


def _words(line: Line, start: int, end: int, palette: Palette) -> Text:
    """Give a piece of the text: what may still change is soft."""
    firm = max(start, min(end, line.firm))
    return Text(line.text[start:firm]).append(line.text[firm:end], style=f"{palette.soft} italic")


def _together(words: str) -> str:
    """Keep words on one row."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")
