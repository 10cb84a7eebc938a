"""A bar that shows how far a recording has been heard, to a person who has been waiting for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

__all__ = ["ReadingBar"]

_PATIENCE_SECONDS: Final = 2.0


class ReadingBar:
    """Appears on standard error after two seconds, and on a terminal only."""

    def __init__(
        self, title: str, total_seconds: Callable[[], float | None], console: Console | None = None
    ) -> None:
        """Prepare the bar.

        Args:
            title: What is being read.
            total_seconds: Asked once, when the bar appears.
            console: Where to; standard error by default.
        """
        self._title = title
        self._total_seconds = total_seconds
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f} s heard"),
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
            transient=True,
        )
        self._began = time.monotonic()
        self._heard = 0.0
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Begin to count the seconds."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""
        if self._task is not None:
            self._progress.stop()

    def advance(self, seconds: float) -> None:
        """Some more of the recording has been heard."""
        self._heard += seconds
        if self._task is not None:
            self._progress.update(self._task, completed=self._heard)
        elif self._progress.console.is_terminal and time.monotonic() - self._began >= _PATIENCE_SECONDS:
            self._task = self._progress.add_task(self._title, total=self._total_seconds())
            self._progress.update(self._task, completed=self._heard)
            self._progress.start()
