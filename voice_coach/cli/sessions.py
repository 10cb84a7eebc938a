"""`voice-coach sessions`: what is kept, and how to look at it and delete it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import Progress

from voice_coach.cli.call_text import call_as_text, heard_account, session_table
from voice_coach.cli.session_files import export_sessions, import_sessions
from voice_coach.errors import InputError
from voice_coach.journal.account import give_account
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.kind import Kind
from voice_coach.journal.library import Library, SessionRow
from voice_coach.journal.recording import find_tracks
from voice_coach.journal.store import session_folder
from voice_coach.settings import load_settings, with_options

__all__ = ["command"]

_PAGE = 50

_store = click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="Folder that keeps sessions; default: the setting store.folder.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


@click.group("sessions")
def command() -> None:
    """Look at past calls: list, show, export, import, delete.

    Calls are kept on this machine only, as a journal and the sound of both sides.

    \b
    Examples:
      voice-coach sessions list
      voice-coach sessions show 20261123-184501-k3f9
      voice-coach sessions delete 20261123-184501-k3f9
    """  # noqa: D301 - click reads the \b


@command.command("list")
@click.option(
    "--limit", type=click.IntRange(min=1), default=_PAGE, show_default=True, help="Show at most so many."
)
@_store
@_json
def list_sessions(*, limit: int, store: Path | None, as_json: bool) -> None:
    """List the newest calls.

    \b
    Examples:
      voice-coach sessions list --limit 10
      voice-coach sessions list --json | jq -r '.[0].id'
    """  # noqa: D301 - click reads the \b
    with _library(store) as library:
        rows = library.list(limit)
        # One more would have fitted no page: say so instead of hiding it.
        older = len(rows) == limit and bool(library.list(1, before=rows[-1].id))
    if as_json:
        _print_json(rows)
        return
    console = _console()
    if not rows:
        console.print("There are no sessions yet. `voice-coach` starts a call.")
        return
    console.print(session_table(rows))
    if older:
        console.print(f"There are older ones: --limit {10 * limit} shows more.", style="dim")


@command.command("show")
@click.argument("session")
@_store
@_json
def show_session(*, session: str, store: Path | None, as_json: bool) -> None:
    """Show a call as text, its moves marked, and the debrief.

    \b
    Examples:
      voice-coach sessions show 20261123-184501-k3f9
      voice-coach sessions show 20261123-184501-k3f9 --json | jq .debrief
    """  # noqa: D301 - click reads the \b
    path = _store_path(store)
    with _library(store) as library:
        row = library.show(session)
    folder = session_folder(path, session)
    if row.kind is Kind.RECORDED:
        _show_heard(row, path, as_json=as_json)
        return
    journal = read_journal(folder / JOURNAL_NAME)
    account = give_account(journal)
    if as_json:
        tracks = {side.value: str(track) for side, track in find_tracks(folder).items()}
        tree = {**msgspec.to_builtins(row), **msgspec.to_builtins(account)}
        _print_json({**tree, "turns": account.turns, "audio": tracks, "torn": journal.torn})
        return
    console = _console()
    console.print(call_as_text(row, account))
    if journal.torn:
        console.print("A crash cut this call's journal: its last line was incomplete.", style="dim")


def _show_heard(row: SessionRow, store: Path, *, as_json: bool) -> None:
    # The rules are loaded for a recorded call alone: they find its moves.
    from voice_coach.review.tell import tell_review  # noqa: PLC0415

    review = tell_review(store, row.id)
    if as_json:
        _print_json({**msgspec.to_builtins(row), **msgspec.to_builtins(review)})
        return
    console = _console()
    account, unknown = heard_account(review)
    console.print(call_as_text(row, account, unknown=unknown))
    for remark in review.remarks:
        console.print(remark, style="dim", markup=False)


@command.command("delete")
@click.argument("sessions", nargs=-1, metavar="SESSION...")
@click.option("--all", "everything", is_flag=True, help="All sessions; asks for the word to be typed.")
@click.option(
    "--with-branches/--keep-branches",
    default=None,
    help="What to do with calls that were tried again from these; without it you are asked.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@_store
@_json
def delete_sessions(  # noqa: PLR0913 - click hands over each option by its name
    *,
    sessions: tuple[str, ...],
    everything: bool,
    with_branches: bool | None,
    yes: bool,
    store: Path | None,
    as_json: bool,
) -> None:
    """Delete calls for good: what was said, the sound, everything.

    \b
    A call that was tried again from another begins with what was said there.

    Examples:
      voice-coach sessions delete 20261123-184501-k3f9
      voice-coach sessions delete --yes --with-branches 20261123-184501-k3f9
      voice-coach sessions delete --all
    """  # noqa: D301 - click reads the \b
    if everything == bool(sessions):
        raise InputError("Name the sessions to delete, or say --all: one of the two.")
    with _library(store) as library:
        # All are looked up first, so that a mistyped id deletes nothing.
        named = [row.id for row in library.list()] if everything else list(dict.fromkeys(sessions))
        rows = [library.show(session) for session in named]
        branches = _branches_to_delete(library, named, with_branches=with_branches, yes=yes)
        rows += [library.show(session) for session in branches]
        if not yes and rows:
            _ask_to_delete(rows, everything=everything)
        for row in rows:
            # Refused before anything is gone; whatever begins to run later is refused by itself.
            library.demand_ended(row.id)
        # The branches first: if this is cut off, what is left still leads from call to branch.
        for row in reversed(rows):
            library.delete(row.id)
    deleted = [row.id for row in rows]
    if as_json:
        _print_json({"deleted": deleted})
    else:
        _console().print(f"Deleted: {', '.join(deleted) or 'nothing, there are no sessions'}.")


def _branches_to_delete(
    library: Library, named: list[str], *, with_branches: bool | None, yes: bool
) -> list[str]:
    """Find what was tried again from the named ones and is not named itself, if it is to go too."""
    found = dict.fromkeys(branch for session in named for branch in library.descendants(session))
    branches = [branch for branch in found if branch not in named]
    if not branches or with_branches is False:
        return []
    if with_branches is None:
        if yes:
            raise InputError(
                f"Tried again from there: {', '.join(branches)}. They begin with what was said in it: say"
                " --with-branches or --keep-branches."
            )
        console = _console(stderr=True)
        console.print("Tried again from there, and beginning with what was said in it:")
        console.print(session_table([library.show(branch) for branch in branches]))
        with_branches = click.confirm("Delete these as well?", default=True, err=True)
    return branches if with_branches else []


def _ask_to_delete(rows: list[SessionRow], *, everything: bool) -> None:
    _console(stderr=True).print(session_table(rows))
    if not everything:
        click.confirm("Delete this for good? There is no way back.", abort=True, err=True)
        return
    typed = click.prompt(
        f"All {len(rows)} are deleted for good, there is no way back. Type: delete all", err=True
    )
    if typed.strip().lower() != "delete all":
        raise click.Abort


@command.command("reindex")
@_store
@_json
def reindex(*, store: Path | None, as_json: bool) -> None:
    """Build the index of calls again, and finish recordings that a crash cut off.

    The index is only a copy: nothing is lost when its file is deleted.

    \b
    Examples:
      voice-coach sessions reindex
      voice-coach sessions reindex --store /media/stick/calls
    """  # noqa: D301 - click reads the \b
    console = _console(stderr=True)
    with Progress(console=console, transient=True) as bar, _library(store) as library:
        task = bar.add_task("Reading journals", total=None)
        count = library.reindex(lambda done, total: bar.update(task, completed=done, total=total))
        problems = [row for row in library.list() if row.problem]
    if as_json:
        _print_json({"sessions": count, "problems": {row.id: row.problem for row in problems}})
        return
    for row in problems:
        console.print(f"{row.id}: {row.problem}", markup=False)
    _console().print(f"The index has {count} session{'' if count == 1 else 's'}.")


command.add_command(export_sessions)
command.add_command(import_sessions)


def _store_path(store: Path | None) -> Path:
    return with_options(load_settings(), store=store).store.path


@contextmanager
def _library(store: Path | None) -> Iterator[Library]:
    """The library of the store, whose notices go to standard error."""
    console = _console(stderr=True)
    with Library(
        _store_path(store), notify=lambda sentence: console.print(sentence, markup=False)
    ) as library:
        yield library


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def _print_json(tree: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(tree), indent=2).decode())
