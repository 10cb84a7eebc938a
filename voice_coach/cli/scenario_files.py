"""From what is said on the command line to scenario files: an id, a path, or all there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from voice_coach.counterpart.scenario import SCENARIO_FOLDER, Scenario, load_scenario
from voice_coach.counterpart.shelf import Shelf, read_shelf
from voice_coach.errors import ScenarioError
from voice_coach.settings import load_settings

__all__ = ["choose_files", "choose_scenario", "own_folder", "shelf", "shelf_option"]

shelf_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of your own scenarios; default: the setting scenarios.folder.",
)


def own_folder(folder: Path | None) -> Path:
    """The folder of one's own scenarios: the one that is named, else that of the settings."""
    return folder or load_settings().scenarios.path


def shelf(folder: Path | None) -> Shelf:
    """All scenarios that can be chosen."""
    return read_shelf(own_folder(folder))


def choose_scenario(name: str, folder: Path | None) -> Scenario:
    """A scenario by its id, or by its file.

    Raises:
        ScenarioError: There is none, or the file is wrong.
    """
    return load_scenario(Path(name)) if _is_path(name) else shelf(folder).find(name)


def choose_files(names: Sequence[str], folder: Path | None, *, everything: bool) -> list[Path]:
    """The files of some ids and paths, or of all scenarios, wrong ones included.

    Raises:
        ScenarioError: A name that is neither an id nor a file.
    """
    own = own_folder(folder)
    if everything:
        found = [*SCENARIO_FOLDER.glob("*.yaml"), *(own.glob("*.yaml") if own.is_dir() else ())]
        return sorted(path for path in found if not path.name.endswith(".demo.yaml"))
    return [_file(name, own) for name in names]


def _file(name: str, own: Path) -> Path:
    if _is_path(name):
        if not Path(name).is_file():
            raise ScenarioError(f"There is no file {name}.", code="unknown-scenario")
        return Path(name)
    named = own / f"{name}.yaml"
    if named.parent == own and named.is_file() and not (SCENARIO_FOLDER / named.name).is_file():
        return named
    return Path(read_shelf(own).find(name).source)


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))
