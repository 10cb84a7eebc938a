"""All scenarios there are: those that ship, and those in a folder of one's own."""

from __future__ import annotations

from pathlib import Path

import msgspec

from voice_coach.counterpart.scenario import Scenario, list_scenarios, load_scenario
from voice_coach.errors import ScenarioError

__all__ = ["BadFile", "Shelf", "read_shelf"]

_MOST_FILES = 200


class BadFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file in one's own folder that cannot be used."""

    path: str
    problems: tuple[str, ...]
    """What is wrong. They quote the file: nothing for a log."""


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """Scenarios to choose from."""

    scenarios: tuple[Scenario, ...]
    """Those that ship, by id, then one's own, by id. No id twice."""
    bad_files: tuple[BadFile, ...] = ()

    def find(self, id_: str) -> Scenario:
        """The scenario of an id.

        Raises:
            ScenarioError: `unknown-scenario`; the sentence names those there are.
        """
        for scenario in self.scenarios:
            if scenario.id == id_:
                return scenario
        known = ", ".join(scenario.id for scenario in self.scenarios)
        raise ScenarioError(
            f"There is no scenario of that name; choose one of {known}.", code="unknown-scenario"
        )


def read_shelf(folder: Path) -> Shelf:
    """Load the scenarios that ship, and every one in a folder that can be used.

    A bad file of one's own is noted and left out; a folder that is not there holds nothing.
    """
    shipped = {scenario.id: scenario for scenario in list_scenarios()}
    own: dict[str, Scenario] = {}
    bad: list[BadFile] = []
    files = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    for path in files[:_MOST_FILES]:
        if path.name.endswith(".demo.yaml"):
            continue
        try:
            scenario = load_scenario(path)
        except ScenarioError as error:
            bad.append(BadFile(path=str(path), problems=tuple(str(error).splitlines())))
            continue
        problem = _misplaced(scenario, path, shipped)
        if problem:
            bad.append(BadFile(path=str(path), problems=(f"{path.name}: {problem}",)))
        else:
            own[scenario.id] = scenario
    if len(files) > _MOST_FILES:
        said = f"{folder} holds more than {_MOST_FILES} scenarios; the rest is left out."
        bad.append(BadFile(path=str(folder), problems=(said,)))
    return Shelf(scenarios=(*shipped.values(), *own.values()), bad_files=tuple(bad))


def _misplaced(scenario: Scenario, path: Path, shipped: dict[str, Scenario]) -> str:
    if scenario.id in shipped:
        return f"the id `{scenario.id}` is that of a scenario that ships with voice_coach; choose another"
    if scenario.id != path.stem:
        return f"the file is called `{path.stem}`, but its id is `{scenario.id}`: give them one name"
    return ""
