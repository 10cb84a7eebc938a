"""`voice-coach replay SESSION`: a kept call through today's rules, on the overlay, or to other ears."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import track as progress_of
from rich.table import Table

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import AudioError
from voice_coach.journal.account import give_account
from voice_coach.journal.format import Journal, JournalHeader
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.replay import HandlesEvents, Replayed, replay
from voice_coach.journal.store import session_folder
from voice_coach.settings import load_settings

__all__ = ["ReplayRequest", "replay_session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRequest:
    """What was asked for."""

    session: str
    store: Path
    speed: float
    """How many times faster than it was; infinite shows the call at once."""
    as_json: bool
    rehear: str
    """The model that hears the recording anew; empty to leave the ears alone."""


def replay_session(request: ReplayRequest) -> None:
    """Replay a session and say what came of it; ends the program with 1 when it is not the same.

    Raises:
        InputError: There is no such session.
        JournalError: Its journal cannot be read.
        AudioError: It is to be heard anew, and there is no sound.
    """
    folder = session_folder(request.store, request.session)
    journal = read_journal(folder / JOURNAL_NAME)
    if request.rehear:
        _rehear(request, folder, journal)
        return
    result = replay(journal, _make_session)
    if request.as_json:
        _print_json(_as_tree(result))
    else:
        _show(journal, request.speed)
        _console().print(_sentence(result), markup=False)
    if not result.identical:
        sys.exit(1)


def _make_session(header: JournalHeader) -> HandlesEvents:
    # The rules are loaded for a replay alone.
    from voice_coach.journal.played import played_session  # noqa: PLC0415
    from voice_coach.moves.recognizer import load_recognizer  # noqa: PLC0415

    return played_session(header, load_recognizer())


def _as_tree(result: Replayed) -> dict[str, object]:
    divergence = result.divergence
    tree = None
    if divergence is not None:
        tree = {
            **msgspec.to_builtins(divergence),
            "sentence": str(divergence),
            "cause": divergence.cause,
        }
    return {"identical": result.identical, "events": result.events, "divergence": tree}


def _sentence(result: Replayed) -> str:
    if result.divergence is None:
        return f"Identical: {result.events} events lead to the same call."
    return str(result.divergence)


# ---------------------------------------------------------------- shown again


def _show(journal: Journal, speed: float) -> None:
    """Show the call on the overlay: as fast as asked in a terminal, at once anywhere else."""
    from voice_coach.journal.played import played_drill, played_scenario  # noqa: PLC0415 - as for the rules
    from voice_coach_client.kept_call import shown_messages  # noqa: PLC0415
    from voice_coach_client.terminal import TerminalOverlay  # noqa: PLC0415
    from voice_coach_server.cards import card_of, card_of_drill  # noqa: PLC0415

    console = _console()
    drill = played_drill(journal.header)
    card = card_of(played_scenario(journal.header)) if drill is None else card_of_drill(drill)
    began = time.monotonic()
    with TerminalOverlay(console) as overlay:
        for shown in shown_messages(journal, card):
            if console.is_terminal:
                due = began + shown.at_seconds / speed
                time.sleep(max(0.0, due - time.monotonic()))
            overlay.show(shown.message)


# ---------------------------------------------------------------- heard anew


def _rehear(request: ReplayRequest, folder: Path, journal: Journal) -> None:
    from voice_coach.journal.played import played_scenario  # noqa: PLC0415 - as for the rules
    from voice_coach.journal.recording import find_tracks  # noqa: PLC0415
    from voice_coach.moves.recognizer import load_recognizer  # noqa: PLC0415
    from voice_coach.review.rehear import Ears, rehear  # noqa: PLC0415
    from voice_coach.review.sound import TrackSound  # noqa: PLC0415
    from voice_coach.speech.whisper import open_whisper  # noqa: PLC0415

    path = find_tracks(folder).get(Speaker.TRAINEE)
    if path is None:
        raise AudioError(f"The sound of session {request.session} was not kept: nothing to hear anew.")
    settings = load_settings().ears
    ears = Ears(
        transcriber=open_whisper(msgspec.structs.replace(settings, model=request.rehear)),
        recognizer=load_recognizer(),
        scenario=played_scenario(journal.header),
    )
    turns = give_account(journal).turns
    mine = sum(turn.speaker is Speaker.TRAINEE for turn in turns)
    with TrackSound(path) as sound:
        heard = list(
            progress_of(
                rehear(turns, sound, ears),
                description=f"Hearing with {request.rehear}",
                total=mine,
                console=_console(stderr=True),
                transient=True,
            )
        )
    if request.as_json:
        _print_json({"model": request.rehear, "was": journal.header.model, "turns": heard})
        return
    different = [each for each in heard if not each.same]
    console = _console()
    if different:
        table = Table("Turn", "", f"Heard by {journal.header.model}", f"Heard by {request.rehear}")
        for each in different:
            table.add_row(str(each.turn), "words", each.was, each.now)
            if each.moves_were != each.moves_are:
                table.add_row("", "moves", ", ".join(each.moves_were), ", ".join(each.moves_are))
        console.print(table)
    same = len(heard) - len(different)
    console.print(f"{same} of {len(heard)} of your turns were heard the same, with the same moves.")


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def _print_json(tree: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(tree), indent=2).decode())
