"""`voice-coach replay FILE`: a call made elsewhere is heard, kept, and shown with a scorecard."""

from __future__ import annotations

import signal
import sys
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Final

import click
import msgspec
from rich.console import Console

from voice_coach.cli.call_text import call_as_text, clock, heard_account
from voice_coach.cli.reading_bar import ReadingBar
from voice_coach.counterpart.scenario import Scenario, load_scenario
from voice_coach.counterpart.shelf import read_shelf
from voice_coach.errors import AudioError
from voice_coach.journal.heard import Side
from voice_coach.journal.library import Library, SessionRow
from voice_coach.review.review import Review
from voice_coach.settings import Settings

__all__ = ["CallRequest", "replay_call"]

_STOPPED: Final = 130
"""Exit code of a program that Ctrl+C ended."""
_SERVER_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """What was asked for."""

    file: Path
    settings: Settings
    scenario: str | None
    """An id, or the path of a scenario's file."""
    mine: Side
    as_json: bool
    open_page: bool


def replay_call(request: CallRequest) -> None:
    """Hear a file and show what was said in it; ends the program with 130 when Ctrl+C stopped it.

    Raises:
        AudioError: The file cannot be heard.
        ScenarioError: There is no such scenario.
        ModelError: The speech model cannot be loaded.
        StoreError: The call cannot be kept.
    """
    # Heavy imports belong to the hearing: `replay SESSION` must not pay for them.
    from voice_coach.recorded.call_file import open_call  # noqa: PLC0415
    from voice_coach.recorded.hearing import Ears, Progress, Wishes, hear_call  # noqa: PLC0415
    from voice_coach.review.tell import tell_review  # noqa: PLC0415
    from voice_coach.speech.silero import SileroActivity  # noqa: PLC0415
    from voice_coach.speech.whisper import open_whisper  # noqa: PLC0415

    # What is wrong with the file or the wishes is said before anybody waits for the model.
    open_call(request.file)
    scenario = _scenario(request)
    console = Console(stderr=True, highlight=False)
    settings = request.settings
    with console.status("Loading the ears ..."):
        transcriber = open_whisper(settings.ears)
        ears = Ears(transcriber=transcriber, activity=SileroActivity(), threads=settings.ears.workers)
    total, done = [0.0], [0.0]
    with _stopped_by_ctrl_c(console) as stopped, ReadingBar(request.file.name, lambda: total[0]) as bar:

        def goes_on(progress: Progress) -> bool:
            total[0] = progress.seconds_total
            bar.advance(progress.seconds_done - done[0])
            done[0] = progress.seconds_done
            return not stopped.is_set()

        session = hear_call(
            request.file,
            settings.store.path,
            ears,
            Wishes(
                name=request.file.name,
                mine=request.mine,
                scenario=scenario,
                language=settings.ears.language,
            ),
            goes_on,
        )
    if session is None:
        raise AudioError(f"{request.file} was not heard: it was stopped before anything was said.")
    with Library(settings.store.path) as library:
        row = library.add_or_update(session)
    review = tell_review(settings.store.path, session)
    _show(request, review, row)
    if stopped.is_set() and not review.complete:
        sys.exit(_STOPPED)


def _scenario(request: CallRequest) -> Scenario | None:
    if request.scenario is None:
        return None
    if request.scenario.endswith((".yaml", ".yml")):
        return load_scenario(request.scenario)
    return read_shelf(request.settings.scenarios.path).find(request.scenario)


@contextmanager
def _stopped_by_ctrl_c(console: Console) -> Iterator[Event]:
    """The first Ctrl+C asks to stop and keep what is done; the second ends the program."""
    stopped = Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        console.print("Stopping; what has been read so far is still understood and kept.")

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


def _show(request: CallRequest, review: Review, row: SessionRow) -> None:
    if request.as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(review), indent=2).decode())
    else:
        console = Console(highlight=False)
        account, unknown = heard_account(review)
        console.print(call_as_text(row, account, unknown=unknown))
        for remark in review.remarks:
            console.print(remark, style="dim", markup=False)
    said = Console(stderr=True, highlight=False)
    said.print(f"Kept as session {review.session}, {clock(review.seconds)} long.", markup=False)
    if request.open_page:
        _open(request.settings, review.session, said)


def _open(settings: Settings, session: str, console: Console) -> None:
    """Open the review where a server runs; else say how to come there."""
    server = f"http://{settings.server.host}:{settings.server.port}/"
    try:
        with urllib.request.urlopen(f"{server}healthz", timeout=_SERVER_SECONDS):  # noqa: S310 - our own
            webbrowser.open(f"{server}review/{session}")
    except (urllib.error.URLError, OSError):
        console.print(
            f"No server runs at {server}: start `voice-coach`, then open {server}review/{session}",
            markup=False,
        )
