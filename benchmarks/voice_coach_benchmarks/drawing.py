"""Curves and bars as SVG, for the documentation: axes, ticks, names. Nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

__all__ = ["Bar", "Curve", "bars_svg", "curves_svg"]

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 176, 40, 48
_COLOURS = ("#8a5a00", "#1f5fa8", "#2e7d4f", "#8b2f6b")
_DASHES = ("", "6 3", "2 3", "8 3 2 3")
"""A line is told apart without its colour too."""
_TICKS = 6
_BARS_LEFT, _BARS_RIGHT, _BAR_STEP = 176, 48, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Points in the units of the axes, in the order in which they are joined."""

    name: str
    points: tuple[tuple[float, float], ...]

    @classmethod
    def through(cls, name: str, points: Iterable[tuple[float, float]]) -> Curve:
        """Join points from left to right."""
        return cls(name=name, points=tuple(sorted(points)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One length, in the unit of the axis."""

    name: str
    value: float
    mark: float | None = None
    """Where the bar should end at the latest."""
    baseline: bool = False
    """Something to compare with: drawn pale."""


def bars_svg(title: str, *, x: str, bars: list[Bar]) -> str:
    """Draw bars from the left, one under the other, over an axis that begins at zero."""
    most = _round_up(max(max(bar.value, bar.mark or 0.0) for bar in bars))
    left, step = _BARS_LEFT, _BAR_STEP
    wide, high = _WIDTH - left - _BARS_RIGHT, step * len(bars)
    parts = [_opening(title, _TOP + high + _BOTTOM), _text(16, 22, title, weight="bold")]
    for tick in range(_TICKS + 1):
        across = left + wide * tick / _TICKS
        parts += [
            f'<path d="M{across:.1f} {_TOP}v{high}" stroke="#d0d0d0"/>',
            _text(across, _TOP + high + 18, f"{most * tick / _TICKS:g}", anchor="middle"),
        ]
    for number, bar in enumerate(bars):
        top, length = _TOP + step * number, wide * bar.value / most
        colour = "#c4c4c4" if bar.baseline else _COLOURS[1]
        parts += [
            _text(left - 8, top + step / 2 + 4, bar.name, anchor="end"),
            f'<rect x="{left}" y="{top + 3}" width="{length:.1f}" height="{step - 6}" fill="{colour}"/>',
            _text(left + length + 6, top + step / 2 + 4, f"{bar.value:g}"),
        ]
        if bar.mark is not None:
            at = left + wide * bar.mark / most
            parts.append(f'<path d="M{at:.1f} {top}v{step}" stroke="{_COLOURS[3]}" stroke-width="3"/>')
    parts.append(_text(left + wide / 2, _TOP + high + 38, x, anchor="middle"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _opening(title: str, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12" role="img" aria-label="{escape(title)}">'
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    )


def curves_svg(title: str, *, x: str, y: str, curves: list[Curve]) -> str:
    """Draw curves over axes that begin at zero."""
    most_x = _round_up(max(point[0] for curve in curves for point in curve.points))
    most_y = _round_up(max(point[1] for curve in curves for point in curve.points))
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return _LEFT + wide * point[0] / most_x, _TOP + high * (1 - point[1] / most_y)

    parts = [
        _opening(title, _HEIGHT),
        _text(_LEFT, 22, title, weight="bold"),
        _text(_LEFT + wide / 2, _HEIGHT - 8, x, anchor="middle"),
        (
            f'<text transform="translate(14 {_TOP + high / 2}) rotate(-90)" text-anchor="middle">'
            f"{escape(y)}</text>"
        ),
    ]
    for tick in range(_TICKS + 1):
        across, _ = place((most_x * tick / _TICKS, 0))
        _, up = place((0, most_y * tick / _TICKS))
        parts += [
            f'<path d="M{_LEFT} {up:.1f}h{wide}M{across:.1f} {_TOP + high}v4" stroke="#d0d0d0"/>',
            _text(across, _TOP + high + 18, f"{most_x * tick / _TICKS:g}", anchor="middle"),
            _text(_LEFT - 6, up + 4, f"{most_y * tick / _TICKS:g}", anchor="end"),
        ]
    for number, curve in enumerate(curves):
        colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
        spots = [place(point) for point in curve.points]
        line = " ".join(f"{left:.1f},{up:.1f}" for left, up in spots)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        parts += [f'<circle cx="{left:.1f}" cy="{up:.1f}" r="3" fill="{colour}"/>' for left, up in spots]
        left, up = _WIDTH - _RIGHT + 8, _TOP + 14 + 18 * number
        parts += [
            (
                f'<path d="M{left} {up - 4}h24" stroke="{colour}" stroke-width="2" '
                f'stroke-dasharray="{dash}"/>'
            ),
            _text(left + 30, up, curve.name, colour=colour),
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _text(  # noqa: PLR0913 - the attributes of one SVG element
    left: float,
    up: float,
    words: str,
    *,
    anchor: str = "start",
    weight: str = "normal",
    colour: str = "#222222",
) -> str:
    return (
        f'<text x="{left:.1f}" y="{up:.1f}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="{colour}">{escape(words)}</text>'
    )


def _round_up(value: float) -> float:
    """The next of 6, 12, 18, 24, 30, 60, 120, ...: so that six ticks are round numbers."""
    step = 6.0
    while True:
        for factor in (1, 2, 3, 4, 5):
            if value <= step * factor:
                return step * factor
        step *= 10
