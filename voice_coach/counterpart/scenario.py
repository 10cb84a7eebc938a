"""Loads scenarios: a person in a situation, written down by a trainer as one YAML file.

The files in `scenarios/` say at their top how to write one. Reading files is done here and nowhere
else in this room; everything after that works on the frozen `Scenario`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from voice_coach.counterpart.scenario_file import Examined, build_scenario, examine_scenario, read_manners
from voice_coach.counterpart.story import Line, Scenario
from voice_coach.errors import ScenarioError

__all__ = [
    "SCENARIO_FOLDER",
    "Scenario",
    "examine_file",
    "list_scenarios",
    "load_scenario",
    "parse_scenario",
]

SCENARIO_FOLDER = Path(__file__).with_name("scenarios")
STARTER = Path(__file__).with_name("starter.yaml")
"""A small scenario that works as it is, to write one's own from."""
_MANNERS = Path(__file__).with_name("manners.yaml")
_ID = re.compile(r"[a-z0-9_]{1,64}")
_MOST_BYTES = 256 * 1024


def load_scenario(id_or_path: str | Path) -> Scenario:
    """Load a scenario that ships with voice_coach by its id, or any file by its path.

    Raises:
        ScenarioError: `unknown-scenario` when there is none of that name (the sentence names those
            that exist); `bad-scenario` with file and line for all that is wrong with it.
    """
    name = str(id_or_path)
    path = SCENARIO_FOLDER / f"{name}.yaml" if _ID.fullmatch(name) else Path(name)
    if path.suffix not in {".yaml", ".yml"} or not path.is_file():
        raise ScenarioError(
            f"There is no scenario {name!r}; choose one of {', '.join(_shipped())}, or name a YAML file.",
            code="unknown-scenario",
        )
    return parse_scenario(_read(path), str(path))


@lru_cache(maxsize=256)
def parse_scenario(text: str, source: str) -> Scenario:
    """Build a scenario from its YAML text.

    Args:
        text: The YAML.
        source: Where it came from, for the sentences of errors.

    Raises:
        ScenarioError: Everything that is wrong with it, each with file and line.
    """
    return build_scenario(text, source, _manners())


def examine_file(path: Path) -> Examined:
    """Say what is wrong with a scenario file, and what is doubtful.

    Raises:
        ScenarioError: The file cannot be read as text at all.
    """
    return examine_scenario(_read(path), str(path), _manners())


def list_scenarios() -> tuple[Scenario, ...]:
    """All scenarios that ship with voice_coach, by id."""
    return tuple(load_scenario(name) for name in _shipped())


def _shipped() -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in SCENARIO_FOLDER.glob("*.yaml") if _ID.fullmatch(p.stem)))


@lru_cache(maxsize=1)
def _manners() -> Mapping[str, tuple[Line, ...]]:
    """The same file lies beside this module for as long as the process runs."""
    return read_manners(_read(_MANNERS), str(_MANNERS))


def _read(path: Path) -> str:
    try:
        # One byte more than is allowed is enough to know that a file is too large.
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
        if len(raw) > _MOST_BYTES:
            raise ScenarioError(f"{path} is larger than {_MOST_BYTES // 1024} KB; split it.")
        return raw.decode("utf-8")
    except OSError as error:
        raise ScenarioError(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise ScenarioError(f"{path} is not UTF-8 text; save it as UTF-8.") from None
