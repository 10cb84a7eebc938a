"""What the microphone's sound thread leaves for the call: a bounded ring of blocks.

The sound thread must never wait. It appends a copy and is gone; Python's deque makes that one step, so
there is no lock. Each block knows where it stands in the stream, so that the reader sees what was lost.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

__all__ = ["Block", "Ring"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of the microphone, at the device's rate."""

    start: int
    """Index of its first sample since the stream was opened."""
    pcm: bytes
    """Signed 16-bit mono samples."""

    @property
    def end(self) -> int:
        """Index after its last sample."""
        return self.start + len(self.pcm) // 2


class Ring:
    """Written by the sound thread, read by the call; when it is full the oldest block is lost."""

    def __init__(self, blocks: int) -> None:
        """Begin empty.

        Args:
            blocks: How many it holds.
        """
        self.overflows = 0
        """Blocks of ours that were lost because the call did not come for them."""
        self.card_overflows = 0
        """Times that the sound card said it had lost something before us."""
        self._blocks: deque[Block] = deque(maxlen=blocks)
        self._end = 0

    def put(self, pcm: bytes, *, card_overflowed: bool = False) -> None:
        """Append the next samples; called in the sound thread."""
        if card_overflowed:
            self.card_overflows += 1
        if len(self._blocks) == self._blocks.maxlen:
            self.overflows += 1
        block = Block(start=self._end, pcm=pcm)
        self._end = block.end
        self._blocks.append(block)

    def take(self) -> Block | None:
        """Give the oldest block, if there is one."""
        try:
            return self._blocks.popleft()
        except IndexError:
            return None
