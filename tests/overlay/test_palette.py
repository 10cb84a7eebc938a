import pytest

from voice_coach.moves.move import Family
from voice_coach_client.overlay.daylight import palette_of
from voice_coach_client.overlay.palette import DARK, LIGHT, Palette

AA = 4.5


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_every_ink_is_readable_on_both_papers(palette: Palette) -> None:
    inks = [palette.ink, palette.soft, palette.good, palette.bad]
    inks += [accent.ink for accent in palette.accents.values()]
    for ink in inks:
        for paper in (palette.paper, palette.sunk):
            assert _contrast(ink, paper) >= AA, (ink, paper)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_words_are_readable_on_every_stroke_also_while_they_may_change(palette: Palette) -> None:
    for accent in palette.accents.values():
        assert _contrast(palette.ink, accent.wash) >= AA, accent
        assert _contrast(palette.soft, accent.wash) >= 3.0, accent


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_every_family_has_an_accent_of_its_own(palette: Palette) -> None:
    assert set(palette.accents) == set(Family)
    assert len({accent.ink for accent in palette.accents.values()}) == len(Family)


@pytest.mark.parametrize(
    ("answer", "environment", "expected"),
    [
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62;c", {}, LIGHT),
        (b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07\x1b[?62;c", {"COLORFGBG": "0;15"}, DARK),
        (b"\x1b]11;rgb:fd/f6/e3\x1b\\", {}, LIGHT),
        (b"\x1b[?62;c", {"COLORFGBG": "0;15"}, LIGHT),
        (b"\x1b[?62;c", {"COLORFGBG": "15;default;0"}, DARK),
        (b"", {}, DARK),
    ],
)
def test_the_colours_follow_the_terminal(
    answer: bytes, environment: dict[str, str], expected: Palette
) -> None:
    assert palette_of(answer, environment) == expected
