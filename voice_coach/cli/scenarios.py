"""`voice-coach scenarios`: the people there are to rehearse with, and how to write more."""

from __future__ import annotations

import re
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from voice_coach.cli.scenario_files import choose_scenario, own_folder, shelf, shelf_option
from voice_coach.cli.scenario_trial import check
from voice_coach.cli.text_call import try_call
from voice_coach.counterpart.scenario import STARTER
from voice_coach.counterpart.scenario_shape import scenario_schema
from voice_coach.counterpart.story import Scenario
from voice_coach.errors import InputError

__all__ = ["command"]

_ID = re.compile(r"[a-z0-9_]{1,64}")
_SCHEMA_NAME = "scenario.schema.json"
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


@click.group("scenarios")
def command() -> None:
    """Write people to rehearse with: list, show, new, check, try.

    A scenario is one person in one situation, in one YAML file. Your own stand in a folder of yours
    and are offered beside those that ship.

    \b
    Examples:
      voice-coach scenarios list
      voice-coach scenarios new the_late_parcel
      voice-coach scenarios check the_late_parcel
      voice-coach scenarios try the_late_parcel --why
    """  # noqa: D301 - click reads the \b


command.add_command(check)
command.add_command(try_call)


@command.command("list")
@shelf_option
@_json
def list_scenarios(*, folder: Path | None, as_json: bool) -> None:
    """List all scenarios: those that ship, then your own.

    \b
    Examples:
      voice-coach scenarios list
      voice-coach scenarios list --json
    """  # noqa: D301 - click reads the \b
    found = shelf(folder)
    if as_json:
        click.echo(msgspec.json.encode([_card(scenario) for scenario in found.scenarios]))
    else:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for heading in ("id", "who", "guardedness", "what is at stake"):
            table.add_column(heading, no_wrap=heading == "id")
        for scenario in found.scenarios:
            cells = (scenario.id, scenario.person, scenario.guardedness.value, scenario.stake)
            table.add_row(*(_plain(cell) for cell in cells))
        Console(highlight=False).print(table)
    for bad in found.bad_files:
        click.echo(f"{bad.path} cannot be used: voice-coach scenarios check {bad.path}", err=True)


@command.command()
@click.argument("name", metavar="ID|FILE")
@click.option("--spoilers", is_flag=True, help="Show what they hold back as well.")
@shelf_option
@_json
def show(*, name: str, spoilers: bool, folder: Path | None, as_json: bool) -> None:
    """Show who you meet, what is at stake, and what you know before the call.

    \b
    Examples:
      voice-coach scenarios show renewal_in_doubt
      voice-coach scenarios show renewal_in_doubt --spoilers
    """  # noqa: D301 - click reads the \b
    scenario = choose_scenario(name, folder)
    if as_json:
        told = {"topics": [_topic(scenario, number) for number in range(len(scenario.layers))]}
        click.echo(msgspec.json.encode({**_card(scenario), **(told if spoilers else {})}))
        return
    console = Console(highlight=False)
    console.print(_plain(scenario.title, "bold"))
    for heading, said in (
        ("Who", scenario.person),
        ("At stake", scenario.stake),
        ("Guardedness", scenario.guardedness.value),
        ("You know", scenario.brief),
    ):
        console.print(Text.assemble((f"{heading}: ", "bold"), _plain(said)))
    if spoilers:
        console.print(Text("What is on their mind:", "bold"))
        for layer in scenario.layers:
            held = ", held back" if layer.secret else ""
            said = " ".join(layer.says[0]) if layer.says else ""
            console.print(_plain(f"  {layer.title} ({layer.role}{held}): {said}"))
        console.print(Text.assemble(("A good summary: ", "bold"), _plain(scenario.good_summary)))


@command.command()
@click.argument("name", metavar="ID")
@shelf_option
def new(*, name: str, folder: Path | None) -> None:
    """Write a starter file that works as it is, with comments on every part.

    It goes into the folder of your own scenarios; nothing is ever written over. The JSON Schema for
    editors is put beside it.

    \b
    Examples:
      voice-coach scenarios new the_late_parcel
      voice-coach scenarios new the_late_parcel --folder .
    """  # noqa: D301 - click reads the \b
    if not _ID.fullmatch(name):
        raise InputError(
            f"{name!r} is no id: take small letters, digits and underscores, like the_late_parcel."
        )
    if name in {scenario.id for scenario in shelf(folder).scenarios}:
        raise InputError(f"There is a scenario {name} already; choose another id.")
    into = own_folder(folder)
    path = into / f"{name}.yaml"
    text = STARTER.read_text("utf-8").replace("id: starter\n", f"id: {name}\n", 1)
    try:
        into.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        schema = into / _SCHEMA_NAME
        if not schema.exists():
            schema.write_bytes(_schema())
    except FileExistsError:
        raise InputError(f"{path} exists already; nothing was written.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from None
    click.echo(f"{path} is written. Change it piece by piece, then: voice-coach scenarios check {path}")


@command.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors.

    \b
    Examples:
      voice-coach scenarios schema > scenario.schema.json
    """  # noqa: D301 - click reads the \b
    click.echo(_schema(), nl=False)


def _schema() -> bytes:
    return msgspec.json.format(msgspec.json.encode(scenario_schema()), indent=2) + b"\n"


def _card(scenario: Scenario) -> dict[str, str]:
    return {
        "id": scenario.id,
        "title": scenario.title,
        "person": scenario.person,
        "stake": scenario.stake,
        "guardedness": scenario.guardedness.value,
        "brief": scenario.brief,
        "file": scenario.source,
    }


def _topic(scenario: Scenario, number: int) -> dict[str, object]:
    layer = scenario.layers[number]
    return {
        "id": layer.id,
        "title": layer.title,
        "role": layer.role.value,
        "under": layer.under,
        "secret": layer.secret,
        "says": [" ".join(line) for line in layer.says],
    }


def _plain(text: str, style: str = "") -> Text:
    """Text from a file: what would steer the terminal becomes a space."""
    return Text("".join(char if char.isprintable() else " " for char in text), style)
