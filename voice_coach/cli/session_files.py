"""`voice-coach sessions export|import`: calls to take elsewhere, and calls brought from elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import Progress

from voice_coach.errors import InputError
from voice_coach.exports.archive import Fate, Kept, read_archive, write_archive
from voice_coach.exports.formats import Format, export
from voice_coach.journal.library import Library
from voice_coach.journal.store import store_trouble
from voice_coach.settings import load_settings, with_options

__all__ = ["export_sessions", "import_sessions"]

_store = click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="Folder that keeps sessions; default: the setting store.folder.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


@click.command("export")
@click.argument("sessions", nargs=-1, metavar="SESSION...")
@click.option("--all", "everything", is_flag=True, help="All sessions, in one zip.")
@click.option(
    "--as",
    "form",
    type=click.Choice([form.value for form in Format]),
    default=Format.ZIP.value,
    show_default=True,
    help="Report, data, table, captions, or a zip that can be imported.",
)
@click.option("--audio", is_flag=True, help="Put the sound into an HTML report.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="File (folder, for several); default: a name here, from the session's.",
)
@_store
@_json
def export_sessions(  # noqa: PLR0913 - click hands over each option by its name
    *,
    sessions: tuple[str, ...],
    everything: bool,
    form: str,
    audio: bool,
    output: Path | None,
    store: Path | None,
    as_json: bool,
) -> None:
    """Write calls to files: a report to read, captions, a table, or all of it in a zip.

    Whoever has such a file has the whole call: it is for you to decide where it goes.

    \b
    Examples:
      voice-coach sessions export 20261123-184501-k3f9 --as html --audio
      voice-coach sessions export 20261123-184501-k3f9 --as vtt -o call.vtt
      voice-coach sessions export --all -o calls.zip
    """  # noqa: D301 - click reads the \b
    folder = with_options(load_settings(), store=store).store.path
    if everything:
        with Library(folder) as library:
            sessions = tuple(row.id for row in library.list())
    if not sessions:
        raise InputError("Name the sessions to export, or --all of them; there is nothing to write.")
    wanted = tuple(dict.fromkeys(sessions))
    if form == Format.ZIP:
        written = [_zip(folder, wanted, output)]
    else:
        written = [_one(folder, each, Format(form), audio, _target(output, wanted)) for each in wanted]
    if as_json:
        click.echo(msgspec.json.encode({"written": [str(path) for path in written]}))
        return
    for path in written:
        click.echo(f"Written: {path}")


def _zip(folder: Path, sessions: tuple[str, ...], output: Path | None) -> Path:
    name = f"call-{sessions[0]}.zip" if len(sessions) == 1 else f"calls-{len(sessions)}.zip"
    path = output / name if output is not None and output.is_dir() else output or Path(name)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Packing", total=len(sessions))
        write_archive(folder, sessions, path, lambda done: bar.update(task, completed=done))
    return path


def _target(output: Path | None, sessions: tuple[str, ...]) -> Path | None:
    """Several files need a folder."""
    if output is not None and len(sessions) > 1 and not output.is_dir():
        raise InputError(
            f"{output} is not a folder, and {len(sessions)} files are to be written into it."
        )
    return output


def _one(folder: Path, session: str, form: Format, audio: bool, output: Path | None) -> Path:  # noqa: FBT001
    exported = export(folder, session, form, audio=audio)
    path = output or Path(exported.name)
    if path.is_dir():
        path /= exported.name
    with store_trouble(f"{path} cannot be written"):
        path.write_bytes(exported.data)
    return path


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@_store
@_json
def import_sessions(*, files: tuple[Path, ...], store: Path | None, as_json: bool) -> None:
    """Take in the calls of a zip that was exported, here or on another machine.

    A call that is here already stays as it is; a damaged one is said and left out (exit code 1).

    \b
    Examples:
      voice-coach sessions import calls.zip
    """  # noqa: D301 - click reads the \b
    folder = with_options(load_settings(), store=store).store.path
    kept: list[Kept] = []
    with Console(stderr=True).status("Unpacking ..."):
        for file in files:
            kept += read_archive(file, folder)
        with Library(folder):
            pass  # it lists what has come
    if as_json:
        click.echo(msgspec.json.encode(kept))
    else:
        taken = sum(each.fate is Fate.TAKEN for each in kept)
        click.echo(f"{taken} session{'' if taken == 1 else 's'} taken in.")
        for each in kept:
            if each.problem:
                click.echo(each.problem, err=True)
    if any(each.fate is Fate.REFUSED for each in kept):
        sys.exit(1)
