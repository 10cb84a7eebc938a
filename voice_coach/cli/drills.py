"""`voice-coach drills`: the drills there are, and whether one of your own is sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from voice_coach.coaching.drill_book import Drill
from voice_coach.coaching.drill_file import load_drill
from voice_coach.coaching.drill_shelf import DRILL_FOLDER, read_drill_shelf
from voice_coach.coaching.mechanics import PASSED, judge_text
from voice_coach.errors import ScenarioError
from voice_coach.moves.recognizer import Recognizer, load_recognizer
from voice_coach.settings import load_settings

__all__ = ["Checked", "command", "failed_examples"]

_folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of your own drills; default: the setting drills.folder.",
)


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found in one file."""

    file: str
    id: str = ""
    passed: bool
    problems: tuple[str, ...] = ()
    """What is wrong with the file; it cannot be used."""
    examples: tuple[str, ...] = ()
    """Sample answers that were judged otherwise."""


@click.group("drills")
def command() -> None:
    """Look at the drills, and check your own.

    A drill is one move on many lines, in one YAML file. Your own stand in a folder of yours, beside those
    that ship; docs/how-to/write-a-drill.md says how to write one.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_folder_option
def list_drills(*, folder: Path | None, as_json: bool) -> None:
    """List all drills: those that ship, then your own.

    \b
    Examples:
      voice-coach drills list
      voice-coach drills list --json | jq -r '.[].id'
    """  # noqa: D301 - click reads the \b
    found = read_drill_shelf(_own_folder(folder))
    if as_json:
        click.echo(msgspec.json.encode([drill.card() for drill in found.drills]))
    else:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for heading in ("id", "title", "lines", "trains"):
            table.add_column(heading, no_wrap=heading in {"id", "lines"})
        for drill in found.drills:
            cells = (drill.id, drill.title, str(len(drill.prompts)), drill.trains)
            table.add_row(*(_plain(cell) for cell in cells))
        Console(highlight=False).print(table)
    for bad in found.bad_files:
        click.echo(f"{bad.path} cannot be used: voice-coach drills check {bad.path}", err=True)


@command.command("check")
@click.argument("names", nargs=-1, metavar="[FILE|ID]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, one line a file.")
@_folder_option
def check(*, names: Sequence[str], folder: Path | None, as_json: bool) -> None:
    """Say whether drills are sound: all of them, or those that are named.

    First all that is wrong with the file, each with its line; then each sample answer that is not judged
    as the file says. Exit code 2 when a file fails.

    \b
    Examples:
      voice-coach drills check
      voice-coach drills check my_own_drill.yaml
    """  # noqa: D301 - click reads the \b
    own = _own_folder(folder)
    files = [_file(name, own) for name in names]
    if not files:
        files = sorted([*DRILL_FOLDER.glob("*.yaml"), *(own.glob("*.yaml") if own.is_dir() else ())])
    recognizer = load_recognizer()
    console = Console(highlight=False, soft_wrap=True)
    passed = True
    for file in files:
        checked = _check_file(file, recognizer)
        passed = passed and checked.passed
        if as_json:
            click.echo(msgspec.json.encode(checked))
        else:
            _show(console, checked)
    if not passed:
        raise SystemExit(2)


def failed_examples(drill: Drill, recognizer: Recognizer) -> Iterator[str]:
    """Judge all sample answers, and give a sentence for each that is judged otherwise."""
    for prompt in drill.prompts:
        samples = [*((answer, PASSED) for answer in prompt.passes), *prompt.fails]
        for answer, wanted in samples:
            found = judge_text(drill.task, prompt, answer, recognizer).finding
            if found != wanted:
                yield f"prompt {prompt.id}: “{answer}” should be judged `{wanted}`, and is `{found}`"


def _check_file(file: Path, recognizer: Recognizer) -> Checked:
    try:
        drill = load_drill(file)
    except ScenarioError as error:
        return Checked(file=str(file), passed=False, problems=tuple(str(error).splitlines()))
    examples = tuple(failed_examples(drill, recognizer))
    return Checked(file=str(file), id=drill.id, passed=not examples, examples=examples)


def _show(console: Console, checked: Checked) -> None:
    if checked.passed:
        console.print(_plain(f"{checked.file}: sound"))
        return
    console.print(_plain(f"{checked.file}: not sound", "red"))
    for sentence in (*checked.problems, *checked.examples):
        console.print(_plain(f"  {sentence}"))


def _own_folder(folder: Path | None) -> Path:
    return folder or load_settings().drills.path


def _file(name: str, own: Path) -> Path:
    if name.endswith((".yaml", ".yml")):
        if Path(name).is_file():
            return Path(name)
        raise ScenarioError(f"There is no file {name}.", code="unknown-drill")
    named = own / f"{name}.yaml"
    if named.parent == own and named.is_file() and not (DRILL_FOLDER / named.name).is_file():
        return named
    return DRILL_FOLDER / f"{read_drill_shelf(own).find(name).id}.yaml"


def _plain(text: str, style: str = "") -> Text:
    """Text from a file: shown as it is, but what would steer the terminal becomes a space."""
    return Text("".join(char if char.isprintable() else " " for char in text), style)
