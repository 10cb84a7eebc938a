"""Paper, ink and accents of the overlay: the same as the page's, light and dark."""

from __future__ import annotations

import msgspec
from textual.theme import Theme

from voice_coach.moves.move import Family

__all__ = ["DARK", "LIGHT", "Accent", "Palette", "theme"]


class Accent(msgspec.Struct, frozen=True, kw_only=True):
    """How one family of moves is told from the others, besides its name."""

    ink: str
    wash: str
    """Behind the words, as a highlighter leaves it."""


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """All colours, as `#rrggbb`. Each ink is readable (contrast 4.5 or more) on both papers."""

    name: str
    dark: bool
    paper: str
    sunk: str
    """Paper of the rows at the edges."""
    ink: str
    soft: str
    """Ink of what is less important or may still change."""
    rule: str
    good: str
    bad: str
    accents: dict[Family, Accent]


LIGHT = Palette(
    name="voice-coach-light",
    dark=False,
    paper="#fbf8f1",
    sunk="#f1ebdd",
    ink="#211d18",
    soft="#5d5547",
    rule="#8d8371",
    good="#0f6b62",
    bad="#9c2a10",
    accents={
        Family.REFLECTION: Accent(ink="#754700", wash="#ffd76a"),
        Family.QUESTION: Accent(ink="#1b4d8f", wash="#c3dcff"),
        Family.EMPATHY: Accent(ink="#961a56", wash="#ffcfe1"),
        Family.PRESSURE: Accent(ink="#a0290f", wash="#ffd2c4"),
        Family.SOLUTION: Accent(ink="#57369b", wash="#e1d6ff"),
        Family.FLOW: Accent(ink="#38573f", wash="#d3e6d6"),
    },
)
DARK = Palette(
    name="voice-coach-dark",
    dark=True,
    paper="#171512",
    sunk="#211e1a",
    ink="#f1eadc",
    soft="#b9af9d",
    rule="#857c6c",
    good="#6fd3c3",
    bad="#ffab94",
    accents={
        Family.REFLECTION: Accent(ink="#ffd06b", wash="#543c0a"),
        Family.QUESTION: Accent(ink="#9cc7ff", wash="#1f4675"),
        Family.EMPATHY: Accent(ink="#ff9fc8", wash="#6d2348"),
        Family.PRESSURE: Accent(ink="#ffa28b", wash="#702a1a"),
        Family.SOLUTION: Accent(ink="#c9b3ff", wash="#463073"),
        Family.FLOW: Accent(ink="#a5d1ae", wash="#2b4732"),
    },
)


def theme(palette: Palette) -> Theme:
    """Give a palette to Textual; style sheets call its colours by the names of the fields."""
    return Theme(
        name=palette.name,
        primary=palette.good,
        secondary=palette.soft,
        warning=palette.bad,
        error=palette.bad,
        success=palette.good,
        accent=palette.good,
        foreground=palette.ink,
        background=palette.paper,
        surface=palette.paper,
        panel=palette.sunk,
        dark=palette.dark,
        text_alpha=1.0,
        variables={
            "paper": palette.paper,
            "sunk": palette.sunk,
            "ink": palette.ink,
            "soft": palette.soft,
            "rule": palette.rule,
            "good": palette.good,
            "bad": palette.bad,
        },
    )
