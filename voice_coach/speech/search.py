"""How carefully to listen: what is encoded besides the clip, and how widely the decoder searches.

Chosen from the curve of cost against error that `voice-coach bench ears` draws.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from voice_coach.speech.encoder import LONGEST_SECONDS

__all__ = ["PADDED", "PARTIAL", "Search", "final_search"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """One way to listen."""

    tail_seconds: float
    """Silence encoded after the clip, which keeps its last sounds clear."""
    remembered_seconds: float
    """Silence laid behind that, encoded long ago; too little and the decoder goes on talking."""
    beam_size: int
    timestamps: bool = False
    """Let the decoder tell when it ends, so that what it invents after the clip can be cut."""


PARTIAL: Final = Search(tail_seconds=0.1, remembered_seconds=8.0, beam_size=1)
PADDED: Final = Search(
    tail_seconds=float(LONGEST_SECONDS), remembered_seconds=0.0, beam_size=5, timestamps=True
)
"""What a final falls back to: the window that the model was trained on."""

_FINAL: Final = Search(tail_seconds=1.0, remembered_seconds=8.0, beam_size=5)
_FINAL_OF_MANY_LANGUAGES: Final = replace(_FINAL, timestamps=True)


def final_search(*, multilingual: bool) -> Search:
    """Give the search for finals: a model of many languages hears better when it must tell times.

    It was tried on two halves of the clips: base gains half a point on both, tiny.en loses one and a half
    on one of them and nothing on the other.
    """
    return _FINAL_OF_MANY_LANGUAGES if multilingual else _FINAL
