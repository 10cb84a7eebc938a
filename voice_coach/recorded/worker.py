"""A process that hears one call: whatever is in the file, no more than this process can come to harm.

Started as `python -m voice_coach.recorded.worker`. The first line of its standard input is the `Request`;
when the input ends, it stops and keeps what is done. Its standard output has one `Report` a line.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Final

import msgspec

from voice_coach.counterpart.shelf import read_shelf
from voice_coach.errors import VoiceCoachError
from voice_coach.journal.heard import Side
from voice_coach.recorded.call_file import open_call
from voice_coach.recorded.hearing import Ears, Progress, Wishes, hear_call
from voice_coach.settings import EarsSettings
from voice_coach.speech.silero import SileroActivity
from voice_coach.speech.whisper import open_whisper

__all__ = ["Report", "Request", "main"]

_NICE: Final = 10
"""Live calls come first."""
_REPORT_SECONDS: Final = 0.5


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be heard."""

    file: str
    store: str
    name: str
    """What the person calls the file."""
    mine: Side
    scenario: str
    """Its id; empty for none."""
    scenarios_folder: str
    """Where scenarios of one's own are."""
    ears: EarsSettings


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How far it has come. The last one is marked `over`."""

    seconds_done: float = 0.0
    seconds_total: float = 0.0
    session: str = ""
    over: bool = False
    problem: str = ""
    """Why it could not be heard, one sentence."""


def main() -> None:
    """Hear what is asked for and report."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    request = msgspec.json.decode(sys.stdin.buffer.readline(), type=Request)
    stopped = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.buffer.read()
        stopped.set()

    threading.Thread(target=wait_for_the_end, name="until-told-to-stop", daemon=True).start()
    try:
        session = _hear(request, stopped)
    except VoiceCoachError as error:
        # The person knows their file by its name, not by where it was put.
        _report(Report(over=True, problem=str(error).replace(request.file, request.name)))
        return
    _report(Report(over=True, session=session or ""))


def _hear(request: Request, stopped: threading.Event) -> str | None:
    file = Path(request.file)
    # What is wrong with the file is said before the model is loaded.
    open_call(file)
    shelf = read_shelf(Path(request.scenarios_folder))
    last = 0.0

    def goes_on(progress: Progress) -> bool:
        nonlocal last
        if time.monotonic() - last >= _REPORT_SECONDS:
            last = time.monotonic()
            _report(
                Report(
                    seconds_done=progress.seconds_done,
                    seconds_total=progress.seconds_total,
                    session=progress.session,
                )
            )
        return not stopped.is_set()

    return hear_call(
        file,
        Path(request.store),
        Ears(
            transcriber=open_whisper(request.ears),
            activity=SileroActivity(),
            threads=request.ears.workers,
        ),
        Wishes(
            name=request.name,
            mine=request.mine,
            scenario=shelf.find(request.scenario) if request.scenario else None,
            language=request.ears.language,
        ),
        goes_on,
    )


def _report(report: Report) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
