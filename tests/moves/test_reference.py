"""The reference page is what the rule files say."""

from pathlib import Path

from voice_coach.moves.reference import moves_page
from voice_coach.moves.rulebook import load_rulebook

_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "moves.md"


def test_page_is_up_to_date() -> None:
    assert _PAGE.read_text(encoding="utf-8") == moves_page(load_rulebook()), (
        "run: python -m voice_coach.moves.reference docs/reference/moves.md"
    )
