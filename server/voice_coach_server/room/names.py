"""What a table may be called: short, visible, and like no other in the room."""

from __future__ import annotations

import unicodedata
from typing import Final

from voice_coach.errors import InputError

__all__ = ["LONGEST_NAME", "cleaned", "likeness"]

LONGEST_NAME: Final = 40
"""Characters."""
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that show nothing, or turn around what stands beside them."""


def cleaned(name: str) -> str:
    """Give the name as it is shown: composed, with single spaces.

    Raises:
        InputError: `bad-name`: empty, too long, or with characters that cannot be seen.
    """
    composed = " ".join(unicodedata.normalize("NFC", name).split())
    if any(unicodedata.category(character) in _INVISIBLE for character in composed):
        raise InputError("A table's name may have no invisible characters.", code="bad-name")
    if not any(character.isalnum() for character in composed) or len(composed) > LONGEST_NAME:
        raise InputError(
            f"A table needs a name of 1 to {LONGEST_NAME} characters, with a letter or digit in it.",
            code="bad-name",
        )
    return composed


def likeness(name: str) -> str:
    """Give what two names have in common that nobody could tell apart by ear."""
    return unicodedata.normalize("NFKC", name).casefold()
