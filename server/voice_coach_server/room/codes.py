"""What lets people in: the room's code, which is read aloud and typed, and the trainer's secret."""

from __future__ import annotations

import hmac
import math
import secrets
import unicodedata
from typing import Final

__all__ = ["ALPHABET", "CODE_BITS", "SECRET_BITS", "new_code", "new_secret", "same"]

ALPHABET: Final = "234679CFHKLMRWXY"
"""Sixteen signs that nobody takes for one another, on a wall or by ear: no 0 and O, 1 and I, 5 and S, 8
and B, U and V, no Z beside 2 and no G beside 6; of the letters that rhyme (B C D E G P T V Z, A H J K,
M N, Q U) one or two that begin differently."""
_GROUP: Final = 3
_CODE_LENGTH: Final = 6
_SECRET_LENGTH: Final = 24
CODE_BITS: Final = _CODE_LENGTH * math.log2(len(ALPHABET))
"""24: at the pace that `door.py` allows, guessing hits it once in some 9,000 hours."""
SECRET_BITS: Final = _SECRET_LENGTH * math.log2(len(ALPHABET))
"""96."""


def new_code() -> str:
    """Give a new room code: `KXR-4MW`."""
    return _drawn(_CODE_LENGTH)


def new_secret() -> str:
    """Give a new trainer's secret, in the same signs."""
    return _drawn(_SECRET_LENGTH)


def same(code: str, given: str) -> bool:
    """Say whether somebody means this code; case, spaces and hyphens do not count.

    It takes as long for a code that is nearly right as for any other of its length.
    """
    return hmac.compare_digest(_bare(code), _bare(given))


def _drawn(length: int) -> str:
    signs = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(signs[at : at + _GROUP] for at in range(0, length, _GROUP))


def _bare(text: str) -> bytes:
    composed = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in composed if sign.isalnum()).encode()
